"""The gov module's vocabulary: proposals, and messages only governance may send.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from dataclasses import dataclass

from akashpy.types.address import Address
from akashpy.types.coin import Coin as CoinValue
from akashpy.types.coin import Coins, problem, text_of
from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND, nanoseconds
from akashpy.types.errors import ChainError, PlainError
from akashpy.wire import gov as pb

MAX_METADATA = 10_200
"""Bytes of a proposal's metadata or title, or of a vote's metadata."""
MAX_SUMMARY = 40 * MAX_METADATA

OPTION_NAMES: dict[int, str] = {number: name for name, number in pb.VoteOption.items()}
"""Number of a vote option -> its name on the wire."""


class GovError(ChainError, codespace="gov"):
    """A refusal of the codespace `gov`."""


class InactiveProposal(GovError, code=3, text="inactive proposal"): ...


class AlreadyActiveProposal(GovError, code=4, text="proposal already active"): ...


class InvalidProposalContent(GovError, code=5, text="invalid proposal content"): ...


class InvalidProposalType(GovError, code=6, text="invalid proposal type"): ...


class InvalidVote(GovError, code=7, text="invalid vote option"): ...


class InvalidGenesis(GovError, code=8, text="invalid genesis state"): ...


class NoProposalHandlerExists(GovError, code=9, text="no handler exists for proposal type"): ...


class UnroutableProposalMsg(
    GovError, code=10, text="proposal message not recognized by router"
): ...


class NoProposalMsgs(GovError, code=11, text="no messages proposed"): ...


class InvalidProposalMsg(GovError, code=12, text="invalid proposal message"): ...


class InvalidSigner(
    GovError, code=13, text="expected gov account as only signer for proposal message"
): ...


class MetadataTooLong(GovError, code=15, text="metadata too long"): ...


class MinDepositTooSmall(GovError, code=16, text="minimum deposit is too small"): ...


class InvalidProposer(GovError, code=18, text="invalid proposer"): ...


class VotingPeriodEnded(GovError, code=20, text="voting period already ended"): ...


class InvalidProposal(GovError, code=21, text="invalid proposal"): ...


class SummaryTooLong(GovError, code=22, text="summary too long"): ...


class InvalidDepositDenom(GovError, code=23, text="invalid deposit denom"): ...


# WHAT GOVERNANCE TELLS


@dataclass(frozen=True, slots=True)
class ProposalSubmitted:
    """A proposal exists, without a deposit yet."""

    proposal: int


@dataclass(frozen=True, slots=True)
class DepositMade:
    """A deposit was added to a proposal, which may be voted on now or not yet."""

    proposal: int
    depositor: bytes


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A vote was cast or replaced."""

    proposal: int
    voter: bytes


@dataclass(frozen=True, slots=True)
class DepositPeriodFailed:
    """A proposal was dropped because too little was deposited in time."""

    proposal: int


@dataclass(frozen=True, slots=True)
class VotingEnded:
    """A proposal was decided (or an expedited one goes on as a regular one)."""

    proposal: int


# PARAMETERS

MAX_PERIOD = 2**63 - 1
"""Nanoseconds; what Go's durations hold."""


def validate_params(value: pb.Params) -> None:
    """Raises PlainError with Go's texts. Source: SDK x/gov/types/v1 Params.ValidateBasic."""
    _validate_deposits(value)
    if not value.HasField("max_deposit_period"):
        raise PlainError("maximum deposit period must not be nil: 0")
    if nanoseconds(value.max_deposit_period) <= 0:
        raise PlainError(
            f"maximum deposit period must be positive: {nanoseconds(value.max_deposit_period)}"
        )
    _validate_thresholds(value)
    _validate_periods(value)
    _ratio(
        value.min_initial_deposit_ratio,
        "invalid mininum initial deposit ratio of proposal",
        "mininum initial deposit ratio of proposal must be positive",
        "mininum initial deposit ratio of proposal is too large",
    )
    _ratio(
        value.proposal_cancel_ratio,
        "invalid burn rate of cancel proposal",
        "burn rate of cancel proposal must be positive",
        "burn rate of cancel proposal is too large",
    )
    if value.proposal_cancel_dest:
        try:
            Address.parse(value.proposal_cancel_dest)
        except ChainError as error:
            raise PlainError(
                f"deposits destination address is invalid: {value.proposal_cancel_dest}"
            ) from error


