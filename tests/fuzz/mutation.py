"""How inputs go wrong: in their bytes, in their JSON, in a protobuf message's fields.

All chance comes from the dice a caller gives, so the same seed makes the same inputs. It must not
know what an input is for.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

SEED = 20_261_123
NUMBERS = (0, 1, -1, 2, 100, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64)
TEXTS = (
    "", " ", "x", "0", "1", "-1", "007", "1.5", "1e9", "1e999999999", "9" * 400, "null", "\x00",
    "é\u0000", "\ud7ff\ue000", "\U0001f600", "%", "%00", "../..", "a" * 5000,
    "akash1", "uakt", "uact",
    "1uakt", "0x", "0xzz", "tm.event='Tx'", "tx.height>5 AND tx.height<", "'", '"', "\\u0000",
    "AAAA", "====", "2026-01-01T00:00:00Z", "[]", "{}", "true", "/cosmos.bank.v1beta1.MsgSend",
)  # fmt: skip
ODD_BYTES = (
    b"", b"x", b"0", b"-1", b"100", b"1.5", b"\xff\xfe", bytes(32), b"\x00", b"9" * 400,
    b"\x0a\xff\xff\xff\xff\x0f", b"\x80" * 11,
)  # fmt: skip
_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


def broken(data: bytes, dice: random.Random, others: Sequence[bytes] = (b"",)) -> bytes:
    """The bytes with one to four accidents: flipped, cut, doubled, spliced, filled."""
    found = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(found) + 1)
        to = min(len(found), at + dice.choice((1, 1, 2, 4, 16, 64)))
        match dice.randrange(7):
            case 0 if at < len(found):
                found[at] ^= 1 << dice.randrange(8)
            case 1 if at < len(found):
                found[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            case 2:
                del found[at:to]
            case 3:
                found[at:at] = found[at:to]
            case 4:
                found[at:at] = dice.choice(ODD_BYTES)
            case 5:
                other = dice.choice(others)
                start = dice.randrange(len(other) + 1)
                found[at:to] = other[start : start + dice.choice((1, 8, 64, 10_000))]
            case _:
                del found[at:]
    return bytes(found)


def noise(dice: random.Random) -> str:
    """Some odd text."""
    if dice.randrange(4):
        return dice.choice(TEXTS)
    return "".join(dice.choices(string.printable, k=dice.randrange(12)))


def anything(dice: random.Random, depth: int = 0) -> Any:
    """Some JSON value."""
    match dice.randrange(8 if depth < 3 else 6):
        case 0:
            return None
        case 1:
            return dice.choice((True, False))
        case 2:
            return dice.choice(NUMBERS)
        case 3:
            return dice.choice((1.5, -0.0, 1e300, 1e-300))
        case 4 | 5:
            return noise(dice)
        case 6:
            return [anything(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {noise(dice): anything(dice, depth + 1) for _ in range(dice.randrange(4))}


def twisted(value: Any, dice: random.Random) -> Any:
    """The JSON value with one part of it replaced, dropped, doubled or renamed."""
    if not isinstance(value, dict | list) or not value or not dice.randrange(8):
        return anything(dice)
    if isinstance(value, list):
        found, at = list(value), dice.randrange(len(value))
        match dice.randrange(5):
            case 0:
                del found[at]
            case 1:
                found *= dice.choice((2, 3, 60))
            case _:
                found[at] = twisted(found[at], dice)
        return found
    held, name = dict(value), dice.choice(list(value))
    match dice.randrange(6):
        case 0:
            del held[name]
        case 1:
            held[noise(dice)] = held.pop(name)
        case 2:
            held[noise(dice)] = anything(dice)
        case _:
            held[name] = twisted(held[name], dice)
    return held


def as_json(value: Any) -> bytes:
    """The bytes of a JSON value that Go's encoder would write as well as Python's can."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def scalar(field: FieldDescriptor, dice: random.Random, texts: Sequence[str] = TEXTS) -> Any:
    """An odd value that a field can hold."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return dice.choice(ODD_BYTES)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return dice.choice(texts)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return dice.choice((False, True))
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return dice.choice((0, 1, 2, 3, 99, -1))
    if field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return dice.choice((0.0, -1.5, float("inf"), float("nan")))
    low, high = _RANGES[field.cpp_type]
    return dice.choice([number for number in (*NUMBERS, low, high) if low <= number <= high])


def fill(message: Message, dice: random.Random, texts: Sequence[str], depth: int = 0) -> None:
    """Give most fields of a message something odd."""
    for field in message.DESCRIPTOR.fields:
        if not dice.randrange(5) or depth > 6:
            continue
        _put(message, field, dice, texts, depth)


def _put(
    message: Message, field: FieldDescriptor, dice: random.Random, texts: Sequence[str], depth: int
) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return
    if field.label == FieldDescriptor.LABEL_REPEATED:
        values = getattr(message, field.name)
        for _ in range(dice.choice((0, 1, 1, 2, 9))):
            if field.message_type is not None:
                fill(values.add(), dice, texts, depth + 1)
            else:
                values.append(scalar(field, dice, texts))
    elif field.message_type is not None:
        part = getattr(message, field.name)
        part.SetInParent()
        fill(part, dice, texts, depth + 1)
    else:
        setattr(message, field.name, scalar(field, dice, texts))


def nudge(message: Message, dice: random.Random, texts: Sequence[str]) -> None:
    """Change one field somewhere in a message; all else stays as it was."""
    fields = message.DESCRIPTOR.fields
    if not fields:
        return
    field = dice.choice(fields)
    inner = field.message_type
    if inner is not None and not inner.GetOptions().map_entry and dice.randrange(4):
        if field.label == FieldDescriptor.LABEL_REPEATED:
            values = getattr(message, field.name)
            if len(values):
                nudge(dice.choice(values), dice, texts)
                return
        elif message.HasField(field.name):
            nudge(getattr(message, field.name), dice, texts)
            return
    if not dice.randrange(3):
        message.ClearField(field.name)
        return
    if field.label == FieldDescriptor.LABEL_REPEATED and dice.randrange(2):
        values = getattr(message, field.name)
        if len(values):
            del values[dice.randrange(len(values))]
            return
    _put(message, field, dice, texts, 1)
