"""Blocks, validators and the node itself, as the SDK serves them (cosmos.base.tendermint, .node).

These read the node, not the state. It must not know any transport.
Source: SDK 0.53 `client/grpc/cmtservice`, `client/grpc/node`.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.node.abciquery import APP_VERSION, answer
from akashpy.node.blockstore import BlockMeta
from akashpy.node.comet.block import Block, Validator
from akashpy.node.core import COMET_VERSION, Core, HeightError
from akashpy.node.queries import stocklist
from akashpy.node.queries.refusal import invalid
from akashpy.types.address import VALCONS, Address
from akashpy.types.errors import PlainError
from akashpy.wire import cmtservice as pb
from akashpy.wire import crypto, p2p, pack, tendermint
from akashpy.wire import node as node_pb
from akashpy.wire.base import PageRequest

SDK_VERSION = "v0.53.7"
"""The Cosmos SDK whose wire this chain speaks."""
CHANNELS = bytes.fromhex("40202122233038606100")
TOO_HIGH = "requested block height is bigger then the chain length"
RAW_PATHS = ("app", "custom", "p2p", "store")
NANOS = 1_000_000_000


def timestamp(time: int) -> Timestamp:
    """Unix nanoseconds as a message."""
    seconds, nanos = divmod(time, NANOS)
    return Timestamp(seconds=seconds, nanos=nanos)


def block_at(core: Core, height: int) -> tuple[BlockMeta, list[bytes]]:
    """A block with its transactions. Raises PlainError with CometBFT's text."""
    try:
        return core.block(height)
    except HeightError as error:
        raise PlainError(str(error)) from error


def block_message(meta: BlockMeta, txs: Sequence[bytes]) -> tendermint.Block:
    """A block as CometBFT writes it."""
    encoded = Block(meta.header, tuple(txs), meta.last_commit, meta.evidence).encoded
    return tendermint.Block.FromString(encoded)


def block_id(meta: BlockMeta) -> tendermint.BlockID:
    """The block ID as CometBFT writes it."""
    return tendermint.BlockID.FromString(meta.id.encode())


def latest_block(core: Core, req: pb.GetLatestBlockRequest) -> pb.GetLatestBlockResponse:
    """The last block."""
    del req
    meta, txs = block_at(core, core.height)
    block = block_message(meta, txs)
    return pb.GetLatestBlockResponse(
        block_id=block_id(meta), block=block, sdk_block=_sdk_block(block)
    )


def block_by_height(core: Core, req: pb.GetBlockByHeightRequest) -> pb.GetBlockByHeightResponse:
    """The block at a height."""
    if req.height > core.height:
        raise invalid(TOO_HIGH)
    meta, txs = block_at(core, req.height)
    block = block_message(meta, txs)
    return pb.GetBlockByHeightResponse(
        block_id=block_id(meta), block=block, sdk_block=_sdk_block(block)
    )


def _sdk_block(block: tendermint.Block) -> pb.Block:
    """The same block with the proposer's address as text."""
    proposer = block.header.proposer_address
    plain = tendermint.Header()
    plain.CopyFrom(block.header)
    plain.ClearField("proposer_address")
    header = pb.Header.FromString(plain.SerializeToString())
    header.proposer_address = Address.of(proposer, prefix=VALCONS)
    return pb.Block(
        header=header, data=block.data, evidence=block.evidence, last_commit=block.last_commit
    )


def latest_validators(
    core: Core, req: pb.GetLatestValidatorSetRequest
) -> pb.GetLatestValidatorSetResponse:
    """Who signs the last block."""
    height = core.height
    validators, pages = stocklist.cut(_validators(core, height), req.pagination)
    pages.total = len(core.store.validators(height))
    return pb.GetLatestValidatorSetResponse(
        block_height=height, validators=validators, pagination=pages
    )


def validators_by_height(
    core: Core, req: pb.GetValidatorSetByHeightRequest
) -> pb.GetValidatorSetByHeightResponse:
    """Who signs the block at a height."""
    if req.height > core.height:
        raise invalid(TOO_HIGH)
    block_at(core, req.height)
    validators, pages = stocklist.cut(_validators(core, req.height), req.pagination)
    pages.total = len(core.store.validators(req.height))
    return pb.GetValidatorSetByHeightResponse(
        block_height=req.height, validators=validators, pagination=pages
    )


def _validators(core: Core, height: int) -> list[pb.Validator]:
    return [_validator(each) for each in core.store.validators(height)]


def _validator(value: Validator) -> pb.Validator:
    return pb.Validator(
        address=Address.of(value.address, prefix=VALCONS),
        pub_key=pack(crypto.Ed25519PubKey(key=value.pub_key)),
        voting_power=value.power,
        proposer_priority=value.proposer_priority,
    )


def syncing(core: Core, req: pb.GetSyncingRequest) -> pb.GetSyncingResponse:
    """Whether the node is catching up: a node that makes its own blocks never is."""
    del core, req
    return pb.GetSyncingResponse(syncing=False)


def node_info(core: Core, req: pb.GetNodeInfoRequest) -> pb.GetNodeInfoResponse:
    """What the node says about itself."""
    del req
    info = core.info
    return pb.GetNodeInfoResponse(
        default_node_info=p2p.DefaultNodeInfo(
            protocol_version=p2p.ProtocolVersion(p2p=8, block=11, app=0),
            default_node_id=info.id,
            listen_addr=info.listen_address,
            network=info.network,
            version=COMET_VERSION,
            channels=CHANNELS,
            moniker=info.moniker,
            other=p2p.DefaultNodeInfoOther(tx_index="on", rpc_address=info.rpc_address),
        ),
        application_version=pb.VersionInfo(
            name="akashpy",
            app_name="akashpy",
            version=APP_VERSION,
            go_version=f"python {platform.python_version()}",
            cosmos_sdk_version=SDK_VERSION,
        ),
    )


def abci_query(core: Core, req: pb.ABCIQueryRequest) -> pb.ABCIQueryResponse:
    """The application's answer to a raw query; gRPC paths are not among them."""
    first = req.path.strip("/").split("/")[0]
    if not first:
        raise invalid("empty query path")
    if first not in RAW_PATHS:
        raise invalid(f"unsupported ABCI query path: {req.path}")
    found = answer(core, req.path, req.data, height=req.height, prove=req.prove)
    response = pb.ABCIQueryResponse(
        code=found.code,
        log=found.log,
        key=found.key,
        value=found.value,
        height=found.height,
        codespace=found.codespace,
    )
    for op in found.proof or ():
        response.proof_ops.ops.add(type=op.kind, key=op.key, data=op.data)
    return response


def config(core: Core, req: node_pb.ConfigRequest) -> node_pb.ConfigResponse:
    """The node's own settings that matter to clients."""
    del req
    return node_pb.ConfigResponse(
        minimum_gas_price=str(core.app.min_gas_prices),
        pruning_keep_recent="0",
        pruning_interval="0",
    )


def status(core: Core, req: node_pb.StatusRequest) -> node_pb.StatusResponse:
    """Where the node is."""
    del req
    latest = core.latest
    if latest is None:
        return node_pb.StatusResponse()
    return node_pb.StatusResponse(
        earliest_store_height=core.store.base,
        height=latest.height,
        timestamp=timestamp(latest.header.time),
        app_hash=latest.header.app_hash,
        validator_hash=latest.header.next_validators_hash,
    )


def page_bounds(request: PageRequest, default: int) -> tuple[int, int]:
    """Offset and limit of a request that knows no page keys."""
    return request.offset, request.limit or default
