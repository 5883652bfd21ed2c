"""Files pass between Go's `akash` and ours: drafts, signatures, bytes, certificates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, address
from tests.parity.cli.conftest import Go
from tests.walk import SDL

SEND = ("tx", "bank", "send", address("tenant"), address("other"), "5uakt")


def kept(folder: Path, name: str, text: str) -> str:
    """The path of a file with a command's output."""
    (folder / name).write_text(text)
    return str(folder / name)


@pytest.fixture
def deployment(go: Go, ours: Cli, tmp_path: Path) -> str:
    """A draft of a deployment, made by our program; it has groups, prices and a hash."""
    sdl = kept(tmp_path, "deploy.yaml", SDL.format(image="nginx:1"))
    flags = ("--dseq", "7", "--deposit", "5000000uact", "--gas", "200000")
    where = ("--from", address("tenant"), "--generate-only", "--offline")
    return kept(tmp_path, "draft.json", ours("tx", "deployment", "create", sdl, *flags, *where).out)


def test_a_draft_is_written_alike(go: Go, ours: Cli) -> None:
    flags = ("--generate-only", "--gas", "90000", "--from", "tenant")
    assert ours(*SEND, *flags).value == go(*SEND, *flags).value


def test_a_draft_of_go_is_signed_alike_by_both(go: Go, ours: Cli, tmp_path: Path) -> None:
    draft = kept(tmp_path, "draft.json", go(*SEND, "--generate-only").out)
    sign = ("tx", "sign", draft, "--from", "tenant")
    theirs = kept(tmp_path, "theirs.json", go(*sign).out)
    assert json.loads(Path(theirs).read_text()) == ours(*sign).value
    raw = go("tx", "encode", theirs).out.strip()
    assert ours("tx", "encode", theirs).out.strip() == raw
    assert ours("tx", "decode", raw).value == go("tx", "decode", raw).value
    assert ours("tx", "broadcast", theirs).value["code"] == 0


def test_a_draft_of_ours_is_signed_and_sent_by_go(
    go: Go, ours: Cli, tmp_path: Path, deployment: str
) -> None:
    signed = kept(tmp_path, "go.json", go("tx", "sign", deployment, "--from", "tenant").out)
    raw = go("tx", "encode", signed).out.strip()
    assert ours("tx", "encode", signed).out.strip() == raw
    sent: Any = go("tx", "broadcast", signed, "--yes", "-o", "json").value
    assert sent["code"] == 0, sent
    look = ("query", "deployment", "get", "--owner", address("tenant"), "--dseq", "7")
    assert ours(*look, "-o", "json").value == go(*look, "-o", "json").value


def test_a_certificate_made_by_go_serves_our_program(go: Go, ours: Cli, tmp_path: Path) -> None:
    sdl = kept(tmp_path, "deploy.yaml", SDL.format(image="nginx:1"))
    assert go("tx", "cert", "generate", "client", "--from", "other").code == 0
    assert ours.tx("cert", "publish", "client", "--from", "other")["code"] == 0
    assert ours.tx("deployment", "create", sdl, "--from", "other")["code"] == 0


def test_a_certificate_made_by_ours_serves_go(go: Go, ours: Cli, tmp_path: Path) -> None:
    sdl = kept(tmp_path, "deploy.yaml", SDL.format(image="nginx:1"))
    assert ours("tx", "cert", "generate", "client", "--from", "bidder").code == 0
    assert go("tx", "cert", "publish", "client", "--from", "bidder", "--yes").code == 0
    made = go("tx", "deployment", "create", sdl, "--from", "bidder", "--yes",
              "--deposit", "5000000uact")  # fmt: skip
    assert made.code == 0, made.err


@pytest.mark.parametrize(
    "words",
    [
        "query deployment get --owner {t} --dseq 99",
        "query provider get {t}",
        "query market lease get --owner {t} --dseq 99 --provider {t}",
        "tx deployment close --dseq 99 --from tenant --yes",
        "tx market lease create --dseq 99 --provider {t} --from tenant --yes",
        "tx bank send {t} {t} 99999999999999999uakt --yes",
        "tx bank send nobody {t} 5uakt --yes",
        "tx bank send {t} {t} --yes",
        "tx bank sent",
        "tx bank send {t} {t} 5uakt --no-such-flag",
        "tx deployment group pause --dseq 5 --from tenant",
        "tx deployment create nowhere.yaml --from tenant --yes",
        "query market bid get --dseq x",
        "tx cert publish client --from auditor --yes",
    ],
)
def test_both_fail_with_the_same_exit_code(go: Go, ours: Cli, words: str) -> None:
    asked = words.format(t=address("tenant")).split()
    theirs, mine = go(*asked), ours(*asked)
    assert (theirs.code, mine.code) == (1, 1)
    assert mine.out == ""
    assert mine.err
