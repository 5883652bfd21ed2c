# mypy: ignore-errors
from akashpy.proto.akash.deployment.v1beta4 import groupspec_pb2 as _groupspec_pb2
from akashpy.proto.akash.market.v1beta5 import resourcesoffer_pb2 as _resourcesoffer_pb2
from akashpy.proto.cosmos.base.v1beta1 import coin_pb2 as _coin_pb2
from akashpy.proto.gogoproto import gogo_pb2 as _gogo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BidScreeningRequest(_message.Message):
    __slots__ = ("group_spec", "hostnames")
    GROUP_SPEC_FIELD_NUMBER: _ClassVar[int]
    HOSTNAMES_FIELD_NUMBER: _ClassVar[int]
    group_spec: _groupspec_pb2.GroupSpec
    hostnames: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, group_spec: _Optional[_Union[_groupspec_pb2.GroupSpec, _Mapping]] = ..., hostnames: _Optional[_Iterable[str]] = ...) -> None: ...

class BidScreeningResponse(_message.Message):
    __slots__ = ("passed", "reasons", "resource_offers", "price")
    PASSED_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_OFFERS_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    passed: bool
    reasons: _containers.RepeatedScalarFieldContainer[str]
    resource_offers: _containers.RepeatedCompositeFieldContainer[_resourcesoffer_pb2.ResourceOffer]
    price: _coin_pb2.DecCoin
    def __init__(self, passed: bool = ..., reasons: _Optional[_Iterable[str]] = ..., resource_offers: _Optional[_Iterable[_Union[_resourcesoffer_pb2.ResourceOffer, _Mapping]]] = ..., price: _Optional[_Union[_coin_pb2.DecCoin, _Mapping]] = ...) -> None: ...
