"""A bank send from bytes to result, as a real node answered it."""

from base64 import b64encode

from akashpy.chain import auth
from akashpy.tx.build import decode
from akashpy.types.address import Address
from tests.chain.app.conftest import FEE, GAS, Chain, key


def test_events_data_and_gas(chain: Chain) -> None:
    alice, bob = key("alice").address, key("bob").address
    collector = Address.of_module("fee_collector")
    tx = chain.send("alice", "bob", "12345uakt")
    signature = b64encode(decode(tx).signatures[0]).decode()
    result = chain.deliver(tx)
    assert (result.code, result.log, result.codespace, result.info) == (0, "", "", "")
    assert result.data.hex().upper() == (
        "12260A242F636F736D6F732E62616E6B2E763162657461312E4D736753656E64526573706F6E7365"
    )
    assert result.gas_wanted == GAS
    assert 0 < result.gas_used < GAS
    index = ("msg_index", "0")
    assert [(event.type, event.attributes) for event in result.events] == [
        ("coin_spent", (("spender", alice), ("amount", f"{FEE}uakt"))),
        ("coin_received", (("receiver", collector), ("amount", f"{FEE}uakt"))),
        (
            "transfer",
            (("recipient", collector), ("sender", alice), ("amount", f"{FEE}uakt")),
        ),
        ("message", (("sender", alice),)),
        ("tx", (("fee", f"{FEE}uakt"), ("fee_payer", alice))),
        ("tx", (("acc_seq", f"{alice}/0"),)),
        ("tx", (("signature", signature),)),
        (
            "message",
            (
                ("action", "/cosmos.bank.v1beta1.MsgSend"),
                ("sender", alice),
                ("module", "bank"),
                index,
            ),
        ),
        ("coin_spent", (("spender", alice), ("amount", "12345uakt"), index)),
        ("coin_received", (("receiver", bob), ("amount", "12345uakt"), index)),
        ("transfer", (("recipient", bob), ("sender", alice), ("amount", "12345uakt"), index)),
        ("message", (("sender", alice), index)),
    ]


def test_money_moves_and_the_sequence_rises(chain: Chain) -> None:
    before = chain.balance("alice"), chain.balance("bob")
    assert chain.deliver(chain.send("alice", "bob", "7uakt")).code == 0
    assert chain.balance("alice") == before[0] - 7 - FEE
    assert chain.balance("bob") == before[1] + 7
    account = auth.require(chain.app.query_context(), key("alice").address.raw)
    assert account.sequence == 1
    assert account.pub_key


def test_a_failed_message_costs_its_fee_and_nothing_else(chain: Chain) -> None:
    before = chain.balance("alice"), chain.balance("bob")
    result = chain.deliver(chain.send("alice", "bob", "9000000000000uakt"))
    assert (result.codespace, result.code) == ("sdk", 5)
    assert result.log == (
        "failed to execute message; message index: 0: spendable balance 999999995000uakt is "
        "smaller than 9000000000000uakt: insufficient funds"
    )
    assert [event.type for event in result.events] == [
        "coin_spent", "coin_received", "transfer", "message", "tx", "tx", "tx",
    ]  # fmt: skip
    assert chain.balance("alice") == before[0] - FEE
    assert chain.balance("bob") == before[1]


def test_all_messages_or_none(chain: Chain) -> None:
    from akashpy.wire import bank as pb

    good = pb.MsgSend(from_address=key("alice").address, to_address=key("bob").address)
    good.amount.add(denom="uakt", amount="1")
    bad = pb.MsgSend(from_address=key("alice").address, to_address="nobody")
    bad.amount.add(denom="uakt", amount="1")
    before = chain.balance("bob")
    result = chain.deliver(chain.tx("alice", [good, bad]))
    assert (result.codespace, result.code) == ("sdk", 7)
    assert "message index: 1: invalid to address" in result.log
    assert chain.balance("bob") == before


def test_two_messages_carry_their_index(chain: Chain) -> None:
    from akashpy.wire import bank as pb

    msgs = []
    for _ in range(2):
        msg = pb.MsgSend(from_address=key("alice").address, to_address=key("bob").address)
        msg.amount.add(denom="uakt", amount="1")
        msgs.append(msg)
    result = chain.deliver(chain.tx("alice", msgs))
    indexes = [event.value("msg_index") for event in result.events]
    assert indexes == [None] * 7 + ["0"] * 5 + ["1"] * 5
