"""Between ABCI's messages and the plain records of the state machine.

Pure functions, so that the application reads as rules and the cost of protobuf is in one place.
It must not know connections or the order of calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from akashpy.chain import genesis as documents
from akashpy.node.abciquery import Answer
from akashpy.node.comet import times
from akashpy.types.abci import (
    BlockInput,
    BlockResult,
    CheckResult,
    Misbehavior,
    TxResult,
    ValidatorUpdate,
    VoteInfo,
)
from akashpy.types.events import Event
from akashpy.wire import abci as pb
from akashpy.wire.tendermint import ConsensusParams


def genesis_document(request: pb.RequestInitChain) -> dict[str, Any]:
    """The genesis.json that InitChain carries in parts.

    Raises msgspec.DecodeError when the application's state is no JSON.
    """
    state = request.app_state_bytes
    document: dict[str, Any] = {
        "chain_id": request.chain_id,
        "genesis_time": times.show(request.time.ToNanoseconds()),
        "initial_height": request.initial_height or 1,
        "app_state": msgspec.json.decode(state) if state else {},
        "consensus": {},
    }
    if request.HasField("consensus_params"):
        document["consensus"]["params"] = documents.params_to_json(request.consensus_params)
    return document


def block_input(request: pb.RequestFinalizeBlock) -> BlockInput:
    """A decided block as the state machine takes it."""
    return BlockInput(
        height=request.height,
        time=request.time.ToNanoseconds(),
        proposer=request.proposer_address,
        txs=list(request.txs),
        votes=tuple(
            VoteInfo(vote.validator.address, vote.validator.power, vote.block_id_flag)
            for vote in request.decided_last_commit.votes
        ),
        misbehavior=tuple(
            Misbehavior(
                kind=int(each.type),
                address=each.validator.address,
                power=each.validator.power,
                height=each.height,
                time=each.time.ToNanoseconds(),
                total_power=each.total_voting_power,
            )
            for each in request.misbehavior
        ),
        hash=request.hash,
        next_validators_hash=request.next_validators_hash,
    )


def finalized(result: BlockResult) -> pb.ResponseFinalizeBlock:
    """What a block gave."""
    response = pb.ResponseFinalizeBlock(app_hash=result.app_hash)
    add_events(response.events, result.events)
    for each in result.tx_results:
        _fill_result(response.tx_results.add(), each)
    response.validator_updates.extend(validator_updates(result.validator_updates))
    if isinstance(result.consensus_param_updates, ConsensusParams):
        response.consensus_param_updates.CopyFrom(result.consensus_param_updates)
    return response


def checked(result: CheckResult) -> pb.ResponseCheckTx:
    """What a check said."""
    response = pb.ResponseCheckTx(
        code=result.code,
        codespace=result.codespace,
        log=result.log,
        data=result.data,
        gas_wanted=result.gas_wanted,
        gas_used=result.gas_used,
    )
    add_events(response.events, result.events)
    return response


def queried(answer: Answer) -> pb.ResponseQuery:
    """The answer to a query."""
    response = pb.ResponseQuery(
        code=answer.code,
        log=answer.log,
        key=answer.key,
        value=answer.value,
        height=answer.height,
        codespace=answer.codespace,
    )
    for step in answer.proof or ():
        response.proof_ops.ops.add(type=step.kind, key=step.key, data=step.data)
    return response


def validator_updates(updates: Iterable[ValidatorUpdate]) -> Sequence[pb.ValidatorUpdate]:
    """New powers, in the order given."""
    found = []
    for update in updates:
        message = pb.ValidatorUpdate(power=update.power)
        setattr(message.pub_key, update.pub_key_type, update.pub_key)
        found.append(message)
    return found


def add_events(target: Any, events: Iterable[Event]) -> None:
    """Append events, every attribute marked for the index as the SDK does by default."""
    for event in events:
        message = target.add(type=event.type)
        attributes = message.attributes
        for key, value in event.attributes:
            attributes.add(key=key, value=value, index=True)


def _fill_result(message: pb.ExecTxResult, result: TxResult) -> None:
    message.code = result.code
    message.data = result.data
    message.log = result.log
    message.info = result.info
    message.gas_wanted = result.gas_wanted
    message.gas_used = result.gas_used
    message.codespace = result.codespace
    add_events(message.events, result.events)
