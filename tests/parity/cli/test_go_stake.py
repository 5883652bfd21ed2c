"""Go's `akash` stakes on our node, and both programs show the same of it."""

from __future__ import annotations

from pathlib import Path

from akashpy.types.address import VALOPER
from tests.cli.conftest import Cli
from tests.cli.test_staking import validator_json
from tests.nodes import key_of
from tests.parity.cli.conftest import Go
from tests.parity.cli.test_go_grants import asked, sent

FIRST = str(key_of("operator").address.with_prefix(VALOPER))
OWN = str(key_of("provider").address.with_prefix(VALOPER))
ME = str(key_of("tenant").address)


def test_go_stakes_and_both_show_it(go: Go, ours: Cli, tmp_path: Path) -> None:
    sent(go, "staking", "create-validator", validator_json(tmp_path), "--from", "provider")
    sent(go, "staking", "edit-validator", "--new-moniker", "renamed", "--from", "provider")
    sent(go, "staking", "delegate", FIRST, "5000uakt", "--from", "tenant")
    sent(go, "staking", "redelegate", FIRST, OWN, "1000uakt", "--from", "tenant")
    began = sent(go, "staking", "unbond", FIRST, "3000uakt", "--from", "tenant")
    height = str(began["height"])
    sent(go, "staking", "cancel-unbond", FIRST, "1000uakt", height, "--from", "tenant")
    reads = [
        ("validator", OWN),
        ("validators",),
        ("delegation", ME, FIRST),
        ("delegations", ME),
        ("delegations-to", FIRST),
        ("unbonding-delegation", ME, FIRST),
        ("unbonding-delegations", ME),
        ("unbonding-delegations-from", FIRST),
        ("redelegation", ME, FIRST, OWN),
        ("redelegations", ME),
        ("redelegations-from", FIRST),
        ("historical-info", height),
        ("params",),
        ("pool",),
    ]
    for words in reads:
        theirs = asked(go, "staking", *words)
        found = ours("query", "staking", *words, "-o", "json").value
        assert found == theirs, words
