"""Commands of stake: validators registered, staked with and unbonded from, and asked about."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from akashpy.types.address import VALOPER
from tests.cli.conftest import Cli, address, events_of
from tests.nodes import key_of

FIRST = key_of("operator").address.with_prefix(VALOPER)
OWN = key_of("provider").address.with_prefix(VALOPER)


def validator_json(place: Path, **changes: Any) -> str:
    """A validator.json; None leaves a member out."""
    made = {
        "pubkey": {
            "@type": "/cosmos.crypto.ed25519.PubKey",
            "key": b64encode(sha256(b"cli validator").digest()).decode(),
        },
        "amount": "2000000uakt",
        "moniker": "second",
        "website": "https://example.com",
        "security": "me@example.com",
        "commission-rate": "0.1",
        "commission-max-rate": "0.2",
        "commission-max-change-rate": "0.01",
        "min-self-delegation": "1",
    } | changes
    file = place / "validator.json"
    file.write_text(json.dumps({name: value for name, value in made.items() if value is not None}))
    return str(file)


def ask(cli: Cli, *words: str) -> Any:
    done = cli("query", "staking", *words, "-o", "json")
    assert done.code == 0, done.err
    return done.value


def test_a_validators_life_by_commands(cli: Cli, tmp_path: Path) -> None:
    made = cli.tx("staking", "create-validator", validator_json(tmp_path), "--from", "provider")
    assert "create_validator" in events_of(made)
    found = ask(cli, "validator", OWN)
    assert (found["tokens"], found["description"]["security_contact"]) == (
        "2000000", "me@example.com",
    )  # fmt: skip
    cli.tx("staking", "edit-validator", "--details", "here", "--from", "provider")
    assert ask(cli, "validator", OWN)["description"]["details"] == "here"
    assert ask(cli, "validator", OWN)["description"]["moniker"] == "second"
    assert len(ask(cli, "validators")["validators"]) == 2
    cli.tx("staking", "delegate", FIRST, "5000uakt", "--from", "bidder")
    me = address("bidder")
    single = ask(cli, "delegation", me, FIRST)
    assert single["balance"] == {"denom": "uakt", "amount": "5000"}
    assert ask(cli, "delegations", me)["delegation_responses"] == [single]
    assert single in ask(cli, "delegations-to", FIRST)["delegation_responses"]
    cli.tx("staking", "redelegate", FIRST, OWN, "1000uakt", "--from", "bidder")
    moved = ask(cli, "redelegation", me, FIRST, OWN)["redelegation_responses"]
    assert moved[0]["entries"][0]["balance"] == "1000"
    assert moved[0]["redelegation"]["entries"] is None  # as Go writes it
    assert isinstance(moved[0]["entries"][0]["redelegation_entry"]["creation_height"], int)
    assert ask(cli, "redelegations", me)["redelegation_responses"] == moved
    assert ask(cli, "redelegations-from", FIRST)["redelegation_responses"] == moved
    said = cli.tx("staking", "unbond", FIRST, "3000uakt", "--from", "bidder")
    pending = ask(cli, "unbonding-delegation", me, FIRST)
    assert [entry["balance"] for entry in pending["entries"]] == ["3000"]
    assert ask(cli, "unbonding-delegations", me)["unbonding_responses"] == [pending]
    assert ask(cli, "unbonding-delegations-from", FIRST)["unbonding_responses"] == [pending]
    height = str(said["height"])
    cli.tx("staking", "cancel-unbond", FIRST, "1000uakt", height, "--from", "bidder")
    assert ask(cli, "unbonding-delegation", me, FIRST)["entries"][0]["balance"] == "2000"
    assert int(ask(cli, "pool")["bonded_tokens"]) >= 5_000_000
    assert ask(cli, "params")["bond_denom"] == "uakt"
    assert ask(cli, "historical-info", height)["header"]["height"] == height


def test_what_the_chain_refuses_is_said(cli: Cli) -> None:
    said = cli.refused(
        "tx", "staking", "unbond", FIRST, "5uakt", "--from", "other", "--yes"
    )  # fmt: skip
    assert "no delegation for (address, validator) tuple (staking/19)" in said


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"amount": None}, "must specify amount of coins to bond"),
        ({"pubkey": None}, "must specify the JSON encoded pubkey"),
        ({"moniker": None}, "must specify the moniker name"),
        ({"commission-rate": None}, "must specify all validator commission parameters"),
        ({"min-self-delegation": None}, "must specify minimum self delegation"),
        ({"pubkey": {"@type": "/cosmos.crypto.secp256k1.PubKey", "key": ""}}, "no key of a val"),
        ({"pubkey": "x"}, "pubkey"),
    ],
)
def test_a_validator_file_is_checked(
    alone: Cli, tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    file = validator_json(tmp_path, **changes)
    said = alone.refused("tx", "staking", "create-validator", file, "--from", "provider", "--yes")
    assert text in said


def test_no_file(alone: Cli, tmp_path: Path) -> None:
    said = alone.refused(
        "tx", "staking", "create-validator", str(tmp_path / "none.json"), "--from", "provider"
    )
    assert "none.json" in said
    (tmp_path / "list.json").write_text("[]")
    said = alone.refused(
        "tx", "staking", "create-validator", str(tmp_path / "list.json"), "--from", "provider"
    )
    assert "it holds no JSON object" in said


@pytest.mark.parametrize(
    "words",
    [
        ("delegate", "akash1x", "5uakt"),
        ("delegate", FIRST, "5"),
        ("unbond", FIRST, "-5uakt"),
        ("redelegate", FIRST, "x", "5uakt"),
        ("cancel-unbond", FIRST, "5uakt", "soon"),
        ("edit-validator", "--commission-rate", "much"),
        ("edit-validator", "--min-self-delegation", "0.5"),
    ],
)
def test_wrong_words(alone: Cli, words: tuple[str, ...]) -> None:
    done = alone("tx", "staking", *words, "--from", "bidder")
    assert done.code == 1
    assert done.out == ""
    assert "Error" in done.err
