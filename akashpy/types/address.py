"""Account addresses: bech32 text and the bytes behind it.

Every transaction reads several addresses, so decoding is cached, and the usual 20-byte form is
decoded with table look-ups: the bech32 checksum is affine, so each character contributes one
constant. This module must not know keys or accounts. Source of rules and texts: Cosmos SDK 0.53
`types/address.go` and its btcutil bech32.
"""

import re
from functools import lru_cache
from hashlib import sha256
from typing import Self

from akashpy.types.errors import InvalidAddress

PREFIX = "akash"
VALOPER = "akashvaloper"
VALCONS = "akashvalcons"

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = "0123456789abcdefghijklmnopqrstuv"
TO_BASE32 = str.maketrans(CHARSET, BASE32)
VALUES = {char: value for value, char in enumerate(CHARSET)}
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK_LENGTH = 6
USUAL_BYTES = 20
PAIRS = [first + second for first in CHARSET for second in CHARSET]
"""Two characters for each ten bits."""
PAIR_SHIFTS = range(150, -1, -10)
USUAL_LENGTH = 32 + CHECK_LENGTH
"""Characters after the separator of a 20-byte address."""
MAX_TEXT = 1023
MAX_BYTES = 255
CACHE_LIMIT = 200_000


class Address(str):
    """The canonical bech32 text of an account; `raw` are its bytes.

    It is a plain string to everything that prints, compares or stores it. Make one with `parse`,
    `of` or `of_module`, never by calling the class.
    """

    __slots__ = ("raw",)

    raw: bytes

    @classmethod
    def _make(cls, text: str, raw: bytes) -> Self:
        made = super().__new__(cls, text)
        made.raw = raw
        return made

    @classmethod
    def parse(cls, text: str, *, prefix: str = PREFIX) -> "Address":
        """Read bech32 text.

        Raises InvalidAddress, whose detail is the text Go gives.
        """
        known = _PARSED.get((prefix, text))
        if known is not None:
            return known
        raw = decode(text, prefix)
        lower = text if text.islower() else text.lower()
        if len(_PARSED) >= CACHE_LIMIT:
            _PARSED.clear()
        made = _PARSED[prefix, text] = Address._make(lower, raw)
        return made

    @classmethod
    def of(cls, raw: bytes, *, prefix: str = PREFIX) -> "Address":
        """The address of these bytes (usually 20, or 32 for derived accounts).

        Raises InvalidAddress when there are none or more than 255.
        """
        known = _FORMED.get((prefix, raw))
        if known is not None:
            return known
        _check_bytes(raw)
        if len(_FORMED) >= CACHE_LIMIT:
            _FORMED.clear()
        made = _FORMED[prefix, raw] = Address._make(encode(raw, prefix), raw)
        return made

    @classmethod
    def text(cls, raw: bytes) -> str:
        """The address of these bytes as plain text: for events, which are stored by the thousand.

        Raises InvalidAddress when there are none or more than 255.
        """
        known = _TEXTS.get(raw)
        if known is None:
            if len(_TEXTS) >= CACHE_LIMIT:
                _TEXTS.clear()
            known = _TEXTS[raw] = str(cls.of(raw))
        return known

    @classmethod
    def of_module(cls, name: str) -> "Address":
        """The account of a chain module: the first 20 bytes of sha256 of its name."""
        return cls.of(sha256(name.encode()).digest()[:20])

    @classmethod
    def is_valid(cls, text: str, *, prefix: str = PREFIX) -> bool:
        """Whether `parse` would accept the text."""
        try:
            cls.parse(text, prefix=prefix)
        except InvalidAddress:
            return False
        return True

    @classmethod
    def by_codec(cls, text: str, *, prefix: str = PREFIX) -> "Address":
        """As `parse`, with the words of the SDK's address codec for a foreign prefix.

        Raises InvalidAddress.
        """
        try:
            return cls.parse(text, prefix=prefix)
        except InvalidAddress as error:
            found = FOREIGN.fullmatch(error.detail)
            if found is None:
                raise
            raise InvalidAddress(
                f"hrp does not match bech32 prefix: expected '{found[1]}' got '{found[2]}': "
                "internal logic error"
            ) from error

    @classmethod
    def of_signer(cls, text: str) -> "Address":
        """The account that signs for `text`: an operator signs with its own account.

        Raises InvalidAddress.
        """
        if text.startswith(VALOPER + "1"):
            return cls.parse(text, prefix=VALOPER).with_prefix(PREFIX)
        return cls.parse(text)

    def with_prefix(self, prefix: str) -> "Address":
        """The same bytes under another prefix, as an operator's two addresses are."""
        return Address.of(self.raw, prefix=prefix)

    def __reduce__(self) -> tuple[object, ...]:
        return (Address._make, (str(self), self.raw))


FOREIGN = re.compile("invalid Bech32 prefix; expected (.*), got (.*)", re.DOTALL)
"""What `parse` says of a prefix that is not the wanted one."""

_PARSED: dict[tuple[str, str], Address] = {}
_FORMED: dict[tuple[str, bytes], Address] = {}
_TEXTS: dict[bytes, str] = {}


