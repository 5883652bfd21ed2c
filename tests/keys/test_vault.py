"""Where keys are kept when it is not a directory of its own: memory, `pass`, the desktop's service.

The secret service is a fake that keeps what the real one would be told; `pass` is a program of
three lines that stores without encryption.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from akashpy.keys import vault
from akashpy.keys.ring import Keyring, KeyringError
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.vault import Memory, SecretService, Vault
from akashpy.types.errors import KeyNotFound

PROGRAM = """#!/bin/sh
store="$PASSWORD_STORE_DIR"
case "$1" in
  insert) mkdir -p "$(dirname "$store/$4.gpg")"; cat > "$store/$4.gpg" ;;
  show) cat "$store/$2.gpg" ;;
  rm) rm "$store/$3.gpg" ;;
  *) echo "what is $1" >&2; exit 1 ;;
esac
"""


class Item:
    def __init__(self, owner: "Collection", label: str, profile: str, secret: bytes) -> None:
        self.owner, self.label, self.profile, self.secret = owner, label, profile, secret

    def get_label(self) -> str:
        return self.label

    def get_secret(self) -> bytes:
        return self.secret

    def is_locked(self) -> bool:
        return self.owner.locked

    def unlock(self) -> bool:
        return self.owner.unlock()

    def delete(self) -> None:
        self.owner.items.remove(self)


class Collection:
    def __init__(self, path: str) -> None:
        self.collection_path = path
        self.items: list[Item] = []
        self.locked = False
        self.dismisses = False

    def is_locked(self) -> bool:
        return self.locked

    def unlock(self) -> bool:
        self.locked = self.dismisses
        return self.dismisses

    def get_all_items(self) -> list[Item]:
        return list(self.items)

    def search_items(self, wanted: dict[str, str]) -> Iterator[Item]:
        return iter([item for item in self.items if item.profile == wanted["profile"]])

    def create_item(
        self, label: str, about: dict[str, str], secret: bytes, *, replace: bool, content_type: str
    ) -> None:
        assert (replace, content_type) == (True, "application/json")
        self.items = [item for item in self.items if item.profile != about["profile"]]
        self.items.append(Item(self, label, about["profile"], secret))


class Service:
    """The calls of the library that we make, and a bus."""

    def __init__(self) -> None:
        self.collections = [Collection("/org/freedesktop/secrets/collection/login")]
        self.open = 0

    def connect(self) -> "Service":
        self.open += 1
        return self

    def close(self) -> None:
        self.open -= 1

    def get_all_collections(self, bus: object) -> list[Collection]:
        return self.collections

    def create_collection(self, bus: object, name: str) -> Collection:
        self.collections.append(Collection(f"/org/freedesktop/secrets/collection/{name}"))
        return self.collections[-1]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture(params=["memory", "pass", "service"])
def items(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: Service,
) -> Vault:
    if request.param == "service":
        return SecretService(service.connect, service)
    if request.param == "memory":
        return Memory()
    program = tmp_path / "bin" / "pass"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(tmp_path / "store"))
    found = vault.of_pass()
    assert found is not None
    return found


def test_every_store_keeps_finds_replaces_and_forgets(items: Vault) -> None:
    assert (list(items.names()), items.has("a.info")) == ([], False)
    with pytest.raises(KeyNotFound):
        items.read("a.info")
    items.remove("a.info")
    items.write("a.info", b"\x00one")
    items.write("b.info", b"two")
    items.write("a.info", b"three")
    assert sorted(items.names()) == ["a.info", "b.info"]
    assert (items.read("a.info"), items.read("b.info")) == (b"three", b"two")
    items.remove("b.info")
    assert (items.has("a.info"), items.has("b.info")) == (True, False)


def test_a_whole_keyring_in_every_store(items: Vault) -> None:
    key, ring = PrivateKey.generate(), Keyring(items)
    ring.add("alice", key)
    assert ring.names() == ["alice"]
    ring.rename("alice", "anna")
    assert ring.key(key.address).secret == key.secret
    ring.delete("anna")
    assert (ring.names(), list(items.names())) == ([], [])


def test_the_service_holds_gos_items_in_gos_collection(service: Service) -> None:
    SecretService(service.connect, service).write("a.info", b"data")
    assert [found.collection_path.rpartition("/")[2] for found in service.collections] == [
        "login",
        "akash",
    ]
    (item,) = service.collections[1].items
    content: dict[str, Any] = json.loads(item.secret)
    assert (item.label, content["Key"], b64decode(content["Data"])) == ("a.info",) * 2 + (b"data",)
    assert service.open == 0


def test_a_service_that_stays_locked_is_an_error_with_its_remedy(service: Service) -> None:
    items = SecretService(service.connect, service)
    items.write("a.info", b"data")
    service.collections[1].locked = True
    assert items.read("a.info") == b"data"
    service.collections[1].locked = service.collections[1].dismisses = True
    with pytest.raises(KeyringError, match="unlock it, or use --keyring-backend file"):
        items.read("a.info")
    assert service.open == 0


def test_pass_that_is_not_there_is_an_error_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KeyringError, match="install the program `pass`"):
        Keyring.open(tmp_path, "pass")


def test_without_any_service_the_backend_os_is_encrypted_files_in_the_home_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    key = PrivateKey.generate()
    ring = Keyring.open(tmp_path, "os", lambda: "passphrase")
    ring.add("alice", key)
    assert {path.name for path in tmp_path.iterdir()} == {
        "alice.info", f"{key.address.raw.hex()}.address", "keyhash",
    }  # fmt: skip
    assert Keyring.open(tmp_path, "os", lambda: "passphrase").key("alice").secret == key.secret


def test_a_bus_nobody_listens_on_is_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(vault.of_system(tmp_path, lambda: ""), vault.Files)


def test_on_other_systems_os_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(KeyringError, match="--keyring-backend file"):
        Keyring.open(tmp_path, "os", lambda: "")
