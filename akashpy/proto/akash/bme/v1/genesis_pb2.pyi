# mypy: ignore-errors
from akashpy.proto.akash.bme.v1 import params_pb2 as _params_pb2
from akashpy.proto.akash.bme.v1 import types_pb2 as _types_pb2
from akashpy.proto.cosmos.base.v1beta1 import coin_pb2 as _coin_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GenesisLedgerRecord(_message.Message):
    __slots__ = ("id", "record")
    ID_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    record: _types_pb2.LedgerRecord
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., record: _Optional[_Union[_types_pb2.LedgerRecord, _Mapping]] = ...) -> None: ...

class GenesisLedgerPendingRecord(_message.Message):
    __slots__ = ("id", "record")
    ID_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    record: _types_pb2.LedgerPendingRecord
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., record: _Optional[_Union[_types_pb2.LedgerPendingRecord, _Mapping]] = ...) -> None: ...

class GenesisLedgerState(_message.Message):
    __slots__ = ("records", "pending_records")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    PENDING_RECORDS_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[GenesisLedgerRecord]
    pending_records: _containers.RepeatedCompositeFieldContainer[GenesisLedgerPendingRecord]
    def __init__(self, records: _Optional[_Iterable[_Union[GenesisLedgerRecord, _Mapping]]] = ..., pending_records: _Optional[_Iterable[_Union[GenesisLedgerPendingRecord, _Mapping]]] = ...) -> None: ...

class GenesisVaultState(_message.Message):
    __slots__ = ("total_burned", "total_minted", "remint_credits")
    TOTAL_BURNED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MINTED_FIELD_NUMBER: _ClassVar[int]
    REMINT_CREDITS_FIELD_NUMBER: _ClassVar[int]
    total_burned: _containers.RepeatedCompositeFieldContainer[_coin_pb2.Coin]
    total_minted: _containers.RepeatedCompositeFieldContainer[_coin_pb2.Coin]
    remint_credits: _containers.RepeatedCompositeFieldContainer[_coin_pb2.Coin]
    def __init__(self, total_burned: _Optional[_Iterable[_Union[_coin_pb2.Coin, _Mapping]]] = ..., total_minted: _Optional[_Iterable[_Union[_coin_pb2.Coin, _Mapping]]] = ..., remint_credits: _Optional[_Iterable[_Union[_coin_pb2.Coin, _Mapping]]] = ...) -> None: ...

class GenesisState(_message.Message):
    __slots__ = ("params", "state", "ledger")
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LEDGER_FIELD_NUMBER: _ClassVar[int]
    params: _params_pb2.Params
    state: GenesisVaultState
    ledger: GenesisLedgerState
    def __init__(self, params: _Optional[_Union[_params_pb2.Params, _Mapping]] = ..., state: _Optional[_Union[GenesisVaultState, _Mapping]] = ..., ledger: _Optional[_Union[GenesisLedgerState, _Mapping]] = ...) -> None: ...
