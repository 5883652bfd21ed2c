"""Attributes: what a provider has and an order wants, matched by shell patterns.

Holds the key rules, the matching primitives and the reading of capabilities. It must not know
orders or providers; `akashpy.match` composes these. Source: chain-sdk
`types/attributes/v1/attribute.go`; facts on keys in Akash's attribute schema.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from akashpy.types.errors import AttributesDuplicateKeys, InvalidAttributeKey
from akashpy.wire import base as wire

KEY_OR_PATTERN = re.compile(r"[a-zA-Z][\w/.\-]{1,126}[\w*]?", re.ASCII)
"""Keys of requests and audits; the last character may be `*`."""
KEY = re.compile(r"[a-zA-Z][\w/.\-]{1,126}", re.ASCII)
"""Keys of providers."""
CAPABILITIES = "capabilities/"
STORAGE_PREFIX = "capabilities/storage"
GPU_PREFIX = "capabilities/gpu"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One key with its value; in a request the key may be a pattern."""

    key: str
    value: str

    @classmethod
    def from_wire(cls, msg: wire.Attribute) -> Self:
        """Read an akash.base.attributes.v1.Attribute."""
        return cls(msg.key, msg.value)

    def to_wire(self) -> wire.Attribute:
        """An akash.base.attributes.v1.Attribute."""
        return wire.Attribute(key=self.key, value=self.value)

    def matches(self, offered: "Attribute") -> bool:
        """Whether this request is met: key by pattern, value exactly."""
        return self.value == offered.value and glob_match(self.key, offered.key)


class Attributes(tuple[Attribute, ...]):
    """A list of attributes in its given order."""

    __slots__ = ()

    EMPTY: ClassVar["Attributes"]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Attributes":
        """Attributes of (key, value) pairs."""
        return cls(Attribute(key, value) for key, value in pairs)

    @classmethod
    def from_wire(cls, repeated: Iterable[wire.Attribute]) -> "Attributes":
        """Read repeated akash.base.attributes.v1.Attribute."""
        return cls(Attribute(msg.key, msg.value) for msg in repeated)

    def to_wire(self) -> list[wire.Attribute]:
        """A list of akash.base.attributes.v1.Attribute."""
        return [attribute.to_wire() for attribute in self]

    def validate(self, wildcard: bool = True) -> None:
        """Check keys in order.

        Raises InvalidAttributeKey, AttributesDuplicateKeys.
        """
        pattern = KEY_OR_PATTERN if wildcard else KEY
        seen: set[str] = set()
        for attribute in self:
            if pattern.fullmatch(attribute.key) is None:
                raise InvalidAttributeKey
            if attribute.key in seen:
                raise AttributesDuplicateKeys
            seen.add(attribute.key)

    def subset_of(self, offered: Iterable[Attribute]) -> bool:
        """Whether every one of these matches some offered one; no wishes are always met."""
        offers = tuple(offered)
        return all(any(wish.matches(offer) for offer in offers) for wish in self)

    def any_of(self, offered: Iterable[Attribute]) -> bool:
        """Whether at least one of these matches some offered one."""
        offers = tuple(offered)
        return any(wish.matches(offer) for wish in self for offer in offers)

    def sorted(self) -> "Attributes":
        """In order of keys; equal keys keep their order."""
        return Attributes(sorted(self, key=lambda attribute: attribute.key))

    def capability_groups_storage(self) -> "list[Attributes]":
        """Storage capabilities, one list for each number in `capabilities/storage/<n>/<name>`."""
        groups: dict[str, list[Attribute]] = {}
        for attribute in self:
            parts = attribute.key.removeprefix(CAPABILITIES).split("/")
            if attribute.key.startswith(STORAGE_PREFIX) and len(parts) == 3:
                groups.setdefault(parts[1], []).append(Attribute(parts[2], attribute.value))
        return [Attributes(group) for group in groups.values()]

    def capabilities_gpu(self) -> "Attributes":
        """GPU capabilities, keys such as `vendor/nvidia/model/a100`."""
        found = []
        for attribute in self:
            parts = attribute.key.removeprefix(CAPABILITIES).split("/")
            if attribute.key.startswith(GPU_PREFIX) and len(parts) >= 3:
                found.append(Attribute("/".join(parts[1:]), attribute.value))
        return Attributes(found)


