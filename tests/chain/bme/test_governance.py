"""What governance decides about bme: parameters and the vault."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy.chain import auth, bme
from akashpy.chain.authority import AUTHORITY
from akashpy.types import bme as errors
from akashpy.types.address import Address
from akashpy.types.bme import Params
from akashpy.types.coin import Coin
from akashpy.types.errors import InsufficientFunds, PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import bme as wire
from tests.chain.conftest import Given


def fund(source: str, amount: str = "5uakt", authority: str = AUTHORITY) -> Any:
    coin = Coin.parse(amount).to_wire()
    return wire.MsgFundVault(authority=authority, source=source, amount=coin)


def test_the_vault_is_funded(given: Given) -> None:
    source = given.account("rich", uakt=7)
    given.run(fund(source))
    told = dict(given.events[-1].attributes)
    assert given.events[-1].type == "akash.bme.v1.EventVaultFunded"
    assert told == {
        "amount": '{"denom":"uakt","amount":"5"}',
        "source": f'"{source}"',
        "new_vault_balance": '{"denom":"uakt","amount":"5"}',
    }
    assert given.balance(Address.of_module("bme")) == 5
    assert bme.CREDITS.get(given.ctx, "uakt") == 0


def test_funding_refused(given: Given) -> None:
    source = given.account("rich", uakt=7)
    nobody = given.address("nobody")
    escrow = Address.of_module("fee_collector")
    cases: list[tuple[Any, Any, str | None]] = [
        (fund(source, authority="x"), errors.Unauthorized, None),
        (fund(source, authority=source), InvalidSigner, None),
        (fund(source, "0uakt"), errors.InvalidAmount, "amount must be positive: invalid amount"),
        (
            fund(source, "5uact"),
            errors.InvalidDenom,
            "expected uakt, got uact: invalid denomination",
        ),
        (fund(nobody), errors.InvalidAddress, f"account {nobody} does not exist: invalid address"),
        (fund("x"), PlainError, "decoding bech32 failed: invalid bech32 string length 1"),
        (fund(source, "8uakt"), InsufficientFunds, None),
    ]  # fmt: skip
    for message, error, text in cases:
        with given.rejects(error, text):
            given.run(message)
    auth.module_account(given.ctx, "fee_collector")
    text = f"source address {escrow} must not be module account: invalid address"
    with given.rejects(errors.InvalidAddress, text):
        given.run(fund(escrow))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"min_epoch_blocks": 0}, "min_epoch_blocks must be positive"),
        ({"min_epoch_blocks": -1}, "min_epoch_blocks must be positive"),
        (
            {"circuit_breaker_warn_threshold": 10_001},
            "circuit_breaker_warn_threshold cannot exceed 10000",
        ),
        (
            {"circuit_breaker_halt_threshold": 10_001},
            "circuit_breaker_halt_threshold cannot exceed 10000",
        ),
        (
            {"circuit_breaker_warn_threshold": 9000},
            "warn threshold must be greater than halt threshold",
        ),
        ({"mint_spread_bps": 1001}, "mint_spread_bps cannot exceed 1000 (10%)"),
        ({"settle_spread_bps": 1001}, "settle_spread_bps cannot exceed 1000 (10%)"),
        ({"epoch_blocks_backoff_percent": 101}, "epoch_blocks_backoff cannot exceed 100%"),
        ({"min_mint": (Coin("uact", 0),)}, "min_mint coins are invalid"),
        ({"min_mint": (Coin("uakt", 1), Coin("uact", 1))}, "min_mint coins are invalid"),
    ],
)
def test_bad_parameters_are_refused(given: Given, changes: dict[str, Any], text: str) -> None:
    message = wire.MsgUpdateParams(authority=AUTHORITY, params=Params(**changes).to_wire())
    with given.rejects(PlainError, text):
        given.run(message)


def test_parameters_are_replaced_by_governance_alone(given: Given) -> None:
    params = Params(mint_spread_bps=0, min_mint=())
    given.run(wire.MsgUpdateParams(authority=AUTHORITY, params=params.to_wire()))
    assert bme.params(given.ctx) == params
    stranger = given.address("stranger")
    with given.rejects(InvalidSigner):
        given.run(wire.MsgUpdateParams(authority=stranger, params=params.to_wire()))
    with given.rejects(errors.Unauthorized):
        given.run(wire.MsgUpdateParams(authority="x", params=params.to_wire()))


def test_defaults_are_akashs() -> None:
    assert bme.MODULE.default_genesis("akash") == {
        "params": {
            "circuit_breaker_warn_threshold": 9500, "circuit_breaker_halt_threshold": 9000,
            "min_epoch_blocks": "10", "epoch_blocks_backoff_percent": 10, "mint_spread_bps": 25,
            "settle_spread_bps": 0, "max_endblocker_records": 50,
            "min_mint": [{"denom": "uact", "amount": "10000000"}], "max_pending_attempts": 3,
        },
        "state": {
            "total_burned": [
                {"denom": "uact", "amount": "0"}, {"denom": "uakt", "amount": "0"}
            ],
            "total_minted": [
                {"denom": "uact", "amount": "0"}, {"denom": "uakt", "amount": "0"}
            ],
            "remint_credits": [{"denom": "uakt", "amount": "0"}],
        },
        "ledger": None,
    }  # fmt: skip
