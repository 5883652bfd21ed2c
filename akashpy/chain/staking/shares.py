"""What shares of a validator are worth, and how its shares and tokens change together.

Pure arithmetic on one record, exactly as the SDK rounds it: a slash leaves the shares and lowers
what each is worth. It must not know state, pools or delegations. `add_tokens`, `remove_shares` and
`remove_tokens` change the record they are given.
Source: SDK 0.53 `x/staking/types/validator.go`.
"""

from akashpy.types.dec import Dec
from akashpy.types.errors import Panic
from akashpy.types.staking import InsufficientShares
from akashpy.wire import staking as pb

MAX_INT_BITS = 256


def tokens_of(value: pb.Validator) -> int:
    """Base units of stake that a validator holds."""
    return int(value.tokens)


def shares_of(value: pb.Validator) -> Dec:
    """All shares of a validator."""
    return Dec.from_wire(value.delegator_shares)


def has_invalid_rate(value: pb.Validator) -> bool:
    """Whether a validator has shares that are worth nothing."""
    return tokens_of(value) == 0 and shares_of(value).is_positive


def tokens_from_shares(value: pb.Validator, shares: Dec) -> Dec:
    """What shares are worth in base units. Raises Panic when the validator has no shares."""
    return shares.mul_int(tokens_of(value)).quo(shares_of(value))


def tokens_from_shares_truncated(value: pb.Validator, shares: Dec) -> Dec:
    """What shares are worth, rounded down at the 18th place."""
    return shares.mul_int(tokens_of(value)).quo_truncate(shares_of(value))


def tokens_from_shares_round_up(value: pb.Validator, shares: Dec) -> Dec:
    """What shares are worth, rounded up at the 18th place."""
    return shares.mul_int(tokens_of(value)).quo_round_up(shares_of(value))


def shares_from_tokens(value: pb.Validator, amount: int) -> Dec:
    """The shares that are worth `amount`. Raises InsufficientShares without tokens."""
    if not tokens_of(value):
        raise InsufficientShares
    return shares_of(value).mul_int(amount).quo_int(tokens_of(value))


def shares_from_tokens_truncated(value: pb.Validator, amount: int) -> Dec:
    """The shares that are worth `amount`, rounded down. Raises InsufficientShares."""
    if not tokens_of(value):
        raise InsufficientShares
    return shares_of(value).mul_int(amount).quo_truncate(Dec.of(tokens_of(value)))


def add_tokens(value: pb.Validator, amount: int) -> Dec:
    """Add stake; give the shares issued for it. The first delegation's shares equal its tokens.

    Raises InsufficientShares for a validator whose shares are worth nothing.
    """
    total = shares_of(value)
    issued = Dec.of(amount) if total.is_zero else shares_from_tokens(value, amount)
    tokens = tokens_of(value) + amount
    if tokens.bit_length() > MAX_INT_BITS:
        raise Panic("Int overflow")
    value.tokens = str(tokens)
    value.delegator_shares = (total + issued).wire()
    return issued


def remove_shares(value: pb.Validator, shares: Dec) -> int:
    """Take shares away; give the tokens that go with them.

    Fractions stay in the validator and the last shares get all of them.
    """
    left = shares_of(value) - shares
    tokens = tokens_of(value)
    issued = tokens if left.is_zero else tokens_from_shares(value, shares).truncate()
    if issued > tokens:
        raise Panic("attempting to remove more tokens than available in validator")
    value.tokens = str(tokens - issued)
    value.delegator_shares = left.wire()
    return issued


def remove_tokens(value: pb.Validator, amount: int) -> None:
    """Take tokens away and leave the shares. Raises Panic for more than there is."""
    tokens = tokens_of(value)
    if amount < 0 or tokens < amount:
        raise Panic(f"should not happen: only have {tokens} tokens, trying to remove {amount}")
    value.tokens = str(tokens - amount)
