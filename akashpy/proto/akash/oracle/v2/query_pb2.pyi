# mypy: ignore-errors
from akashpy.proto.akash.oracle.v2 import params_pb2 as _params_pb2
from akashpy.proto.akash.oracle.v2 import prices_pb2 as _prices_pb2
from akashpy.proto.amino import amino_pb2 as _amino_pb2
from akashpy.proto.cosmos.base.query.v1beta1 import pagination_pb2 as _pagination_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PricesFilter(_message.Message):
    __slots__ = ("asset_denom", "base_denom", "start_time", "end_time")
    ASSET_DENOM_FIELD_NUMBER: _ClassVar[int]
    BASE_DENOM_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    asset_denom: str
    base_denom: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, asset_denom: _Optional[str] = ..., base_denom: _Optional[str] = ..., start_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class QueryParamsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QueryParamsResponse(_message.Message):
    __slots__ = ("params",)
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    params: _params_pb2.Params
    def __init__(self, params: _Optional[_Union[_params_pb2.Params, _Mapping]] = ...) -> None: ...

class QueryAggregatedPriceRequest(_message.Message):
    __slots__ = ("denom",)
    DENOM_FIELD_NUMBER: _ClassVar[int]
    denom: str
    def __init__(self, denom: _Optional[str] = ...) -> None: ...

class QueryAggregatedPriceResponse(_message.Message):
    __slots__ = ("aggregated_price", "price_health")
    AGGREGATED_PRICE_FIELD_NUMBER: _ClassVar[int]
    PRICE_HEALTH_FIELD_NUMBER: _ClassVar[int]
    aggregated_price: _prices_pb2.AggregatedPrice
    price_health: _prices_pb2.PriceHealth
    def __init__(self, aggregated_price: _Optional[_Union[_prices_pb2.AggregatedPrice, _Mapping]] = ..., price_health: _Optional[_Union[_prices_pb2.PriceHealth, _Mapping]] = ...) -> None: ...

class QueryPricesRequest(_message.Message):
    __slots__ = ("filters", "pagination")
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    filters: PricesFilter
    pagination: _pagination_pb2.PageRequest
    def __init__(self, filters: _Optional[_Union[PricesFilter, _Mapping]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageRequest, _Mapping]] = ...) -> None: ...

class QueryPricesResponse(_message.Message):
    __slots__ = ("prices", "pagination")
    PRICES_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    prices: _containers.RepeatedCompositeFieldContainer[_prices_pb2.PriceData]
    pagination: _pagination_pb2.PageResponse
    def __init__(self, prices: _Optional[_Iterable[_Union[_prices_pb2.PriceData, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageResponse, _Mapping]] = ...) -> None: ...
