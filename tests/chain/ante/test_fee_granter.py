"""A transaction whose fee another account has granted."""

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.types.coin import Coin
from akashpy.wire import feegrant as pb
from tests.chain.app.conftest import BLOCK, FEE, Chain, key, start

RICH = 10**12
OTHER = "/cosmos.bank.v1beta1.MsgMultiSend"


@pytest.fixture
def chain() -> Chain:
    """alice and bob are rich, carol has nothing but an account."""
    made = start("alice", "bob", "carol")
    made.deliver(made.send("carol", "bob", f"{RICH - FEE}uakt"))
    return made


def grant(chain: Chain, allowance: Message) -> None:
    """alice pays for carol from now on."""
    msg = pb.MsgGrantAllowance(
        granter=key("alice").address, grantee=key("carol").address, allowance=wire.pack(allowance)
    )
    assert chain.deliver(chain.tx("alice", [msg])).code == 0


def basic(amount: int) -> pb.BasicAllowance:
    return pb.BasicAllowance(spend_limit=[Coin("uakt", amount).to_wire()])


def carols(chain: Chain) -> bytes:
    """carol sends what she does not have: the fee is taken, the message fails."""
    return chain.send("carol", "bob", "7uakt", granter=key("alice").address)


def test_the_granter_pays_until_nothing_is_left(chain: Chain) -> None:
    grant(chain, basic(FEE))
    before = chain.balance("alice")
    prune = pb.MsgPruneAllowances(pruner=key("carol").address)
    raw = chain.tx("carol", [prune], granter=key("alice").address)
    assert chain.check(raw).code == 0
    result = chain.deliver(raw)
    assert result.code == 0
    assert chain.balance("alice") == before - FEE
    assert chain.balance("carol") == 0
    types = [event.type for event in result.events]
    assert types[:2] == ["revoke_feegrant", "use_feegrant"]
    paid = next(e for e in result.events if e.type == "tx" and e.value("fee_payer"))
    assert paid.value("fee_payer") == key("alice").address
    refused = chain.check(chain.tx("carol", [prune], granter=key("alice").address))
    assert (refused.codespace, refused.code) == ("sdk", 38)


def test_the_granter_pays_for_a_transaction_that_fails(chain: Chain) -> None:
    grant(chain, basic(3 * FEE))
    before = chain.balance("alice")
    result = chain.deliver(carols(chain))
    assert result.code != 0
    assert chain.balance("alice") == before - FEE
    assert [event.type for event in result.events][:2] == ["use_feegrant", "update_feegrant"]


def test_a_refusal_says_who_does_not_pay(chain: Chain) -> None:
    grant(chain, basic(FEE - 1))
    before = chain.balance("alice")
    alice, carol = key("alice").address, key("carol").address
    result = chain.deliver(carols(chain))
    assert (result.codespace, result.code) == ("feegrant", 2)
    assert result.log == (
        f"{alice} does not allow to pay fees for {carol}: basic allowance: fee limit exceeded"
    )
    assert chain.balance("alice") == before


def test_only_messages_that_are_named(chain: Chain) -> None:
    inner = wire.pack(basic(3 * FEE))
    grant(chain, pb.AllowedMsgAllowance(allowance=inner, allowed_messages=[OTHER]))
    result = chain.deliver(carols(chain))
    assert (result.codespace, result.code) == ("feegrant", 7)


def test_an_ended_allowance(chain: Chain) -> None:
    allowance = basic(3 * FEE)
    allowance.expiration.FromNanoseconds(chain.time + 2 * BLOCK)
    grant(chain, allowance)
    raw = carols(chain)
    assert chain.check(raw).code == 0
    chain.block()
    result = chain.deliver(raw)
    assert (result.codespace, result.code) == ("feegrant", 3)
    result = chain.deliver(carols(chain))
    assert (result.codespace, result.code) == ("sdk", 38)  # removed at that block's end


def test_a_granter_without_the_money(chain: Chain) -> None:
    """bob's allowance is larger than what carol, who grants it, has."""
    msg = pb.MsgGrantAllowance(
        granter=key("carol").address, grantee=key("bob").address, allowance=wire.pack(basic(FEE))
    )
    assert chain.deliver(chain.tx("carol", [msg], fee=[])).code == 0
    result = chain.deliver(chain.send("bob", "alice", "1uakt", granter=key("carol").address))
    assert (result.codespace, result.code) == ("sdk", 5)


def test_bad_fees_are_refused_before_the_allowance_is_asked(chain: Chain) -> None:
    grant(chain, basic(3 * FEE))
    unsorted = [Coin("uakt", 1), Coin("uact", 1)]
    prune = pb.MsgPruneAllowances(pruner=key("carol").address)
    result = chain.deliver(chain.tx("carol", [prune], granter=key("alice").address, fee=unsorted))
    assert (result.codespace, result.code) == ("sdk", 13)


def test_gas_can_be_estimated(chain: Chain) -> None:
    grant(chain, basic(3 * FEE))
    before = chain.balance("alice")
    prune = pb.MsgPruneAllowances(pruner=key("carol").address)
    used, result = chain.app.simulate(chain.tx("carol", [prune], granter=key("alice").address))
    assert (result.code, used > 0) == (0, True)
    assert chain.balance("alice") == before
