# mypy: ignore-errors
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Params(_message.Message):
    __slots__ = ("settlement_denoms", "fixes")
    SETTLEMENT_DENOMS_FIELD_NUMBER: _ClassVar[int]
    FIXES_FIELD_NUMBER: _ClassVar[int]
    settlement_denoms: _containers.RepeatedScalarFieldContainer[str]
    fixes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, settlement_denoms: _Optional[_Iterable[str]] = ..., fixes: _Optional[_Iterable[str]] = ...) -> None: ...
