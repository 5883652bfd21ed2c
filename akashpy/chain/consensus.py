"""The consensus engine's parameters as the chain stores them: block size and gas, evidence age.

It exists so that governance can change them and so that every node enforces the same block gas
limit. It must not know how blocks are made. Source: Cosmos SDK 0.53 x/consensus, CometBFT 0.38
types/params.go.
"""

from functools import lru_cache

from google.protobuf.message import Message

from akashpy.chain.authority import require_authority
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import RawBytes
from akashpy.state.collections import Item
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.types.events import Event
from akashpy.wire import consensus as pb
from akashpy.wire.tendermint import ConsensusParams

PARAMS = Item("consensus", b"Consensus", RawBytes)

MAX_BLOCK_BYTES = 100 * 1024 * 1024
PUB_KEY_TYPES = ("ed25519", "secp256k1")


def get(ctx: Context) -> ConsensusParams:
    """The parameters in force. Do not change the answer."""
    return _params(PARAMS.get(ctx) or b"")


def put(ctx: Context, params: ConsensusParams) -> None:
    """Store parameters. Raises PlainError for values CometBFT refuses."""
    validate(params)
    PARAMS.put(ctx, params.SerializeToString(deterministic=True))


@lru_cache(maxsize=16)
def _params(row: bytes) -> ConsensusParams:
    return ConsensusParams.FromString(row)


def default() -> ConsensusParams:
    """CometBFT's defaults: 21 MiB blocks, no gas limit, evidence of two days."""
    params = ConsensusParams()
    params.block.max_bytes, params.block.max_gas = 22_020_096, -1
    params.evidence.max_age_num_blocks = 100_000
    params.evidence.max_age_duration.FromSeconds(172_800)
    params.evidence.max_bytes = 1_048_576
    params.validator.pub_key_types.append("ed25519")
    params.version.SetInParent()
    params.abci.SetInParent()
    return params


def validate(params: ConsensusParams) -> None:
    """Raises PlainError with CometBFT's text. Source: ConsensusParams.ValidateBasic."""
    block, evidence = params.block, params.evidence
    if block.max_bytes == 0:
        raise PlainError("block.MaxBytes cannot be 0")
    if block.max_bytes < -1:
        raise PlainError(f"block.MaxBytes must be -1 or greater than 0. Got {block.max_bytes}")
    if block.max_bytes > MAX_BLOCK_BYTES:
        raise PlainError(f"block.MaxBytes is too big. {block.max_bytes} > {MAX_BLOCK_BYTES}")
    if block.max_gas < -1:
        raise PlainError(f"block.MaxGas must be greater or equal to -1. Got {block.max_gas}")
    if evidence.max_age_num_blocks <= 0:
        raise PlainError(
            f"evidence.MaxAgeNumBlocks must be greater than 0. Got {evidence.max_age_num_blocks}"
        )
    if evidence.max_age_duration.ToNanoseconds() <= 0:
        raise PlainError("evidence.MaxAgeDuration must be greater than 0 if provided")
    max_bytes = block.max_bytes if block.max_bytes != -1 else MAX_BLOCK_BYTES
    if not 0 <= evidence.max_bytes <= max_bytes:
        raise PlainError(
            f"evidence.MaxBytesEvidence must be between 0 and {max_bytes}. Got {evidence.max_bytes}"
        )
    if params.abci.vote_extensions_enable_height < 0:
        raise PlainError("ABCI.VoteExtensionsEnableHeight cannot be negative")
    if not params.validator.pub_key_types:
        raise PlainError("len(Validator.PubKeyTypes) must be greater than 0")
    for kind in params.validator.pub_key_types:
        if kind not in PUB_KEY_TYPES:
            raise PlainError(f"params.Validator.PubKeyTypes: {kind} is an unknown pubkey type")


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace block, evidence and validator parameters; version and vote extensions stay.

    Raises gov.InvalidSigner, PlainError. Source: SDK x/consensus UpdateParams.
    """
    require_authority(msg.authority)
    for name in ("evidence", "block", "validator"):
        if not msg.HasField(name):
            raise PlainError("all parameters must be present")
    params = ConsensusParams()
    params.CopyFrom(get(ctx))
    params.block.CopyFrom(msg.block)
    params.evidence.CopyFrom(msg.evidence)
    params.validator.CopyFrom(msg.validator)
    if msg.HasField("abci"):
        _require_future(params, msg.abci.vote_extensions_enable_height, ctx.height)
        params.abci.CopyFrom(msg.abci)
    put(ctx, params)
    ctx.emit(
        Event(
            "update_consensus_params",
            (
                ("authority", msg.authority),
                ("parameters", _told(msg)),
            ),
        )
    )
    return pb.MsgUpdateParamsResponse()


def _told(msg: pb.MsgUpdateParams) -> str:
    """The new parameters as Go's protobuf prints them in one line."""
    age = msg.evidence.max_age_duration
    text = _part("block", _numbers(msg.block, "max_bytes", "max_gas"))
    text += _part(
        "evidence",
        _numbers(msg.evidence, "max_age_num_blocks")
        + _part("max_age_duration", _numbers(age, "seconds", "nanos"))
        + _numbers(msg.evidence, "max_bytes"),
    )
    kinds = "".join(f'pub_key_types:"{kind}" ' for kind in msg.validator.pub_key_types)
    text += _part("validator", kinds) + _part("version", "")
    if msg.HasField("abci"):
        text += _part("abci", _numbers(msg.abci, "vote_extensions_enable_height"))
    return text


def _part(name: str, inside: str) -> str:
    return f"{name}:<{inside}> "


def _numbers(message: Message, *names: str) -> str:
    """Fields that are not zero."""
    found = ((name, getattr(message, name)) for name in names)
    return "".join(f"{name}:{number} " for name, number in found if number)


def _require_future(params: ConsensusParams, wanted: int, height: int) -> None:
    current = params.abci.vote_extensions_enable_height
    if wanted == current:
        return
    if wanted == 0:
        raise PlainError("vote extensions cannot be disabled once enabled")
    if wanted <= height:
        raise PlainError(
            f"VoteExtensionsEnableHeight must be updated to a future height, "
            f"initial height: {current}, current height {height}"
        )
    if 0 < current <= height:
        raise PlainError("VoteExtensionsEnableHeight cannot be modified once vote extensions run")


def _export(ctx: Context) -> JsonState:
    del ctx  # genesis.json carries these parameters outside app_state
    return {}


MODULE = Module(
    name="consensus",
    handlers={"/cosmos.consensus.v1.MsgUpdateParams": Handler(None, update_params)},
    export_genesis=_export,
)
