"""Transactions that fuzzing found to do harm, kept so that they never do again."""

from __future__ import annotations

import pytest

from akashpy import wire
from akashpy.chain import genesis
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.wire import authz, bank, vesting
from akashpy.wire import tx as pb
from tests.chain.app.conftest import TIME, key, start


def test_a_refused_inner_message_that_no_json_can_show() -> None:
    """The log of MsgExec shows the message; a number that is none was a panic there."""
    chain = start("alice", "bob")
    alice = chain.keys["alice"].address
    unreadable = bank.MsgMultiSend(
        inputs=[bank.Input(address=alice, coins=[Coin("uakt", 1).to_wire()])],
        outputs=[bank.Output(address="nobody")],
    )
    unreadable.outputs[0].coins.add(denom="uakt", amount="many")
    result = chain.deliver(
        chain.tx("alice", [authz.MsgExec(grantee=alice, msgs=[wire.pack(unreadable)])])
    )
    assert (result.codespace, result.code) == ("sdk", 2)
    assert "invalid integer 'many'" in result.log
    assert chain.app.take_panics() == []


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (-(2**63), 0, "before 0001-01-01"),
        (2**63 - 1, 0, "after 10000-01-01"),
        (1, -1, "nanos -1 not in range"),
        (1, 10**9, "nanos 1000000000 not in range"),
    ],
)
def test_a_timeout_that_is_no_time(seconds: int, nanos: int, text: str) -> None:
    """It was a panic where the refusal was to say it."""
    chain = start("alice", "bob")
    raw = pb.TxRaw.FromString(chain.send("alice", "bob", "1uakt"))
    body = pb.TxBody.FromString(raw.body_bytes)
    body.timeout_timestamp.seconds, body.timeout_timestamp.nanos = seconds, nanos
    raw.body_bytes = body.SerializeToString()
    checked = chain.check(raw.SerializeToString())
    assert (checked.codespace, checked.code) == ("sdk", 2)
    assert text in checked.log
    assert chain.app.take_panics() == []


def test_locking_coins_until_a_time_that_has_passed_leaves_the_export_valid() -> None:
    chain = start("alice", "bob")
    to = Address.of(b"v" * 20)
    message = vesting.MsgCreateVestingAccount(
        from_address=chain.keys["alice"].address,
        to_address=to,
        amount=[Coin("uakt", 5).to_wire()],
        end_time=TIME // 10**9 - 1,
    )
    assert chain.deliver(chain.tx("alice", [message])).code == 0
    genesis.validate(chain.app.export())
    assert key("bob").address in str(chain.app.export())
