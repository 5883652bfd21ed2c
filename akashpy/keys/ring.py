"""Keys on disk, in the directories that the Go programs use.

`<home>/keyring-test` and `<home>/keyring-file` hold one encrypted file per key and one per
address, so that `akash keys` and this program read each other's keys at any time. Nothing else in
the home is touched. It must not know chains or transactions.
Source: Cosmos SDK 0.53 `crypto/keyring`; 99designs/keyring `file.go`.
"""

import json
import os
import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Self

import bcrypt
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from jwcrypto import jwe, jwk
from jwcrypto.common import JWException, base64url_encode

from akashpy.keys.secp256k1 import PrivateKey, address_of
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress, KeyNotFound, WrongPassword
from akashpy.wire import crypto as wire

Backend = Literal["test", "file"]
Kind = Literal["local", "ledger", "multi", "offline"]

TEST_PASSPHRASE = "test"
"""The backend "test" protects nothing: everyone knows this word."""
LEAST_PASSPHRASE = 8
"""Characters; the Go programs refuse to read shorter ones."""
ATTEMPTS = 3
KEYHASH = "keyhash"
INFO = ".info"
ADDRESS = ".address"
ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")


class KeyringError(Exception):
    """A keyring that cannot be read, or a change that it refuses."""


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

    def __init__(self, directory: Path, backend: Backend, passphrase: Callable[[], str]) -> None:
        self._directory = directory
        self._backend = backend
        self._ask = passphrase
        self._password: str | None = TEST_PASSPHRASE if backend == "test" else None

    @classmethod
    def open(
        cls, home: Path, backend: Backend, passphrase: Callable[[], str] | None = None
    ) -> Self:
        """The keyring of a home directory; nothing is read or made yet.

        `passphrase` is called when the backend "file" must be unlocked, up to three times, and
        twice for a new keyring. Raises KeyringError when it is missing.
        """
        if backend not in ("test", "file"):
            raise KeyringError(f"keyring backend {backend!r} is not known: use test or file")
        if passphrase is None and backend == "file":
            raise KeyringError("the keyring backend file needs a passphrase")
        return cls(home / f"keyring-{backend}", backend, passphrase or (lambda: TEST_PASSPHRASE))

    def add(self, name: str, key: PrivateKey) -> KeyInfo:
        """Keep a key under a name. Raises KeyExists, WrongPassword, KeyringError."""
        public = _pack("secp256k1.PubKey", wire.Secp256k1PubKey(key=key.public))
        record = wire.Record(
            name=name,
            pub_key=public,
            local=wire.Record.Local(
                priv_key=_pack("secp256k1.PrivKey", wire.Secp256k1PrivKey(key=key.secret))
            ),
        )
        return self._store(record, key.address)

    def add_offline(self, name: str, public: bytes) -> KeyInfo:
        """Keep a public key (33 bytes) under a name, for looking on. Raises as `add`."""
        packed = _pack("secp256k1.PubKey", wire.Secp256k1PubKey(key=public))
        record = wire.Record(name=name, pub_key=packed, offline=wire.Record.Offline())
        return self._store(record, _address(packed))

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
        if not self._directory.is_dir():
            return []
        files = (_unescape(entry.name) for entry in self._directory.iterdir())
        return sorted(name.removesuffix(INFO) for name in files if name.endswith(INFO))

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
        self._path(_address_item(info.address)).unlink(missing_ok=True)
        self._path(info.name + INFO).unlink()

    def rename(self, old: str, new: str) -> KeyInfo:
        """Give a key another name. Raises KeyNotFound, KeyExists, WrongPassword, KeyringError."""
        if self._path(new + INFO).exists():
            raise KeyExists(f"rename failed: {new} already exists in the keyring")
        record = self._record(self._name(old))
        info = self._info(record)
        _check_name(new)
        record.name = new
        self._write(new + INFO, record.SerializeToString(deterministic=True))
        self._write(_address_item(info.address), (new + INFO).encode())
        self._path(info.name + INFO).unlink()
        return info._replace(name=new)

    def _store(self, record: wire.Record, address: Address) -> KeyInfo:
        _check_name(record.name)
        if self._path(record.name + INFO).exists():
            raise KeyExists(f"a key named {record.name!r} is in the keyring already")
        if self._path(_address_item(address)).exists():
            raise KeyExists(f"the key of {address} is in the keyring already")
        self._write(record.name + INFO, record.SerializeToString(deterministic=True))
        self._write(_address_item(address), (record.name + INFO).encode())
        return self._info(record)

    def _name(self, name_or_address: str) -> str:
        if self._path(name_or_address + INFO).exists():
            return name_or_address
        try:
            address = Address.parse(name_or_address)
        except InvalidAddress:
            raise KeyNotFound(name_or_address + INFO) from None
        if not self._path(_address_item(address)).exists():
            raise KeyNotFound(f"key with address {address} not found")
        return self._read(_address_item(address)).decode().removesuffix(INFO)

    def _record(self, name: str) -> wire.Record:
        data = self._read(name + INFO)
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
        secp = packed.type_url == _url("secp256k1.PubKey")
        public = wire.Secp256k1PubKey.FromString(packed.value).key if secp else b""
        address = _address(packed) if secp else self._address_of(record.name)
        return KeyInfo(record.name, _kind(record), address, public, packed)

    def _address_of(self, name: str) -> Address:
        """The address of a key whose kind this program cannot compute one for."""
        for entry in sorted(self._directory.glob("*" + ADDRESS)):
            if self._read(_unescape(entry.name)).decode() == name + INFO:
                return Address.of(bytes.fromhex(entry.name.removesuffix(ADDRESS)))
        raise KeyringError(f"key {name!r} has no address in the keyring")

    def _read(self, item: str) -> bytes:
        path = self._path(item)
        try:
            token = path.read_text()
        except FileNotFoundError:
            raise KeyNotFound(item) from None
        content = _decrypt(token, self._unlocked(), path)
        try:
            return b64decode(json.loads(content)["Data"] or "")
        except (ValueError, KeyError, TypeError) as error:
            raise KeyringError(f"{path} holds no keyring item") from error

    def _write(self, item: str, data: bytes) -> None:
        password = self._unlocked()
        content = {
            "Key": item,
            "Data": b64encode(data).decode(),
            "Label": "",
            "Description": "",
            "KeychainNotTrustApplication": False,
            "KeychainNotSynchronizable": False,
        }
        _write_whole(self._path(item), _encrypt(json.dumps(content), password))

    def _path(self, item: str) -> Path:
        return self._directory / _escape(item)

    def _unlocked(self) -> str:
        """The password of the files, asked for once; the directory exists afterwards."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._password is None:
            keyhash = self._directory / KEYHASH
            if keyhash.exists():
                self._password = self._ask_known(keyhash.read_bytes().strip())
            else:
                self._password = self._ask_new()
                hashed = bcrypt.hashpw(self._password.encode(), bcrypt.gensalt(10))
                _write_whole(keyhash, hashed.decode())
        return self._password

    def _ask_known(self, keyhash: bytes) -> str:
        for _ in range(ATTEMPTS):
            password = self._ask()
            if bcrypt.checkpw(password.encode(), keyhash):
                return password
        raise WrongPassword(f"{self._directory}: too many failed passphrase attempts")

    def _ask_new(self) -> str:
        password = self._ask()
        if len(password) < LEAST_PASSPHRASE:
            raise KeyringError(
                f"a keyring passphrase must be at least {LEAST_PASSPHRASE} characters"
            )
        if self._ask() != password:
            raise KeyringError("the two passphrases differ")
        return password


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


def _address(packed: Any) -> Address:
    from_key = wire.Secp256k1PubKey.FromString(packed.value).key
    return address_of(from_key)


def _address_item(address: Address) -> str:
    return address.raw.hex() + ADDRESS


def _check_name(name: str) -> None:
    if not name.strip():
        raise KeyringError("a key's name must not be blank")
    if len(_escape(name + INFO).encode()) > 255:
        raise KeyringError("a key's name is too long for a file")


def _escape(item: str) -> str:
    return item.replace("%", "%25").replace("/", "%2F")


def _unescape(name: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), name)


def _encrypt(content: str, password: str) -> str:
    header = {
        "alg": "PBES2-HS256+A128KW",
        "created": time.strftime("%Y-%m-%d %H:%M:%S +0000 UTC", time.gmtime()),
        "enc": "A256GCM",
    }
    token = jwe.JWE(content.encode(), json.dumps(header))
    token.add_recipient(_password_key(password))
    return str(token.serialize(compact=True))


def _decrypt(token: str, password: str, path: Path) -> bytes:
    sealed = jwe.JWE()
    try:
        sealed.deserialize(token.strip(), _password_key(password))
    except JWException as error:
        raise WrongPassword(f"{path} does not open with this passphrase") from error
    return bytes(sealed.payload)


def _password_key(password: str) -> jwk.JWK:
    return jwk.JWK(kty="oct", k=base64url_encode(password))


def _write_whole(path: Path, text: str) -> None:
    """Write a private file so that a crash leaves the old one or the new one, never half."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
