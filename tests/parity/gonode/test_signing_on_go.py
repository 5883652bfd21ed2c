"""Our commands on a Go node: amino JSON, unordered, another fee payer, and a group of two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.parity.gonode.gochain import GoChain
from tests.parity.gonode.test_commands_on_go import ours, tx

AMINO = ("--sign-mode", "amino-json")
FEES = ("--gas", "200000", "--gas-prices", "0.025uakt")


def balance(go: GoChain, name: str) -> int:
    words = ("query", "bank", "balances", str(go.key(name).address), "-o", "json")
    found = json.loads(done(go, *words))["balances"]
    return next(int(one["amount"]) for one in found if one["denom"] == "uakt")


def done(go: GoChain, *words: str) -> str:
    ran = ours(go, *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_amino_json_and_unordered(go: GoChain) -> None:
    to = str(go.key("other").address)
    before = balance(go, "other")
    send = ("bank", "send", "tenant", to, "7uakt", "--from", "tenant")
    tx(go, *send, *AMINO, "--note", "a <b> & c \u2028")
    tx(go, *send, "--unordered", "--timeout-duration", "5m", *FEES)
    tx(go, *send, "--unordered", "--timeout-duration", "5m", *AMINO)
    assert balance(go, "other") == before + 21


def test_another_account_pays_the_fee(go: GoChain, tmp_path: Path) -> None:
    tenant, cli = str(go.key("tenant").address), str(go.key("cli").address)
    draft, half, whole = (tmp_path / name for name in ("draft", "half", "whole"))
    words = ("tx", "bank", "send", "tenant", cli, "7uakt", "--from", "tenant", "--generate-only")
    draft.write_text(done(go, *words, "--fee-payer", cli, *FEES))
    half.write_text(done(go, "tx", "sign", str(draft), "--from", tenant, *AMINO))
    whole.write_text(done(go, "tx", "sign", str(half), "--from", "cli", *AMINO))
    done(go, "tx", "validate-signatures", str(whole))
    before = balance(go, "cli")
    tx(go, "broadcast", str(whole))
    assert balance(go, "cli") == before + 7 - 5_000


def test_a_group_of_two(go: GoChain, tmp_path: Path) -> None:
    done(go, "keys", "add", "pair", "--multisig", "tenant,other", "--multisig-threshold", "2")
    address = done(go, "keys", "show", "pair", "-a").strip()
    tx(go, "bank", "send", "tenant", address, "1000000uakt", "--from", "tenant")
    draft = tmp_path / "draft"
    words = ("tx", "bank", "send", address, str(go.key("cli").address), "7uakt", "--from", address)
    draft.write_text(done(go, *words, "--generate-only", *FEES))
    parts: list[Any] = []
    for name in ("other", "tenant"):
        parts.append(tmp_path / name)
        signed = done(go, "tx", "sign", str(draft), "--from", name, "--multisig", "pair")
        parts[-1].write_text(signed)
    whole = tmp_path / "whole"
    whole.write_text(done(go, "tx", "multi-sign", str(draft), "pair", *map(str, parts)))
    before = balance(go, "cli")
    tx(go, "broadcast", str(whole))
    assert balance(go, "cli") == before + 7
