"""How keys and values become bytes.

Key parts keep order: comparing encoded keys compares the parts. Value codecs are what a collection
stores. This module must not know any record, only the shape `to_wire`/`from_wire`.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from akashpy.types.errors import InvalidRequest

K = TypeVar("K")
V = TypeVar("V")


class KeyPart(Protocol[K]):
    """One part of a key, or a whole key."""

    def encode(self, value: K) -> bytes:
        """Bytes of `value`; encoded parts may be joined."""

    def decode(self, data: bytes, at: int) -> tuple[K, int]:
        """The value that begins at `at`, and where the next part begins."""


class StrPart(Generic[K]):
    """Text ended by NUL. `of(cls)` gives the same part that decodes to `cls`, say Address."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], K]) -> None:
        self._make = make

    def of(self, make: Callable[[str], V]) -> "StrPart[V]":
        """The same encoding, decoded through `make`."""
        return StrPart(make)

    def encode(self, value: K) -> bytes:
        """Raises InvalidRequest for text that contains NUL."""
        data = str(value).encode()
        if b"\0" in data:
            raise InvalidRequest(f"text in a key must not contain NUL: {value!r}")
        return data + b"\0"

    def decode(self, data: bytes, at: int) -> tuple[K, int]:
        """The text up to the next NUL."""
        end = data.index(b"\0", at)
        return self._make(data[at:end].decode()), end + 1


class RawPart:
    """Bytes with their length before them, in one byte; sorts by length first."""

    __slots__ = ()

    def encode(self, value: bytes) -> bytes:
        """Raises InvalidRequest above 255 bytes."""
        if len(value) > 255:
            raise InvalidRequest(f"bytes in a key must be at most 255, got {len(value)}")
        return bytes((len(value),)) + value

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        """The bytes counted by the first one."""
        end = at + 1 + data[at]
        return data[at + 1 : end], end


class BytesPart:
    """Bytes to the end of the key: the last part only."""

    __slots__ = ()

    def encode(self, value: bytes) -> bytes:
        """The bytes themselves."""
        return value

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Everything that is left."""
        return data[at:], len(data)


class IntPart:
    """An integer of fixed width, big-endian, the sign bit flipped so that negatives sort first."""

    __slots__ = ("_bias", "_width")

    def __init__(self, width: int, *, signed: bool = False) -> None:
        self._width = width
        self._bias = 1 << (8 * width - 1) if signed else 0

    def encode(self, value: int) -> bytes:
        """Raises InvalidRequest when `value` does not fit."""
        try:
            return (value + self._bias).to_bytes(self._width, "big")
        except OverflowError:
            raise InvalidRequest(f"{value} does not fit {8 * self._width} bits of a key") from None

    def decode(self, data: bytes, at: int) -> tuple[int, int]:
        """The integer of the next bytes."""
        end = at + self._width
        return int.from_bytes(data[at:end], "big") - self._bias, end


Str = StrPart(str)
Raw = RawPart()
Bytes = BytesPart()
U64 = IntPart(8)
U32 = IntPart(4)
I64 = IntPart(8, signed=True)
I32 = IntPart(4, signed=True)
U8 = IntPart(1)


class Parts(Generic[K]):
    """A key of several parts: a tuple, or an object of class `make` with fields in that order."""

    __slots__ = ("_encoders", "_make", "_parts", "_read")

    def __init__(
        self, parts: tuple[KeyPart[Any], ...], make: Callable[..., K], read: Callable[[K], Any]
    ) -> None:
        self._parts = parts
        self._encoders = tuple(part.encode for part in parts)
        self._make = make
        self._read = read

    def encode(self, value: K) -> bytes:
        """All parts joined. Raises ValueError when their number is wrong."""
        values = self._read(value)
        encoders = self._encoders
        count = len(encoders)
        if len(values) != count:
            values = tuple(_flat(values))
            if len(values) != count:
                raise ValueError(f"key {value!r} has {len(values)} parts instead of {count}")
        if count == 1:
            return encoders[0](values[0])
        return b"".join([encode(v) for encode, v in zip(encoders, values, strict=True)])

    def decode(self, data: bytes, at: int) -> tuple[K, int]:
        """The parts one after the other."""
        values = []
        for part in self._parts:
            value, at = part.decode(data, at)
            values.append(value)
        return self._make(*values), at

    def prefix(self, values: tuple[Any, ...]) -> bytes:
        """The first parts of a key; a dataclass or tuple stands for its fields.

        Raises ValueError when there are more values than parts.
        """
        flat = list(_flat(values))
        if len(flat) > len(self._parts):
            raise ValueError(f"prefix {values!r} is longer than the key's {len(self._parts)} parts")
        return b"".join([part.encode(v) for part, v in zip(self._parts, flat, strict=False)])


def _flat(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        elif (parts := _parts_of(type(value))) is not None:
            yield from _flat(tuple([getattr(value, name) for name in parts]))
        else:
            yield value


_PARTS: dict[type, tuple[str, ...] | None] = {}


def _parts_of(cls: type) -> tuple[str, ...] | None:
    """The names of a dataclass's fields; None for any other class."""
    if cls not in _PARTS:
        names = (field.name for field in fields(cls)) if is_dataclass(cls) else None
        _PARTS[cls] = None if names is None else tuple(names)
    return _PARTS[cls]


