"""Minting, burning, module accounts, send-enabled, genesis: supply always adds up."""

import pytest

from akashpy.chain import auth, bank
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import InsufficientFunds, InvalidRequest, PlainError, Unauthorized
from akashpy.types.events import Event
from akashpy.types.gov import InvalidSigner
from akashpy.wire import bank as pb
from tests.chain.conftest import Given

FIVE = Coins.parse("5uakt")


def test_minting_raises_the_supply(given: Given) -> None:
    mint = Address.of_module("mint")
    bank.mint(given.ctx, "mint", FIVE)
    assert bank.supply(given.ctx, "uakt") == 5
    assert given.events == [
        Event("coin_received", (("receiver", mint), ("amount", "5uakt"))),
        Event("coinbase", (("minter", mint), ("amount", "5uakt"))),
    ]
    given.holds()


def test_burning_lowers_the_supply(given: Given) -> None:
    bme = Address.of_module("bme")
    bank.mint(given.ctx, "bme", FIVE)
    given.events.clear()
    bank.burn(given.ctx, "bme", Coins.parse("5uakt"))
    assert bank.supply(given.ctx, "uakt") == 0
    assert given.events == [
        Event("coin_spent", (("spender", bme), ("amount", "5uakt"))),
        Event("burn", (("burner", bme), ("amount", "5uakt"))),
    ]
    assert list(bank.SUPPLY.under(given.ctx)) == []
    given.holds()


def test_burning_more_than_there_is(given: Given) -> None:
    bank.mint(given.ctx, "bme", FIVE)
    with given.rejects(InsufficientFunds):
        bank.burn(given.ctx, "bme", Coins.parse("6uakt"))


def test_a_module_needs_the_permission(given: Given) -> None:
    with pytest.raises(PermissionError):
        bank.mint(given.ctx, "escrow", FIVE)
    with pytest.raises(PermissionError):
        bank.burn(given.ctx, "mint", FIVE)


def test_module_accounts_are_made_on_first_use(given: Given) -> None:
    tenant = given.account("tenant", uakt=9)
    escrow = Address.of_module("escrow")
    assert auth.account(given.ctx, escrow.raw) is None
    bank.send_to_module(given.ctx, tenant.raw, "escrow", FIVE)
    made = auth.require(given.ctx, escrow.raw)
    assert (made.name, made.permissions) == ("escrow", ())
    bank.send_from_module(given.ctx, "escrow", tenant.raw, FIVE)
    assert given.balance(tenant) == 9
    given.holds()


def test_a_module_pays_no_module_by_address(given: Given) -> None:
    bank.mint(given.ctx, "mint", FIVE)
    with given.rejects(Unauthorized):
        bank.send_from_module(given.ctx, "mint", auth.MODULE_ADDRESSES["escrow"], FIVE)
    bank.send_between_modules(given.ctx, "mint", "escrow", FIVE)
    assert given.balance(Address.of_module("escrow")) == 5


def enable(authority: str, *denoms: str, default_for: tuple[str, ...] = ()) -> pb.MsgSetSendEnabled:
    msg = pb.MsgSetSendEnabled(authority=authority, use_default_for=default_for)
    for denom in denoms:
        msg.send_enabled.add(denom=denom, enabled=True)
    return msg


def test_governance_opens_and_resets_a_denomination(given: Given) -> None:
    assert not bank.is_send_enabled(given.ctx, "uact")
    given.run(enable(auth.AUTHORITY, "uact"))
    assert bank.is_send_enabled(given.ctx, "uact")
    given.run(pb.MsgUpdateParams(authority=auth.AUTHORITY))
    given.run(enable(auth.AUTHORITY, default_for=("uact",)))
    assert not bank.is_send_enabled(given.ctx, "uact")


def test_invalid_send_enabled(given: Given) -> None:
    own = given.address("me")
    with given.rejects(
        InvalidSigner,
        f"invalid authority; expected {auth.AUTHORITY}, got {own}: "
        "expected gov account as only signer for proposal message",
    ):
        given.run(enable(own, "uact"))
    with given.rejects(InvalidRequest):
        given.run(enable(auth.AUTHORITY, "uact", "uact"))
    with given.rejects(InvalidRequest):
        given.run(enable(auth.AUTHORITY, "1x"))
    with given.rejects(InvalidRequest):
        given.run(enable(auth.AUTHORITY, default_for=("1x",)))


def test_invalid_params(given: Given) -> None:
    msg = pb.MsgUpdateParams(authority=auth.AUTHORITY)
    msg.params.send_enabled.add(denom="uact", enabled=True)
    with given.rejects(PlainError, "use of send_enabled in params is no longer supported"):
        given.run(msg)
    with given.rejects(InvalidSigner):
        given.run(pb.MsgUpdateParams(authority=given.address("me")))


def test_genesis_comes_back_as_exported(given: Given) -> None:
    given.account("alice", uakt=5, uact=7)
    given.account("bob", uakt=1)
    exported = bank.export_genesis(given.ctx)
    bank.validate_genesis(exported)
    fresh = Given()
    bank.init_genesis(fresh.ctx, exported)
    assert bank.export_genesis(fresh.ctx) == exported
    assert {k: v for k, v in fresh.rows().items() if k.startswith(b"bank/")} == {
        k: v for k, v in given.rows().items() if k.startswith(b"bank/")
    }


def test_default_genesis_is_akash_metadata() -> None:
    state = bank.default_genesis("default")
    assert state["send_enabled"] == [
        {"denom": "uakt", "enabled": True},
        {"denom": "uact", "enabled": False},
    ]
    assert [(each["base"], each["display"]) for each in state["denom_metadata"]] == [
        ("uact", "uact"), ("uakt", "akt"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"supply": [{"denom": "uakt", "amount": "2"}]}, "genesis supply is incorrect"),
        (
            {"send_enabled": [{"denom": "uakt", "enabled": True}] * 2},
            "duplicate send enabled",
        ),
    ],
)
def test_invalid_genesis(change: dict[str, object], text: str) -> None:
    alice = Address.of(b"a" * 20)
    state = bank.default_genesis("default")
    state["balances"] = [{"address": alice, "coins": [{"denom": "uakt", "amount": "1"}]}]
    with pytest.raises(PlainError, match=text):
        bank.validate_genesis({**state, **change})


def test_invalid_genesis_balance_twice() -> None:
    state = bank.default_genesis("default")
    state["balances"] = [{"address": Address.of(b"a" * 20), "coins": []}] * 2
    with pytest.raises(PlainError, match="duplicate balance"):
        bank.validate_genesis(state)


def test_a_broken_supply_is_noticed(given: Given) -> None:
    given.account("alice", uakt=5)
    bank.SUPPLY.put(given.ctx, "uakt", 6)
    assert "differs from the sum" in str(bank.MODULE.invariants[0](given.ctx))
