"""The one thing a rule is given: state, block, gas, events.

Every read and write of a transition goes through a Context, which charges gas as the SDK's gas
store does. It must not know modules, transactions' encoding or where the state lies.
"""

from collections.abc import Iterator
from enum import Enum
from types import TracebackType
from typing import Any, Literal, Protocol

from akashpy.state.gas import (
    DELETE_FLAT,
    HAS_FLAT,
    ITER_NEXT_FLAT,
    READ_FLAT,
    READ_PER_BYTE,
    WRITE_FLAT,
    WRITE_PER_BYTE,
    GasMeter,
    InfiniteGasMeter,
)
from akashpy.state.overlay import MISSING, EmptyReader, Overlay, Reader
from akashpy.types.abci import NO_FACTS, BlockFacts, Misbehavior, VoteInfo
from akashpy.types.errors import UnknownRequest
from akashpy.types.events import Event


class Mode(Enum):
    """Why a transition runs."""

    CHECK = "check"
    RECHECK = "recheck"
    SIMULATE = "simulate"
    DELIVER = "deliver"
    GENESIS = "genesis"
    QUERY = "query"


CHECK = Mode.CHECK
RECHECK = Mode.RECHECK
SIMULATE = Mode.SIMULATE
DELIVER = Mode.DELIVER
GENESIS = Mode.GENESIS
QUERY = Mode.QUERY


class Bus(Protocol):
    """How a lower module reaches upward: set by the application, never by a module."""

    def notify(self, ctx: "Context", value: object) -> None:
        """Give `value` to its subscribers, in their written order, before returning."""

    def dispatch(self, ctx: "Context", msg: Any) -> Any:
        """Run the handler of `msg` and give its response."""

    def handles(self, url: str) -> bool:
        """Whether messages of this type URL have a handler."""

    def check(self, msg: Any) -> None:
        """What the handler of `msg` checks without state; nothing when there is none."""


class SilentBus:
    """The bus of a context that no application has set one for."""

    def notify(self, ctx: "Context", value: object) -> None:
        """Nobody subscribes."""

    def dispatch(self, ctx: "Context", msg: Any) -> Any:
        """Refuse: there is no handler here."""
        raise UnknownRequest(f"no handler for {type(msg).__name__}: this context has no router")

    def handles(self, url: str) -> bool:
        """No message has one."""
        return False

    def check(self, msg: Any) -> None:
        """Nothing to check with."""


