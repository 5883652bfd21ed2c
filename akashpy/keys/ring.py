"""A keyring: named keys, in the stores and forms that the Go programs use.

`akash keys` and this program read each other's keys at any time. Where items lie is
`akashpy.keys.vault`; what a group of keys is, `akashpy.keys.group`. It must not know chains or
transactions. Source: Cosmos SDK 0.53 `crypto/keyring`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Self

from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError

from akashpy.keys import armor, group, vault
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.vault import KeyringError as KeyringError
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress, InvalidPubKey, KeyNotFound
from akashpy.wire import crypto as wire

Backend = Literal["test", "file", "os", "pass", "memory"]
BACKENDS: tuple[Backend, ...] = ("test", "file", "os", "pass", "memory")
Kind = Literal["local", "ledger", "multi", "offline"]

TEST_PASSPHRASE = "test"
"""The backend "test" protects nothing: everyone knows this word."""
INFO = ".info"
ADDRESS = ".address"


class KeyExists(KeyringError):
    """The name or the key is there already."""


class KeyInfo(NamedTuple):
    """What a keyring tells about a key without its secret.

    `public` is the compressed key, empty for groups of keys; `public_any` its packed form.
    """

    name: str
    kind: Kind
    address: Address
    public: bytes
    public_any: Any


class Keyring:
    """One backend of one home directory. Open it with `open`."""

    def __init__(self, items: vault.Vault) -> None:
        self._items = items

    @classmethod
    def open(
        cls, home: Path, backend: Backend, passphrase: Callable[[], str] | None = None
    ) -> Self:
        """The keyring of a home directory; nothing is read or made yet.

        `passphrase` is called when the backend "file" must be unlocked, up to three times, and
        twice for a new keyring; it raises EOFError when it has none. Raises KeyringError when it
        is missing, and for a backend that this system does not have.
        """
        if backend not in BACKENDS:
            raise KeyringError(
                f"keyring backend {backend!r} is not known: use {', '.join(BACKENDS)}"
            )
        if backend == "memory":
            return cls(vault.Memory())
        if backend == "test":
            return cls(vault.Files(home / "keyring-test", lambda: "", TEST_PASSPHRASE))
        if backend == "pass":
            found = vault.of_pass()
            assert found is not None  # or it is an error
            return cls(found)
        if passphrase is None:
            raise KeyringError(f"the keyring backend {backend} needs a passphrase")
        if backend == "os":
            return cls(vault.of_system(home, passphrase))
        return cls(vault.Files(home / "keyring-file", passphrase))

    def add(self, name: str, key: PrivateKey) -> KeyInfo:
        """Keep a key under a name. Raises KeyExists, WrongPassword, KeyringError."""
        public = _secp(key.public)
        record = wire.Record(
            name=name,
            pub_key=public,
            local=wire.Record.Local(
                priv_key=_pack("secp256k1.PrivKey", wire.Secp256k1PrivKey(key=key.secret))
            ),
        )
        return self._store(record, key.address)

    def add_offline(self, name: str, public: bytes | Any) -> KeyInfo:
        """Keep a public key (33 bytes, or any kind packed) under a name, for looking on.

        Raises as `add`, and KeyringError for a kind that has no address.
        """
        packed = public if isinstance(public, Any) else _secp(public)
        record = wire.Record(name=name, pub_key=packed, offline=wire.Record.Offline())
        return self._store(record, _address(packed))

    def add_group(self, name: str, packed: Any) -> KeyInfo:
        """Keep a group of keys (`akashpy.keys.group.make`) under a name. Raises as `add`."""
        record = wire.Record(name=name, pub_key=packed, multi=wire.Record.Multi())
        return self._store(record, _address(packed))

    def export(self, name_or_address: str, passphrase: str) -> str:
        """A key as armored text, sealed with a passphrase. Raises as `key`."""
        return armor.seal(self.key(name_or_address), passphrase)

    def import_armored(self, name: str, text: str, passphrase: str) -> KeyInfo:
        """Keep a key given as armored text. Raises as `add`, and KeyringError for a bad text."""
        if self._items.has(name + INFO):
            raise KeyExists(f"cannot overwrite key: {name}")
        return self.add(name, armor.open_sealed(text, passphrase))

    def import_hex(self, name: str, text: str) -> KeyInfo:
        """Keep a key given as 64 hex digits. Raises as `add`, and KeyringError for a bad text."""
        try:
            key = PrivateKey(bytes.fromhex(text.strip().removeprefix("0x")))
        except ValueError:
            raise KeyringError("the key to import is not 64 hex digits of a valid key") from None
        return self.add(name, key)

    def list(self) -> Sequence[KeyInfo]:
        """All keys by name. Raises WrongPassword, KeyringError."""
        return [self._info(self._record(name)) for name in self.names()]

    def names(self) -> Sequence[str]:
        """The names of all keys, sorted; needs no passphrase."""
        return sorted(
            name.removesuffix(INFO) for name in self._items.names() if name.endswith(INFO)
        )

    def get(self, name_or_address: str) -> KeyInfo:
        """A key by name or address. Raises KeyNotFound, WrongPassword, KeyringError."""
        return self._info(self._record(self._name(name_or_address)))

    def key(self, name_or_address: str) -> PrivateKey:
        """A key that can sign, by name or address.

        Raises KeyNotFound, WrongPassword; KeyringError for a key that is not kept here.
        """
        record = self._record(self._name(name_or_address))
        if record.WhichOneof("item") != "local":
            raise KeyringError(
                f"key {record.name!r} is a {record.WhichOneof('item')} key: its secret is not here"
            )
        packed = record.local.priv_key
        if packed.type_url != _url("secp256k1.PrivKey"):
            raise KeyringError(
                f"key {record.name!r} is of the kind {packed.type_url}, which cannot sign"
            )
        return PrivateKey(wire.Secp256k1PrivKey.FromString(packed.value).key)

    def delete(self, name_or_address: str) -> None:
        """Forget a key for good. Raises KeyNotFound, WrongPassword, KeyringError."""
        info = self.get(name_or_address)
        self._items.remove(_address_item(info.address))
        self._items.remove(info.name + INFO)

    def rename(self, old: str, new: str) -> KeyInfo:
        """Give a key another name. Raises KeyNotFound, KeyExists, WrongPassword, KeyringError."""
        if self._items.has(new + INFO):
            raise KeyExists(f"rename failed: {new} already exists in the keyring")
        record = self._record(self._name(old))
        info = self._info(record)
        self._check_name(new)
        record.name = new
        self._items.write(new + INFO, record.SerializeToString(deterministic=True))
        self._items.write(_address_item(info.address), (new + INFO).encode())
        self._items.remove(info.name + INFO)
        return info._replace(name=new)

    def _store(self, record: wire.Record, address: Address) -> KeyInfo:
        self._check_name(record.name)
        if self._items.has(record.name + INFO):
            raise KeyExists(f"a key named {record.name!r} is in the keyring already")
        if self._items.has(_address_item(address)):
            raise KeyExists(f"the key of {address} is in the keyring already")
        self._items.write(record.name + INFO, record.SerializeToString(deterministic=True))
        self._items.write(_address_item(address), (record.name + INFO).encode())
        return self._info(record)

    def _name(self, name_or_address: str) -> str:
        if self._items.has(name_or_address + INFO):
            return name_or_address
        try:
            address = Address.parse(name_or_address)
        except InvalidAddress:
            raise KeyNotFound(name_or_address + INFO) from None
        if not self._items.has(_address_item(address)):
            raise KeyNotFound(f"key with address {address} not found")
        return self._items.read(_address_item(address)).decode().removesuffix(INFO)

    def _record(self, name: str) -> wire.Record:
        data = self._items.read(name + INFO)
        try:
            record = wire.Record.FromString(data)
        except DecodeError:
            record = wire.Record()
        if record.WhichOneof("item") is None:
            raise KeyringError(
                f"key {name!r} is stored in a form from before SDK 0.46: run `akash keys migrate`"
            )
        return record

    def _info(self, record: wire.Record) -> KeyInfo:
        packed = record.pub_key
        secp = packed.type_url == group.SECP256K1
        public = wire.Secp256k1PubKey.FromString(packed.value).key if secp else b""
        return KeyInfo(record.name, _kind(record), _address(packed), public, packed)

    def _check_name(self, name: str) -> None:
        if not name.strip():
            raise KeyringError("a key's name must not be blank")
        if (
            len((name + INFO).replace("%", "%25").replace("/", "%2F").encode())
            > self._items.longest
        ):
            raise KeyringError("a key's name is too long for a file")


def _kind(record: wire.Record) -> Kind:
    kinds: tuple[Kind, ...] = ("local", "ledger", "multi", "offline")
    item = record.WhichOneof("item")
    for kind in kinds:
        if kind == item:
            return kind
    raise KeyringError(f"key {record.name!r} has no kind")


def _url(name: str) -> str:
    return f"/cosmos.crypto.{name}"


def _pack(name: str, key: wire.Secp256k1PubKey | wire.Secp256k1PrivKey) -> Any:
    return Any(type_url=_url(name), value=key.SerializeToString())


def _secp(public: bytes) -> Any:
    return _pack("secp256k1.PubKey", wire.Secp256k1PubKey(key=public))


def _address(packed: Any) -> Address:
    try:
        return group.address(packed.type_url, packed.value)
    except InvalidPubKey as error:
        raise KeyringError(error.detail) from error


def _address_item(address: Address) -> str:
    return address.raw.hex() + ADDRESS
