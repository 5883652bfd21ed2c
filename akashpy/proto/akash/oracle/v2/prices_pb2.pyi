# mypy: ignore-errors
from akashpy.proto.amino import amino_pb2 as _amino_pb2
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataID(_message.Message):
    __slots__ = ("denom", "base_denom")
    DENOM_FIELD_NUMBER: _ClassVar[int]
    BASE_DENOM_FIELD_NUMBER: _ClassVar[int]
    denom: str
    base_denom: str
    def __init__(self, denom: _Optional[str] = ..., base_denom: _Optional[str] = ...) -> None: ...

class PriceDataID(_message.Message):
    __slots__ = ("source", "denom", "base_denom")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    DENOM_FIELD_NUMBER: _ClassVar[int]
    BASE_DENOM_FIELD_NUMBER: _ClassVar[int]
    source: int
    denom: str
    base_denom: str
    def __init__(self, source: _Optional[int] = ..., denom: _Optional[str] = ..., base_denom: _Optional[str] = ...) -> None: ...

class PriceLatestDataState(_message.Message):
    __slots__ = ("timestamp", "sequence")
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    timestamp: _timestamp_pb2.Timestamp
    sequence: int
    def __init__(self, timestamp: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ...) -> None: ...

class PriceDataRecordID(_message.Message):
    __slots__ = ("source", "denom", "base_denom", "timestamp", "sequence")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    DENOM_FIELD_NUMBER: _ClassVar[int]
    BASE_DENOM_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    source: int
    denom: str
    base_denom: str
    timestamp: _timestamp_pb2.Timestamp
    sequence: int
    def __init__(self, source: _Optional[int] = ..., denom: _Optional[str] = ..., base_denom: _Optional[str] = ..., timestamp: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ...) -> None: ...

class PriceDataState(_message.Message):
    __slots__ = ("price",)
    PRICE_FIELD_NUMBER: _ClassVar[int]
    price: str
    def __init__(self, price: _Optional[str] = ...) -> None: ...

class PriceData(_message.Message):
    __slots__ = ("id", "state")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    id: PriceDataRecordID
    state: PriceDataState
    def __init__(self, id: _Optional[_Union[PriceDataRecordID, _Mapping]] = ..., state: _Optional[_Union[PriceDataState, _Mapping]] = ...) -> None: ...

class AggregatedPrice(_message.Message):
    __slots__ = ("denom", "twap", "median_price", "min_price", "max_price", "timestamp", "num_sources", "deviation_bps")
    DENOM_FIELD_NUMBER: _ClassVar[int]
    TWAP_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_PRICE_FIELD_NUMBER: _ClassVar[int]
    MIN_PRICE_FIELD_NUMBER: _ClassVar[int]
    MAX_PRICE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    NUM_SOURCES_FIELD_NUMBER: _ClassVar[int]
    DEVIATION_BPS_FIELD_NUMBER: _ClassVar[int]
    denom: str
    twap: str
    median_price: str
    min_price: str
    max_price: str
    timestamp: _timestamp_pb2.Timestamp
    num_sources: int
    deviation_bps: int
    def __init__(self, denom: _Optional[str] = ..., twap: _Optional[str] = ..., median_price: _Optional[str] = ..., min_price: _Optional[str] = ..., max_price: _Optional[str] = ..., timestamp: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., num_sources: _Optional[int] = ..., deviation_bps: _Optional[int] = ...) -> None: ...

class PriceHealth(_message.Message):
    __slots__ = ("denom", "is_healthy", "has_min_sources", "deviation_ok", "total_sources", "total_healthy_sources", "failure_reason")
    DENOM_FIELD_NUMBER: _ClassVar[int]
    IS_HEALTHY_FIELD_NUMBER: _ClassVar[int]
    HAS_MIN_SOURCES_FIELD_NUMBER: _ClassVar[int]
    DEVIATION_OK_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SOURCES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_HEALTHY_SOURCES_FIELD_NUMBER: _ClassVar[int]
    FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    denom: str
    is_healthy: bool
    has_min_sources: bool
    deviation_ok: bool
    total_sources: int
    total_healthy_sources: int
    failure_reason: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, denom: _Optional[str] = ..., is_healthy: bool = ..., has_min_sources: bool = ..., deviation_ok: bool = ..., total_sources: _Optional[int] = ..., total_healthy_sources: _Optional[int] = ..., failure_reason: _Optional[_Iterable[str]] = ...) -> None: ...
