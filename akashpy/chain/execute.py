"""One transaction from bytes to result: decode, checks, messages, gas, events, data, log.

It exists so that CheckTx, simulation and blocks run a transaction by the same code. Nothing that
goes wrong in here escapes: a refusal becomes its codespace and code, anything a rule did not
foresee becomes undefined/111222 with no state changed. It must not know stores, blocks, modules.
Source: Cosmos SDK 0.53 baseapp runTx, runMsgs.
"""

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from traceback import format_exception
from typing import NamedTuple, ParamSpec, TypeVar

from google.protobuf.message import Message

from akashpy.chain import ante, ante_usual
from akashpy.chain.router import Router, url_of
from akashpy.state.context import DELIVER, SIMULATE, Context, Mode
from akashpy.state.gas import GasMeter, InfiniteGasMeter
from akashpy.tx.build import Tx, decode
from akashpy.types.abci import CheckResult, TxResult
from akashpy.types.address import Address
from akashpy.types.errors import ChainError, InvalidRequest, OutOfGas, Panic, TxDecode
from akashpy.types.events import Event, made
from akashpy.wire import signers
from akashpy.wire.abci import TxMsgData

PANICS_KEPT = 100
P = ParamSpec("P")
T = TypeVar("T")


class Ran(NamedTuple):
    """The outcome of one run: `error` is None on success."""

    error: ChainError | None
    gas_wanted: int
    gas_used: int
    priority: int = 0
    proof: ante_usual.Proof | None = None
    data: bytes = b""
    events: tuple[Event, ...] = ()

    def as_tx_result(self) -> TxResult:
        """What a block says of it."""
        if self.error is None:
            return TxResult(0, "", self.data, "", "", self.gas_wanted, self.gas_used, self.events)
        return TxResult(
            code=self.error.code,
            codespace=self.error.codespace,
            log=str(self.error),
            gas_wanted=self.gas_wanted,
            gas_used=self.gas_used,
            events=self.events,
        )

    def as_check_result(self) -> CheckResult:
        """What CheckTx says of it."""
        if self.error is None:
            return CheckResult(0, "", "", self.gas_wanted, self.gas_used, self.priority)
        return CheckResult(
            code=self.error.code,
            codespace=self.error.codespace,
            log=str(self.error),
            gas_wanted=self.gas_wanted,
            gas_used=self.gas_used,
        )


