"""Signatures of a transaction as a tree: one of a key, or those of a group's members.

A transaction holds modes and bytes apart; here they come together and are verified. This module
must not know state. Source: Cosmos SDK 0.53 `x/auth/tx/sigs.go`, `crypto/keys/multisig`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from google.protobuf.message import DecodeError

from akashpy.keys import group
from akashpy.tx.modes import AMINO_JSON
from akashpy.types.errors import Panic, PlainError
from akashpy.wire import crypto
from akashpy.wire import tx as pb

Document = Callable[[int], bytes]
"""What is signed in a mode; raises ValueError with the reason when there is nothing to sign."""


class Bits(NamedTuple):
    """Which members of a group signed, one bit each from the highest of the first byte."""

    extra: int
    elements: bytes

    @classmethod
    def of(cls, size: int, chosen: Sequence[int]) -> "Bits":
        """`size` bits of which those at `chosen` are set."""
        elements = bytearray((size + 7) // 8)
        for index in chosen:
            elements[index >> 3] |= 1 << (7 - index % 8)
        return cls(size % 8, bytes(elements))

    @property
    def size(self) -> int:
        """How many bits there are. Source: SDK CompactBitArray Count, oddities included."""
        if not self.extra:
            return len(self.elements) * 8
        return (len(self.elements) - 1) * 8 + self.extra

    def chosen(self) -> Iterator[int]:
        """The indexes of the set bits. Raises Panic where the bits are not all there."""
        for index in range(self.size):
            if index >> 3 >= len(self.elements):
                raise Panic(f"the bit array has {len(self.elements)} bytes for {self.size} bits")
            if self.elements[index >> 3] & (1 << (7 - index % 8)):
                yield index

    def to_wire(self) -> crypto.CompactBitArray:
        """The wire message."""
        return crypto.CompactBitArray(extra_bits_stored=self.extra, elems=self.elements)


class Single(NamedTuple):
    """One key's signature."""

    mode: int
    signature: bytes


class Multi(NamedTuple):
    """The signatures of those members of a group that signed, in the group's order."""

    bits: Bits
    parts: tuple["Signature", ...]


Signature = Single | Multi


def read(mode: pb.ModeInfo, signature: bytes) -> Signature | None:
    """A signer's mode and bytes as a tree; None where the mode says nothing.

    Raises PlainError for bytes that are no signatures of a group.
    """
    if mode.HasField("single"):
        return Single(int(mode.single.mode), signature)
    if not mode.HasField("multi"):
        return None
    parts = _split(signature)
    modes = mode.multi.mode_infos
    if len(parts) != len(modes):
        raise Panic(f"{len(modes)} sign modes of a group stand beside {len(parts)} signatures")
    found = []
    for inner, part in zip(modes, parts, strict=True):
        one = read(inner, part)
        if one is None:
            raise Panic("a member's sign mode is missing")
        found.append(one)
    bits = mode.multi.bitarray
    return Multi(Bits(bits.extra_bits_stored, bits.elems), tuple(found))


def _split(data: bytes) -> tuple[bytes, ...]:
    try:
        found = crypto.MultiSignature.FromString(data)
    except DecodeError as error:
        raise PlainError(str(error)) from error
    kept = tuple(found.signatures)
    if len(data) != found.ByteSize() or join(kept) != data:
        raise PlainError("rejecting unrecognized fields found in MultiSignature")
    return kept


def join(parts: Sequence[bytes]) -> bytes:
    """Members' signatures as the one of their group."""
    return crypto.MultiSignature(signatures=parts).SerializeToString(deterministic=True)


def write(signature: Signature) -> tuple[pb.ModeInfo, bytes]:
    """The mode and bytes of a tree, as a transaction holds them."""
    if isinstance(signature, Single):
        return pb.ModeInfo(single=pb.ModeInfo.Single(mode=signature.mode)), signature.signature  # type: ignore[arg-type]  # numbers of modes we do not know stay numbers
    written = [write(part) for part in signature.parts]
    multi = pb.ModeInfo.Multi(
        bitarray=signature.bits.to_wire(), mode_infos=[mode for mode, _ in written]
    )
    return pb.ModeInfo(multi=multi), join([part for _, part in written])


def pieces(signature: Signature) -> list[bytes]:
    """All bytes that make a transaction searchable by this signature: parts, then the whole."""
    if isinstance(signature, Single):
        return [signature.signature]
    found = [piece for part in signature.parts for piece in pieces(part)]
    return [*found, join(found)]


def is_amino(signature: Signature | None) -> bool:
    """Whether everybody signed in the mode amino-json, which covers the sequence as well."""
    if isinstance(signature, Multi):
        return all(is_amino(part) for part in signature.parts)
    return signature is not None and signature.mode == AMINO_JSON


def is_complete(signature: Signature | None) -> bool:
    """Whether no part is missing, so that its size need not be guessed."""
    if isinstance(signature, Multi):
        return bool(signature.parts) and all(is_complete(part) for part in signature.parts)
    return signature is not None and bool(signature.signature)


def refusal(type_url: str, value: bytes, signature: Signature | None, document: Document) -> str:
    """Why a signature is not this key's; empty when it is. Texts of the SDK.

    Raises Panic where a group's bits and signatures contradict each other.
    """
    if isinstance(signature, Multi):
        if type_url != group.GROUP:
            return f"expected <nil>, got *{type_url.split('.')[-2]}.PubKey"
        return _group_refusal(value, signature, document)
    if signature is None:
        return "unexpected SignatureData <nil>"
    try:
        message = document(signature.mode)
    except ValueError as error:
        return str(error)
    if type_url == group.GROUP:
        raise Panic("not implemented")
    if group.verify_single(type_url, value, message, signature.signature):
        return ""
    return "unable to verify single signer signature"


def _group_refusal(value: bytes, signature: Multi, document: Document) -> str:
    threshold, members = group.read(value)
    bits, parts = signature
    if len(members) != bits.size:
        return f"bit array size is incorrect, expecting: {len(members)}"
    if not threshold <= len(parts) <= bits.size:
        return f"signature size is incorrect {len(parts)}"
    chosen = list(bits.chosen())
    if len(chosen) < threshold:
        return f"not enough signatures set, have {len(chosen)}, expected {threshold}"
    for place, index in enumerate(chosen):
        if place >= len(parts):
            raise Panic(f"{len(chosen)} members of a group signed with {len(parts)} signatures")
        why = _member_refusal(members[index], index, parts[place], document)
        if why:
            return why
    return ""


def _member_refusal(member: group.Member, index: int, part: Signature, document: Document) -> str:
    if isinstance(part, Multi):
        if member.type_url != group.GROUP:
            return f"unable to parse pubkey of index {index}"
        return _group_refusal(member.value, part, document)
    try:
        message = document(part.mode)
    except ValueError as error:
        return str(error)
    if member.type_url == group.GROUP:
        raise Panic("not implemented")
    if group.verify_single(*member, message, part.signature):
        return ""
    return f"unable to verify signature at index {index}"
