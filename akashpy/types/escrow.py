"""The escrow module's vocabulary: money held while leases run.

Accounts, the payments that draw on them, their ids and errors, shared by chain, node, client and
provider. An id is text that begins with a deployment or a bid, but this module must not know
either; those ids convert themselves. Source: chain-sdk `go/node/escrow` (akash.escrow v1).
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit, Source
from akashpy.types.errors import ChainError, InvalidAddress, PlainError, Status
from akashpy.types.number import unsigned
from akashpy.types.wireenum import WireEnum
from akashpy.wire import escrow as wire


class EscrowError(ChainError, codespace="escrow", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `escrow`."""


class AccountExists(EscrowError, code=1, text="account exists", status=Status.ALREADY_EXISTS): ...


class AccountClosed(
    EscrowError, code=2, text="account closed", status=Status.FAILED_PRECONDITION
): ...


class AccountNotFound(EscrowError, code=3, text="account not found", status=Status.NOT_FOUND): ...


class AccountOverdrawn(
    EscrowError, code=4, text="account overdrawn", status=Status.FAILED_PRECONDITION
): ...


class InvalidDenomination(EscrowError, code=5, text="invalid denomination"): ...


class PaymentExists(EscrowError, code=6, text="payment exists", status=Status.ALREADY_EXISTS): ...


class PaymentClosed(
    EscrowError, code=7, text="payment closed", status=Status.FAILED_PRECONDITION
): ...


class PaymentNotFound(EscrowError, code=8, text="payment not found", status=Status.NOT_FOUND): ...


class PaymentRateZero(EscrowError, code=9, text="payment rate zero"): ...


class InvalidPayment(EscrowError, code=10, text="invalid payment"): ...


class InvalidSettlement(EscrowError, code=11, text="invalid settlement"): ...


class InvalidID(EscrowError, code=12, text="invalid ID"): ...


class InvalidAccount(EscrowError, code=13, text="invalid account"): ...


class InvalidAccountDepositor(EscrowError, code=14, text="invalid account depositor"): ...


class UnauthorizedDepositScope(
    EscrowError, code=15, text="unauthorized deposit scope", status=Status.PERMISSION_DENIED
): ...


class InvalidDeposit(EscrowError, code=16, text="invalid deposit"): ...


class InvalidAuthzScope(EscrowError, code=17, text="invalid authz scope"): ...


class MalformedKey(EscrowError, code=18, text="malformed key"): ...


class State(WireEnum):
    """The life of an account or a payment."""

    INVALID = 0
    OPEN = 1
    CLOSED = 2
    OVERDRAWN = 3


class Scope(WireEnum):
    """What an account belongs to."""

    INVALID = 0
    DEPLOYMENT = 1
    BID = 2


PARTS = {Scope.DEPLOYMENT: 2, Scope.BID: 5}
"""Parts of an account's `xid` by scope: owner/dseq, owner/dseq/gseq/oseq/provider."""
PAYMENT_PARTS = 3
"""Parts of a payment's `xid`: gseq/oseq/provider."""


@dataclass(frozen=True, slots=True)
class EscrowID:
    """An account's id; its text is `<scope>/<xid>`. `scope` is a Scope or a stranger's number."""

    scope: int
    xid: str

    @classmethod
    def WIRE(cls) -> type[wire.AccountID]:
        """The message class of this id."""
        return wire.AccountID

    @classmethod
    def from_wire(cls, msg: wire.AccountID) -> Self:
        """Read an akash.escrow.id.v1.Account."""
        return cls(Scope.of(msg.scope), msg.xid)

    def to_wire(self) -> wire.AccountID:
        """An akash.escrow.id.v1.Account."""
        return wire.AccountID(
            scope=self.scope,  # type: ignore[arg-type]  # any number is allowed on the wire
            xid=self.xid,
        )

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read `<scope>/<xid>`. Raises MalformedKey."""
        name, *parts = key.split("/")
        if len(parts) < 2:
            raise MalformedKey(f"malformed account key {key}")
        scope = Scope.named(name)
        if scope is None:
            raise MalformedKey(f'invalid account scope "{name}"')
        if scope not in PARTS:
            raise MalformedKey(f'invalid account scope "{key}"')
        if len(parts) != PARTS[scope]:
            raise MalformedKey(f'malformed account key for {scope.name} scope "{key}"')
        found = cls(scope, "/".join(parts))
        try:
            found.validate()
        except InvalidID as error:
            raise MalformedKey(str(error)) from None
        return found

    def validate(self) -> None:
        """Raises InvalidID for another scope, shape, address or number."""
        parts = self.xid.split("/")
        expected = PARTS.get(Scope(self.scope)) if self.scope in PARTS else None
        if expected is None:
            raise InvalidID("invalid scope")
        if len(parts) != expected:
            raise InvalidID("invalid xid format")
        _check_address("owner", parts[0])
        _check_number("dseq", parts[1], 64)
        if self.scope == Scope.BID:
            _check_tail(parts[2:])

    def __str__(self) -> str:
        scope = self.scope.name if isinstance(self.scope, Scope) else ""
        return f"{scope}/{self.xid}"


@dataclass(frozen=True, slots=True)
class PaymentID:
    """A payment's id; its text is that of `account`, then `/gseq/oseq/provider`."""

    account: EscrowID
    xid: str

    @classmethod
    def WIRE(cls) -> type[wire.PaymentID]:
        """The message class of this id."""
        return wire.PaymentID

    @classmethod
    def from_wire(cls, msg: wire.PaymentID) -> Self:
        """Read an akash.escrow.id.v1.Payment."""
        return cls(EscrowID.from_wire(msg.aid), msg.xid)

    def to_wire(self) -> wire.PaymentID:
        """An akash.escrow.id.v1.Payment."""
        return wire.PaymentID(aid=self.account.to_wire(), xid=self.xid)

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read `<scope>/<account xid>/<gseq>/<oseq>/<provider>`. Raises MalformedKey."""
        name, *parts = key.split("/")
        if len(parts) < 5:
            raise MalformedKey(f"malformed payment key {key}")
        scope = Scope.named(name)
        if scope is None or scope not in PARTS:
            raise MalformedKey(f'invalid payment scope "{name}"')
        size = PARTS[scope]
        if len(parts) != size + PAYMENT_PARTS:
            raise MalformedKey(f'malformed payment key for {scope.name} scope "{key}"')
        found = cls(EscrowID(scope, "/".join(parts[:size])), "/".join(parts[size:]))
        try:
            found.validate()
        except InvalidID as error:
            raise MalformedKey(str(error)) from None
        return found

    def validate(self) -> None:
        """Raises InvalidID for another scope, shape, address or number."""
        self.account.validate()
        parts = self.xid.split("/")
        if len(parts) != PAYMENT_PARTS:
            raise InvalidID("invalid xid format")
        _check_tail(parts)

    def __str__(self) -> str:
        return f"{self.account}/{self.xid}"


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of one denomination; negative when it owes."""

    denom: str
    amount: Dec

    @classmethod
    def from_wire(cls, msg: wire.Balance) -> Self:
        """Read an akash.escrow.types.v1.Balance."""
        return cls(msg.denom, Dec.from_wire(msg.amount))

    def to_wire(self) -> wire.Balance:
        """An akash.escrow.types.v1.Balance."""
        return wire.Balance(denom=self.denom, amount=self.amount.wire())

    def __str__(self) -> str:
        return f"{self.amount}{self.denom}"


