"""Beside the Go program: keyrings, certificates and signatures work in both directions.

Collected only when AKASH_GO_BIN names the folder of the Go programs of node v2.1.
"""

import json
import os
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from akashpy import wire
from akashpy.keys import mnemonic
from akashpy.keys.ring import Backend, Keyring, KeyringError
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate, check_published
from akashpy.tx.build import assemble, auth_info, body, decode
from akashpy.tx.sign import verify_direct
from akashpy.types.coin import Coin
from akashpy.wire import bank
from akashpy.wire import tx as pb
from tests.parity.gonode.gochain import program

PASSPHRASE = "parity-passphrase"
PHRASE = "abandon " * 11 + "about"
OFFLINE = ["--offline", "--chain-id", "parity", "-a", "3", "-s", "7", "--keyring-backend", "test"]


class Go:
    """The Go program on a home directory of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [program("akash"), *arguments, "--home", str(self.home)],
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "HOME": str(self.home)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def keys(self, *arguments: str, backend: str = "test", typed: str = "") -> str:
        return self("keys", *arguments, "--keyring-backend", backend, typed=typed)


@pytest.fixture
def go(tmp_path: Path) -> Go:
    return Go(tmp_path)


def ring(go: Go, backend: Backend) -> Keyring:
    return Keyring.open(go.home, backend, lambda: PASSPHRASE)


@pytest.mark.parametrize("backend", ["test", "file"])
def test_go_reads_our_keys(go: Go, backend: Backend) -> None:
    alice, bob = PrivateKey.generate(), mnemonic.derive(PHRASE)
    ours = ring(go, backend)
    ours.add("alice", alice)
    ours.add("bob/%1 ü", bob)
    shown = json.loads(
        go.keys("list", "--output", "json", backend=backend, typed=f"{PASSPHRASE}\n" * 9)
    )
    assert {one["name"]: one["address"] for one in shown} == {
        "alice": alice.address,
        "bob/%1 ü": bob.address,
    }
    assert {one["type"] for one in shown} == {"local"}
    found = go.keys("show", alice.address, "-a", backend=backend, typed=f"{PASSPHRASE}\n" * 9)
    assert found.strip() == alice.address


@pytest.mark.parametrize("backend", ["test", "file"])
def test_we_read_gos_keys(go: Go, backend: Backend) -> None:
    again = f"{PASSPHRASE}\n" * 4
    go.keys("add", "carol", "--recover", backend=backend, typed=f"{PHRASE}\n{again}")
    go.keys("add", "dave", backend=backend, typed=again)
    ours = ring(go, backend)
    assert ours.names() == ["carol", "dave"]
    assert ours.key("carol").secret == mnemonic.derive(PHRASE).secret
    dave = ours.get("dave")
    assert ours.key(dave.address).address == dave.address


def test_both_take_turns_on_one_keyring(go: Go) -> None:
    ours = ring(go, "test")
    ours.add("alice", PrivateKey.generate())
    go.keys("rename", "alice", "anna", "--yes")
    assert ours.names() == ["anna"]
    ours.rename("anna", "amy")
    go.keys("delete", "amy", "--yes")
    assert ours.names() == []
    assert ours.list() == []


def test_go_signs_and_we_verify(go: Go, tmp_path: Path) -> None:
    key = mnemonic.derive(PHRASE)
    ring(go, "test").add("alice", key)
    unsigned = go(
        "tx",
        "bank",
        "send",
        "alice",
        key.address,
        "5uakt",
        "--generate-only",
        "--gas",
        "1000",
        *OFFLINE,
    )
    path = tmp_path / "unsigned.json"
    path.write_text(unsigned)
    signed = json.loads(go("tx", "sign", str(path), "--from", "alice", *OFFLINE))
    message = wire.from_json(pb.Tx, signed)
    raw = assemble(
        message.body.SerializeToString(deterministic=True),
        message.auth_info.SerializeToString(deterministic=True),
        message.signatures,
    )
    found = decode(raw)
    assert found.signers == (key.address.raw,)
    assert verify_direct(
        key.public,
        found.signatures[0],
        found.body,
        found.auth_info,
        chain_id="parity",
        account_number=3,
    )


def test_we_encode_and_go_decodes(go: Go) -> None:
    key = mnemonic.derive(PHRASE)
    send = bank.MsgSend(
        from_address=key.address, to_address=key.address, amount=[Coin("uakt", 5).to_wire()]
    )
    raw = assemble(body([send], memo="hi"), auth_info([], fee=[Coin("uakt", 9)], gas=7), [])
    shown = json.loads(go("tx", "decode", raw.hex(), "--hex", "--output", "json"))
    assert shown["body"]["memo"] == "hi"
    assert shown["body"]["messages"][0]["from_address"] == key.address
    assert shown["auth_info"]["fee"]["amount"] == [{"denom": "uakt", "amount": "9"}]


def test_we_read_gos_certificate(go: Go) -> None:
    key = PrivateKey.generate()
    ring(go, "test").add("alice", key)
    go("tx", "cert", "generate", "client", "--from", "alice", *OFFLINE)
    found = Certificate.load(go.home, key)
    assert found.owner == key.address
    assert check_published(key.address, found.cert_pem, found.pubkey_pem) == found.serial
    ours = Certificate.generate(key.address)
    assert [(one.oid, one.critical) for one in ours.certificate.extensions] == [
        (one.oid, one.critical) for one in found.certificate.extensions
    ]
    assert ours.certificate.subject == found.certificate.subject
    assert ours.certificate.issuer == found.certificate.issuer


def test_go_reads_our_certificate(go: Go) -> None:
    key = PrivateKey.generate()
    ring(go, "test").add("alice", key)
    ours = Certificate.generate(key.address)
    ours.save(go.home, key)
    shown = json.loads(
        go(
            "tx",
            "cert",
            "publish",
            "client",
            "--from",
            "alice",
            "--generate-only",
            "--gas",
            "1000",
            *OFFLINE,
        )
    )
    (message,) = shown["body"]["messages"]
    assert b64decode(message["cert"]) == ours.cert_pem
    assert b64decode(message["pubkey"]) == ours.pubkey_pem


def test_we_list_gos_groups_of_keys(go: Go) -> None:
    ours = ring(go, "test")
    ours.add("alice", PrivateKey.generate())
    ours.add("bob", PrivateKey.generate())
    go.keys("add", "both", "--multisig", "alice,bob", "--multisig-threshold", "2")
    shown = go.keys("show", "both", "-a").strip()
    info = ours.get("both")
    assert (info.kind, info.address, info.public) == ("multi", shown, b"")
    assert [one.name for one in ours.list()] == ["alice", "bob", "both"]
    with pytest.raises(KeyringError, match="is a multi key"):
        ours.key("both")
