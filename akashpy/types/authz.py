"""The authz module's vocabulary: rights given to others.

The four kinds of authorization this chain knows, what each must be before any state is read, and
errors, shared by chain, node, client and provider. It must not know state, nor whether a message
may pass (`chain/authz_accept.py`). Source: SDK 0.53 `x/authz`, `x/bank/types/send_authorization`,
`x/staking/types/authz`; chain-sdk `go/node/escrow/v1/authz`.
"""

from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.types.bank import DuplicateEntry
from akashpy.types.coin import Coin, problem
from akashpy.types.errors import ChainError, InvalidCoins, InvalidType, PlainError, TxDecode
from akashpy.types.escrow import InvalidAuthzScope
from akashpy.wire import authz as pb
from akashpy.wire.bank import SendAuthorization
from akashpy.wire.escrow import DepositAuthorization
from akashpy.wire.staking import AuthorizationType, StakeAuthorization


class AuthzError(ChainError, codespace="authz"):
    """A refusal of the codespace `authz`."""


class NoAuthorizationFound(AuthzError, code=2, text="authorization not found"): ...


class InvalidExpirationTime(
    AuthzError, code=3, text="expiration time of authorization should be more than current time"
): ...


class UnknownAuthorizationType(AuthzError, code=4, text="unknown authorization type"): ...


class NoGrantKeyFound(AuthzError, code=5, text="grant key not found"): ...


class AuthorizationExpired(AuthzError, code=6, text="authorization expired"): ...


class GranteeIsGranter(AuthzError, code=7, text="grantee and granter should be different"): ...


class AuthorizationNumOfSigners(
    AuthzError, code=9, text="authorization can be given to msg with only one signer"
): ...


class NegativeMaxTokens(AuthzError, code=12, text="max tokens should be positive"): ...


Authorization = (
    pb.GenericAuthorization | SendAuthorization | StakeAuthorization | DepositAuthorization
)
KINDS = (pb.GenericAuthorization, SendAuthorization, StakeAuthorization, DepositAuthorization)
KIND_URLS = tuple(wire.type_url(kind) for kind in KINDS)
"""Type URLs of every kind; any other is refused."""

MSG_SEND = "/cosmos.bank.v1beta1.MsgSend"
MSG_DEPOSIT = "/akash.escrow.v1.MsgAccountDeposit"
MSG_EXEC = "/cosmos.authz.v1beta1.MsgExec"
STAKE_MESSAGES = {
    AuthorizationType.AUTHORIZATION_TYPE_DELEGATE: "/cosmos.staking.v1beta1.MsgDelegate",
    AuthorizationType.AUTHORIZATION_TYPE_UNDELEGATE: "/cosmos.staking.v1beta1.MsgUndelegate",
    AuthorizationType.AUTHORIZATION_TYPE_REDELEGATE: "/cosmos.staking.v1beta1.MsgBeginRedelegate",
    AuthorizationType.AUTHORIZATION_TYPE_CANCEL_UNBONDING_DELEGATION: (
        "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation"
    ),
}
MAX_DEPTH = 10
"""Messages inside messages, the transaction's own included (SDK MaxUnpackAnyRecursionDepth)."""
MAX_PACKED = 100
"""Messages packed in one message of a transaction, itself included (SDK MaxUnpackAnySubCalls)."""


def unpack_authorization(packed: Packed) -> Authorization:
    """The authorization in an Any. Raises TxDecode when it is of no known kind or unreadable."""
    if packed.type_url not in KIND_URLS:
        raise TxDecode(
            f"no concrete type registered for type URL {packed.type_url} "
            "against interface *authz.Authorization"
        )
    try:
        found = wire.unpack(packed)
    except wire.WireError as error:
        raise TxDecode(str(error)) from error
    assert isinstance(found, KINDS)
    return found


def authorization_of(grant: pb.Grant) -> Authorization:
    """A grant's authorization. Raises InvalidType when there is none, TxDecode."""
    if not grant.HasField("authorization"):
        raise InvalidType("authorization is nil")
    if not grant.authorization.type_url:
        raise InvalidType("expected <nil>, got <nil>")
    return unpack_authorization(grant.authorization)


def expiration_of(grant: pb.Grant | pb.GrantAuthorization) -> int | None:
    """When a grant ends, in unix nanoseconds; None: never. Raises TxDecode outside years 1-9999."""
    return moment(grant.expiration) if grant.HasField("expiration") else None


