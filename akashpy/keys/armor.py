"""Armored keys: text that carries one key, sealed with a passphrase, between programs.

Written as the Go programs write it (argon2 and ChaCha20-Poly1305), read in both of their forms
(bcrypt and XSalsa20-Poly1305 too). It must not know keyrings.
Source: Cosmos SDK 0.53 `crypto/armor.go`; RFC 4880 section 6.
"""

import re
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256

import bcrypt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from akashpy.keys.secp256k1 import SECRET_SIZE, PrivateKey
from akashpy.keys.vault import KeyringError
from akashpy.types.errors import WrongPassword

BLOCK = "TENDERMINT PRIVATE KEY"
SALT_SIZE = 16
ROUNDS = 12
NONCE = bytes(12)
"""Always the same: the key is another one each time, because of its salt."""
WIDTH = 64
_AMINO_SECRET = bytes.fromhex("e1b0f79b20")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BEGIN = re.compile(r"-----BEGIN ([^\n]*?)-----\s*$", re.MULTILINE)


def seal(key: PrivateKey, passphrase: str) -> str:
    """The armored text of a key."""
    salt = secrets.token_bytes(SALT_SIZE)
    sealed = ChaCha20Poly1305(_argon2(salt, passphrase)).encrypt(
        NONCE, _AMINO_SECRET + key.secret, None
    )
    headers = {"type": "secp256k1", "kdf": "argon2", "salt": salt.hex().upper()}
    return _encode(BLOCK, headers, sealed)


def open_sealed(text: str, passphrase: str) -> PrivateKey:
    """The key in armored text. Raises KeyringError for another text, WrongPassword."""
    block, headers, sealed = _decode(text)
    if block != BLOCK:
        raise KeyringError(f"unrecognized armor type: {block}")
    kdf = headers.get("kdf", "")
    if kdf not in ("argon2", "bcrypt"):
        raise KeyringError(f"unrecognized KDF type: {kdf}")
    if not headers.get("salt"):
        raise KeyringError("missing salt bytes")
    try:
        salt = bytes.fromhex(headers["salt"])
    except ValueError as error:
        raise KeyringError(f"error decoding salt: {error}") from error
    try:
        if kdf == "argon2":
            plain = ChaCha20Poly1305(_argon2(salt, passphrase)).decrypt(NONCE, sealed, None)
        else:
            plain = SecretBox(_bcrypt(salt, passphrase)).decrypt(sealed)
    except (InvalidTag, CryptoError) as error:
        raise WrongPassword("failed to decrypt private key") from error
    return _key(plain)


def _key(plain: bytes) -> PrivateKey:
    secret = plain.removeprefix(_AMINO_SECRET)
    if len(plain) != len(_AMINO_SECRET) + SECRET_SIZE or len(secret) != SECRET_SIZE:
        raise KeyringError("the armored key is of a kind that cannot sign here: use secp256k1")
    try:
        return PrivateKey(secret)
    except ValueError as error:
        raise KeyringError(str(error)) from error


def _argon2(salt: bytes, passphrase: str) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=1, lanes=4, memory_cost=64 * 1024)
    return kdf.derive(passphrase.encode())


def _bcrypt(salt: bytes, passphrase: str) -> bytes:
    if len(salt) != SALT_SIZE:
        raise KeyringError(f"error decoding salt: {len(salt)} bytes, not {SALT_SIZE}")
    text = b64encode(salt).rstrip(b"=").translate(bytes.maketrans(_ALPHABET, _BCRYPT))
    hashed = bcrypt.hashpw(passphrase.encode()[:72], b"$2a$%d$" % ROUNDS + text)
    return sha256(hashed).digest()


# THE TEXT


def _encode(block: str, headers: dict[str, str], data: bytes) -> str:
    body = b64encode(data).decode()
    lines = [body[at : at + WIDTH] for at in range(0, len(body), WIDTH)]
    checksum = b64encode(_crc24(data).to_bytes(3, "big")).decode()
    top = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return f"-----BEGIN {block}-----\n{top}\n" + "\n".join(
        [*lines, f"={checksum}", f"-----END {block}-----"]
    )


def _decode(text: str) -> tuple[str, dict[str, str], bytes]:
    begin = _BEGIN.search(text)
    if begin is None:
        raise KeyringError("EOF: the text holds no armored key")
    block = begin[1]
    rest, end, _ = text[begin.end() :].partition(f"-----END {block}-----")
    if not end:
        raise KeyringError(f"the armored text has no line -----END {block}-----")
    lines = [line.strip() for line in rest.strip("\n").splitlines()]
    headers: dict[str, str] = {}
    while lines and (line := lines.pop(0)):
        name, colon, value = line.partition(": ")
        if not colon:
            lines.insert(0, line)
            break
        headers[name] = value
    joined = [line for line in lines if line]
    checksum = joined.pop()[1:] if joined and joined[-1].startswith("=") else ""
    try:
        data = b64decode("".join(joined), validate=True)
        wanted = int.from_bytes(b64decode(checksum, validate=True), "big") if checksum else None
    except ValueError as error:
        raise KeyringError(f"the armored text is no base64: {error}") from error
    if wanted is not None and _crc24(data) != wanted:
        raise KeyringError("the armored text is damaged: its checksum is wrong")
    return block, headers, data


def _crc24(data: bytes) -> int:
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF
