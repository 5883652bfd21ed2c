"""The chain as one object: genesis in, blocks in, results and app hashes out.

It is the composition root of the consensus code: it joins the store, the modules in their literal
orders (`chain/registry.py`) and the execution of transactions, and keeps the two states a node
needs, the block's and the mempool's. Everything is synchronous; a block is a generator that yields
every few transactions, so that whoever drives it decides about pauses. It must not know asyncio,
files, sockets or clocks. One thread uses it, except for the job of `commit_job`.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, NamedTuple

from akashpy.chain import ante, ante_usual, consensus, genutil, registry, staking, upgrades
from akashpy.chain import genesis as documents
from akashpy.chain.execute import Executor
from akashpy.state.context import CHECK, DELIVER, GENESIS, QUERY, RECHECK, Context, Mode
from akashpy.state.gas import GasMeter, InfiniteGasMeter
from akashpy.state.overlay import Overlay, Reader
from akashpy.state.staging import Staged
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.tx.build import Tx, decode
from akashpy.types.abci import (
    BlockFacts,
    BlockInput,
    BlockResult,
    CheckResult,
    TxResult,
    ValidatorUpdate,
)
from akashpy.types.coin import DecCoins
from akashpy.types.errors import ChainError, InvalidHeight, InvalidRequest, PlainError
from akashpy.types.events import Event
from akashpy.wire.tendermint import ConsensusParams

KNOWN_LIMIT = 50_000
"""Decoded and verified transactions kept for their block; the oldest are forgotten first."""
SLICE = 4
"""Transactions between two yields of a block."""

CHAIN_ID, INITIAL_HEIGHT, BLOCK_TIME = b"app/chain_id", b"app/initial_height", b"app/time"


class InvariantBroken(Exception):
    """The state after a block contradicts itself; the chain must not go on."""


class InitResult(NamedTuple):
    """What genesis gave: the first validators, and the app hash of the first header."""

    validators: tuple[ValidatorUpdate, ...]
    app_hash: bytes


class Known(NamedTuple):
    """A transaction that CheckTx has read and verified."""

    tx: Tx
    proof: ante_usual.Proof | None


class App:
    """One chain over one store.

    `min_gas_prices` is this node's own minimum, asked in CheckTx only. `check_invariants` makes
    every block end with all modules' invariants (slow: it reads the whole state). At the heights
    in `skip_upgrades` a planned upgrade is forgotten instead of carried out.
    Raises InvalidRequest when the store holds another chain than `chain_id`.
    """

    def __init__(
        self,
        store: Store,
        *,
        chain_id: str = "",
        min_gas_prices: DecCoins = DecCoins.EMPTY,
        check_invariants: bool = False,
        skip_upgrades: Iterable[int] = (),
    ) -> None:
        self._store = store
        self._skip_upgrades = frozenset(skip_upgrades)
        self._min_gas_prices = min_gas_prices
        self._check_invariants = check_invariants
        self._router = registry.router()
        self._executor = Executor(self._router)
        self._known: dict[bytes, Known] = {}
        self._genesis: Context | None = None
        self._staged: Staged | None = None
        self._chain_id = (store.meta_get(CHAIN_ID) or b"").decode() or chain_id
        if chain_id and chain_id != self._chain_id:
            raise InvalidRequest(
                f"the store holds chain {self._chain_id!r}, not {chain_id!r}: use another home"
            )
        self._initial_height = int(store.meta_get(INITIAL_HEIGHT) or 1)
        self._reset()

    # WHAT THERE IS

    @property
    def chain_id(self) -> str:
        """The chain's id; empty before genesis."""
        return self._chain_id

    @property
    def height(self) -> int:
        """The latest committed height; 0 before the first block."""
        return self._store.height

    @property
    def app_hash(self) -> bytes:
        """The root of the latest committed state."""
        return self._store.app_hash

    @property
    def consensus_params(self) -> ConsensusParams:
        """The consensus parameters after the latest block. Do not change the answer."""
        return self._params

    @property
    def time(self) -> int:
        """Time of the latest block (before the first: of genesis), unix nanoseconds."""
        if self._genesis is not None:
            return self._genesis.time
        return int(self._store.meta_get(BLOCK_TIME) or 0)

    @property
    def min_gas_prices(self) -> DecCoins:
        """What this node asks for gas."""
        return self._min_gas_prices

    def take_panics(self) -> list[str]:
        """Tracebacks of exceptions no rule foresaw since the last call, for the node's log."""
        found = list(self._executor.panics)
        self._executor.panics.clear()
        return found

    # GENESIS

    def init_chain(self, document: dict[str, Any]) -> InitResult:
        """Start a chain from a parsed genesis.json.

        The state becomes durable with the first block; until then a restart begins here again.
        Raises PlainError for a bad document, ChainError from a module, InvalidRequest when the
        chain has begun.
        """
        if self._store.height:
            raise InvalidRequest(f"the chain has begun: it is at height {self._store.height}")
        found = documents.read(document)
        if self._chain_id and found.chain_id != self._chain_id:
            raise InvalidRequest(
                f"invalid chain-id on InitChain; expected: {self._chain_id}, got: {found.chain_id}"
            )
        ctx = self._context(Overlay(self._store.view()), GENESIS, 0, found.time, found.chain_id)
        consensus.put(ctx, found.params)
        validators: list[ValidatorUpdate] = []
        for module in registry.genesis_order():
            state = found.app_state.get(module.name)
            if state is not None:
                validators.extend(module.init_genesis(ctx, state) or ())
            if state is not None and module.name == genutil.MODULE.name:
                validators.extend(self._genesis_transactions(ctx, state, found.params))
        upgrades.remember_versions(ctx, [module.name for module in registry.genesis_order()])
        if not validators:
            raise PlainError("genesis has no validator: name one in app_state.staking")
        documents.require_same_validators(document, validators)
        self._require_invariants(ctx)
        ctx.events.clear()
        self._chain_id, self._initial_height = found.chain_id, found.initial_height
        self._genesis = ctx
        self._reset()
        return InitResult(tuple(validators), self._store.app_hash)

    def _genesis_transactions(
        self, ctx: Context, state: dict[str, Any], params: ConsensusParams
    ) -> list[ValidatorUpdate]:
        """Run a document's transactions; the validators they made.

        Raises PlainError with the reason of the first that fails: a chain must not begin without.
        """
        raws = genutil.transactions(state)
        for index, raw in enumerate(raws):
            tx = self._executor.read(raw)
            error: ChainError | None = tx if isinstance(tx, ChainError) else None
            if not isinstance(tx, ChainError):
                error = self._executor.deliver(
                    ctx,
                    tx,
                    max_block_gas=params.block.max_gas,
                    block_gas=InfiniteGasMeter(),
                    proof=None,
                ).error
            if error is not None:
                raise PlainError(
                    f"app_state.genutil.gen_txs[{index}]: failed to execute DeliverTx: {error}"
                )
        return staking.update_validators(ctx) if raws else []

    # MEMPOOL

    def claim(self, raw: bytes) -> tuple[Known, ante.Claim] | None:
        """What a transaction's signature says, to be verified elsewhere before `check_tx`.

        Where it is true, give the first part to `check_tx` as `vouched`. None where the check has
        to see for itself.
        """
        if raw in self._known:
            return None
        try:
            tx = decode(raw)
            found = ante.claim(self._unmetered, tx)
        except ChainError:
            return None
        return None if found is None else (Known(tx, found.proof), found)

    def check_tx(
        self, raw: bytes, *, recheck: bool = False, vouched: Known | None = None
    ) -> CheckResult:
        """Whether a transaction may wait for a block, after those checked before it.

        `vouched` is what `claim` gave for these bytes, if the claim was found true.
        """
        known = self._known.get(raw) or vouched
        if known is None:
            tx = self._executor.read(raw)
            if isinstance(tx, ChainError):
                return CheckResult(tx.code, tx.codespace, str(tx))
            known = Known(tx, None)
        ran = self._executor.check(
            self._check,
            known.tx,
            mode=RECHECK if recheck else CHECK,
            max_block_gas=self._params.block.max_gas,
            proof=known.proof,
        )
        if ran.error is None:
            kept = known.proof if recheck else ran.proof
            self._remember(raw, known if kept is known.proof else Known(known.tx, kept))
        elif recheck:
            self._known.pop(raw, None)
        return ran.as_check_result()

    def recheck(self, raws: Iterable[bytes]) -> list[CheckResult]:
        """Begin the mempool's state anew and check what still waits, in order of arrival."""
        self._reset()
        return [self.check_tx(raw, recheck=True) for raw in raws]

    def simulate(self, raw: bytes) -> tuple[int, TxResult]:
        """Gas used and result of a transaction run without limit, signatures or consequences."""
        tx = self._executor.read(raw)
        if isinstance(tx, ChainError):
            return 0, TxResult(tx.code, tx.codespace, log=str(tx))
        ran = self._executor.simulate(self._check, tx, max_block_gas=self._params.block.max_gas)
        return ran.gas_used, ran.as_tx_result()

    def prepare_proposal(self, txs: Sequence[bytes], max_bytes: int) -> list[bytes]:
        """The first transactions that fit `max_bytes`, in the order given."""
        chosen, size = [], 0
        for raw in txs:
            size += len(raw)
            if size > max_bytes:
                break
            chosen.append(raw)
        return chosen

    def process_proposal(self, txs: Sequence[bytes]) -> bool:
        """Accept every proposal, as Akash does: a bad transaction fails inside its block."""
        del txs
        return True

    def _remember(self, raw: bytes, found: Known) -> None:
        known = self._known
        if len(known) >= KNOWN_LIMIT:
            del known[next(iter(known))]
        known[raw] = found

    # BLOCKS

    def execute_block(self, block: BlockInput) -> Generator[None, None, BlockResult]:
        """Execute a block, yielding every few transactions; nothing is kept before commit.

        Raises InvalidHeight out of turn, UpgradeNeeded and WrongProgram where this program must not
        go on, InvariantBroken, and whatever a block hook raises.
        """
        self._require_turn(block.height)
        if self._staged is not None:
            self._store.discard(self._staged)
            self._staged = None
        ctx = self._block_context(block)
        told: list[Event] = []
        if self._skip_upgrades:
            ctx.transient[upgrades.SKIP] = self._skip_upgrades
        _run_hooks(ctx, registry.pre_block_hooks())
        told += _run_hooks(ctx, registry.begin_block_hooks(), "BeginBlock")[0]
        limit = consensus.get(ctx.derive(gas=InfiniteGasMeter())).block.max_gas
        block_gas = GasMeter(limit) if limit > 0 else InfiniteGasMeter()
        yield
        results: list[TxResult] = []
        for index, raw in enumerate(block.txs, 1):
            results.append(self._deliver(ctx, raw, limit, block_gas))
            if not index % SLICE:
                yield
        ended, updates = yield from _run_steps(ctx, registry.end_block_hooks(), "EndBlock")
        told += ended
        yield
        if self._check_invariants:
            self._require_invariants(ctx)
        params = consensus.get(ctx.derive(gas=InfiniteGasMeter()))
        self._staged = yield from self._stage(ctx)
        return BlockResult(results, tuple(told), tuple(updates), params, self._staged.app_hash)

    def commit_job(self) -> Callable[[], None]:
        """The slow part of `commit`, to run in a writer thread: the block's rows go to disk.

        `commit` must follow in the thread that uses the app. Raises InvalidRequest when no block
        has been executed.
        """
        staged, store = self._require_staged(), self._store
        return lambda: store.write(staged)

    def commit(self) -> int:
        """Make the executed block the latest, durably; give its height.

        The mempool's state begins anew on it: `recheck` what waits before checking anything new.
        """
        height = self._store.commit(self._require_staged())
        self._staged = None
        self._genesis = None
        self._reset()
        return height

    def rollback(self) -> int:
        """Undo the latest block; give the height now. Raises HeightNotAvailable."""
        height = self._store.rollback()
        self._known.clear()
        self._reset()
        return height

    def _require_turn(self, height: int) -> None:
        if self._store.height:
            expected = self._store.height + 1
        elif self._genesis is not None:
            expected = self._initial_height
        else:
            raise InvalidRequest("the chain has no genesis: call init_chain first")
        if height != expected:
            raise InvalidHeight(f"invalid height: {height}; expected: {expected}")

    def _require_staged(self) -> Staged:
        if self._staged is None:
            raise InvalidRequest("no executed block to commit: drain execute_block first")
        return self._staged

    def _block_context(self, block: BlockInput) -> Context:
        ctx = self._context(
            Overlay(self._base()), DELIVER, block.height, block.time, self._chain_id
        )
        ctx.proposer = block.proposer
        ctx.block = BlockFacts(
            tuple(block.votes),
            tuple(block.misbehavior),
            block.hash,
            block.next_validators_hash,
            self._store.app_hash,
        )
        return ctx

    def _deliver(
        self, ctx: Context, raw: bytes, max_block_gas: int, block_gas: GasMeter
    ) -> TxResult:
        known = self._known.pop(raw, None)
        if known is None:
            tx = self._executor.read(raw)
            if isinstance(tx, ChainError):
                return TxResult(tx.code, tx.codespace, log=tx.text)
            known = Known(tx, None)
        return self._executor.deliver(
            ctx, known.tx, max_block_gas=max_block_gas, block_gas=block_gas, proof=known.proof
        ).as_tx_result()

    def _stage(self, ctx: Context) -> Generator[None, None, Staged]:
        changes = ctx.changes
        if self._genesis is not None:
            changes = {**self._genesis.changes, **changes}
            self._store.meta_set(CHAIN_ID, self._chain_id.encode())
            self._store.meta_set(INITIAL_HEIGHT, b"%d" % self._initial_height)
        self._store.meta_set(BLOCK_TIME, b"%d" % ctx.time)
        return self._store.stage_steps(ctx.height, changes)

    def _require_invariants(self, ctx: Context) -> None:
        quiet = ctx.derive(gas=InfiniteGasMeter(), mode=QUERY)
        broken = [why for check in registry.invariants() if (why := check(quiet)) is not None]
        if broken:
            raise InvariantBroken(f"at height {ctx.height}: " + "; ".join(broken))

    # READS

    def query_context(self, height: int | None = None) -> Context:
        """A context over the committed state at `height` (None or 0: the latest).

        Its time is the latest block's. Raises HeightNotAvailable, InvalidHeight.
        """
        if self._genesis is not None and not height:
            return self._genesis.fork(gas=InfiniteGasMeter(), mode=QUERY)
        view = self._store.view(height)
        return self._context(Overlay(view), QUERY, view.height, self.time, self._chain_id)

    def read_store(
        self, key: bytes, height: int | None = None, *, prove: bool = False
    ) -> tuple[bytes | None, bytes | None]:
        """The raw value of a physical key at a height and, if asked, its encoded proof.

        Raises HeightNotAvailable, InvalidHeight.
        """
        value = self._store.view(height).get(key)
        proof = self._store.prove(key, height).encode() if prove else None
        return value, proof

    def export(self) -> dict[str, Any]:
        """The latest state as a genesis.json that starts a chain at the next height."""
        return documents.export(self.query_context())

    # INSIDE

    def _base(self) -> Reader:
        """What a block or the mempool reads through its own changes."""
        return self._store if self._genesis is None else Overlay(self._store, self._genesis.changes)

    def _reset(self) -> None:
        """Begin the mempool's state anew on the latest state."""
        height = self._store.height or self._initial_height
        self._check = self._context(Overlay(self._base()), CHECK, height, self.time, self._chain_id)
        self._unmetered = self._check.derive(gas=InfiniteGasMeter())
        self._params = consensus.get(self._unmetered)

    def _context(
        self, overlay: Overlay, mode: Mode, height: int, time: int, chain_id: str
    ) -> Context:
        return Context(
            overlay,
            height=height,
            time=time,
            chain_id=chain_id,
            mode=mode,
            min_gas_prices=self._min_gas_prices,
            bus=self._router,
        )


def _run_hooks(
    ctx: Context, hooks: Iterable[Callable[[Context], Any]], mode: str = ""
) -> tuple[list[Event], list[ValidatorUpdate]]:
    """Run block hooks in order without a gas limit; their events, marked with `mode`."""
    return drained(_run_steps(ctx, hooks, mode))


def _run_steps(
    ctx: Context, hooks: Iterable[Callable[[Context], Any]], mode: str
) -> Generator[None, None, tuple[list[Event], list[ValidatorUpdate]]]:
    """As `_run_hooks`, yielding where a hook does its work in steps."""
    inner = ctx.derive(gas=InfiniteGasMeter())
    updates: list[ValidatorUpdate] = []
    for hook in hooks:
        done = hook(inner)
        if isinstance(done, Generator):
            yield from done
        else:
            updates.extend(done or ())
    return [event.with_attribute("mode", mode) for event in inner.events], updates
