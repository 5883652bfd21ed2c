"""Go's `akash` grants sends, fees and deposits on our node, and uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Cli
from tests.nodes import key_of
from tests.parity.cli.conftest import Go
from tests.walk import SDL

TENANT, OTHER = str(key_of("tenant").address), str(key_of("other").address)
SEND = "/cosmos.bank.v1beta1.MsgSend"
DEPOSIT = "/akash.escrow.v1.MsgAccountDeposit"


def sent(go: Go, *words: str) -> Any:
    """What an accepted transaction of Go's program printed."""
    done = go("tx", *words, "--yes")
    assert done.code == 0, done
    said = done.value
    assert said["code"] == 0, said
    return said


def asked(go: Go, *words: str) -> Any:
    done = go("query", *words, "-o", "json")
    assert done.code == 0, done
    return done.value


def test_a_grant_to_send(go: Go, ours: Cli, tmp_path: Path) -> None:
    sent(go, "authz", "grant", OTHER, "send", "--spend-limit", "1000uakt", "--from", "tenant")
    pair = ("authz", "grants", TENANT, OTHER)
    assert asked(go, *pair)["grants"] == ours("query", *pair, "-o", "json").value["grants"]
    unsigned = ours("tx", "bank", "send", TENANT, OTHER, "400uakt", "--generate-only", "--gas", "1")
    file = tmp_path / "send.json"
    file.write_text(unsigned.out)
    sent(go, "authz", "exec", str(file), "--from", "other")
    (grant,) = asked(go, *pair)["grants"]
    assert grant["authorization"]["spend_limit"] == [{"denom": "uakt", "amount": "600"}]
    sent(go, "authz", "revoke", OTHER, SEND, "--from", "tenant")
    assert asked(go, *pair)["grants"] == []


def test_fees_are_paid_by_the_granter(go: Go, ours: Cli) -> None:
    sent(go, "feegrant", "grant", OTHER, "--spend-limit", "100000uakt", "--from", "tenant")
    before = ours.balance("tenant"), ours.balance("other")
    sent(go, "bank", "send", "other", OTHER, "1uakt", "--fee-granter", TENANT, "--from", "other")
    fee = before[0] - ours.balance("tenant")
    assert fee > 0
    assert ours.balance("other") == before[1]
    one = asked(go, "feegrant", "grant", TENANT, OTHER)
    assert one == ours("query", "feegrant", "grant", TENANT, OTHER, "-o", "json").value
    assert one["allowance"]["spend_limit"] == [{"denom": "uakt", "amount": str(100_000 - fee)}]
    sent(go, "feegrant", "revoke", OTHER, "--from", "tenant")


def test_a_deployment_from_a_granted_deposit(go: Go, ours: Cli, tmp_path: Path) -> None:
    sent(
        go, "authz", "grant", OTHER, "deposit", "--scope", "deployment,bid",
        "--spend-limit", "9000000uact", "--from", "tenant",
    )  # fmt: skip
    file = tmp_path / "deploy.yaml"
    file.write_text(SDL.format(image="nginx:1"))
    assert go("tx", "cert", "generate", "client", "--from", "other").code == 0
    sent(go, "cert", "publish", "client", "--from", "other")
    before = ours.balance("tenant", "uact")
    sent(
        go, "deployment", "create", str(file), "--deposit", "5000000uact", "--dseq", "77",
        "--from", "other",
    )  # fmt: skip
    found = asked(go, "deployment", "get", "--owner", OTHER, "--dseq", "77")
    (deposit,) = found["escrow_account"]["state"]["deposits"]
    assert (deposit["owner"], deposit["source"]) == (TENANT, "grant")
    assert ours.balance("tenant", "uact") == before - 5_000_000
    pair = ("authz", "grants", TENANT, OTHER, DEPOSIT)
    (grant,) = asked(go, *pair)["grants"]
    limits = grant["authorization"]["spend_limits"]
    assert limits == [{"denom": "uact", "amount": "4000000"}]
    sent(go, "deployment", "close", "--dseq", "77", "--from", "other")
    (grant,) = asked(go, *pair)["grants"]
    limits = grant["authorization"]["spend_limits"]
    assert limits == [{"denom": "uact", "amount": "9000000"}]
    assert ours.balance("tenant", "uact") == before
