"""Our commands with Akash's names, flags and environment, on a Go node: a deployment's life, and
the same queries by both programs with the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.parity.gonode.gochain import GoChain
from tests.parity.gonode.loop import DENOM, DEPOSIT, HELLO, RATE

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = (sys.executable, "-c", "from akashpy.cli.main import main; main()")


def ours(go: GoChain, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `akashpy` where the Go program would run."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**go.environment, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )


def tx(go: GoChain, *arguments: str) -> dict[str, Any]:
    """A transaction by our command, in a block."""
    done = ours(go, "tx", *arguments, "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["code"], int(found["height"]) > 0) == (0, True)
    return found


def test_a_deployments_life_and_the_same_answers(go: GoChain, tmp_path: Path) -> None:
    tenant, provider = (str(go.key(name).address) for name in ("tenant", "provider"))
    tx(go, "bank", "send", "tenant", str(go.key("other").address), "7uakt", "--from", "tenant")
    done = ours(go, "tx", "cert", "generate", "client", "--from", "tenant", "--overwrite")
    assert done.returncode == 0, done.stderr
    tx(go, "cert", "publish", "client", "--from", "tenant")
    declared = tmp_path / "provider.yaml"
    declared.write_text(
        "host: https://localhost:9000\nattributes:\n  - key: region\n    value: us-west\n"
    )
    known = [each["owner"] for each in go.query("provider", "list")["providers"]]
    verb = "update" if provider in known else "create"
    tx(go, "provider", verb, str(declared), "--from", "provider")
    made = tx(
        go, "deployment", "create", str(HELLO), "--deposit", f"{DEPOSIT}{DENOM}", "--from", "tenant"
    )
    (dseq,) = [
        each["deployment"]["id"]["dseq"]
        for each in go.query("deployment", "list", "--owner", tenant)["deployments"]
        if each["deployment"]["created_at"] == made["height"]
    ]
    base = ("--owner", tenant, "--dseq", dseq)
    tx(go, "market", "bid", "create", "--price", f"{RATE}{DENOM}", *base,
       "--deposit", f"500000{DENOM}", "--from", "provider")  # fmt: skip
    tx(go, "market", "lease", "create", "--dseq", dseq, "--provider", provider, "--from", "tenant")
    tx(go, "escrow", "deposit", "deployment", f"1000000{DENOM}", "--dseq", dseq, "--from", "tenant")
    second = tmp_path / "second.yaml"
    second.write_text(HELLO.read_text().replace("version 1", "version 2"))
    tx(go, "deployment", "update", str(second), "--dseq", dseq, "--from", "tenant")
    tx(go, "market", "lease", "withdraw", *base, "--from", "provider")

    one = (*base, "--provider", provider)
    compare(go, "auth", "account", tenant)
    compare(go, "bank", "balances", "--denom", "uact", provider)
    compare(go, "deployment", "list", "--owner", tenant)
    compare(go, "deployment", "get", *base)
    compare(go, "deployment", "group", "get", *base, "--gseq", "1")
    compare(go, "deployment", "params")
    compare(go, "market", "params")
    compare(go, "market", "order", "list", "--owner", tenant)
    compare(go, "market", "order", "get", *base, "--gseq", "1", "--oseq", "1")
    compare(go, "market", "bid", "list", *base)
    compare(go, "market", "bid", "get", *one)
    compare(go, "market", "lease", "list", *base)
    compare(go, "market", "lease", "get", *one)
    compare(go, "escrow", "accounts")
    compare(go, "escrow", "payments")
    compare(go, "cert", "list", "--owner", tenant)
    compare(go, "provider", "list")
    compare(go, "provider", "get", provider)
    compare(go, "audit", "list")

    owned = json.loads(ours(go, "query", "bank", "balances", tenant, "-o", "json").stdout)
    assert {coin["denom"] for coin in owned["balances"]} == {"uact", "uakt"}
    left = json.loads(ours(go, "query", "escrow", "blocks-remaining", *base, "-o", "json").stdout)
    assert 0 < left["blocks_remaining"] <= (DEPOSIT + 1_000_000) // RATE

    tx(go, "deployment", "close", "--dseq", dseq, "--from", "tenant")
    compare(go, "deployment", "get", *base)
    compare(go, "market", "lease", "get", *one)


def compare(go: GoChain, *query: str) -> None:
    """Both programs print the same JSON, members in the same order."""
    wanted = go.go("akash", "query", *query, "-o", "json")
    found = ours(go, "query", *query, "-o", "json")
    assert found.returncode == 0, found.stderr
    assert json.dumps(json.loads(found.stdout)) == json.dumps(json.loads(wanted)), query


def test_refusals_end_with_an_error(go: GoChain) -> None:
    other = str(go.key("other").address)
    for query in (
        ("deployment", "get", "--owner", other, "--dseq", "3"),
        ("market", "order", "get", "--owner", other, "--dseq", "3", "--gseq", "1", "--oseq", "1"),
    ):
        wanted = go.attempt("akash", "query", *query)
        found = ours(go, "query", *query)
        assert (found.returncode, found.stdout) == (wanted.returncode, wanted.stdout) == (1, "")
        assert found.stderr.startswith("Error: ")
        assert "key not found" in wanted.stderr
        assert "not found (" in found.stderr
    too_much = ("bank", "send", "tenant", other, "1000000000000000000uakt", "--from", "tenant")
    wanted = go.attempt("akash", "tx", *too_much)
    found = ours(go, "tx", *too_much)
    assert (found.returncode, wanted.returncode) == (1, 1)
    assert "insufficient funds" in found.stderr