def _tuple(*values: Any) -> tuple[Any, ...]:
    return values


def _same(value: Any) -> Any:
    return value


def Fields(make: Callable[..., K], *parts: KeyPart[Any]) -> Parts[K]:
    """A key that is a dataclass: its fields, in order, encoded by `parts`."""
    names = [field.name for field in fields(make)]  # type: ignore[arg-type]  # a dataclass
    if len(names) != len(parts):
        raise TypeError(f"{make} has {len(names)} fields, {len(parts)} key parts were given")
    read = attrgetter(*names)
    return Parts(parts, make, read if len(names) > 1 else lambda value: (read(value),))


def key_parts(key: KeyPart[K] | tuple[KeyPart[Any], ...]) -> Parts[K]:
    """The whole key's codec for a part (scalar keys), a tuple of parts, or Fields."""
    if isinstance(key, Parts):
        return key
    if isinstance(key, tuple):
        return Parts(key, _tuple, _same)
    return Parts((key,), _same, lambda value: (value,))


class Codec(Protocol[V]):
    """How a collection stores its values."""

    def encode(self, value: V) -> bytes:
        """Bytes of `value`."""

    def decode(self, data: bytes) -> V:
        """The value of `data`."""


class Record(Protocol):
    """A value with a message on the wire: `WIRE()` is that message's class or an empty one."""

    def to_wire(self) -> Any:
        """The value as a message."""


_READ_AGAIN = 4096
"""Records of a kind that are remembered by their bytes; one block reads the same ones often."""


class _RecordCodec(Generic[V]):
    __slots__ = ("_cls", "_known", "_parse")

    def __init__(self, cls: Any) -> None:
        self._cls = cls
        self._known: dict[bytes, V] = {}  # only values, so that one may be given out twice
        self._parse: Callable[[bytes], Any] | None = None  # found late: wire modules load lazily

    def encode(self, value: V) -> bytes:
        data: bytes = value.to_wire().SerializeToString(deterministic=True)  # type: ignore[attr-defined]  # a Record
        return data

    def decode(self, data: bytes) -> V:
        found = self._known.get(data)
        if found is None:
            if self._parse is None:
                self._parse = self._cls.WIRE().FromString
            found = self._cls.from_wire(self._parse(data))
            if _is_value(found):
                if len(self._known) >= _READ_AGAIN:
                    self._known.clear()
                self._known[data] = found
        return found


def _is_value(record: object) -> bool:
    """Whether nothing in a record can be changed: what can be a key cannot."""
    try:
        _ = {record}
    except TypeError:
        return False
    return True


def record(cls: type[V]) -> Codec[V]:
    """Values of a class with `to_wire`, `from_wire` and `WIRE`."""
    return _RecordCodec(cls)


class _MessageCodec(Generic[V]):
    __slots__ = ("_factory", "_parse")

    def __init__(self, factory: Callable[[], V]) -> None:
        self._factory = factory
        self._parse: Callable[[bytes], V] | None = None

    def encode(self, value: V) -> bytes:
        data: bytes = value.SerializeToString(deterministic=True)  # type: ignore[attr-defined]  # a message
        return data

    def decode(self, data: bytes) -> V:
        if self._parse is None:
            made = self._factory()
            self._parse = made.FromString  # type: ignore[attr-defined]  # a message or its class
        return self._parse(data)


def message(factory: Callable[[], V]) -> Codec[V]:
    """Protobuf messages as they are; `factory` is the class, or a function that makes one."""
    return _MessageCodec(factory)


class _IntCodec:
    __slots__ = ()

    def encode(self, value: int) -> bytes:
        return b"%d" % value

    def decode(self, data: bytes) -> int:
        return int(data)


class _Uint64Codec:
    __slots__ = ()

    def encode(self, value: int) -> bytes:
        return value.to_bytes(8, "big")

    def decode(self, data: bytes) -> int:
        return int.from_bytes(data, "big")


class _BytesCodec:
    __slots__ = ()

    def encode(self, value: bytes) -> bytes:
        return value

    def decode(self, data: bytes) -> bytes:
        return data


class _TextCodec:
    __slots__ = ()

    def encode(self, value: str) -> bytes:
        return value.encode()

    def decode(self, data: bytes) -> str:
        return data.decode()


class _PresenceCodec:
    __slots__ = ()

    def encode(self, value: bool) -> bytes:
        return b""

    def decode(self, data: bytes) -> bool:
        return True


Int: Codec[int] = _IntCodec()
"""Any integer, as decimal text."""
Uint64: Codec[int] = _Uint64Codec()
"""0 .. 2^64-1, eight bytes big-endian."""
RawBytes: Codec[bytes] = _BytesCodec()
Text: Codec[str] = _TextCodec()
Presence: Codec[bool] = _PresenceCodec()
"""Only that the key is there: put(ctx, key, True)."""