class Executor:
    """Runs transactions with the handlers of a router.

    `panics` keeps the newest tracebacks of unforeseen exceptions, for the node to log.
    """

    __slots__ = ("_router", "panics")

    def __init__(self, router: Router) -> None:
        self._router = router
        self.panics: deque[str] = deque(maxlen=PANICS_KEPT)

    def read(self, raw: bytes) -> Tx | ChainError:
        """The transaction in these bytes, or why there is none."""
        tx, error = self._caught(decode, raw)
        if tx is not None:
            return tx
        return TxDecode(str(error))

    def check(
        self,
        base: Context,
        tx: Tx,
        *,
        mode: Mode,
        max_block_gas: int,
        proof: ante_usual.Proof | None,
    ) -> Ran:
        """CheckTx or its repetition: the ante checks, kept in `base` when they pass."""
        if self._router not in tx.notes:
            _, error = self._caught(self._require_runnable, tx)
            if error is not None:
                return Ran(error, 0, 0)
        done, _ = self._caught(
            ante_usual.run, base, tx, mode=mode, max_block_gas=max_block_gas, gas=0, proof=proof
        )
        if done is not None:
            used, proof, priority = done
            return Ran(None, tx.gas, used, priority, proof)
        ctx = base.derive(gas=GasMeter(tx.gas), mode=mode)
        passed, error = self._caught(_pass, ctx, tx, max_block_gas, proof)
        if error is not None or passed is None:
            return Ran(error, tx.gas, ctx.gas.used)
        return Ran(None, tx.gas, ctx.gas.used, passed.priority, passed.proof)

    def deliver(
        self,
        base: Context,
        tx: Tx,
        *,
        max_block_gas: int,
        block_gas: GasMeter,
        proof: ante_usual.Proof | None,
    ) -> Ran:
        """Run a transaction of a block; state changes are kept in `base`."""
        if block_gas.is_spent:
            return Ran(OutOfGas("no block gas left to run tx"), 0, 0)
        ctx = base.derive(gas=GasMeter(tx.gas))
        return self._run(ctx, tx, max_block_gas, block_gas, proof)

    def simulate(self, base: Context, tx: Tx, *, max_block_gas: int) -> Ran:
        """Run a transaction without a gas limit or signatures and change nothing."""
        ctx = base.fork(gas=InfiniteGasMeter(), mode=SIMULATE)
        return self._run(ctx, tx, max_block_gas, InfiniteGasMeter(), None)

    def _run(
        self,
        ctx: Context,
        tx: Tx,
        max_block_gas: int,
        block_gas: GasMeter,
        proof: ante_usual.Proof | None,
    ) -> Ran:
        gas = ctx.gas
        if self._router not in tx.notes:
            _, error = self._caught(self._require_runnable, tx)
            if error is not None:
                unread = isinstance(error, TxDecode) and ctx.mode is DELIVER
                return Ran(TxDecode() if unread else error, 0, 0)
        _, error = self._caught(_pass, ctx, tx, max_block_gas, proof)
        if error is not None:
            block_gas.used += gas.used_to_limit
            return Ran(error, gas.limit, gas.used)
        passed, charged = len(ctx.events), block_gas.used
        data, error = self._caught(self._execute, ctx, tx, block_gas)
        if error is not None or data is None:
            if block_gas.used == charged:
                block_gas.used += gas.used_to_limit
            return Ran(error, gas.limit, gas.used, events=tuple(ctx.events[:passed]))
        return Ran(None, gas.limit, gas.used, data=data, events=tuple(ctx.events))

    def _execute(self, ctx: Context, tx: Tx, block_gas: GasMeter) -> bytes:
        """Run the messages on a branch that the block's gas limit can still undo."""
        with ctx.branch():
            data = self._run_messages(ctx, tx)
            block_gas.consume(ctx.gas.used_to_limit, "block gas meter")
        return data

    def _require_runnable(self, tx: Tx) -> None:
        """Raises InvalidRequest without messages, UnknownRequest for one that has no handler.

        It depends on nothing but the transaction, so what has passed need not be asked again.
        """
        if not tx.msgs:
            raise InvalidRequest("must contain at least one message")
        handlers = self._router.handlers
        homeless = None
        for msg in tx.msgs:
            handler = handlers.get(url_of(msg))
            if handler is None:
                homeless = msg if homeless is None else homeless
            elif handler.validate is not None:
                _checked(handler.validate, msg)
        if homeless is not None:
            self._router.handler(homeless)
        tx.notes[self._router] = True

    def _run_messages(self, ctx: Context, tx: Tx) -> bytes:
        """Run messages in order; add their events; give TxMsgData."""
        events = ctx.events
        responses: list[tuple[str, bytes]] = []
        only = Address.text(tx.signers[0]) if len(tx.signers) == 1 else ""
        for index, msg in enumerate(tx.msgs):
            mark = len(events)
            try:
                response = self._router.dispatch(ctx, msg)
            except (OutOfGas, Panic):
                raise
            except ChainError as error:
                raise error.wrapped(f"failed to execute message; message index: {index}") from error
            _tell(events, mark, url_of(msg), only or _sender(msg), index)
            value = response.SerializeToString(deterministic=True)
            responses.append((url_of(response), value))
        return _data_of(tuple(responses))

    def _caught(
        self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T | None, ChainError | None]:
        """What `step` gives, or the refusal it ended with; a traceback is kept for the log."""
        try:
            return step(*args, **kwargs), None
        except ChainError as error:
            return None, error
        except MemoryError:
            raise  # this machine's trouble, not the transaction's
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not stop the chain
            self.panics.append("".join(format_exception(error)))
            return None, Panic(f"recovered: {type(error).__name__}: {error}")


def _pass(ctx: Context, tx: Tx, max_block_gas: int, proof: ante_usual.Proof | None) -> ante.Passed:
    """The ante checks, on a branch of their own where they might end in the middle."""
    done = ante_usual.run(
        ctx, tx, mode=ctx.mode, max_block_gas=max_block_gas, gas=ctx.gas.used, proof=proof
    )
    if done is not None:
        ctx.gas.used, proof, priority = done
        return ante.Passed(proof, priority)
    with ctx.branch():
        return ante.run(ctx, tx, max_block_gas=max_block_gas, proof=proof)


@lru_cache(maxsize=4096)
def _data_of(responses: tuple[tuple[str, bytes], ...]) -> bytes:
    """TxMsgData of the responses; remembered, because most are empty and alike."""
    data = TxMsgData()
    for url, value in responses:
        data.msg_responses.add(type_url=url, value=value)
    return data.SerializeToString(deterministic=True)


def _checked(validate: Callable[[Message], None], msg: Message) -> None:
    """What Go cannot decode it says twice: once for the part, once for the transaction."""
    try:
        validate(msg)
    except TxDecode as error:
        raise TxDecode(str(error)) from error


def _names_module(events: list[Event]) -> bool:
    for _, attributes in events:
        for key, _ in attributes:
            if key == "module":
                return True
    return False


def _sender(msg: Message) -> str:
    """The account that signs a message."""
    return Address.of_signer(signers(msg)[0])


def _tell(events: list[Event], mark: int, action: str, sender: str, index: int) -> None:
    """Put the message's own event before those since `mark`, and its index on all of them.

    Source: SDK baseapp createEvents.
    """
    emitted = events[mark:]
    del events[mark:]
    place = ("msg_index", str(index))
    own: tuple[tuple[str, str], ...] = (("action", action), ("sender", sender))
    module = action.split(".")
    if len(module) > 1 and not _names_module(emitted):
        own = (*own, ("module", module[1]))
    events.append(made(("message", (*own, place))))
    events.extend([made((kind, (*attributes, place))) for kind, attributes in emitted])
