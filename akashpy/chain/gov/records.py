"""Governance's state: proposals, deposits, votes, the two queues and the parameters.

It exists so that the parts of the module share one set of tables. It must not know any rule about
them. Source of the layout: Cosmos SDK 0.53 x/gov/types/keys.go.
"""

from functools import lru_cache

from akashpy.chain import auth
from akashpy.state.codecs import I64, U64, Presence, Raw, RawBytes, Text, message
from akashpy.state.collections import Item, Map, Sequence
from akashpy.state.context import Context
from akashpy.types.coin import Coins
from akashpy.types.errors import PlainError
from akashpy.wire import gov as pb

STORE = "gov"
GOV = "gov"
ADDRESS = auth.MODULE_ADDRESSES[GOV]

PROPOSALS = Map(STORE, b"\x00", U64, message(pb.Proposal))
ACTIVE: Map[tuple[int, int], bool] = Map(STORE, b"\x01", (I64, U64), Presence)
"""(end of voting in unix ns, proposal) of every proposal in its voting period."""
INACTIVE: Map[tuple[int, int], bool] = Map(STORE, b"\x02", (I64, U64), Presence)
"""(end of the deposit period in unix ns, proposal) of every proposal in its deposit period."""
NEXT_ID = Sequence(STORE, b"\x03", start=1)
VOTING = Map(STORE, b"\x04", U64, RawBytes)
"""Proposals that may be voted on."""
DEPOSITS: Map[tuple[int, bytes], pb.Deposit] = Map(STORE, b"\x10", (U64, Raw), message(pb.Deposit))
VOTES: Map[tuple[int, bytes], pb.Vote] = Map(STORE, b"\x20", (U64, Raw), message(pb.Vote))
PARAMS = Item(STORE, b"\x30", RawBytes)
CONSTITUTION = Item(STORE, b"\x31", Text)

DEPOSIT_PERIOD = pb.ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD
VOTING_PERIOD = pb.ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD
PASSED = pb.ProposalStatus.PROPOSAL_STATUS_PASSED
REJECTED = pb.ProposalStatus.PROPOSAL_STATUS_REJECTED
FAILED = pb.ProposalStatus.PROPOSAL_STATUS_FAILED


def params(ctx: Context) -> pb.Params:
    """The gov parameters. Do not change the answer."""
    return _params(PARAMS.get(ctx) or b"")


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


def require(ctx: Context, number: int) -> pb.Proposal:
    """A proposal. Raises PlainError with the text of the SDK's collections."""
    found = PROPOSALS.get(ctx, number)
    if found is None:
        raise PlainError(
            f"collections: not found: key '{number}' of type "
            "github.com/cosmos/gogoproto/cosmos.gov.v1.Proposal"
        )
    return found


def put(ctx: Context, proposal: pb.Proposal) -> None:
    """Store a proposal and whether it may be voted on."""
    if proposal.status == VOTING_PERIOD:
        VOTING.put(ctx, proposal.id, b"\x01")
    else:
        VOTING.remove(ctx, proposal.id)
    PROPOSALS.put(ctx, proposal.id, proposal)


def delete(ctx: Context, proposal: pb.Proposal) -> None:
    """Remove a proposal and its places in the queues; deposits and votes stay."""
    if proposal.HasField("deposit_end_time"):
        INACTIVE.remove(ctx, (proposal.deposit_end_time.ToNanoseconds(), proposal.id))
    if proposal.HasField("voting_end_time"):
        ACTIVE.remove(ctx, (proposal.voting_end_time.ToNanoseconds(), proposal.id))
        VOTING.remove(ctx, proposal.id)
    PROPOSALS.remove(ctx, proposal.id)


def min_deposit(proposal: pb.Proposal, value: pb.Params) -> Coins:
    """What must be deposited in all before this proposal is voted on."""
    return Coins.from_wire(value.expedited_min_deposit if proposal.expedited else value.min_deposit)
