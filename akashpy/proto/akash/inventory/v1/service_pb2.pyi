# mypy: ignore-errors
from akashpy.proto.akash.inventory.v1 import cluster_pb2 as _cluster_pb2
from akashpy.proto.akash.inventory.v1 import node_pb2 as _node_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
