"""Beside the Go program: the same signature over every kind of message, in every mode.

Signatures are the same for the same bytes (RFC 6979), so equal signatures mean equal documents.
The samples are those of tests/vectors/amino.json, which a Go program of this folder wrote.
"""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.cli.tx.offline import as_json, parts_of
from akashpy.keys.ring import Keyring
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.tx import build
from akashpy.tx.modes import NAMES, Place, sign_bytes
from akashpy.wire import tx as pb
from tests.parity.gonode.gochain import program

KEY = PrivateKey(sha256(b"akashpy amino vectors").digest())
RECORDED = json.loads((Path(__file__).parents[2] / "vectors" / "amino.json").read_text())
OFFLINE = ("--offline", "--chain-id", "parity", "-a", "3", "-s", "7", "--keyring-backend", "test")


def signable() -> list[dict[str, str]]:
    """The samples that this key alone has to sign."""
    found = []
    for one in RECORDED["samples"]:
        packed = Packed(type_url=one["type_url"], value=bytes.fromhex(one["bytes"]))
        try:
            signers = {build._signer(text) for text in wire.signers(wire.unpack(packed))}
        except Exception:  # noqa: BLE001  # messages that nobody can sign
            continue
        if one["kind"] != "empty" and signers == {KEY.address.raw}:
            found.append(one)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("signing")
    Keyring.open(path, "test").add("me", KEY)
    return path


def gos(home: Path, file: Path, mode: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("akash"), "tx", "sign", str(file), "--from", "me", "--sign-mode", mode,
         "--home", str(home), *OFFLINE],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AKASH_HOME": str(home)},
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["amino-json", "direct"])
@pytest.mark.parametrize(
    "sample", signable(), ids=lambda one: f"{one['type_url'].rpartition('.')[2]}-{one['kind']}"
)
def test_both_sign_a_message_alike(
    home: Path, tmp_path: Path, sample: dict[str, str], mode: str
) -> None:
    packed = Packed(type_url=sample["type_url"], value=bytes.fromhex(sample["bytes"]))
    body = pb.TxBody(messages=[packed], memo="a <memo>", timeout_height=9)
    fee = pb.Fee(gas_limit=5, payer=str(KEY.address))
    fee.amount.add(denom="uakt", amount="12")
    draft: dict[str, Any] = as_json(
        build.assemble(
            body.SerializeToString(deterministic=True),
            pb.AuthInfo(fee=fee).SerializeToString(deterministic=True),
            [],
        )
    )
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft))
    done = gos(home, file, mode)
    if done.returncode:
        pytest.skip(f"Go's program does not read this sample: {done.stderr.strip()[:200]}")
    body_bytes, auth, (signature,) = parts_of(json.loads(done.stdout))
    place = Place("parity", str(KEY.address), 3, 7)
    assert KEY.sign(sign_bytes(NAMES[mode], body_bytes, auth, place)) == signature
