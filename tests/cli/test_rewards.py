"""Commands of inflation, rewards, signing and evidence."""

from __future__ import annotations

import json
from typing import Any

from akashpy.types.address import VALOPER
from akashpy.types.dec import Dec
from tests.cli.conftest import Cli, address, events_of
from tests.nodes import key_of

FIRST = key_of("operator").address.with_prefix(VALOPER)


def ask(cli: Cli, *words: str) -> Any:
    done = cli("query", *words, "-o", "json")
    assert done.code == 0, done.err
    return done.value


def test_a_delegators_rewards(cli: Cli) -> None:
    me, other = address("tenant"), address("other")
    cli.tx("staking", "delegate", FIRST, "5000000000uakt", "--from", "tenant")
    cli.tx("distribution", "set-withdraw-addr", other, "--from", "tenant")
    said = cli.tx("distribution", "withdraw-rewards", FIRST, "--from", "tenant")
    assert "withdraw_rewards" in events_of(said)
    said = cli.tx("distribution", "withdraw-all-rewards", "--max-msgs", "1", "--from", "tenant")
    assert "withdraw_rewards" in events_of(said)
    every = ask(cli, "distribution", "rewards", me)
    single = ask(cli, "distribution", "rewards", me, FIRST)
    assert every["rewards"][0]["validator_address"] == FIRST
    assert set(single) == {"rewards"}
    why = cli.refused("tx", "distribution", "withdraw-all-rewards", "--from", "other", "--yes")
    assert "delegates to no validator" in why
    why = cli.refused("tx", "distribution", "withdraw-rewards", FIRST, "--from", "other", "--yes")
    assert "no delegation for (address, validator) tuple (staking/19)" in why


def test_gifts_to_the_community_and_to_a_validator(cli: Cli) -> None:
    before = ask(cli, "distribution", "community-pool")["pool"]
    cli.tx("distribution", "fund-community-pool", "1000000uakt", "--from", "other")
    after = ask(cli, "distribution", "community-pool")["pool"]
    gained = Dec.of(after[-1]["amount"]) - Dec.of(before[-1]["amount"])
    assert gained >= Dec.of(1_000_000)
    said = cli.tx(
        "distribution", "fund-validator-rewards-pool", FIRST, "777uakt", "--from", "other"
    )
    assert "rewards" in events_of(said)


def test_a_validators_side(cli: Cli) -> None:
    info = ask(cli, "distribution", "validator-distribution-info", FIRST)
    assert set(info) == {"operator_address", "self_bond_rewards", "commission"}
    assert ask(cli, "distribution", "commission", FIRST)["commission"]
    assert ask(cli, "distribution", "validator-outstanding-rewards", FIRST)["rewards"]
    assert ask(cli, "distribution", "slashes", FIRST, "0", "100")["slashes"] == []
    assert ask(cli, "distribution", "params")["community_tax"] == "0.020000000000000000"
    why = cli.refused("tx", "slashing", "unjail", "--from", "other", "--yes")
    assert "validator does not exist" in why


def test_inflation_is_one_number(cli: Cli) -> None:
    done = cli("query", "mint", "inflation")
    assert done.code == 0
    assert Dec.of("0.07") <= Dec.of(done.out.strip()) <= Dec.of("0.2")
    assert Dec.of(cli("query", "mint", "annual-provisions").out.strip()).is_positive
    assert ask(cli, "mint", "params")["mint_denom"] == "uakt"


def test_signing(cli: Cli) -> None:
    infos = ask(cli, "slashing", "signing-infos")["info"]
    validators = ask(cli, "staking", "validators")["validators"]
    mine = next(each for each in validators if each["operator_address"] == FIRST)
    by_key = ask(cli, "slashing", "signing-info", json.dumps(mine["consensus_pubkey"]))
    assert by_key["address"] in {info["address"] for info in infos}
    assert ask(cli, "slashing", "signing-info", by_key["address"])["tombstoned"] is False
    assert ask(cli, "slashing", "params")["signed_blocks_window"] == "100"
    assert cli("query", "slashing", "signing-info", '{"@type": "x"}').code == 1


def test_evidence(cli: Cli) -> None:
    assert ask(cli, "evidence")["evidence"] == []
    assert "evidence 00 not found" in cli.refused("query", "evidence", "00")
    assert cli("tx", "evidence", "--help").code == 0
