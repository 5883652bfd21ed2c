# mypy: ignore-errors
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.amino import amino_pb2 as _amino_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Minter(_message.Message):
    __slots__ = ("inflation", "annual_provisions", "municipal_inflation")
    INFLATION_FIELD_NUMBER: _ClassVar[int]
    ANNUAL_PROVISIONS_FIELD_NUMBER: _ClassVar[int]
    MUNICIPAL_INFLATION_FIELD_NUMBER: _ClassVar[int]
    inflation: str
    annual_provisions: str
    municipal_inflation: _containers.RepeatedCompositeFieldContainer[MunicipalInflationPair]
    def __init__(self, inflation: _Optional[str] = ..., annual_provisions: _Optional[str] = ..., municipal_inflation: _Optional[_Iterable[_Union[MunicipalInflationPair, _Mapping]]] = ...) -> None: ...

class MunicipalInflation(_message.Message):
    __slots__ = ("target_address", "value")
    TARGET_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    target_address: str
    value: str
    def __init__(self, target_address: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class MunicipalInflationPair(_message.Message):
    __slots__ = ("denom", "inflation")
    DENOM_FIELD_NUMBER: _ClassVar[int]
    INFLATION_FIELD_NUMBER: _ClassVar[int]
    denom: str
    inflation: MunicipalInflation
    def __init__(self, denom: _Optional[str] = ..., inflation: _Optional[_Union[MunicipalInflation, _Mapping]] = ...) -> None: ...

class Params(_message.Message):
    __slots__ = ("mint_denom", "inflation_rate", "blocks_per_year")
    MINT_DENOM_FIELD_NUMBER: _ClassVar[int]
    INFLATION_RATE_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_PER_YEAR_FIELD_NUMBER: _ClassVar[int]
    mint_denom: str
    inflation_rate: str
    blocks_per_year: int
    def __init__(self, mint_denom: _Optional[str] = ..., inflation_rate: _Optional[str] = ..., blocks_per_year: _Optional[int] = ...) -> None: ...
