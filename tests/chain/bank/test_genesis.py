"""What genesis may say about denominations, and what it may not."""

from typing import Any

import pytest

from akashpy.chain import bank
from akashpy.types.bank import validate_metadata
from akashpy.types.errors import ChainError
from akashpy.wire import bank as pb


def metadata(**fields: Any) -> pb.Metadata:
    """akt, unless something else is said."""
    found: dict[str, Any] = {
        "name": "Akash",
        "symbol": "AKT",
        "base": "uakt",
        "display": "akt",
        "denom_units": [{"denom": "uakt"}, {"denom": "akt", "exponent": 6, "aliases": ["AKT"]}],
    }
    return pb.Metadata(**(found | fields))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": " "}, "name field cannot be blank"),
        ({"symbol": ""}, "symbol field cannot be blank"),
        ({"base": "!"}, "invalid metadata base denom: invalid denom: !"),
        ({"display": ""}, "invalid metadata display denom: invalid denom: "),
        (
            {"denom_units": [{"denom": "akt"}]},
            "metadata's first denomination unit must be the one with base denom 'uakt'",
        ),
        (
            {"denom_units": [{"denom": "uakt", "exponent": 1}]},
            "the exponent for base denomination unit uakt must be 0",
        ),
        (
            {"denom_units": [{"denom": "uakt"}, {"denom": "akt"}]},
            "denom units should be sorted asc by exponent",
        ),
        (
            {"denom_units": [{"denom": "uakt"}, {"denom": "uakt", "exponent": 2}]},
            "duplicate denomination unit uakt",
        ),
        (
            {"denom_units": [{"denom": "uakt", "aliases": ["a", "a"]}]},
            "duplicate denomination unit alias a",
        ),
        (
            {"denom_units": [{"denom": "uakt", "aliases": [" "]}]},
            "alias for denom unit uakt cannot be blank",
        ),
        (
            {"denom_units": [{"denom": "uakt"}]},
            "metadata must contain a denomination unit with display denom 'akt'",
        ),
    ],
)
def test_refuses_metadata(fields: dict[str, Any], text: str) -> None:
    validate_metadata(metadata())
    with pytest.raises(ChainError) as caught:
        validate_metadata(metadata(**fields))
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("send_enabled", "duplicate send enabled found: 'uact'"),
        ("denom_metadata", "duplicate client metadata for denom uact"),
    ],
)
def test_refuses_repetitions(name: str, text: str) -> None:
    state = bank.default_genesis("default")
    bank.validate_genesis(state)
    state[name] = sorted(state[name] * 2, key=str)
    with pytest.raises(ChainError) as caught:
        bank.validate_genesis(state)
    assert str(caught.value) == text
