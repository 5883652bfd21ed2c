"""MsgBurnMint, MsgMintACT, MsgBurnACT: what is queued, and each refusal."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy.types import bme as errors
from akashpy.types.coin import Coin
from akashpy.types.errors import InsufficientFunds, InvalidAddress, InvalidCoins
from akashpy.types.oracle import PriceStalled
from akashpy.wire import bme as wire
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy


@pytest.fixture
def economy(given: Given) -> Economy:
    found = Economy(given)
    found.healthy("2")
    return found


def request(owner: str, coin: str, to: str = "", kind: str = "MsgMintACT", **more: Any) -> Any:
    fields = {"owner": owner, "to": to or owner, "coins_to_burn": Coin.parse(coin).to_wire()}
    return getattr(wire, kind)(**fields, **more)


def test_a_request_takes_the_coins_and_waits(economy: Economy) -> None:
    owner = economy.given.account("owner", uakt=100 * AKT)
    economy.told()
    answer = economy.given.run(request(owner, "10000000uakt"))
    id = answer.id
    assert (id.denom, id.to_denom, id.source) == ("uakt", "uact", owner)
    assert (id.height, id.sequence) == (economy.ctx.height, 1)
    assert answer.status == 0
    assert economy.given.balance(owner) == 90 * AKT
    (pending,) = economy.pending()
    assert (pending.owner, pending.to, pending.denom_to_mint) == (owner, owner, "uact")
    assert Coin.from_wire(pending.coins_to_burn) == Coin("uakt", 10 * AKT)
    assert pending.attempts == 0
    assert economy.waiting("uakt") == 10 * AKT
    assert economy.told() == []
    assert economy.mint(owner, 10 * AKT).sequence == 2
    economy.block("2")
    assert economy.mint(owner, 10 * AKT).sequence == 1
    economy.given.holds()


def test_burn_mint_names_both_denominations(economy: Economy) -> None:
    owner = economy.given.account("owner", uakt=100 * AKT, uact=AKT)
    made = request(owner, "10000000uakt", kind="MsgBurnMint", denom_to_mint="uact")
    assert economy.given.run(made).id.to_denom == "uact"
    made = request(owner, "1000000uact", kind="MsgBurnMint", denom_to_mint="uakt")
    assert economy.given.run(made).id.to_denom == "uakt"
    assert economy.waiting("uact") == AKT


@pytest.mark.parametrize(
    ("message", "error", "text"),
    [
        (request("x", "1uakt"), InvalidAddress, None),
        (request("", "1uakt"), InvalidAddress, None),
        (
            request("OWNER", "1uakt", to="y"),
            InvalidAddress,
            "invalid to address: decoding bech32 failed: invalid bech32 string length 1: "
            "invalid address",
        ),
        (
            request("OWNER", "1uakt", to="OTHER"),
            errors.Unauthorized,
            "owner and to addresses must match: unauthorized",
        ),
        (request("OWNER", "0uakt"), errors.InvalidAmount, "amount must not be 0: invalid amount"),
        (
            request("OWNER", "1uakt", kind="MsgBurnMint"),
            errors.InvalidDenom,
            "invalid denom to mint: invalid denom: : invalid denomination",
        ),
        (
            request("OWNER", "1uakt", kind="MsgBurnMint", denom_to_mint="uakt"),
            errors.InvalidDenom,
            "invalid swap route uakt -> uakt: invalid denomination",
        ),
        (
            request("OWNER", "1uact", kind="MsgMintACT"),
            errors.InvalidDenom,
            "invalid swap route uact -> uact: invalid denomination",
        ),
        (
            request("OWNER", "1uatom", kind="MsgBurnACT"),
            errors.InvalidDenom,
            "invalid swap route uatom -> uakt: invalid denomination",
        ),
        (request("OWNER", "99000000000uakt"), InsufficientFunds, None),
        (
            request("OWNER", "1uakt"),
            errors.MinimumMint,
            "mint output 2uact is below minimum 10000000uact: minimum mint amount is not met",
        ),
        (
            request("OWNER", "1uact", kind="MsgBurnACT"),
            errors.InsufficientVaultFunds,
            "requested burn amount: 1uact (requested to burn) > 0uact (total supply): "
            "insufficient vault funds",
        ),
    ],
)  # fmt: skip
def test_refused(economy: Economy, message: Any, error: Any, text: str | None) -> None:
    names = {"OWNER": economy.given.account("owner", uakt=AKT), "OTHER": economy.given.account("o")}
    message.owner = names.get(message.owner, message.owner)
    message.to = names.get(message.to, message.to)
    with economy.given.rejects(error, text):
        economy.given.run(message)


def test_a_negative_amount_is_refused(economy: Economy) -> None:
    owner = economy.given.account("owner", uakt=AKT)
    message = request(owner, "1uakt")
    message.coins_to_burn.amount = "-1"
    text = "invalid coins: negative coin amount: -1: invalid coins"
    with economy.given.rejects(InvalidCoins, text):
        economy.given.run(message)


def test_what_cannot_be_converted_is_refused_at_once(economy: Economy) -> None:
    """needs B 5: no coins go into a queue from which nothing can come out."""
    owner = economy.given.account("owner", uakt=100 * AKT, uact=3)
    with economy.given.rejects(errors.MinimumMint):
        economy.given.run(request(owner, "4999999uakt"))
    economy.given.run(request(owner, "5000000uakt"))
    with economy.given.rejects(errors.Epsilon):
        economy.given.run(request(owner, "1uact", kind="MsgBurnACT"))


def test_akash_queues_what_can_only_be_cancelled(given_akash: Given) -> None:
    economy = Economy(given_akash)
    economy.healthy("2")
    owner = given_akash.account("owner", uakt=AKT)
    economy.mint(owner, 1)
    economy.until_minted()
    (canceled,) = economy.canceled()
    assert canceled.cancel_reason == errors.CancelReason.MINIMUM_MINT
    assert given_akash.balance(owner) == AKT


def test_no_price_no_request(given: Given) -> None:
    economy = Economy(given)
    owner = given.account("owner", uakt=AKT, uact=AKT)
    for kind, coin in (("MsgMintACT", "1uakt"), ("MsgBurnACT", "1uact")):
        with given.rejects(PriceStalled):
            given.run(request(owner, coin, kind=kind))
    economy.healthy("2")
    economy.blocks(6)
    assert economy.status == errors.MintStatus.HALT_ORACLE
    for kind, coin in (("MsgMintACT", "1uakt"), ("MsgBurnACT", "1uact")):
        with given.rejects(PriceStalled, "price stalled"):
            given.run(request(owner, coin, kind=kind))


def test_an_empty_vault_mints_nothing_and_burns(given: Given) -> None:
    economy = Economy(given)
    owner = given.account("owner", uakt=100 * AKT, uact=AKT)
    economy.blocks(2, "2")
    assert economy.status == errors.MintStatus.HALT_CR
    with given.rejects(errors.CircuitBreakerActive, "circuit breaker is active"):
        economy.mint(owner, 100 * AKT)
    economy.burn(owner, AKT)


def test_halted_for_the_oracle_nothing_is_taken(given: Given) -> None:
    """The price is back in the block before the breaker knows it: Akash's order of modules."""
    economy = Economy(given)
    economy.without_fixes("oracle-staleness")
    economy.healthy("2")
    economy.blocks(7)
    economy.block("2")
    assert economy.status == errors.MintStatus.HALT_ORACLE
    owner = given.account("owner", uact=AKT)
    with given.rejects(errors.CircuitBreakerActive):
        economy.burn(owner, AKT)
