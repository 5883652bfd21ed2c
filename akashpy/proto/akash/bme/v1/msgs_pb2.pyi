# mypy: ignore-errors
from akashpy.proto.akash.bme.v1 import params_pb2 as _params_pb2
from akashpy.proto.akash.bme.v1 import types_pb2 as _types_pb2
from akashpy.proto.amino import amino_pb2 as _amino_pb2
from akashpy.proto.cosmos.base.v1beta1 import coin_pb2 as _coin_pb2
from akashpy.proto.cosmos.msg.v1 import msg_pb2 as _msg_pb2
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MsgUpdateParams(_message.Message):
    __slots__ = ("authority", "params")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    authority: str
    params: _params_pb2.Params
    def __init__(self, authority: _Optional[str] = ..., params: _Optional[_Union[_params_pb2.Params, _Mapping]] = ...) -> None: ...

class MsgUpdateParamsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MsgFundVault(_message.Message):
    __slots__ = ("authority", "amount", "source")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    authority: str
    amount: _coin_pb2.Coin
    source: str
    def __init__(self, authority: _Optional[str] = ..., amount: _Optional[_Union[_coin_pb2.Coin, _Mapping]] = ..., source: _Optional[str] = ...) -> None: ...

class MsgFundVaultResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MsgBurnMint(_message.Message):
    __slots__ = ("owner", "to", "coins_to_burn", "denom_to_mint")
    OWNER_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    COINS_TO_BURN_FIELD_NUMBER: _ClassVar[int]
    DENOM_TO_MINT_FIELD_NUMBER: _ClassVar[int]
    owner: str
    to: str
    coins_to_burn: _coin_pb2.Coin
    denom_to_mint: str
    def __init__(self, owner: _Optional[str] = ..., to: _Optional[str] = ..., coins_to_burn: _Optional[_Union[_coin_pb2.Coin, _Mapping]] = ..., denom_to_mint: _Optional[str] = ...) -> None: ...

class MsgMintACT(_message.Message):
    __slots__ = ("owner", "to", "coins_to_burn")
    OWNER_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    COINS_TO_BURN_FIELD_NUMBER: _ClassVar[int]
    owner: str
    to: str
    coins_to_burn: _coin_pb2.Coin
    def __init__(self, owner: _Optional[str] = ..., to: _Optional[str] = ..., coins_to_burn: _Optional[_Union[_coin_pb2.Coin, _Mapping]] = ...) -> None: ...

class MsgBurnACT(_message.Message):
    __slots__ = ("owner", "to", "coins_to_burn")
    OWNER_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    COINS_TO_BURN_FIELD_NUMBER: _ClassVar[int]
    owner: str
    to: str
    coins_to_burn: _coin_pb2.Coin
    def __init__(self, owner: _Optional[str] = ..., to: _Optional[str] = ..., coins_to_burn: _Optional[_Union[_coin_pb2.Coin, _Mapping]] = ...) -> None: ...

class MsgBurnMintResponse(_message.Message):
    __slots__ = ("id", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    status: _types_pb2.LedgerRecordStatus
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.LedgerRecordStatus, str]] = ...) -> None: ...

class MsgMintACTResponse(_message.Message):
    __slots__ = ("id", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    status: _types_pb2.LedgerRecordStatus
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.LedgerRecordStatus, str]] = ...) -> None: ...

class MsgBurnACTResponse(_message.Message):
    __slots__ = ("id", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: _types_pb2.LedgerRecordID
    status: _types_pb2.LedgerRecordStatus
    def __init__(self, id: _Optional[_Union[_types_pb2.LedgerRecordID, _Mapping]] = ..., status: _Optional[_Union[_types_pb2.LedgerRecordStatus, str]] = ...) -> None: ...
