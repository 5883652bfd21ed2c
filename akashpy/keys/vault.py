"""Where a keyring keeps its items: files, the system's secret service, `pass`, or memory.

An item is named bytes, stored in the form the Go programs store it in, so both read each other's.
It must not know what items mean. Source: cosmos/keyring 1.2 `file.go`, `secretservice.go`,
`pass.go`; Cosmos SDK 0.53 `crypto/keyring`.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import bcrypt
from jwcrypto import jwe, jwk
from jwcrypto.common import JWException, base64url_encode

from akashpy.types.errors import KeyNotFound, WrongPassword

LEAST_PASSPHRASE = 8
"""Characters; the Go programs refuse to read shorter ones."""
ATTEMPTS = 3
NEEDED = "the keyring needs a passphrase: type it, or give it on standard input"
KEYHASH = "keyhash"
SERVICE = "akash"
"""The name under which Akash's program keeps its keys in the system's stores."""
PATIENCE = 120.0
"""Seconds that `pass` has, which may ask for a passphrase."""
ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")


class KeyringError(Exception):
    """A keyring that cannot be read, or a change that it refuses."""


class Vault(Protocol):
    """Named items. Every method raises KeyringError and WrongPassword where it cannot work."""

    @property
    def longest(self) -> int:
        """Bytes that an item's name may have at most."""

    def names(self) -> Sequence[str]:
        """The names of all items; needs no passphrase where files are used."""

    def has(self, name: str) -> bool:
        """Whether there is an item of this name."""

    def read(self, name: str) -> bytes:
        """An item's content. Raises KeyNotFound."""

    def write(self, name: str, data: bytes) -> None:
        """Keep an item, in place of one that is there."""

    def remove(self, name: str) -> None:
        """Forget an item; none is no error."""


class Memory:
    """Items that end with the process."""

    longest = 2**16

    def __init__(self) -> None:
        self._items: dict[str, bytes] = {}

    def names(self) -> Sequence[str]:
        """All names."""
        return list(self._items)

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return name in self._items

    def read(self, name: str) -> bytes:
        """Its content."""
        if name not in self._items:
            raise KeyNotFound(name)
        return self._items[name]

    def write(self, name: str, data: bytes) -> None:
        """Keep it."""
        self._items[name] = data

    def remove(self, name: str) -> None:
        """Forget it."""
        self._items.pop(name, None)


class Files:
    """One encrypted file per item (JWE, PBES2). `passphrase` None: `ask` when one is needed."""

    longest = 255

    def __init__(
        self, directory: Path, ask: Callable[[], str], passphrase: str | None = None
    ) -> None:
        self._directory = directory
        self._ask = ask
        self._password = passphrase

    def names(self) -> Sequence[str]:
        """All names."""
        if not self._directory.is_dir():
            return []
        return [_unescape(entry.name) for entry in self._directory.iterdir() if entry.is_file()]

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return self._path(name).exists()

    def read(self, name: str) -> bytes:
        """Its content."""
        path = self._path(name)
        try:
            token = path.read_text()
        except FileNotFoundError:
            raise KeyNotFound(name) from None
        return _data_of(_decrypt(token, self._unlocked(), path), str(path))

    def write(self, name: str, data: bytes) -> None:
        """Keep it."""
        _write_whole(self._path(name), _encrypt(_item(name, data), self._unlocked()))

    def remove(self, name: str) -> None:
        """Forget it. Raises WrongPassword like everything that changes the keyring."""
        self._unlocked()
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._directory / _escape(name)

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
        for attempt in range(ATTEMPTS):
            try:
                password = self._ask()
            except EOFError:
                if attempt:
                    raise WrongPassword(f"{self._directory}: wrong passphrase") from None
                raise KeyringError(NEEDED) from None
            if bcrypt.checkpw(password.encode(), keyhash):
                return password
        raise WrongPassword(f"{self._directory}: too many failed passphrase attempts")

    def _ask_new(self) -> str:
        try:
            password = self._ask()
            if len(password) < LEAST_PASSPHRASE:
                raise KeyringError(
                    f"a keyring passphrase must be at least {LEAST_PASSPHRASE} characters"
                )
            if self._ask() != password:
                raise KeyringError("the two passphrases differ")
        except EOFError:
            raise KeyringError(f"{NEEDED}, twice for a new keyring") from None
        return password