def _validate_deposits(value: pb.Params) -> None:
    least = tuple(CoinValue.from_wire(coin) for coin in value.min_deposit)
    if not least or problem(least):
        raise PlainError(f"invalid minimum deposit: {text_of(least)}")
    hasty = tuple(CoinValue.from_wire(coin) for coin in value.expedited_min_deposit)
    if not hasty or problem(hasty):
        raise PlainError(f"invalid expedited minimum deposit: {text_of(hasty)}")
    if Coins(least).covers(hasty):
        raise PlainError(
            f"expedited minimum deposit must be greater than minimum deposit: {text_of(hasty)}"
        )


def _validate_thresholds(value: pb.Params) -> None:
    quorum = _decimal(value.quorum, "invalid quorum string")
    if quorum.is_negative:
        raise PlainError(f"quorom cannot be negative: {quorum}")
    if quorum > Dec.ONE:
        raise PlainError(f"quorom too large: {value.quorum}")
    threshold = _part(value.threshold, "invalid threshold string", "vote threshold")
    hasty = _part(
        value.expedited_threshold, "invalid expedited threshold string", "expedited vote threshold"
    )
    if hasty <= threshold:
        raise PlainError(
            f"expedited vote threshold {hasty}, must be greater than the regular threshold "
            f"{threshold}"
        )
    _part(value.veto_threshold, "invalid vetoThreshold string", "veto threshold")


def _validate_periods(value: pb.Params) -> None:
    for name, text in (
        ("voting_period", "voting period"),
        ("expedited_voting_period", "expedited voting period"),
    ):
        if not value.HasField(name):
            raise PlainError(f"{text} must not be nil: 0")
        length = nanoseconds(getattr(value, name))
        if length <= 0:
            raise PlainError(f"{text} must be positive: {shown(length)}")
    regular, hasty = nanoseconds(value.voting_period), nanoseconds(value.expedited_voting_period)
    if hasty >= regular:
        raise PlainError(
            f"expedited voting period {shown(hasty)} must be strictly less that the regular "
            f"voting period {shown(regular)}"
        )
    for name in ("max_deposit_period", "voting_period"):
        if nanoseconds(getattr(value, name)) > MAX_PERIOD:
            raise PlainError(f"{name} is longer than {MAX_PERIOD} nanoseconds")


def _decimal(text: str, what: str) -> Dec:
    try:
        return Dec.of(text)
    except ChainError as error:
        raise PlainError(f"{what}: {error}") from error


def _part(text: str, what: str, name: str) -> Dec:
    found = _decimal(text, what)
    if not found.is_positive:
        raise PlainError(f"{name} must be positive: {found}")
    if found > Dec.ONE:
        raise PlainError(f"{name} too large: {found}")
    return found


def _ratio(text: str, what: str, negative: str, large: str) -> None:
    found = _decimal(text, what)
    if found.is_negative:
        raise PlainError(f"{negative}: {found}")
    if found > Dec.ONE:
        raise PlainError(f"{large}: {found}")


def shown(length: int) -> str:
    """A length of time as Go prints it, from whole seconds up: "48h0m0s"."""
    if not length:
        return "0s"
    if length % SECOND:
        return f"{length}ns"
    sign, rest = ("-" if length < 0 else ""), abs(length) // SECOND
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{hours}h" if hours else ""
    text += f"{minutes}m" if hours or minutes else ""
    return f"{sign}{text}{seconds}s"