class Context:
    """State and surroundings of one transition.

    `time` is unix nanoseconds; `proposer` the consensus address's bytes; `block` what else a block
    says of itself; `transient` lives until the block ends and is undone with its branch, so its
    values must not be changed in place.
    Contexts made by `derive` share state, transient values and bus.
    """

    __slots__ = (
        "_overlay", "block", "bus", "chain_id", "events", "gas", "height", "is_silent",
        "min_gas_prices", "mode", "proposer", "time", "transient",
    )  # fmt: skip

    def __init__(
        self,
        overlay: Overlay,
        *,
        height: int = 1,
        time: int = 0,
        chain_id: str = "",
        gas: GasMeter | None = None,
        proposer: bytes = b"",
        mode: Mode = Mode.DELIVER,
        min_gas_prices: Any = (),
        bus: Bus | None = None,
        transient: dict[Any, Any] | None = None,
        block: BlockFacts = NO_FACTS,
    ) -> None:
        self._overlay = overlay
        self.height = height
        self.time = time
        self.chain_id = chain_id
        self.gas = InfiniteGasMeter() if gas is None else gas
        self.proposer = proposer
        self.block = block
        self.mode = mode
        self.is_silent = mode is CHECK or mode is RECHECK
        """Nobody reads the events of a check: what is costly to tell may be left out."""
        self.min_gas_prices = min_gas_prices
        self.bus: Bus = SilentBus() if bus is None else bus
        self.transient: dict[Any, Any] = {} if transient is None else transient
        self.events: list[Event] = []

    @classmethod
    def scratch(cls, reader: Reader | None = None, **surroundings: Any) -> "Context":
        """A context over `reader` (nothing by default) whose changes go nowhere."""
        return cls(Overlay(EmptyReader() if reader is None else reader), **surroundings)

    def derive(self, *, gas: GasMeter | None = None, mode: Mode | None = None) -> "Context":
        """The same state seen with another meter or mode, and with events of its own."""
        return Context(
            self._overlay,
            height=self.height,
            time=self.time,
            chain_id=self.chain_id,
            gas=self.gas if gas is None else gas,
            proposer=self.proposer,
            mode=self.mode if mode is None else mode,
            min_gas_prices=self.min_gas_prices,
            bus=self.bus,
            transient=self.transient,
            block=self.block,
        )

    def fork(self, *, gas: GasMeter | None = None, mode: Mode | None = None) -> "Context":
        """A copy whose changes never reach this context: simulation, trial runs."""
        forked = self.derive(gas=gas, mode=mode)
        forked._overlay = Overlay(self._overlay)
        forked.transient = dict(self.transient)
        return forked

    @property
    def votes(self) -> tuple[VoteInfo, ...]:
        """Who signed the block before this one; empty in a chain's first block."""
        return self.block.votes

    @property
    def misbehavior(self) -> tuple[Misbehavior, ...]:
        """Proofs of broken consensus rules that this block carries."""
        return self.block.misbehavior

    @property
    def changes(self) -> dict[bytes, bytes | None]:
        """What was written so far (None: deleted): what a block hands to the store."""
        return self._overlay.changes

    @property
    def uncharged(self) -> Overlay:
        """The state for who sums up by itself what a whole sequence of steps costs."""
        return self._overlay

    # State, metered.

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`, or None.

        Raises OutOfGas.
        """
        overlay = self._overlay
        value = overlay.changes.get(key, MISSING)
        if value is MISSING:
            value = overlay.below(key)
        gas = self.gas
        size = len(key) if value is None else len(key) + len(value)
        used = gas.used + READ_FLAT + READ_PER_BYTE * size
        if used > gas.limit:
            gas.consume_steps(
                (READ_FLAT, "ReadFlat"),
                (READ_PER_BYTE * len(key), "ReadPerByte"),
                (READ_PER_BYTE * (size - len(key)), "ReadPerByte"),
            )
        gas.used = used
        return value

    def has(self, key: bytes) -> bool:
        """Whether `key` has a value.

        Raises OutOfGas.
        """
        self.gas.consume(HAS_FLAT, "Has")
        return self._overlay.get(key) is not None

    def set(self, key: bytes, value: bytes) -> None:
        """Store `value` under `key`.

        Raises OutOfGas, and then stores nothing.
        """
        gas = self.gas
        used = gas.used + WRITE_FLAT + WRITE_PER_BYTE * (len(key) + len(value))
        if used > gas.limit:
            gas.consume_steps(
                (WRITE_FLAT, "WriteFlat"),
                (WRITE_PER_BYTE * len(key), "WritePerByte"),
                (WRITE_PER_BYTE * len(value), "WritePerByte"),
            )
        gas.used = used
        self._overlay.put(key, value)

    def delete(self, key: bytes) -> None:
        """Remove `key`; nothing happens when it is absent.

        Raises OutOfGas, and then removes nothing.
        """
        self.gas.consume(DELETE_FLAT, "Delete")
        self._overlay.put(key, None)

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start <= key < end (None: to the last key), in key order or reversed.

        Charged as the SDK's iterator: the first row when it is found, and each row again when the
        iteration moves past it. Raises OutOfGas.
        """
        gas = self.gas
        rows = self._overlay.iterate(start, end, reverse=reverse)
        row = next(rows, None)
        self._charge_row(gas, row)
        while row is not None:
            yield row
            self._charge_row(gas, row)
            row = next(rows, None)

    @staticmethod
    def _charge_row(gas: GasMeter, row: tuple[bytes, bytes] | None) -> None:
        if row is not None:
            gas.consume(READ_PER_BYTE * len(row[0]), "ValuePerByte")
            gas.consume(READ_PER_BYTE * len(row[1]), "ValuePerByte")
        gas.consume(ITER_NEXT_FLAT, "IterNextFlat")

    # Effects.

    def emit(self, event: Event) -> None:
        """Add an event to what this transition reports."""
        self.events.append(event)

    def notify(self, value: object) -> None:
        """Tell the modules above; an error of theirs is this transition's error."""
        self.bus.notify(self, value)

    def dispatch(self, msg: Any) -> Any:
        """Run another message's handler and give its response."""
        return self.bus.dispatch(self, msg)

    def branch(self) -> "Branch":
        """`with ctx.branch() as inner:` keeps writes and events only if the block ends cleanly.

        Gas stays used either way. `inner` is this context, so writes through either are undone.
        """
        return Branch(self)


class Branch:
    """The `with` block of Context.branch."""

    __slots__ = ("_ctx", "_events", "_mark", "_transient")

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def __enter__(self) -> Context:
        ctx = self._ctx
        self._mark = ctx._overlay.open_branch()
        self._events = len(ctx.events)
        self._transient = dict(ctx.transient) if ctx.transient else None
        return ctx

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        ctx = self._ctx
        if kind is None:
            ctx._overlay.keep_branch()
            return False
        ctx._overlay.drop_branch(self._mark)
        del ctx.events[self._events :]
        ctx.transient.clear()
        if self._transient:
            ctx.transient.update(self._transient)
        return False
