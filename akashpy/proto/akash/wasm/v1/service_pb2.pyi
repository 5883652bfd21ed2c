# mypy: ignore-errors
from akashpy.proto.akash.wasm.v1 import paramsmsg_pb2 as _paramsmsg_pb2
from akashpy.proto.cosmos.msg.v1 import msg_pb2 as _msg_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
