"""What must always hold of signing records."""

from akashpy.chain import staking
from akashpy.chain.slashing.records import PUBLIC_KEYS, SIGNING, missed_blocks
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, Address


def missed_counted(ctx: Context) -> str | None:
    """Each validator's counter of missed blocks is the number of its marks."""
    for consensus, info in SIGNING.under(ctx):
        marks = sum(1 for _ in missed_blocks(ctx, consensus))
        if marks != info.missed:
            text = Address.of(consensus, prefix=VALCONS)
            return f"slashing: {text} missed {info.missed} blocks, {marks} are marked"
    return None


def keys_known(ctx: Context) -> str | None:
    """The key of every validator is known, and no other."""
    ours = [consensus for consensus, _ in PUBLIC_KEYS.under(ctx)]
    theirs = sorted(staking.consensus_address(each) for each in staking.validators(ctx))
    return None if ours == theirs else "slashing: keys are not those of the validators"


INVARIANTS = (missed_counted, keys_known)