def moment(stamp: Timestamp) -> int:
    """A timestamp as unix nanoseconds. Raises TxDecode outside the years 1 to 9999."""
    try:
        stamp.ToJsonString()
    except ValueError as error:
        raise TxDecode(f"timestamp: {error}") from error
    return stamp.ToNanoseconds()


def message_type(authorization: Authorization) -> str:
    """Type URL of the message it allows. Raises UnknownAuthorizationType."""
    if isinstance(authorization, pb.GenericAuthorization):
        return authorization.msg
    if isinstance(authorization, SendAuthorization):
        return MSG_SEND
    if isinstance(authorization, DepositAuthorization):
        return MSG_DEPOSIT
    url = STAKE_MESSAGES.get(authorization.authorization_type)
    if url is None:
        raise UnknownAuthorizationType(f"{authorization.authorization_type}")
    return url


def validate_authorization(authorization: Authorization) -> None:
    """What an authorization must be before it is given.

    Raises PlainError, InvalidCoins, bank.DuplicateEntry, NegativeMaxTokens,
    UnknownAuthorizationType, escrow.InvalidAuthzScope.
    """
    if isinstance(authorization, pb.GenericAuthorization):
        if not authorization.msg:
            raise PlainError("msg type cannot be empty")
    elif isinstance(authorization, SendAuthorization):
        _validate_send(authorization)
    elif isinstance(authorization, StakeAuthorization):
        _validate_stake(authorization)
    else:
        _validate_deposit(authorization)


def _validate_send(authorization: SendAuthorization) -> None:
    limits = [Coin.from_wire(coin) for coin in authorization.spend_limit]
    if not limits:
        raise InvalidCoins("spend limit cannot be nil")
    if any(coin.amount <= 0 for coin in limits):
        raise InvalidCoins("spend limit must be positive")
    if len(set(authorization.allow_list)) < len(authorization.allow_list):
        raise DuplicateEntry


def _validate_stake(authorization: StakeAuthorization) -> None:
    if authorization.HasField("max_tokens"):
        most = Coin.from_wire(authorization.max_tokens)
        if most.amount < 0:
            raise NegativeMaxTokens(f"negative coin amount: {most}")
    if authorization.authorization_type not in STAKE_MESSAGES:
        raise UnknownAuthorizationType


def _validate_deposit(authorization: DepositAuthorization) -> None:
    if not authorization.scopes:
        raise InvalidAuthzScope("empty scope")
    names = DepositAuthorization.Scope
    for place, scope in enumerate(authorization.scopes):
        known = scope in names.values() and scope != names.invalid
        name = names.Name(scope) if scope in names.values() else str(scope)
        if not known:
            raise InvalidAuthzScope(f'invalid scope "{name}"')
        if scope in authorization.scopes[:place]:
            raise InvalidAuthzScope(f'duplicate scope "{name}"')
    if authorization.spend_limit.amount:
        legacy = Coin.from_wire(authorization.spend_limit)
        try:
            legacy.validate()
        except PlainError as error:
            raise InvalidCoins("spend limit is not valid") from error
        if legacy.amount:
            raise InvalidCoins("spend limit is deprecated and must be zero")
    if problem([Coin.from_wire(coin) for coin in authorization.spend_limits]):
        raise InvalidCoins("spend limits are not valid")


def validate_grant_message(msg: pb.MsgGrant) -> None:
    """Only that the authorization and the time can be read, as a decoder does. Raises TxDecode."""
    if msg.grant.authorization.type_url:
        unpack_authorization(msg.grant.authorization)
    expiration_of(msg.grant)


def validate_exec_message(msg: pb.MsgExec) -> None:
    """Only that every message inside can be read, as a decoder does. Raises TxDecode."""
    _count_packed(msg, MAX_DEPTH - 1, 1)


def _count_packed(msg: pb.MsgExec, depth: int, seen: int) -> int:
    for packed in msg.msgs:
        if depth == 0:
            raise TxDecode("max depth exceeded")
        if seen >= MAX_PACKED:
            raise TxDecode("call limit exceeded")
        seen += 1
        inner = unpack_message(packed)
        if isinstance(inner, pb.MsgExec):
            seen = _count_packed(inner, depth - 1, seen)
    return seen


def unpack_message(packed: Packed) -> Message:
    """The message in an Any. Raises TxDecode when it is none that can be signed."""
    try:
        wire.signer_paths(packed.type_url)
    except wire.UnknownType as error:
        raise TxDecode(
            f"no concrete type registered for type URL {packed.type_url} "
            "against interface *types.Msg"
        ) from error
    try:
        return wire.unpack(packed)
    except wire.WireError as error:
        raise TxDecode(str(error)) from error
