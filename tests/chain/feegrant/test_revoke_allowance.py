"""MsgRevokeAllowance, MsgPruneAllowances, removal at a block's end, genesis."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import feegrant, params
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.errors import ChainError, InvalidAddress, NotFound, PlainError, TxDecode
from akashpy.types.events import Event
from akashpy.types.feegrant import NoAllowance
from akashpy.wire import feegrant as pb
from akashpy.wire.chain import MsgUpdateParams
from tests.chain.authz.conftest import HOUR
from tests.chain.conftest import GENESIS_TIME, Given
from tests.chain.feegrant.conftest import SEND, Fees, basic, filtered, periodic

AUTHORITY = Address.of_module("gov")


def test_is_gone_without_a_trace(fees: Fees) -> None:
    fees.give(basic("5uakt", HOUR))
    fees.told()
    fees.revoke()
    assert fees.told() == ["revoke_feegrant"]
    assert not [key for key in fees.given.rows() if key.startswith(b"feegrant/")]


def test_rejects(fees: Fees) -> None:
    with fees.given.rejects(NotFound, "fee-grant not found: not found"):
        fees.revoke()
    for granter, grantee, error in (
        (fees.alice, fees.alice, InvalidAddress),
        ("nobody", fees.bob, PlainError),
        (fees.alice, "nobody", PlainError),
    ):
        with fees.given.rejects(error):
            fees.given.run(pb.MsgRevokeAllowance(granter=granter, grantee=grantee))


def test_what_has_ended_goes_at_the_end_of_a_block(fees: Fees) -> None:
    fees.give(filtered(periodic("5uakt", "5uakt", ends_in=HOUR), SEND))
    fees.given.ctx.time += HOUR
    fees.given.end_block()
    assert fees.found() is not None
    fees.given.end_block()
    assert fees.found() is None
    assert not [key for key in fees.given.rows() if key.startswith(b"feegrant/")]


def many(fees: Fees, count: int) -> None:
    for number in range(count):
        grantee = fees.given.address(f"grantee {number}")
        fees.given.run(fees.message(basic("5uakt", HOUR), grantee=grantee))


def left(given: Given) -> int:
    return len(list(feegrant.GRANTS.under(given.ctx)))


def test_a_block_removes_a_bounded_number(fees: Fees, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feegrant, "PRUNED_PER_BLOCK", 3)
    many(fees, 5)
    fees.given.ctx.time += 2 * HOUR
    counts = []
    for _ in range(3):
        feegrant.prune(fees.given.ctx)
        counts.append(left(fees.given))
    assert counts == [2, 0, 0]


def test_anybody_may_remove_what_has_ended(fees: Fees) -> None:
    many(fees, 76)
    fees.give(basic("5uakt", 3 * HOUR))
    fees.given.ctx.time += 2 * HOUR
    fees.given.events.clear()
    fees.given.run(pb.MsgPruneAllowances(pruner=fees.bob))
    assert left(fees.given) == 2
    assert fees.given.events == [Event("prune_feegrant", (("pruner", fees.bob),))]
    fees.given.run(pb.MsgPruneAllowances(pruner=fees.bob))
    assert left(fees.given) == 1


def regranted(fees: Fees) -> Any:
    """Granted for an hour, taken back, granted for three; two hours later."""
    fees.give(basic("5uakt", HOUR))
    fees.revoke()
    fees.give(basic("5uakt", 3 * HOUR))
    fees.given.ctx.time += 2 * HOUR
    feegrant.prune(fees.given.ctx)
    fees.given.holds()
    return fees.found()


def test_a_revoked_one_does_not_end_a_later_one(fees: Fees) -> None:
    assert regranted(fees) is not None


def test_with_the_fix_off_it_does_as_on_akash(fees_akash: Fees) -> None:
    assert regranted(fees_akash) is None


def test_the_fix_helps_what_was_left_behind_before_it(fees_akash: Fees) -> None:
    fees_akash.give(basic("5uakt", HOUR))
    fees_akash.revoke()
    fees_akash.give(basic("5uakt"))
    ctx = fees_akash.given.ctx
    changed = params.get(ctx).to_wire()
    changed.fixes.append("feegrant-queue")
    fees_akash.given.run(MsgUpdateParams(authority=AUTHORITY, params=changed))
    ctx.time += 2 * HOUR
    feegrant.prune(ctx)
    assert fees_akash.found() is not None


def test_genesis_carries_allowances_over(fees: Fees) -> None:
    fees.give(filtered(periodic("5uakt", "4uakt", "9uakt", ends_in=HOUR), SEND))
    other = fees.given.address("other")
    fees.given.run(fees.message(basic(), grantee=other))
    state = feegrant.export_genesis(fees.given.ctx)
    feegrant.validate_genesis(state)
    for time, count in ((GENESIS_TIME, 2), (GENESIS_TIME + 2 * HOUR, 1)):
        fresh = Given()
        fresh.ctx.time = time
        feegrant.init_genesis(fresh.ctx, state)
        assert left(fresh) == count
        fresh.holds()
        if count == 2:
            assert feegrant.export_genesis(fresh.ctx) == state


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"granter": "nobody"}, PlainError),
        ({"grantee": ""}, PlainError),
        ({"allowance": None}, NoAllowance),
        ({"allowance": wire.pack(pb.MsgPruneAllowances())}, TxDecode),
    ],
)
def test_genesis_refuses(fees: Fees, entry: dict[str, Any], error: type[ChainError]) -> None:
    fields = {"granter": fees.alice, "grantee": fees.bob, "allowance": wire.pack(basic())}
    state = wire.to_json(pb.GenesisState(allowances=[pb.Grant(**(fields | entry))]))
    with fees.given.rejects(error):
        feegrant.validate_genesis(state)


def test_an_empty_state_exports_nothing() -> None:
    assert feegrant.export_genesis(Context.scratch()) == {"allowances": []}
