"""Signing files: modes, several signers, groups of keys, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, address

OFFLINE = ("--offline", "--chain-id", "c-1", "-a", "3", "-s", "7")
FEES = ("--gas", "200000", "--fees", "5000uakt")
TO = address("other")


def written(path: Path, value: Any) -> str:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def draft_of(cli: Cli, path: Path, sender: str, *words: str) -> str:
    send = ("tx", "bank", "send", sender, TO, "7uakt", "--generate-only", *FEES)
    return written(path, cli(*send, "--from", sender, *words).value)


def group_of(cli: Cli, *names: str, threshold: int = 2) -> str:
    cli("keys", "add", "group", "--multisig", ",".join(names), "--multisig-threshold",
        str(threshold))  # fmt: skip
    return cli("keys", "show", "group", "-a").out.strip()


def test_amino_json_pays(cli: Cli) -> None:
    before = cli.balance("other")
    sent = cli.tx("bank", "send", "tenant", TO, "7uakt", "--sign-mode", "amino-json")
    assert sent["code"] == 0
    mode = sent["tx"]["auth_info"]["signer_infos"][0]["mode_info"]["single"]["mode"]  # type: ignore[index]  # JSON
    assert mode == "SIGN_MODE_LEGACY_AMINO_JSON"
    assert cli.balance("other") == before + 7


def test_unordered_estimates_its_gas(cli: Cli) -> None:
    before = cli.balance("other")
    words = ("bank", "send", "tenant", TO, "7uakt", "--unordered", "--timeout-duration", "5m")
    assert cli.tx(*words)["code"] == 0
    assert cli.tx(*words, "--sign-mode", "amino-json")["code"] == 0
    assert cli.balance("other") == before + 14


def test_another_fee_payer_signs_the_file_too(cli: Cli, tmp_path: Path) -> None:
    draft = cli(
        "tx", "bank", "send", "tenant", TO, "7uakt", "--generate-only", "--from", "tenant",
        "--fee-payer", address("auditor"),
    )  # fmt: skip
    assert int(draft.value["auth_info"]["fee"]["gas_limit"]) > 50_000
    file = written(tmp_path / "draft", draft.out)
    amino = ("--sign-mode", "amino-json")
    first = cli("tx", "sign", file, "--from", "tenant", *amino)
    half = written(tmp_path / "half", first.out)
    said = cli.refused("tx", "sign", half, "--from", "bidder")
    assert "tx intended signer does not match the given signer: bidder" in said
    whole = written(tmp_path / "whole", cli("tx", "sign", half, "--from", "auditor", *amino).out)
    shown = cli("tx", "validate-signatures", whole)
    assert (shown.code, shown.out.count("[OK]")) == (0, 2)
    payer, other = cli.balance("auditor"), cli.balance("other")
    assert cli("tx", "broadcast", whole).value["code"] == 0
    assert cli.balance("other") == other + 7
    assert cli.balance("auditor") < payer


def test_two_members_of_a_group_pay_from_it(cli: Cli, tmp_path: Path) -> None:
    owner = group_of(cli, "tenant", "auditor")
    cli.tx("bank", "send", "tenant", owner, "1000000uakt")
    draft = draft_of(cli, tmp_path / "draft", owner)
    parts = [
        written(
            tmp_path / name, cli("tx", "sign", draft, "--from", name, "--multisig", "group").out
        )
        for name in ("auditor", "tenant")
    ]
    said = cli.refused("tx", "sign", draft, "--from", "bidder", "--multisig", "group")
    assert "signing key is not a part of multisig key" in said
    whole = written(tmp_path / "whole", cli("tx", "multi-sign", draft, "group", *parts).out)
    assert cli("tx", "validate-signatures", whole).code == 0
    before = cli.balance("other")
    assert cli("tx", "broadcast", whole).value["code"] == 0
    assert cli.balance("other") == before + 7
    half = cli("tx", "multi-sign", draft, "group", parts[0], "--skip-signature-verification")
    said = cli.refused("tx", "broadcast", written(tmp_path / "late", half.out))
    assert "(sdk/" in said
    said = cli.refused("tx", "multi-sign", draft, "group", *parts)
    assert f"couldn't verify signature for address {address('auditor')}" in said
    cli("keys", "delete", "group", "--yes")


def test_group_signatures_that_cannot_be_joined(alone: Cli, tmp_path: Path) -> None:
    owner = group_of(alone, "tenant", "auditor")
    draft = draft_of(alone, tmp_path / "draft", owner, *OFFLINE)
    member = ("tx", "sign", draft, "--multisig", "group", *OFFLINE)
    said = alone.refused(*member, "--from", "tenant", "--sign-mode", "direct")
    assert "only amino-json allows" in said
    elsewhere = (*member, "--chain-id", "c-2", "--from", "tenant")
    part = written(tmp_path / "elsewhere", alone(*elsewhere).out)
    said = alone.refused("tx", "multi-sign", draft, "group", part, *OFFLINE)
    assert "sign with --sign-mode amino-json, this chain id" in said
    good = alone(*member, "--from", "tenant").value
    strange = alone("keys", "show", "bidder", "-p").out
    good["signatures"][0]["public_key"] = json.loads(strange)
    part = written(tmp_path / "strange", good)
    join = ("tx", "multi-sign", draft, "group", part, *OFFLINE, "--skip-signature-verification")
    assert "it is no member of the group" in alone.refused(*join)
    assert "must be of type multi" in alone.refused("tx", "multi-sign", draft, "tenant", part)


def test_a_batch_has_sequences_that_follow_each_other(alone: Cli, tmp_path: Path) -> None:
    draft = Path(draft_of(alone, tmp_path / "draft", "tenant", *OFFLINE)).read_text()
    one = json.dumps(json.loads(draft))
    file = written(tmp_path / "batch", f"{one}\n{one}\n")
    done = alone("tx", "sign-batch", file, "--from", "tenant", *OFFLINE).out.splitlines()
    found = [json.loads(line) for line in done]
    assert [each["auth_info"]["signer_infos"][0]["sequence"] for each in found] == ["7", "8"]
    document = tmp_path / "out.json"
    alone("tx", "sign-batch", file, "--append", "--from", "tenant", "--output-document",
          str(document), *OFFLINE)  # fmt: skip
    whole = json.loads(document.read_text())
    assert len(whole["body"]["messages"]) == 2
    assert whole["auth_info"]["fee"]["gas_limit"] == "400000"


def test_signatures_in_the_wrong_order_are_found(alone: Cli, tmp_path: Path) -> None:
    draft = draft_of(alone, tmp_path / "draft", "tenant", *OFFLINE)
    signed = alone("tx", "sign", draft, "--from", "tenant", *OFFLINE).value
    key = json.loads(alone("keys", "show", "other", "-p").out)
    signed["auth_info"]["signer_infos"][0]["public_key"] = key
    done = alone("tx", "validate-signatures", written(tmp_path / "bad", signed), *OFFLINE)
    assert done.code == 1
    assert "[ERROR: signature does not match its respective signer]" in done.out
    assert "signatures validation failed" in done.err


def test_one_signer_may_sign_directly(alone: Cli, tmp_path: Path) -> None:
    draft = draft_of(alone, tmp_path / "d", "tenant", *OFFLINE, "--fee-payer", address("auditor"))
    half = written(tmp_path / "h", alone("tx", "sign", draft, "--from", "tenant", *OFFLINE).out)
    said = alone.refused("tx", "sign", half, "--from", "auditor", *OFFLINE)
    assert "maximum 1 DIRECT signer" in said


@pytest.mark.parametrize("mode", ["amino-json", "direct"])
def test_signing_twice_is_refused(alone: Cli, tmp_path: Path, mode: str) -> None:
    draft = draft_of(alone, tmp_path / "draft", "tenant", *OFFLINE)
    once = alone("tx", "sign", draft, "--from", "tenant", "--sign-mode", mode, *OFFLINE)
    file = written(tmp_path / "once", once.out)
    again = ("tx", "sign", file, "--from", "tenant", "--sign-mode", mode, *OFFLINE)
    assert "--overwrite" in alone.refused(*again)
    assert alone(*again, "--overwrite").value == once.value


def test_two_members_of_a_group_sign_many_at_once(cli: Cli, tmp_path: Path) -> None:
    owner = group_of(cli, "tenant", "auditor")
    cli.tx("bank", "send", "tenant", owner, "1000000uakt")
    one = json.dumps(json.loads(Path(draft_of(cli, tmp_path / "draft", owner)).read_text()))
    batch = written(tmp_path / "batch", f"{one}\n{one}\n")
    sequence = cli("query", "auth", "account", owner, "-o", "json").value["account"]["sequence"]
    number = cli("query", "auth", "account", owner, "-o", "json").value["account"]["account_number"]
    place = ("-a", number, "-s", sequence)
    parts = [
        written(
            tmp_path / name,
            cli("tx", "sign-batch", batch, "--from", name, "--multisig", "group", *place).out,
        )
        for name in ("auditor", "tenant")
    ]
    done = cli("tx", "multisign-batch", batch, "group", *parts).out.splitlines()
    assert len(done) == 2
    alike = cli("tx", "multi-sign-batch", batch, "group", *reversed(parts)).out.splitlines()
    assert alike == done  # members stand in the group's order, whoever's file comes first
    before = cli.balance("other")
    for number, line in enumerate(done):
        assert cli("tx", "broadcast", written(tmp_path / f"{number}", line)).value["code"] == 0
    assert cli.balance("other") == before + 14
    said = cli.refused("tx", "multisign-batch", batch, "group", *parts)
    assert "couldn't verify signature for address" in said  # their sequences are used up
    cli("keys", "delete", "group", "--yes")


def test_a_batch_for_a_group_needs_a_signature_for_each(alone: Cli, tmp_path: Path) -> None:
    owner = group_of(alone, "tenant", "auditor", threshold=1)
    draft = Path(draft_of(alone, tmp_path / "draft", owner, *OFFLINE)).read_text()
    one = json.dumps(json.loads(draft))
    batch = written(tmp_path / "batch", f"{one}\n{one}\n")
    member = ("tx", "sign-batch", batch, "--from", "tenant", "--multisig", "group", *OFFLINE)
    signed = alone(*member).out.splitlines()
    half = written(tmp_path / "half", signed[0] + "\n")
    said = alone.refused("tx", "multisign-batch", batch, "group", half, *OFFLINE)
    assert "has 1 signatures for 2 transactions" in said
    full = written(tmp_path / "full", "\n".join(signed))
    document = tmp_path / "out.json"
    join = ("tx", "multisign-batch", batch, "group", full, *OFFLINE)
    assert alone(*join, "--output-document", str(document)).out == ""
    found = [json.loads(line) for line in document.read_text().splitlines()]
    assert [each["auth_info"]["signer_infos"][0]["sequence"] for each in found] == ["7", "8"]
    said = alone.refused(*join, "--no-auto-increment")
    assert "couldn't verify signature" in said  # the second was signed for the next sequence
    twice = written(tmp_path / "twice", f"{signed[0]}\n{signed[0]}\n")
    same = alone("tx", "multisign-batch", batch, "group", twice, *OFFLINE, "--no-auto-increment")
    found = [json.loads(line) for line in same.out.splitlines()]
    assert [each["auth_info"]["signer_infos"][0]["sequence"] for each in found] == ["7", "7"]
    assert "must be of type multi" in alone.refused(
        "tx", "multisign-batch", batch, "tenant", full, *OFFLINE
    )


def test_an_auxiliary_signer_leaves_the_fee_to_another(cli: Cli, tmp_path: Path) -> None:
    draft = draft_of(cli, tmp_path / "draft", "tenant", "--fee-payer", address("auditor"))
    first = cli("tx", "sign", draft, "--from", "tenant", "--aux").value
    (info,) = first["auth_info"]["signer_infos"]
    assert info["mode_info"]["single"]["mode"] == "SIGN_MODE_DIRECT_AUX"
    half = written(tmp_path / "half", first)
    whole = cli("tx", "sign", half, "--from", "auditor").value
    payer, other = cli.balance("auditor"), cli.balance("other")
    assert cli("tx", "broadcast", written(tmp_path / "whole", whole)).value["code"] == 0
    assert cli.balance("other") == other + 7
    assert cli.balance("auditor") == payer - 5000
    told = cli("tx", "sign", draft, "--from", "tenant", "--aux", "--sign-mode", "amino-json").value
    (info,) = told["auth_info"]["signer_infos"]
    assert info["mode_info"]["single"]["mode"] == "SIGN_MODE_LEGACY_AMINO_JSON"


def test_who_pays_the_fee_cannot_be_auxiliary(alone: Cli, tmp_path: Path) -> None:
    draft = draft_of(alone, tmp_path / "draft", "tenant", *OFFLINE)
    told = f"fee payer {address('tenant')} cannot sign with SIGN_MODE_DIRECT_AUX"
    assert told in alone.refused("tx", "sign", draft, "--from", "tenant", "--aux", *OFFLINE)
    send = ("tx", "bank", "send", "tenant", TO, "7uakt", *FEES, "--from", "tenant", "--aux")
    assert told in alone.refused(*send, "-y", *OFFLINE)
