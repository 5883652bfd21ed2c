"""What the tests of the chain's rules stand on: a state with every module at its genesis.

`given` is our own chain, `given_akash` the preset with all fixes off. Both are a context over an
empty in-memory store with accounts to fund, and `rejects`, which demands exactly one error class
and a state that has not changed by a byte.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest

from akashpy.chain import bank, registry
from akashpy.state.context import Context
from akashpy.state.tree import drained
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError
from akashpy.types.events import Event

GENESIS_TIME = 1_700_000_000_000_000_000
BLOCK_TIME = 6_000_000_000


class Given:
    """A chain at height 1 and what a test may say about it."""

    def __init__(self, preset: str = "default") -> None:
        self.preset = preset
        self.router = registry.router()
        self.ctx = Context.scratch(height=1, time=GENESIS_TIME, chain_id="test-1", bus=self.router)
        for module in registry.genesis_order():
            module.init_genesis(self.ctx, module.default_genesis(preset))
        self.ctx.events.clear()

    def address(self, name: str) -> Address:
        """An address that stands for `name`; the same every time."""
        return Address.of(sha256(b"test account " + name.encode()).digest()[:20])

    def account(self, name: str, **amounts: int) -> Address:
        """The address of `name`, holding (more of) these coins: `account("tenant", uakt=5)`."""
        owner = self.address(name)
        coins = Coins.of(Coin(denom, amount) for denom, amount in amounts.items())
        self.fund(owner, coins)
        return owner

    def fund(self, owner: Address, coins: Coins) -> None:
        """Create coins for `owner`, as a genesis balance would."""
        if coins:
            bank.mint(self.ctx, "mint", coins)
            bank.send_from_module(self.ctx, "mint", owner.raw, coins)
            self.ctx.events.clear()

    def balance(self, owner: str, denom: str = "uakt") -> int:
        """Base units that an address holds."""
        return bank.balance(self.ctx, Address.parse(owner).raw, denom)

    def advance(self, blocks: int = 1) -> None:
        """Let `blocks` blocks pass without their begin and end hooks."""
        self.ctx.height += blocks
        self.ctx.time += blocks * BLOCK_TIME
        self.ctx.transient.clear()

    def end_block(self) -> None:
        """Run every end-block hook in its order, then advance one block."""
        for hook in registry.end_block_hooks():
            steps = hook(self.ctx)
            if isinstance(steps, Generator):
                drained(steps)
        self.advance()

    def run(self, msg: Any) -> Any:
        """Check and execute one message as a transaction does: all or nothing."""
        with self.ctx.branch():
            return self.router.dispatch(self.ctx, msg)

    def rows(self) -> dict[bytes, bytes]:
        """The whole state."""
        return {key: row for key, row in self.ctx.changes.items() if row is not None}

    @property
    def events(self) -> list[Event]:
        """Events emitted since the start of the test, funding excluded."""
        return self.ctx.events

    @contextmanager
    def rejects(self, error: type[ChainError], text: str | None = None) -> Iterator[None]:
        """The block raises exactly `error` (with exactly `text`, if given) and changes nothing."""
        before, told = self.rows(), list(self.events)
        with pytest.raises(ChainError) as caught:
            yield
        assert type(caught.value) is error, f"{type(caught.value).__name__}: {caught.value}"
        if text is not None:
            assert str(caught.value) == text
        assert self.rows() == before
        assert self.events == told

    def holds(self) -> None:
        """Every invariant of every module holds."""
        broken = [why for check in registry.invariants() if (why := check(self.ctx)) is not None]
        assert broken == []


@pytest.fixture
def given() -> Given:
    """Our own chain: settlement in uakt and uact, every fix on."""
    return Given("default")


@pytest.fixture
def given_akash() -> Given:
    """The preset "akash": settlement in uact, every fix off."""
    return Given("akash")
