# mypy: ignore-errors
from akashpy.proto.cosmos_proto import cosmos_pb2 as _cosmos_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class EventMsgBlocked(_message.Message):
    __slots__ = ("contract_address", "msg_type", "reason")
    CONTRACT_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    contract_address: str
    msg_type: str
    reason: str
    def __init__(self, contract_address: _Optional[str] = ..., msg_type: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...
