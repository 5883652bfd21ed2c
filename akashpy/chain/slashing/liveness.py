"""What each block counts, and what missing too many costs.

It must not know evidence of signing twice. Source: SDK 0.53 x/slashing/keeper/infractions.go.
"""

from dataclasses import replace

from akashpy.chain import staking
from akashpy.chain.slashing.records import (
    PARAMS,
    SIGNING,
    forget_missed,
    fresh,
    is_missed,
    set_missed,
)
from akashpy.state.context import Context
from akashpy.types.abci import VoteInfo
from akashpy.types.address import VALCONS, Address
from akashpy.types.events import Event
from akashpy.types.slashing import Params, SigningInfo

ABSENT = 1
"""CometBFT's flag of a validator that did not vote at all; a vote for nothing counts as signing."""
UPDATE_DELAY = 1
"""Blocks between a change of the validator set and the first block it signs."""


def begin_block(ctx: Context) -> None:
    """Count who signed the last block. A chain whose genesis has no slashing part counts nothing.

    Raises what slashing and jailing raise.
    """
    params = PARAMS.get(ctx)
    if params is None:
        return
    for vote in ctx.votes:
        count_vote(ctx, params, vote)


def count_vote(ctx: Context, params: Params, vote: VoteInfo) -> None:
    """Count one validator's part in the last commit; slash and jail it for too many missed.

    A validator in jail is not counted, nor one that is gone by now; one whose stake is free
    already is not punished, because nothing stands behind it any more.
    """
    # LOAD
    consensus = vote.address
    validator = staking.validator_by_consensus(ctx, consensus)
    if validator is None or validator.jailed:
        return
    info = SIGNING.get(ctx, consensus) or fresh(consensus, ctx.height)
    # APPLY
    index = info.index_offset % params.window
    missed = vote.flag == ABSENT
    before = is_missed(ctx, consensus, index)
    if missed != before:
        set_missed(ctx, consensus, index, missed)
    info = replace(
        info, index_offset=info.index_offset + 1, missed=info.missed + int(missed) - int(before)
    )
    if missed:
        _tell_missed(ctx, info)
    past_first = ctx.height > info.start_height + params.window
    has_stake = validator.status != staking.UNBONDED
    if past_first and has_stake and info.missed > params.max_missed:
        info = _punish(ctx, params, vote, info)
    SIGNING.put(ctx, consensus, info)


def _tell_missed(ctx: Context, info: SigningInfo) -> None:
    ctx.emit(
        Event(
            "liveness",
            (
                ("address", info.address),
                ("missed_blocks", str(info.missed)),
                ("height", str(ctx.height)),
            ),
        )
    )


def _punish(ctx: Context, params: Params, vote: VoteInfo, info: SigningInfo) -> SigningInfo:
    """Slash and jail for downtime; what is then known of the validator, its window empty.

    The stake that is slashed is that of the block which was not signed: the last commit is of the
    block before, whose set was decided `UPDATE_DELAY` blocks earlier.
    """
    consensus, height = vote.address, ctx.height - UPDATE_DELAY - 1
    burned = staking.slash(ctx, consensus, height, vote.power, params.downtime)
    text = Address.of(consensus, prefix=VALCONS)
    ctx.emit(
        Event(
            "slash",
            (
                ("address", text),
                ("power", str(vote.power)),
                ("reason", "missing_signature"),
                ("jailed", text),
                ("burned_coins", str(burned)),
            ),
        )
    )
    staking.jail(ctx, consensus)
    forget_missed(ctx, consensus)
    return replace(info, jailed_until=ctx.time + params.jail_duration, missed=0, index_offset=0)
