"""Phrases of words that stand for keys (BIP-39), and the keys derived from them (BIP-32, BIP-44).

Gives the same keys as the Go programs and wallets do for the same phrase. It must not know where
keys are kept. Source: BIP-32, BIP-39, BIP-44; Cosmos SDK 0.53 `crypto/hd`.
"""

import hmac
from functools import lru_cache

from mnemonic import Mnemonic

from akashpy.keys.secp256k1 import ORDER, SECRET_SIZE, PrivateKey, public_of

COIN_TYPE = 118
"""Cosmos' number in BIP-44, which Akash keeps."""
BITS = {12: 128, 15: 160, 18: 192, 21: 224, 24: 256}
"""Bits of chance by number of words."""
HARDENED = 1 << 31


def generate(words: int = 24) -> str:
    """A new random phrase of 12, 15, 18, 21 or 24 English words.

    Raises ValueError for another number.
    """
    if words not in BITS:
        raise ValueError(f"words is {words}: choose one of {', '.join(map(str, BITS))}")
    return _english().generate(BITS[words])


def normalise(phrase: str) -> str:
    """The phrase in lower case with single spaces.

    Raises ValueError when its words or its checksum are wrong; the phrase is never in the text.
    """
    words = " ".join(phrase.lower().split())
    count = len(words.split())
    if count not in BITS:
        raise ValueError(f"a mnemonic has {', '.join(map(str, BITS))} words, this one has {count}")
    if not _english().check(words):
        raise ValueError("the mnemonic has a word that is not in the list, or a wrong checksum")
    return words


def derive(
    phrase: str,
    account: int = 0,
    index: int = 0,
    coin_type: int = COIN_TYPE,
    passphrase: str = "",
) -> PrivateKey:
    """The key at m/44'/coin_type'/account'/0/index of a phrase.

    Raises ValueError as `normalise`.
    """
    return derive_path(phrase, f"m/44'/{coin_type}'/{account}'/0/{index}", passphrase)


def derive_path(phrase: str, path: str, passphrase: str = "") -> PrivateKey:
    """The key at any BIP-32 path, such as m/44'/118'/0'/0/0.

    Raises ValueError for a bad phrase or path.
    """
    seed = Mnemonic.to_seed(normalise(phrase), passphrase)
    secret, chain = _split(b"Bitcoin seed", seed)
    for step in _steps(path):
        secret, chain = _child(secret, chain, step)
    return PrivateKey(secret)


@lru_cache(maxsize=1)
def _english() -> Mnemonic:
    return Mnemonic("english")


def _steps(path: str) -> list[int]:
    root, *parts = path.split("/")
    if root != "m":
        raise ValueError(f"derivation path {path!r} must begin with m/")
    steps = []
    for part in parts:
        digits = part.removesuffix("'")
        if not (digits.isascii() and digits.isdigit()) or int(digits) >= HARDENED:
            raise ValueError(f"derivation path {path!r} has a bad step {part!r}")
        steps.append(int(digits) + (HARDENED if part.endswith("'") else 0))
    return steps


def _child(secret: bytes, chain: bytes, step: int) -> tuple[bytes, bytes]:
    start = b"\x00" + secret if step >= HARDENED else public_of(secret)
    tweak, chain = _split(chain, start + step.to_bytes(4, "big"))
    number = (int.from_bytes(tweak, "big") + int.from_bytes(secret, "big")) % ORDER
    return number.to_bytes(SECRET_SIZE, "big"), chain


def _split(key: bytes, data: bytes) -> tuple[bytes, bytes]:
    digest = hmac.digest(key, data, "sha512")
    return digest[:32], digest[32:]
