# mypy: ignore-errors
from akashpy.proto.akash.bme.v1 import filters_pb2 as _filters_pb2
from akashpy.proto.akash.bme.v1 import params_pb2 as _params_pb2
from akashpy.proto.akash.bme.v1 import types_pb2 as _types_pb2
from akashpy.proto.cosmos.base.query.v1beta1 import pagination_pb2 as _pagination_pb2
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class QueryParamsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QueryParamsResponse(_message.Message):
    __slots__ = ("params",)
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    params: _params_pb2.Params
    def __init__(self, params: _Optional[_Union[_params_pb2.Params, _Mapping]] = ...) -> None: ...

class QueryVaultStateRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QueryVaultStateResponse(_message.Message):
    __slots__ = ("vault_state",)
    VAULT_STATE_FIELD_NUMBER: _ClassVar[int]
    vault_state: _types_pb2.State
    def __init__(self, vault_state: _Optional[_Union[_types_pb2.State, _Mapping]] = ...) -> None: ...

class QueryStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QueryStatusResponse(_message.Message):
    __slots__ = ("status", "collateral_ratio", "warn_threshold", "halt_threshold", "mints_allowed", "refunds_allowed")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_RATIO_FIELD_NUMBER: _ClassVar[int]
    WARN_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    HALT_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    MINTS_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    status: _types_pb2.MintStatus
    collateral_ratio: str
    warn_threshold: str
    halt_threshold: str
    mints_allowed: bool
    refunds_allowed: bool
    def __init__(self, status: _Optional[_Union[_types_pb2.MintStatus, str]] = ..., collateral_ratio: _Optional[str] = ..., warn_threshold: _Optional[str] = ..., halt_threshold: _Optional[str] = ..., mints_allowed: bool = ..., refunds_allowed: bool = ...) -> None: ...

class QueryLedgerRecordEntry(_message.Message):
    __slots__ = ("id", "status", "pending_record", "executed_record", "canceled_record")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PENDING_RECORD_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_RECORD_FIELD_NUMBER: _ClassVar[int]
    CANCELED_RECORD_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    status: _types_pb2.LedgerRecordStatus
    pending_record: _types_pb2.LedgerPendingRecord
    executed_record: _types_pb2.LedgerRecord
    canceled_record: _types_pb2.LedgerCanceledRecord
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.LedgerRecordStatus, str]] = ..., pending_record: _Optional[_Union[_types_pb2.LedgerPendingRecord, _Mapping]] = ..., executed_record: _Optional[_Union[_types_pb2.LedgerRecord, _Mapping]] = ..., canceled_record: _Optional[_Union[_types_pb2.LedgerCanceledRecord, _Mapping]] = ...) -> None: ...

class QueryLedgerRecordsRequest(_message.Message):
    __slots__ = ("filters", "pagination")
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    filters: _filters_pb2.LedgerRecordFilters
    pagination: _pagination_pb2.PageRequest
    def __init__(self, filters: _Optional[_Union[_filters_pb2.LedgerRecordFilters, _Mapping]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageRequest, _Mapping]] = ...) -> None: ...

class QueryLedgerRecordsResponse(_message.Message):
    __slots__ = ("records", "pagination")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    PAGINATION_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[QueryLedgerRecordEntry]
    pagination: _pagination_pb2.PageResponse
    def __init__(self, records: _Optional[_Iterable[_Union[QueryLedgerRecordEntry, _Mapping]]] = ..., pagination: _Optional[_Union[_pagination_pb2.PageResponse, _Mapping]] = ...) -> None: ...
