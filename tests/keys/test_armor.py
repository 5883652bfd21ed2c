"""Armored keys: texts that the Go programs wrote, ours, and what is refused.

tests/vectors/go-armor.json was written by the SDK's own functions, one text per derivation.
"""

import json
from pathlib import Path

import pytest

from akashpy.keys import armor
from akashpy.keys.ring import KeyExists, Keyring, KeyringError
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.types.errors import WrongPassword

GO = json.loads((Path(__file__).parents[1] / "vectors" / "go-armor.json").read_text())
KEY = PrivateKey(bytes.fromhex(GO["secret"]))
ARGON, BCRYPT = GO["armored"]


@pytest.mark.parametrize("text", [ARGON, BCRYPT], ids=["argon2", "bcrypt"])
def test_what_go_wrote_is_read(text: str) -> None:
    assert armor.open_sealed(text, GO["passphrase"]).secret == KEY.secret
    with pytest.raises(WrongPassword):
        armor.open_sealed(text, "another")


def test_what_we_write_looks_like_gos_and_is_read() -> None:
    text = armor.seal(KEY, "some passphrase")
    assert armor.open_sealed(text, "some passphrase").secret == KEY.secret
    ours, gos = text.splitlines(), ARGON.splitlines()
    assert sorted(line.partition(":")[0] for line in ours[1:4]) == ["kdf", "salt", "type"]
    assert [len(line) for line in ours[4:]] == [len(line) for line in gos[4:]]
    assert armor.seal(KEY, "some passphrase") != text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("PRIVATE KEY", "PUBLIC KEY"), "unrecognized armor type: TENDERMINT PUBLIC KEY"),
        (("argon2", "scrypt"), "unrecognized KDF type: scrypt"),
        (("salt: ", "salz: "), "missing salt bytes"),
        (("salt: C", "salt: x"), "error decoding salt"),
        (("-----END", "----END"), "has no line -----END"),
        (("-----BEGIN", "----BEGIN"), "EOF"),
        (("=kwZg", "=kwZh"), "checksum is wrong"),
        (("lu31", "lu3!"), "no base64"),
    ],
)
def test_refused_texts(change: tuple[str, str], why: str) -> None:
    with pytest.raises(KeyringError, match=why):
        armor.open_sealed(ARGON.replace(*change), GO["passphrase"])


def test_a_keyring_gives_and_takes(tmp_path: Path) -> None:
    ring = Keyring.open(tmp_path, "test")
    info = ring.import_armored("old", BCRYPT, GO["passphrase"])
    assert info.address == KEY.address
    text = ring.export("old", "long enough")
    with pytest.raises(KeyExists, match="cannot overwrite key: old"):
        ring.import_armored("old", text, "long enough")
    ring.delete("old")
    assert ring.import_armored("new", text, "long enough").address == KEY.address
