"""What no rule foresees: an exception in a handler, a broken invariant, a failing hook."""

from collections.abc import Callable
from typing import Any

import pytest

from akashpy.chain import app as composition
from akashpy.chain import bank, registry
from akashpy.chain.app import InvariantBroken
from akashpy.chain.module import Handler, Module
from akashpy.chain.router import Router
from akashpy.state.context import Context
from akashpy.types.errors import UnknownRequest
from akashpy.types.events import Event
from akashpy.wire import bank as pb
from tests.chain.app.conftest import Chain, key

SEND = "/cosmos.bank.v1beta1.MsgSend"


def replace_send(
    chain: Chain,
    execute: Callable[[Context, Any], Any],
    validate: Callable[[Any], None] | None = None,
) -> None:
    """Let the chain run MsgSend by another handler."""
    handlers = {**registry.router().handlers, SEND: Handler(validate, execute)}
    router = Router([Module(name="all", handlers=handlers)])
    chain.app._executor._router = router


def test_an_exception_is_a_panic_without_consequences(chain: Chain) -> None:
    def fail(ctx: Context, msg: Any) -> Any:
        bank.msg_send(ctx, msg)
        raise ZeroDivisionError("division by zero")

    replace_send(chain, fail)
    before = chain.balance("bob")
    bad, good = chain.send("alice", "bob", "1uakt"), chain.send("alice", "bob", "1uakt")
    results = chain.block(bad, good).tx_results
    assert [(each.codespace, each.code) for each in results] == [("undefined", 111222)] * 2
    assert results[0].log == "recovered: ZeroDivisionError: division by zero: panic"
    assert len(results[0].events) == 7
    assert chain.balance("bob") == before
    assert chain.balance("alice") == 10**12 - 2 * 5_000
    panics = chain.app.take_panics()
    assert len(panics) == 2
    assert "in fail" in panics[0]
    assert chain.app.take_panics() == []


def test_an_exception_in_a_check_is_a_panic(chain: Chain) -> None:
    def validate(msg: Any) -> None:
        raise KeyError("unforeseen")

    replace_send(chain, bank.msg_send, validate)
    tx = chain.send("alice", "bob", "1uakt")
    assert chain.check(tx).code == 111222
    assert chain.deliver(tx).code == 111222
    assert chain.balance("alice") == 10**12


def test_running_out_of_memory_is_no_result(chain: Chain) -> None:
    def fail(ctx: Context, msg: Any) -> Any:
        raise MemoryError

    replace_send(chain, fail)
    with pytest.raises(MemoryError):
        chain.execute(chain.send("alice", "bob", "1uakt"))


def test_a_broken_invariant_stops_the_chain(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "invariants", lambda: (lambda ctx: "the sum is wrong",))
    with pytest.raises(InvariantBroken, match="at height 1: the sum is wrong"):
        chain.execute()
    assert chain.app.height == 0


def test_invariants_are_asked_only_on_request(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "invariants", lambda: (lambda ctx: "the sum is wrong",))
    chain.app._check_invariants = False
    chain.block()
    assert chain.app.height == 1


def test_hooks_tell_their_phase_and_run_in_order(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hook(name: str) -> Callable[[Context], None]:
        return lambda ctx: ctx.emit(Event(name, (("height", str(ctx.height)),)))

    monkeypatch.setattr(registry, "begin_block_hooks", lambda: (hook("one"), hook("two")))
    monkeypatch.setattr(registry, "end_block_hooks", lambda: (hook("three"),))
    assert chain.block().events == (
        Event("one", (("height", "1"), ("mode", "BeginBlock"))),
        Event("two", (("height", "1"), ("mode", "BeginBlock"))),
        Event("three", (("height", "1"), ("mode", "EndBlock"))),
    )


def test_a_failing_hook_stops_the_block(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(ctx: Context) -> None:
        raise ValueError("hook")

    monkeypatch.setattr(composition.registry, "end_block_hooks", lambda: (fail,))
    with pytest.raises(ValueError, match="hook"):
        chain.execute()


def test_dispatch_reaches_any_handler(chain: Chain) -> None:
    ctx = chain.app.query_context()
    msg = pb.MsgSend(from_address=key("alice").address, to_address=key("bob").address)
    msg.amount.add(denom="uakt", amount="3")
    ctx.dispatch(msg)
    assert bank.balance(ctx, key("bob").address.raw, "uakt") == 10**12 + 3
    with pytest.raises(UnknownRequest):
        ctx.dispatch(pb.SendEnabled())


def test_subscribers_hear_in_order_and_may_refuse() -> None:
    heard: list[str] = []
    first = Module(name="a", subscribers={int: lambda ctx, value: heard.append(f"a{value}")})
    second = Module(name="b", subscribers={int: lambda ctx, value: heard.append(f"b{value}")})
    ctx = Context.scratch(bus=Router([first, second]))
    ctx.notify(7)
    ctx.notify("nobody listens")
    assert heard == ["a7", "b7"]


def test_one_message_has_one_handler() -> None:
    module = Module(name="a", handlers={SEND: Handler(None, bank.msg_send)})
    with pytest.raises(TypeError, match="has two handlers"):
        Router([module, module])
