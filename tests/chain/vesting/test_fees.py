"""Locked coins pay no fees; what has been sent on top does."""

from akashpy.types.coin import Coins
from akashpy.wire import vesting as pb
from tests.chain.app.conftest import FEE, key, start


def test_fees_come_from_free_coins() -> None:
    chain = start()
    chain.keys["carol"] = key("carol")
    locked = pb.MsgCreatePermanentLockedAccount(
        from_address=key("alice").address,
        to_address=key("carol").address,
        amount=Coins.parse("1000000uakt").to_wire(),
    )
    assert chain.deliver(chain.tx("alice", [locked])).code == 0
    refused = chain.check(chain.send("carol", "bob", "1uakt", sequence=0))
    assert (refused.codespace, refused.code) == ("sdk", 5)
    assert refused.log == (
        f"spendable balance 0uakt is smaller than {FEE}uakt: insufficient funds: insufficient funds"
    )
    assert chain.deliver(chain.send("alice", "carol", f"{FEE + 1}uakt")).code == 0
    assert chain.deliver(chain.send("carol", "bob", "1uakt", sequence=0)).code == 0
    assert chain.balance("carol") == 1_000_000
