# mypy: ignore-errors
from akashpy.proto.akash.oracle.v2 import prices_pb2 as _prices_pb2
from akashpy.proto.amino import amino_pb2 as _amino_pb2
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventPriceData(_message.Message):
    __slots__ = ("source", "id", "price", "timestamp")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    source: str
    id: _prices_pb2.DataID
    price: str
    timestamp: _timestamp_pb2.Timestamp
    def __init__(self, source: _Optional[str] = ..., id: _Optional[_Union[_prices_pb2.DataID, _Mapping]] = ..., price: _Optional[str] = ..., timestamp: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EventPriceStaleWarning(_message.Message):
    __slots__ = ("id", "last_height", "blocks_to_stall")
    ID_FIELD_NUMBER: _ClassVar[int]
    LAST_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_TO_STALL_FIELD_NUMBER: _ClassVar[int]
    id: _prices_pb2.DataID
    last_height: int
    blocks_to_stall: int
    def __init__(self, id: _Optional[_Union[_prices_pb2.DataID, _Mapping]] = ..., last_height: _Optional[int] = ..., blocks_to_stall: _Optional[int] = ...) -> None: ...

class EventPriceStaled(_message.Message):
    __slots__ = ("id", "last_height")
    ID_FIELD_NUMBER: _ClassVar[int]
    LAST_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    id: _prices_pb2.DataID
    last_height: int
    def __init__(self, id: _Optional[_Union[_prices_pb2.DataID, _Mapping]] = ..., last_height: _Optional[int] = ...) -> None: ...

class EventPriceRecovered(_message.Message):
    __slots__ = ("id", "height")
    ID_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    id: _prices_pb2.DataID
    height: int
    def __init__(self, id: _Optional[_Union[_prices_pb2.DataID, _Mapping]] = ..., height: _Optional[int] = ...) -> None: ...

class EventAggregatedPrice(_message.Message):
    __slots__ = ("price",)
    PRICE_FIELD_NUMBER: _ClassVar[int]
    price: _prices_pb2.AggregatedPrice
    def __init__(self, price: _Optional[_Union[_prices_pb2.AggregatedPrice, _Mapping]] = ...) -> None: ...
