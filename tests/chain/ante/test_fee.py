"""Fees: the node's minimum in CheckTx, who pays, and what is said when nobody can."""

import pytest

from akashpy.chain import auth, bank
from akashpy.tx.build import Signer, assemble, auth_info, body
from akashpy.tx.sign import sign_direct
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.wire import bank as pb
from tests.chain.app.conftest import CHAIN_ID, Chain, key, start


def test_the_fee_goes_to_the_collector(chain: Chain) -> None:
    collector = Address.of(auth.MODULE_ADDRESSES["fee_collector"])
    result = chain.deliver(chain.send("alice", "bob", "1uakt", fee=[Coin("uakt", 777)]))
    taken = [dict(event.attributes) for event in result.events if event.type == "coin_received"]
    assert taken[0] == {"receiver": collector, "amount": "777uakt"}
    # what the block minted is there as well, until the next block shares both out
    held = bank.balance(chain.app.query_context(), collector.raw, "uakt")
    assert held >= 777


def test_no_fee_is_fine_without_a_minimum(chain: Chain) -> None:
    tx = chain.send("alice", "bob", "1uakt", fee=[])
    assert chain.check(tx).code == 0
    result = chain.deliver(tx)
    assert result.code == 0
    told = [event for event in result.events if event.type == "tx"]
    assert told[0].attributes == (("fee", ""), ("fee_payer", key("alice").address))


def test_invalid_fee_below_the_minimum_in_check_only() -> None:
    chain = start(min_gas_prices="0.025uakt")
    tx = chain.send("alice", "bob", "1uakt", fee=[Coin("uakt", 4999)], gas=200_000)
    result = chain.check(tx)
    assert (result.codespace, result.code) == ("sdk", 13)
    assert result.log == ("insufficient fees; got: 4999uakt required: 5000uakt: insufficient fee")
    assert chain.deliver(tx).code == 0


def test_the_minimum_rounds_up_and_any_denomination_will_do() -> None:
    chain = start(min_gas_prices="0.0000001uact,0.025uakt")
    enough = chain.send("alice", "bob", "1uakt", fee=[Coin("uact", 1)], gas=200_000)
    assert chain.check(enough).code == 0
    none = chain.send("bob", "alice", "1uakt", fee=[], gas=200_000)
    assert chain.check(none).log == (
        "insufficient fees; got:  required: 1uact,5000uakt: insufficient fee"
    )


def test_invalid_fee_that_cannot_be_paid(chain: Chain) -> None:
    result = chain.deliver(chain.send("alice", "bob", "1uakt", fee=[Coin("uakt", 10**15)]))
    assert (result.codespace, result.code) == ("sdk", 5)
    assert result.log == (
        "spendable balance 1000000000000uakt is smaller than 1000000000000000uakt: "
        "insufficient funds: insufficient funds"
    )
    assert result.events == ()
    assert chain.balance("alice") == 10**12


@pytest.mark.parametrize(
    ("fee", "text"),
    [
        ([Coin("uakt", 1), Coin("uact", 1)], "invalid fee amount: 1uakt,1uact: insufficient fee"),
        ([Coin("uakt", 1), Coin("uakt", 1)], "invalid fee amount: 1uakt,1uakt: insufficient fee"),
        ([Coin("uakt", -1)], "invalid fee provided: -1uakt: insufficient fee"),
    ],
)
def test_invalid_coins_as_fee(chain: Chain, fee: list[Coin], text: str) -> None:
    result = chain.check(chain.send("alice", "bob", "1uakt", fee=fee))
    assert (result.codespace, result.code, result.log) == ("sdk", 13, text)


def test_invalid_fee_granter_without_a_grant(chain: Chain) -> None:
    alice, bob = key("alice").address, key("bob").address
    result = chain.check(chain.send("alice", "bob", "1uakt", granter=bob))
    assert (result.codespace, result.code) == ("sdk", 38)
    assert result.log == (
        f"{bob} does not allow to pay fees for {alice}: fee-grant not found: not found"
    )


def test_oneself_as_granter_is_nobody_else(chain: Chain) -> None:
    own = key("alice").address
    assert chain.deliver(chain.send("alice", "bob", "1uakt", granter=own)).code == 0


def paid_by(chain: Chain, payer: str, *, sign: bool) -> bytes:
    """Alice's send whose fee `payer` pays, signed by both or by alice alone."""
    alice, other = key("alice"), key(payer)
    msg = pb.MsgSend(from_address=alice.address, to_address=other.address)
    msg.amount.add(denom="uakt", amount="1")
    content = body([msg])
    info = auth_info(
        [Signer(alice.public, 0), Signer(other.public, 0)],
        fee=[Coin("uakt", 500)],
        gas=200_000,
        payer=other.address,
    )
    ctx = chain.app.query_context()
    signatures = [
        sign_direct(
            each, content, info, chain_id=CHAIN_ID,
            account_number=auth.require(ctx, each.address.raw).number,
        )
        for each in (alice, other)
    ]  # fmt: skip
    return assemble(content, info, signatures if sign else signatures[:1])


def test_another_account_may_pay_when_it_signs(chain: Chain) -> None:
    assert chain.deliver(paid_by(chain, "bob", sign=True)).code == 0
    assert chain.balance("alice") == 10**12 - 1
    assert chain.balance("bob") == 10**12 - 500 + 1
    assert auth.require(chain.app.query_context(), key("bob").address.raw).sequence == 1


def test_invalid_payer_that_did_not_sign(chain: Chain) -> None:
    result = chain.check(paid_by(chain, "bob", sign=False))
    assert (result.codespace, result.code) == ("sdk", 4)
    assert result.log == "invalid number of signer;  expected: 2, got 1: unauthorized"


def test_invalid_payer_without_an_account(chain: Chain) -> None:
    stranger = key("stranger")
    own = key("alice")
    msg = pb.MsgSend(from_address=stranger.address, to_address=own.address)
    msg.amount.add(denom="uakt", amount="1")
    from akashpy.tx.build import build

    tx = build(
        [msg], stranger, chain_id=CHAIN_ID, account_number=0, sequence=0,
        fee=[Coin("uakt", 1)], gas=200_000,
    )  # fmt: skip
    result = chain.check(tx)
    assert (result.codespace, result.code) == ("sdk", 9)
    assert result.log == (
        f"fee payer address: {Address.of(stranger.address.raw)} does not exist: unknown address"
    )


def test_priority_is_the_lowest_price_of_gas(chain: Chain) -> None:
    cheap = chain.send("alice", "bob", "1uakt", fee=[Coin("uakt", 400_000)], gas=200_000)
    assert chain.check(cheap).priority == 2