def decode(text: str, prefix: str) -> bytes:
    """The bytes of bech32 `text`, which must carry `prefix`.

    Raises InvalidAddress.
    """
    start = len(prefix) + 1
    if len(text) == start + USUAL_LENGTH and text.startswith(prefix + "1"):
        constant, tables = _tables(prefix)
        check = constant
        try:
            for table, char in zip(tables, text[start:], strict=True):
                check ^= table[char]
        except KeyError:
            return _decode_slowly(text, prefix)
        if check == 1:
            return int(text[start:-CHECK_LENGTH].translate(TO_BASE32), 32).to_bytes(20, "big")
    return _decode_slowly(text, prefix)


def encode(raw: bytes, prefix: str) -> str:
    """Bech32 text of any bytes under `prefix`."""
    if len(raw) != USUAL_BYTES:
        return _encode_slowly(raw, prefix)
    number = int.from_bytes(raw, "big")
    data = "".join([PAIRS[number >> shift & 1023] for shift in PAIR_SHIFTS])
    constant, tables = _tables(prefix)
    check = constant ^ 1
    for table, char in zip(tables, data, strict=False):  # the tables of the checksum stay unused
        check ^= table[char]
    return f"{prefix}1{data}{PAIRS[check >> 20]}{PAIRS[check >> 10 & 1023]}{PAIRS[check & 1023]}"


def _encode_slowly(raw: bytes, prefix: str) -> str:
    count = -(-len(raw) * 8 // 5)
    number = int.from_bytes(raw, "big") << (count * 5 - len(raw) * 8)
    values = [(number >> (5 * place)) & 31 for place in range(count - 1, -1, -1)]
    check = _polymod(_expand(prefix) + values + [0] * CHECK_LENGTH) ^ 1
    values += [(check >> (5 * place)) & 31 for place in range(CHECK_LENGTH - 1, -1, -1)]
    return prefix + "1" + "".join(CHARSET[value] for value in values)


def _decode_slowly(text: str, prefix: str) -> bytes:
    if not text.strip():
        raise InvalidAddress("empty address string is not allowed")
    found, values = _split(text)
    count = len(values) * 5
    number = 0
    for value in values:
        number = number << 5 | value
    spare = count % 8
    if spare >= 5 or number & ((1 << spare) - 1):
        raise InvalidAddress("decoding bech32 failed: invalid incomplete group")
    if found != prefix:
        raise InvalidAddress(f"invalid Bech32 prefix; expected {prefix}, got {found}")
    raw = (number >> spare).to_bytes(count // 8, "big")
    _check_bytes(raw)
    return raw


def _split(text: str) -> tuple[str, list[int]]:
    """Prefix and five-bit values of bech32 text, checksum verified and removed."""
    size = len(text.encode())
    if size < 8 or size > MAX_TEXT:
        raise InvalidAddress(f"decoding bech32 failed: invalid bech32 string length {size}")
    _check_characters(text)
    text = text.lower()
    one = text.rfind("1")
    if one < 1 or one + CHECK_LENGTH + 1 > size:
        raise InvalidAddress(f"decoding bech32 failed: invalid separator index {one}")
    prefix, data = text[:one], text[one + 1 :]
    for char in data:
        if char not in VALUES:
            raise InvalidAddress(
                f"decoding bech32 failed: invalid character not part of charset: {ord(char)}"
            )
    values = [VALUES[char] for char in data]
    payload = values[:-CHECK_LENGTH]
    if _polymod(_expand(prefix) + values) != 1:
        check = _polymod(_expand(prefix) + payload + [0] * CHECK_LENGTH) ^ 1
        expected = "".join(CHARSET[(check >> (5 * place)) & 31] for place in range(5, -1, -1))
        raise InvalidAddress(
            "decoding bech32 failed: invalid checksum "
            f"(expected {expected} got {data[-CHECK_LENGTH:]})"
        )
    return prefix, payload


def _check_characters(text: str) -> None:
    lower = upper = False
    for byte in text.encode():
        if byte < 33 or byte > 126:
            raise InvalidAddress(
                f"decoding bech32 failed: invalid character in string: '{chr(byte)}'"
            )
        lower = lower or 97 <= byte <= 122
        upper = upper or 65 <= byte <= 90
        if lower and upper:
            raise InvalidAddress(
                "decoding bech32 failed: string not all lowercase or all uppercase"
            )


def _check_bytes(raw: bytes) -> None:
    if not raw:
        raise InvalidAddress("addresses cannot be empty")
    if len(raw) > MAX_BYTES:
        raise InvalidAddress(f"address max length is {MAX_BYTES}, got {len(raw)}")


def _expand(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def _polymod(values: list[int], start: int = 1) -> int:
    check = start
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(GENERATOR):
            if top >> place & 1:
                check ^= generator
    return check


@lru_cache(maxsize=16)
def _tables(prefix: str) -> tuple[int, tuple[dict[str, int], ...]]:
    """The checksum of `prefix` with zeros, and what each character adds at each place."""
    constant = _polymod(_expand(prefix) + [0] * USUAL_LENGTH)
    tables = []
    for place in range(USUAL_LENGTH):
        after = [0] * (USUAL_LENGTH - place - 1)
        tables.append({char: _polymod([value, *after], 0) for char, value in VALUES.items()})
    return constant, tuple(tables)
