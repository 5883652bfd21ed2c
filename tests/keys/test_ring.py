"""The keyring: Go's directory format, both backends, and what is refused.

tests/vectors/go-keyring.json holds directories written by `akash keys add` of node v2.1.0 for the
phrase of eleven times abandon, then about, so reading Go's files is tested without Go.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from akashpy.keys import group, mnemonic
from akashpy.keys.ring import Backend, KeyExists, Keyring, KeyringError
from akashpy.keys.secp256k1 import PrivateKey, verify
from akashpy.tx.build import PublicKey
from akashpy.types.errors import KeyNotFound, WrongPassword

GO_FILES = Path(__file__).parents[1] / "vectors" / "go-keyring.json"
PHRASE = "abandon " * 11 + "about"


def says(*words: str) -> Callable[[], str]:
    """A person who types these words one after another, then nothing more."""
    left: Iterator[str] = iter(words)

    def ask() -> str:
        for word in left:
            return word
        raise EOFError

    return ask


@pytest.fixture
def key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.mark.parametrize("backend", ["test", "file"])
def test_directories_written_by_go_are_read(tmp_path: Path, backend: Backend) -> None:
    for name, content in json.loads(GO_FILES.read_text()).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    ring = Keyring.open(tmp_path, backend, says("password-1"))
    (info,) = ring.list()
    expected = mnemonic.derive(PHRASE)
    assert (info.name, info.kind, info.address) == ("gopher", "local", expected.address)
    assert ring.key(expected.address).secret == expected.secret


def test_a_key_goes_in_and_comes_out(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    assert ring.list() == []
    info = ring.add("alice", key)
    assert info == ring.get("alice") == ring.get(key.address)
    assert (info.name, info.kind, info.address, info.public) == (
        "alice",
        "local",
        key.address,
        key.public,
    )
    again = Keyring.open(tmp_path, "test")
    assert again.list() == [info]
    assert verify(key.public, b"x", again.key("alice").sign(b"x"))
    assert again.key(key.address).secret == key.secret


def test_the_directory_is_gos(tmp_path: Path, key: PrivateKey) -> None:
    Keyring.open(tmp_path, "test").add("a/b%", key)
    directory = tmp_path / "keyring-test"
    names = sorted(path.name for path in directory.iterdir())
    assert names == sorted(["a%2Fb%25.info", f"{key.address.raw.hex()}.address"])
    assert directory.stat().st_mode & 0o777 == 0o700
    token = (directory / "a%2Fb%25.info").read_text()
    assert (directory / "a%2Fb%25.info").stat().st_mode & 0o777 == 0o600
    assert key.secret.hex() not in token
    header = json.loads(urlsafe_b64decode(token.split(".")[0] + "=="))
    assert (header["alg"], header["enc"], header["p2c"]) == ("PBES2-HS256+A128KW", "A256GCM", 8192)
    assert Keyring.open(tmp_path, "test").names() == ["a/b%"]


def test_a_watched_key_cannot_sign(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    info = ring.add_offline("watched", key.public)
    assert (info.kind, info.address) == ("offline", key.address)
    with pytest.raises(KeyringError, match="is a offline key: its secret is not here"):
        ring.key("watched")


def test_renaming_and_deleting(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    ring.add("alice", key)
    ring.add("bob", PrivateKey.generate())
    with pytest.raises(KeyExists):
        ring.rename("alice", "bob")
    assert ring.rename("alice", "carol").name == "carol"
    assert ring.names() == ["bob", "carol"]
    assert ring.get(key.address).name == "carol"
    assert ring.get("carol").name == "carol"
    ring.delete(key.address)
    assert ring.names() == ["bob"]
    for name in ("carol", key.address):
        with pytest.raises(KeyNotFound):
            ring.get(name)


def test_nothing_is_overwritten(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    ring.add("alice", key)
    with pytest.raises(KeyExists):
        ring.add("alice", PrivateKey.generate())
    with pytest.raises(KeyExists):
        ring.add("other", key)
    assert ring.names() == ["alice"]
    assert ring.key("alice").secret == key.secret


def test_unknown_names_say_what_go_says(tmp_path: Path) -> None:
    with pytest.raises(KeyNotFound) as caught:
        Keyring.open(tmp_path, "test").get("nobody")
    assert str(caught.value) == "nobody.info: key not found"


def test_importing_hex(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    assert ring.import_hex("alice", f" 0x{key.secret.hex()}\n").address == key.address
    for text in ("", "zz", key.secret.hex()[:-2], "00" * 32):
        with pytest.raises(KeyringError) as caught:
            ring.import_hex("bob", text)
        assert not text or text not in str(caught.value)


@pytest.mark.parametrize("name", ["", "  ", "x" * 251])
def test_names_that_no_file_can_have(tmp_path: Path, key: PrivateKey, name: str) -> None:
    with pytest.raises(KeyringError):
        Keyring.open(tmp_path, "test").add(name, key)


def test_the_file_backend_asks_twice_when_new_and_once_afterwards(
    tmp_path: Path, key: PrivateKey
) -> None:
    Keyring.open(tmp_path, "file", says("passphrase", "passphrase")).add("alice", key)
    assert (tmp_path / "keyring-file" / "keyhash").read_text().startswith("$2")
    ring = Keyring.open(tmp_path, "file", says("passphrase"))
    assert ring.names() == ["alice"]
    assert ring.key("alice").secret == key.secret
    assert ring.get(key.address).name == "alice"


def test_three_wrong_passphrases_end_it(tmp_path: Path, key: PrivateKey) -> None:
    Keyring.open(tmp_path, "file", says("passphrase", "passphrase")).add("alice", key)
    patient = Keyring.open(tmp_path, "file", says("wrong", "worse", "passphrase"))
    assert patient.get("alice").address == key.address
    with pytest.raises(WrongPassword):
        Keyring.open(tmp_path, "file", says("wrong", "worse", "worst", "passphrase")).list()


def test_a_passphrase_that_does_not_come_is_told_from_a_wrong_one(
    tmp_path: Path, key: PrivateKey
) -> None:
    with pytest.raises(KeyringError, match=r"needs a passphrase: .*, twice for a new keyring"):
        Keyring.open(tmp_path, "file", says("long enough")).add("one", key)
    Keyring.open(tmp_path, "file", says("long enough", "long enough")).add("one", key)
    with pytest.raises(KeyringError, match="needs a passphrase: type it, or give it on standard"):
        Keyring.open(tmp_path, "file", says()).key("one")
    with pytest.raises(WrongPassword, match="wrong passphrase"):
        Keyring.open(tmp_path, "file", says("another one")).key("one")


def test_a_file_of_another_keyring_does_not_open(tmp_path: Path, key: PrivateKey) -> None:
    Keyring.open(tmp_path / "a", "test").add("alice", key)
    Keyring.open(tmp_path / "b", "file", says("passphrase", "passphrase")).add("bob", key)
    alien = tmp_path / "b" / "keyring-file" / "alice.info"
    alien.write_text((tmp_path / "a" / "keyring-test" / "alice.info").read_text())
    with pytest.raises(WrongPassword, match=r"alice\.info does not open"):
        Keyring.open(tmp_path / "b", "file", says("passphrase")).get("alice")


@pytest.mark.parametrize("content", ["", "no token", "a.b.c.d.e"])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, key: PrivateKey, content: str) -> None:
    ring = Keyring.open(tmp_path, "test")
    ring.add("alice", key)
    (tmp_path / "keyring-test" / "alice.info").write_text(content)
    with pytest.raises((WrongPassword, KeyringError)):
        ring.get("alice")


def test_new_passphrases_are_long_and_repeated(tmp_path: Path, key: PrivateKey) -> None:
    for words in (("short", "short"), ("passphrase", "other-phrase")):
        with pytest.raises(KeyringError):
            Keyring.open(tmp_path, "file", says(*words)).add("alice", key)
    assert not (tmp_path / "keyring-file" / "keyhash").exists()


def test_backends_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="use test, file, os, pass, memory"):
        Keyring.open(tmp_path, "wincred")  # type: ignore[arg-type]  # the refusal is the test
    with pytest.raises(KeyringError, match="needs a passphrase"):
        Keyring.open(tmp_path, "file")


def test_a_group_of_keys(tmp_path: Path, key: PrivateKey) -> None:
    ring = Keyring.open(tmp_path, "test")
    packed = group.make(1, [PublicKey.secp256k1(key.public).to_any()])
    info = ring.add_group("both", packed)
    assert info == ring.get("both") == ring.get(group.address(packed.type_url, packed.value))
    assert (info.kind, info.public, info.public_any) == ("multi", b"", packed)


def test_a_key_stored_in_the_old_form_names_the_remedy(tmp_path: Path) -> None:
    ring = Keyring.open(tmp_path, "test")
    ring._items.write("old.info", b"\x0a\x03old")
    with pytest.raises(KeyringError, match="run `akash keys migrate`"):
        ring.get("old")
