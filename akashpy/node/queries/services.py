"""Every query that needs the node and not only its state, by its gRPC path.

The table for gRPC and REST; `install` gives abci_query those that it may have. It must not know any
transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from akashpy import wire
from akashpy.node.core import Core
from akashpy.node.queries import (
    blocks,
    commands,
    description,
    discovery,
    interfaces,
    txs,
)
from akashpy.node.queries.table import QUERIES
from akashpy.wire import reflection as pb

Now = Callable[[Core, Any], Message]
InTurn = Callable[[Core, Any], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Service:
    """One query of the node.

    `now` answers at once; `in_turn`, where there is one, is for servers that can wait. At least one
    is given.
    """

    request: type[Message]
    now: Now | None
    in_turn: InTurn | None = None

    async def respond(self, core: Core, request: Any) -> Message:
        """The response, waiting where that is fairer to others."""
        if self.in_turn is not None:
            return await self.in_turn(core, request)
        if self.now is None:
            raise AssertionError("a service without an answer")
        return self.now(core, request)


def _query_services(
    core: Core, req: pb.GetQueryServicesDescriptorRequest
) -> pb.GetQueryServicesDescriptorResponse:
    """Every service that this node answers."""
    del core, req
    return pb.GetQueryServicesDescriptorResponse(
        queries=description.described((*QUERIES, *SERVICES))
    )


async def _file_descriptors(
    core: Core, req: pb.FileDescriptorsRequest
) -> pb.FileDescriptorsResponse:
    """Every .proto file of the application; loading them all takes a while, off the loop."""
    del core, req
    return pb.FileDescriptorsResponse(files=await asyncio.to_thread(wire.file_descriptors))


METHODS: Mapping[str, Mapping[str, tuple[Now | None, InTurn | None]]] = {
    "akash.discovery.v1.Discovery": {"GetInfo": (discovery.get_info, None)},
    "cosmos.autocli.v1.Query": {"AppOptions": (commands.app_options, None)},
    "cosmos.base.node.v1beta1.Service": {
        "Config": (blocks.config, None),
        "Status": (blocks.status, None),
    },
    "cosmos.base.reflection.v1beta1.ReflectionService": {
        "ListAllInterfaces": (interfaces.all_interfaces, None),
        "ListImplementations": (interfaces.implementations, None),
    },
    "cosmos.base.reflection.v2alpha1.ReflectionService": {
        "GetAuthnDescriptor": (description.authn, None),
        "GetChainDescriptor": (description.chain, None),
        "GetCodecDescriptor": (description.codec, None),
        "GetConfigurationDescriptor": (description.configuration, None),
        "GetQueryServicesDescriptor": (_query_services, None),
        "GetTxDescriptor": (description.transactions, None),
    },
    "cosmos.base.tendermint.v1beta1.Service": {
        "GetNodeInfo": (blocks.node_info, None),
        "GetSyncing": (blocks.syncing, None),
        "GetLatestBlock": (blocks.latest_block, None),
        "GetBlockByHeight": (blocks.block_by_height, None),
        "GetLatestValidatorSet": (blocks.latest_validators, None),
        "GetValidatorSetByHeight": (blocks.validators_by_height, None),
        "ABCIQuery": (blocks.abci_query, None),
    },
    "cosmos.reflection.v1.ReflectionService": {"FileDescriptors": (None, _file_descriptors)},
    "cosmos.tx.v1beta1.Service": {
        "Simulate": (txs.simulate, txs.simulate_in_turn),
        "GetTx": (txs.get_tx, None),
        "BroadcastTx": (None, txs.broadcast),
        "GetTxsEvent": (txs.search_now, txs.search),
        "GetBlockWithTxs": (txs.block_with_txs, None),
        "TxDecode": (txs.tx_decode, None),
        "TxEncode": (txs.tx_encode, None),
        "TxEncodeAmino": (txs.tx_encode_amino, None),
        "TxDecodeAmino": (txs.tx_decode_amino, None),
    },
}
"""Service -> method -> how it is answered at once, and in turn."""


def _table() -> dict[str, Service]:
    table = {}
    for service, methods in METHODS.items():
        known = {method.name: method for method in wire.service_methods(service)}
        for name, (now, in_turn) in methods.items():
            table[known[name].path] = Service(known[name].input, now, in_turn)
    return table


SERVICES: dict[str, Service] = _table()


def install(core: Core) -> None:
    """Let abci_query answer these, too, as far as they answer at once."""
    for path, service in SERVICES.items():
        if service.now is not None:
            core.services[path] = _bytes_of(core, service.request, service.now)


def _bytes_of(core: Core, request: type[Message], now: Now) -> Callable[[bytes, int], bytes]:
    def respond(data: bytes, height: int) -> bytes:
        del height  # these do not read the state
        return now(core, request.FromString(data)).SerializeToString()

    return respond
