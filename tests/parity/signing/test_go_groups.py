"""Go's program on our node: amino JSON, a group of two, files that pass between the programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Cli
from tests.nodes import key_of
from tests.parity.cli.conftest import Go

TO = str(key_of("other").address)
FEES = ("--gas", "200000")


def good(go: Go, *words: str) -> Any:
    done = go(*words)
    assert done.code == 0, done
    return done


def test_gos_amino_json_pays_on_our_node(go: Go, ours: Cli) -> None:
    before = ours.balance("other")
    words = ("tx", "bank", "send", "tenant", TO, "7uakt", "--from", "tenant", "--yes")
    assert good(go, *words, "--sign-mode", "amino-json", "--note", "a <b> & c").value["code"] == 0
    assert ours.balance("other") == before + 7


def test_gos_group_pays_on_our_node_and_both_programs_mix(
    go: Go, ours: Cli, tmp_path: Path
) -> None:
    members = ("--multisig", "tenant,auditor", "--multisig-threshold", "2")
    go("keys", "add", "group", *members)
    address = go("keys", "show", "group", "-a").out.strip()
    shown = ours("keys", "show", "group", "-o", "json").value
    theirs = go("keys", "show", "group", "--output", "json").value
    assert (shown["address"], shown["pubkey"]) == (address, theirs["pubkey"])
    send = ("tx", "bank", "send", "tenant", address, "1000000uakt", "--from", "tenant")
    assert good(go, *send, "--yes").value["code"] == 0
    amino = ("--sign-mode", "amino-json")

    def pay(signers: tuple[Any, Any], joiner: Any, name: str) -> None:
        draft = tmp_path / f"{name}.json"
        made = good(go, "tx", "bank", "send", address, TO, "7uakt", "--from", address,
                    "--generate-only", *FEES)  # fmt: skip
        draft.write_text(made.out)
        parts = []
        for one, who in zip(signers, ("tenant", "auditor"), strict=True):
            part = tmp_path / f"{name}-{who}.json"
            signed = one("tx", "sign", str(draft), "--from", who, "--multisig", "group", *amino)
            assert signed.code == 0, signed
            part.write_text(signed.out)
            parts.append(str(part))
        whole = tmp_path / f"{name}-whole.json"
        joined = joiner("tx", "multi-sign", str(draft), "group", *parts, *amino)
        assert joined.code == 0, joined
        whole.write_text(joined.out)
        before = ours.balance("other")
        done = ours("tx", "broadcast", str(whole))
        assert done.code == 0, done
        assert ours.balance("other") == before + 7

    pay((go, go), go, "gos")
    pay((ours, go), ours, "mixed")
    pay((go, ours), go, "other")


def test_armored_keys_go_both_ways(go: Go, ours: Cli, tmp_path: Path) -> None:
    from subprocess import run

    from tests.parity.gonode.gochain import program

    def typed(*words: str, text: str) -> str:
        done = run(
            [program("akash"), *words], env=go.environment, input=text, capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    exported = ours("keys", "export", "bidder", input="pass-word-1\n").out
    file = tmp_path / "bidder.armor"
    file.write_text(exported)
    ours("keys", "delete", "bidder", "--yes")
    typed("keys", "import", "bidder", str(file), text="pass-word-1\n")
    address = str(key_of("bidder").address)
    assert go("keys", "show", "bidder", "-a").out.strip() == address
    back = typed("keys", "export", "bidder", text="pass-word-2\npass-word-2\n")
    file.write_text(back[back.index("-----BEGIN") :])
    go("keys", "delete", "bidder", "--yes")
    done = ours("keys", "import", "bidder", str(file), input="pass-word-2\n")
    assert done.code == 0, done
    assert ours("keys", "show", "bidder", "-a").out.strip() == address


def test_go_validates_what_we_sign(go: Go, ours: Cli, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    words = ("tx", "bank", "send", "tenant", TO, "7uakt", "--from", "tenant", "--generate-only")
    draft.write_text(ours(*words, *FEES).out)
    signed = tmp_path / "signed.json"
    done = ours("tx", "sign", str(draft), "--from", "tenant", "--sign-mode", "amino-json")
    signed.write_text(done.out)
    assert good(go, "tx", "validate-signatures", str(signed)).out.count("[OK]") == 1
    theirs = good(go, "tx", "sign", str(draft), "--from", "tenant", "--sign-mode", "amino-json")
    assert json.loads(theirs.out)["signatures"] == json.loads(done.out)["signatures"]


def test_an_auxiliary_signer_of_either_program(go: Go, ours: Cli, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    words = ("tx", "bank", "send", "tenant", TO, "7uakt", "--from", "tenant", "--generate-only")
    payer = str(key_of("auditor").address)
    draft.write_text(ours(*words, "--fee-payer", payer, *FEES).out)
    aux = ("tx", "sign", str(draft), "--from", "tenant", "--aux")
    first = good(go, *aux).value
    assert ours(*aux).value == first
    half = tmp_path / "half.json"
    half.write_text(json.dumps(first))
    by_payer = ("tx", "sign", str(half), "--from", "auditor")
    whole = ours(*by_payer)
    assert good(go, *by_payer).value == whole.value
    signed = tmp_path / "whole.json"
    signed.write_text(whole.out)
    before = ours.balance("other")
    assert good(go, "tx", "broadcast", str(signed)).value["code"] == 0
    assert ours.balance("other") == before + 7
    own = ("tx", "bank", "send", "tenant", TO, "7uakt", "--from", "tenant", "--aux", "-y", *FEES)
    told = "cannot sign with SIGN_MODE_DIRECT_AUX"
    assert told in go(*own).err
    assert told in ours(*own).err


def test_what_gos_members_sign_in_a_batch_is_joined(go: Go, ours: Cli, tmp_path: Path) -> None:
    """Akash's program signs batches and does not join them."""
    members = ("--multisig", "tenant,other", "--multisig-threshold", "2")
    assert ours("keys", "add", "batchers", *members).code == 0
    owner = ours("keys", "show", "batchers", "-a").out.strip()
    place = ("--offline", "--chain-id", "test-1", "-a", "5", "-s", "9")
    pay = ("tx", "bank", "send", owner, TO, "7uakt", "--from", owner, "--generate-only")
    draft = json.dumps(ours(*pay, *FEES, *place).value)
    batch = tmp_path / "batch.json"
    batch.write_text(f"{draft}\n{draft}\n")
    files = []
    for program, who in ((go, "tenant"), (ours, "other")):
        words = ("--from", who, "--multisig", "batchers", "--sign-mode", "amino-json", *place)
        signed = program("tx", "sign-batch", str(batch), "--signature-only", *words)
        assert signed.code == 0, signed
        files.append(tmp_path / who)
        files[-1].write_text(signed.out)
    joined = ours("tx", "multisign-batch", str(batch), "batchers", *map(str, files), *place)
    assert joined.code == 0, joined
    for number, line in enumerate(joined.out.splitlines()):
        alone = tmp_path / f"{number}.json"
        alone.write_text(draft)
        parts = []
        for file in files:
            parts.append(tmp_path / f"{file.name}-{number}")
            parts[-1].write_text(file.read_text().splitlines()[number])
        at = (*place[:-1], str(9 + number))
        words = ("tx", "multi-sign", str(alone), "batchers", *map(str, parts), *at)
        assert good(go, *words, "--sign-mode", "amino-json").value == json.loads(line)