Attributes.EMPTY = Attributes()


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Auditors whose word an order wants: all of one list, at least one of the other."""

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    @classmethod
    def from_wire(cls, msg: wire.SignedBy) -> Self:
        """Read an akash.base.attributes.v1.SignedBy."""
        return cls(tuple(msg.all_of), tuple(msg.any_of))

    def to_wire(self) -> wire.SignedBy:
        """An akash.base.attributes.v1.SignedBy."""
        return wire.SignedBy(all_of=self.all_of, any_of=self.any_of)


@dataclass(frozen=True, slots=True)
class PlacementRequirements:
    """What an order asks of a provider as a whole."""

    signed_by: SignedBy = SignedBy()
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def from_wire(cls, msg: wire.PlacementRequirements) -> Self:
        """Read an akash.base.attributes.v1.PlacementRequirements."""
        return cls(SignedBy.from_wire(msg.signed_by), Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.PlacementRequirements:
        """An akash.base.attributes.v1.PlacementRequirements."""
        return wire.PlacementRequirements(
            signed_by=self.signed_by.to_wire(), attributes=self.attributes.to_wire()
        )


def glob_match(pattern: str, name: str) -> bool:
    """Whether `name` fits a shell pattern, by the rules of Go's filepath.Match.

    `*` and `?` do not cross `/`; a malformed pattern fits nothing. The cost is bounded by the
    product of the lengths, because a pattern comes from anyone's transaction.
    """
    if "*" not in pattern and "?" not in pattern and "[" not in pattern and "\\" not in pattern:
        return pattern == name
    chunks = _compile(pattern)
    if chunks is None:
        return False
    place = 0
    for number, (starred, chunk) in enumerate(chunks):
        last = number == len(chunks) - 1
        end = _fit_chunk(chunk, name, place, starred, last)
        if end < 0:
            return False
        place = end
    return place == len(name)


@dataclass(frozen=True, slots=True)
class CharClass:
    """A bracket of a pattern: ranges of characters, possibly turned around."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def has(self, char: str) -> bool:
        """Whether the bracket takes this character."""
        return any(low <= char <= high for low, high in self.ranges) != self.negated


ANY = CharClass((("/", "/"),), negated=True)
Token = str | CharClass


def _fit_chunk(chunk: tuple[Token, ...], name: str, place: int, starred: bool, last: bool) -> int:
    """Where `chunk` ends in `name` from `place` on, or -1; after a star it may start later."""
    while True:
        end = place + len(chunk)
        reaches = end <= len(name) and (not last or end == len(name))
        if reaches and all(_takes(token, name[place + i]) for i, token in enumerate(chunk)):
            return end
        if not starred or place >= len(name) or name[place] == "/":
            return -1
        place += 1


def _takes(token: Token, char: str) -> bool:
    return token == char if isinstance(token, str) else token.has(char)


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> tuple[tuple[bool, tuple[Token, ...]], ...] | None:
    """Chunks between stars, each with whether a star stands before it; None when malformed."""
    chunks: list[tuple[bool, tuple[Token, ...]]] = []
    tokens: list[Token] = []
    starred = False
    place = 0
    while place < len(pattern):
        char = pattern[place]
        place += 1
        if char == "*":
            if tokens or not starred:
                chunks.append((starred, tuple(tokens)))
            tokens, starred = [], True
        elif char == "?":
            tokens.append(ANY)
        elif char == "[":
            read = _bracket(pattern, place)
            if read is None:
                return None
            bracket, place = read
            tokens.append(bracket)
        elif char == "\\":
            if place == len(pattern):
                return None
            tokens.append(pattern[place])
            place += 1
        else:
            tokens.append(char)
    chunks.append((starred, tuple(tokens)))
    return tuple(chunks)


def _bracket(pattern: str, place: int) -> tuple[CharClass, int] | None:
    """The bracket that opened before `place`, and where it ends; None when malformed."""
    negated = pattern.startswith("^", place)
    place += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if pattern.startswith("]", place) and ranges:
            return CharClass(tuple(ranges), negated), place + 1
        low = _bracket_char(pattern, place)
        if low is None:
            return None
        high, place = low, low[1]
        if pattern.startswith("-", place):
            read = _bracket_char(pattern, place + 1)
            if read is None:
                return None
            high, place = read, read[1]
        ranges.append((low[0], high[0]))


def _bracket_char(pattern: str, place: int) -> tuple[str, int] | None:
    """One character inside a bracket and where the next begins; None when there is none."""
    if place >= len(pattern) or pattern[place] in "-]":
        return None
    if pattern[place] == "\\":
        place += 1
        if place >= len(pattern):
            return None
    return (pattern[place], place + 1) if place + 1 < len(pattern) else None
