"""A send in one piece leaves the same rows, gas and events as one step by step, or nothing at all.

Random senders, receivers, amounts, gas limits and settings of the bank, on copies of one state.
"""

import random
from typing import Any

from akashpy.chain import auth, bank
from akashpy.chain.bank import messages
from akashpy.state.context import CHECK, DELIVER, Context
from akashpy.state.gas import GasMeter
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import ChainError, Panic
from akashpy.types.vesting import Kind, Vesting
from akashpy.wire import bank as pb
from tests.chain.conftest import Given

NAMES = [f"holder{number}" for number in range(6)]
ROUNDS = 1_500


def _state(rng: random.Random) -> Given:
    given = Given()
    for name in NAMES:
        owner = given.account(name, uakt=rng.choice((1, 2, 10, 99, 10**12)))
        if rng.random() < 0.3:
            given.account(name, uact=5)
        if rng.random() < 0.15:
            found = auth.require(given.ctx, owner.raw)
            kept = Vesting(Kind.PERMANENT, Coins.parse("1uakt"))
            auth.put(given.ctx, found._replace(vesting=kept))
    if rng.random() < 0.2:
        bank.SEND_ENABLED.put(given.ctx, "uakt", bank.NO)
    elif rng.random() < 0.2:
        bank.SEND_ENABLED.remove(given.ctx, "uakt")
    if rng.random() < 0.2:
        off = pb.Params(default_send_enabled=False)
        bank.PARAMS.put(given.ctx, off.SerializeToString(deterministic=True))
    given.ctx.events.clear()
    return given


def _run(ctx: Context, limit: int, msg: pb.MsgSend) -> Any:
    inner = ctx.derive(gas=GasMeter(limit))
    try:
        with inner.branch():
            bank.msg_send(inner, msg)
    except (ChainError, Panic, OverflowError) as error:
        return type(error), str(error), inner.gas.used, dict(ctx.changes)
    return inner.gas.used, inner.events, dict(ctx.changes)


def test_leaves_the_same(monkeypatch: Any) -> None:
    rng = random.Random(11)
    taken = left = 0
    at_once = messages.send_at_once

    def noted(*arguments: Any) -> bool:
        nonlocal taken, left
        done = at_once(*arguments)
        taken, left = taken + done, left + (not done)
        return done

    for turn in range(ROUNDS):
        if not turn % 30:
            given = _state(rng)
        names = [given.address(name) for name in NAMES]
        to = rng.choice([*names, given.address("nobody"), Address.of_module("gov")])
        msg = pb.MsgSend(from_address=rng.choice(names), to_address=to)
        amount = rng.choice((1, 1, 1, 2, 9, 10, 10**6, 2**256 - 1))
        msg.amount.add(
            denom=rng.choice(("uakt", "uakt", "uakt", "uact", "nope")), amount=str(amount)
        )
        limit = rng.choice((10**6, 10**6, 10**6, rng.randrange(60_000)))
        mode = rng.choice((DELIVER, DELIVER, CHECK))
        one, other = given.ctx.fork(mode=mode), given.ctx.fork(mode=mode)
        with monkeypatch.context() as patch:
            patch.setattr(messages, "send_at_once", lambda *_: False)
            wanted = _run(one, limit, msg)
        with monkeypatch.context() as patch:
            patch.setattr(messages, "send_at_once", noted)
            assert _run(other, limit, msg) == wanted
        if rng.random() < 0.3:
            _run(given.ctx, 10**6, msg)
    assert min(taken, left) > 100