class Pass:
    """Items in the password store of the program `pass`, below `keyring-akash`."""

    longest = 200
    PREFIX = f"keyring-{SERVICE}"

    def __init__(self, program: str) -> None:
        self._program = program
        home = os.environ.get("PASSWORD_STORE_DIR") or "~/.password-store"
        self._root = Path(home).expanduser() / self.PREFIX

    def names(self) -> Sequence[str]:
        """All names."""
        found = self._root.rglob("*.gpg")
        return [str(path.relative_to(self._root)).removesuffix(".gpg") for path in found]

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return (self._root / f"{name}.gpg").exists()

    def read(self, name: str) -> bytes:
        """Its content."""
        if not self.has(name):
            raise KeyNotFound(name)
        return _data_of(self._run("show", self._named(name)), name)

    def write(self, name: str, data: bytes) -> None:
        """Keep it."""
        self._run("insert", "-m", "-f", self._named(name), typed=_item(name, data))

    def remove(self, name: str) -> None:
        """Forget it."""
        if self.has(name):
            self._run("rm", "-f", self._named(name))

    def _named(self, name: str) -> str:
        return f"{self.PREFIX}/{name}"

    def _run(self, *words: str, typed: str = "") -> bytes:
        try:
            done = subprocess.run(
                [self._program, *words],
                input=typed.encode(),
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise KeyringError(f"pass {words[0]} gave no answer in {PATIENCE:.0f} s") from error
        if done.returncode:
            raise KeyringError(f"pass {words[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout


class SecretService:
    """Items in a collection of the desktop's secret service (GNOME Keyring, KWallet, KeePassXC).

    `connect` opens its bus; each action uses a connection of its own.
    """

    longest = 2**16

    def __init__(self, connect: Callable[[], Any], service: Any) -> None:
        self._connect = connect
        self._service = service

    def names(self) -> Sequence[str]:
        """All names."""
        with closing(self._connect()) as bus:
            found = self._collection(bus)
            return [item.get_label() for item in found.get_all_items()] if found else []

    def has(self, name: str) -> bool:
        """Whether it is there."""
        with closing(self._connect()) as bus:
            return self._find(bus, name) is not None

    def read(self, name: str) -> bytes:
        """Its content."""
        with closing(self._connect()) as bus:
            item = self._find(bus, name)
            if item is None:
                raise KeyNotFound(name)
            if item.is_locked() and item.unlock():
                raise KeyringError(f"the secret service did not unlock {name!r}")
            return _data_of(item.get_secret(), name)

    def write(self, name: str, data: bytes) -> None:
        """Keep it."""
        with closing(self._connect()) as bus:
            found = self._collection(bus)
            if found is None:
                found = self._service.create_collection(bus, SERVICE)
            self._unlock(found)
            found.create_item(
                name, {"profile": name}, _item(name, data).encode(),
                replace=True, content_type="application/json",
            )  # fmt: skip

    def remove(self, name: str) -> None:
        """Forget it."""
        with closing(self._connect()) as bus:
            item = self._find(bus, name)
            if item is not None:
                if item.is_locked():
                    item.unlock()
                item.delete()

    def _collection(self, bus: Any) -> Any:
        for found in self._service.get_all_collections(bus):
            if found.collection_path.rpartition("/")[2] == SERVICE:
                self._unlock(found)
                return found
        return None

    def _unlock(self, found: Any) -> None:
        if found.is_locked() and found.unlock():
            raise KeyringError(
                "the secret service did not unlock its collection: unlock it, or use "
                "--keyring-backend file"
            )

    def _find(self, bus: Any, name: str) -> Any:
        found = self._collection(bus)
        return next(found.search_items({"profile": name}), None) if found else None


def of_system(home: Path, ask: Callable[[], str]) -> Vault:
    """The backend "os": the first store that is there of secret service, `pass`, files in `home`.

    Raises KeyringError on systems whose own store this program does not open.
    """
    if not sys.platform.startswith("linux"):
        raise KeyringError(
            "the keyring backend os opens the secret service of Linux only: use "
            "--keyring-backend file (encrypted with a passphrase)"
        )
    return _secret_service() or of_pass(required=False) or Files(home, ask)


def of_pass(*, required: bool = True) -> Vault | None:
    """The store of `pass`, if that program is there. Raises KeyringError where it must be."""
    program = shutil.which("pass")
    if program is not None:
        return Pass(program)
    if required:
        raise KeyringError(
            "Specified keyring backend not available: install the program `pass` "
            "(passwordstore.org), or use --keyring-backend file"
        )
    return None


def _secret_service() -> Vault | None:
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return None
    import secretstorage  # costs an import of D-Bus, which only a desktop needs

    try:
        with closing(secretstorage.dbus_init()) as bus:
            if not secretstorage.check_service_availability(bus):
                return None
    except (secretstorage.SecretStorageException, OSError):
        return None
    return SecretService(secretstorage.dbus_init, secretstorage)


# THE FORM OF AN ITEM


def _item(name: str, data: bytes) -> str:
    return json.dumps(
        {
            "Key": name,
            "Data": b64encode(data).decode(),
            "Label": "",
            "Description": "",
            "KeychainNotTrustApplication": False,
            "KeychainNotSynchronizable": False,
        }
    )


def _data_of(content: bytes, where: str) -> bytes:
    try:
        return b64decode(json.loads(content)["Data"] or "")
    except (ValueError, KeyError, TypeError) as error:
        raise KeyringError(f"{where} holds no keyring item") from error


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