@dataclass(frozen=True, slots=True)
class Depositor:
    """One deposit: whose, made at which height, and what is left of it."""

    owner: Address
    height: int
    source: int
    balance: DecCoin

    @classmethod
    def from_wire(cls, msg: wire.Depositor) -> Self:
        """Read an akash.escrow.types.v1.Depositor. Raises InvalidAddress."""
        return cls(
            Address.parse(msg.owner),
            msg.height,
            Source.of(msg.source),
            DecCoin.from_wire(msg.balance),
        )

    def to_wire(self) -> wire.Depositor:
        """An akash.escrow.types.v1.Depositor."""
        return wire.Depositor(
            owner=self.owner,
            height=self.height,
            source=self.source,  # type: ignore[arg-type]  # any number is allowed on the wire
            balance=self.balance.to_wire(),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """Money set aside for a deployment or a bid.

    The first denomination in `funds` is the one it settles in. While it is open, what `funds`
    say of a denomination is the sum of what is left of its `deposits`. `settled_at` is a height.
    """

    id: EscrowID
    owner: Address
    state: State
    settled_at: int = 0
    transferred: tuple[DecCoin, ...] = ()
    funds: tuple[Balance, ...] = ()
    deposits: tuple[Depositor, ...] = ()

    @classmethod
    def WIRE(cls) -> type[wire.Account]:
        """The message class of this record."""
        return wire.Account

    @classmethod
    def from_wire(cls, msg: wire.Account) -> Self:
        """Read an akash.escrow.types.v1.Account. Raises InvalidAddress, InvalidAccount."""
        state = msg.state
        return cls(
            EscrowID.from_wire(msg.id),
            Address.parse(state.owner),
            _state(state.state, InvalidAccount),
            state.settled_at,
            tuple(DecCoin.from_wire(coin) for coin in state.transferred),
            tuple(Balance.from_wire(balance) for balance in state.funds),
            tuple(Depositor.from_wire(deposit) for deposit in state.deposits),
        )

    def to_wire(self) -> wire.Account:
        """An akash.escrow.types.v1.Account."""
        return wire.Account(
            id=self.id.to_wire(),
            state=wire.AccountState(
                owner=self.owner,
                state=self.state,  # type: ignore[arg-type]  # a known number
                transferred=[coin.to_wire() for coin in self.transferred],
                settled_at=self.settled_at,
                funds=[balance.to_wire() for balance in self.funds],
                deposits=[deposit.to_wire() for deposit in self.deposits],
            ),
        )

    def validate(self) -> None:
        """Raises InvalidAccount for a bad id."""
        try:
            self.id.validate()
        except InvalidID as error:
            raise InvalidAccount(str(error)) from None

    def fund(self, denom: str) -> Dec | None:
        """What it holds of a denomination, or None when it never held any."""
        return next((entry.amount for entry in self.funds if entry.denom == denom), None)


@dataclass(frozen=True, slots=True)
class Payment:
    """What an account pays to `owner`: `rate` per block.

    `balance` is earned and not withdrawn, `unsettled` the debt of an overdrawn payment.
    """

    id: PaymentID
    owner: Address
    state: State
    rate: DecCoin
    balance: DecCoin
    unsettled: DecCoin
    withdrawn: Coin

    @classmethod
    def WIRE(cls) -> type[wire.Payment]:
        """The message class of this record."""
        return wire.Payment

    @classmethod
    def from_wire(cls, msg: wire.Payment) -> Self:
        """Read an akash.escrow.types.v1.Payment. Raises InvalidAddress, InvalidPayment."""
        state = msg.state
        return cls(
            PaymentID.from_wire(msg.id),
            Address.parse(state.owner),
            _state(state.state, InvalidPayment),
            DecCoin.from_wire(state.rate),
            DecCoin.from_wire(state.balance),
            DecCoin.from_wire(state.unsettled),
            Coin.from_wire(state.withdrawn),
        )

    def to_wire(self) -> wire.Payment:
        """An akash.escrow.types.v1.Payment."""
        return wire.Payment(
            id=self.id.to_wire(),
            state=wire.PaymentState(
                owner=self.owner,
                state=self.state,  # type: ignore[arg-type]  # a known number
                rate=self.rate.to_wire(),
                balance=self.balance.to_wire(),
                unsettled=self.unsettled.to_wire(),
                withdrawn=self.withdrawn.to_wire(),
            ),
        )

    def validate(self) -> None:
        """Raises InvalidID for a bad id, InvalidPayment for no state or a zero rate."""
        self.id.validate()
        if self.rate.amount.is_zero:
            raise InvalidPayment("payment rate zero")
        if self.state is State.INVALID:
            raise InvalidPayment("invalid state")


def validate_account_deposit(msg: wire.MsgAccountDeposit) -> None:
    """What MsgAccountDeposit must be before any state is read.

    Raises PlainError for the signer, InvalidID, InvalidDeposit, InvalidDepositSource. A negative
    amount, which Akash lets through to a panic, is InvalidDeposit.
    """
    try:
        Address.parse(msg.signer)
    except InvalidAddress as error:
        raise PlainError(error.detail) from None
    EscrowID.from_wire(msg.id).validate()
    deposit = Deposit.from_wire(msg.deposit)
    if deposit.amount.amount <= 0:
        raise InvalidDeposit
    deposit.validate_sources()


def _state(number: int, error: type[EscrowError]) -> State:
    state = State.of(number)
    if not isinstance(state, State):
        raise error("invalid state")
    return state


def _check_tail(parts: list[str]) -> None:
    _check_number("gseq", parts[0], 32)
    _check_number("oseq", parts[1], 32)
    _check_address("provider", parts[2])


def _check_address(name: str, text: str) -> None:
    try:
        Address.parse(text)
    except InvalidAddress as error:
        raise InvalidID(f"invalid xid/{name}: {error.detail}") from None


def _check_number(name: str, text: str, bits: int) -> None:
    try:
        unsigned(text, bits)
    except PlainError as error:
        raise InvalidID(f"invalid xid/{name}: {error.detail}") from None
