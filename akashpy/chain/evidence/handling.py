"""What happens to a validator that signed twice, and what people may report.

It must not know how consensus found out. Source: cosmossdk.io/x/evidence/keeper.
"""

from akashpy.chain import consensus, slashing, staking
from akashpy.chain.evidence.records import EVIDENCE, put
from akashpy.state.context import Context
from akashpy.types.addresscodec import named
from akashpy.types.duration import nanoseconds
from akashpy.types.errors import PlainError
from akashpy.types.evidence import (
    ROUTE,
    Equivocation,
    EvidenceExists,
    InvalidEvidence,
    NoEvidenceHandlerExists,
)
from akashpy.types.slashing import NEVER
from akashpy.wire import evidence as pb

DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK = 1, 2
"""CometBFT's kinds of misbehavior; both are punished alike."""
UPDATE_DELAY = 1
"""Blocks between a change of the validator set and the first block it signs."""


def begin_block(ctx: Context) -> None:
    """Punish what consensus has proved since the last block; other kinds are passed over."""
    for seen in ctx.misbehavior:
        if seen.kind in (DUPLICATE_VOTE, LIGHT_CLIENT_ATTACK):
            punish(ctx, seen.address, Equivocation.of(seen))


def punish(ctx: Context, address: bytes, evidence: Equivocation) -> None:
    """Slash, jail for ever and tombstone a validator that signed twice; `address` is its key's.

    Nothing happens to one that is gone, unbonded or tombstoned, nor for evidence that is older
    than the consensus parameters allow both in time and in blocks.
    """
    # LOAD
    validator = staking.validator_by_consensus(ctx, address)
    # CHECK
    if validator is None or validator.status == staking.UNBONDED:
        return
    if not slashing.PUBLIC_KEYS.has(ctx, address) or _is_stale(ctx, evidence):
        return
    if slashing.signing_info(ctx, address).tombstoned:
        return
    # APPLY, EMIT
    height = evidence.height - UPDATE_DELAY
    slashing.slash_double_sign(ctx, address, evidence.power, height)
    if not validator.jailed:
        slashing.jail(ctx, address)
    slashing.tombstone(ctx, address, NEVER)
    put(ctx, evidence)


def _is_stale(ctx: Context, evidence: Equivocation) -> bool:
    allowed = consensus.get(ctx).evidence
    too_late = ctx.time - evidence.time > nanoseconds(allowed.max_age_duration)
    return too_late and ctx.height - evidence.height > allowed.max_age_num_blocks


def submit_evidence(ctx: Context, msg: pb.MsgSubmitEvidence) -> pb.MsgSubmitEvidenceResponse:
    """Refuse evidence that somebody reports: no kind of it has a handler, as on Akash.

    Raises InvalidAddress, InvalidEvidence, EvidenceExists, NoEvidenceHandlerExists, TxDecode.
    """
    named(msg.submitter, "invalid submitter address")
    if not msg.HasField("evidence"):
        raise InvalidEvidence("missing evidence")
    evidence = Equivocation.from_any(msg.evidence)
    try:
        evidence.validate()
    except PlainError as error:
        raise InvalidEvidence(f"failed basic validation: {error}") from error
    if EVIDENCE.has(ctx, evidence.hash):
        raise EvidenceExists(evidence.hash.hex().upper())
    raise NoEvidenceHandlerExists(ROUTE)
