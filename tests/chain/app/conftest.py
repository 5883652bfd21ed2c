"""A whole chain in memory: genesis with funded keys, blocks made on demand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy.chain import auth, bank, genesis
from akashpy.chain.app import App
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.state.store import Store
from akashpy.tx.build import build
from akashpy.types.abci import BlockInput, BlockResult, CheckResult, TxResult
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.wire import bank as bank_pb

CHAIN_ID = "test-1"
TIME = 1_700_000_000_000_000_000
BLOCK = 1_000_000_000
VALIDATOR_KEY = bytes(range(32))
GAS = 200_000
FEE = 5_000


def key(name: str) -> PrivateKey:
    """The key that stands for `name`."""
    return PrivateKey(sha256(b"test key " + name.encode()).digest())


def drain(steps: Any) -> BlockResult:
    """Run a block to its end without pauses."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: BlockResult = done.value
            return result


@dataclass
class Chain:
    """An app, its funded keys and the sequences they will use next."""

    app: App
    keys: dict[str, PrivateKey]
    time: int = TIME
    sequences: dict[str, int] = field(default_factory=dict)

    def send(self, sender: str, to: str, amount: str, **options: Any) -> bytes:
        """A signed MsgSend."""
        msg = bank_pb.MsgSend(
            from_address=self.keys[sender].address,
            to_address=key(to).address,
            amount=[Coin.parse(amount).to_wire()],
        )
        return self.tx(sender, [msg], **options)

    def tx(self, sender: str, msgs: Iterable[Message], **options: Any) -> bytes:
        """A signed transaction with the sender's next sequence, unless `sequence` says another."""
        own = self.keys[sender]
        ctx = self.app.query_context()
        account = auth.require(ctx, own.address.raw)
        known = max(self.sequences.get(sender, 0), account.sequence)
        sequence = options.pop("sequence", None)
        if sequence is None:
            sequence = known
            self.sequences[sender] = known + 1
        options.setdefault("fee", [Coin("uakt", FEE)])
        options.setdefault("gas", GAS)
        options.setdefault("chain_id", CHAIN_ID)
        options.setdefault("account_number", account.number)
        return build(msgs, own, sequence=sequence, **options)

    def execute(self, *txs: bytes) -> BlockResult:
        """Execute the next block without committing it."""
        height = self.app.height + 1
        return drain(
            self.app.execute_block(BlockInput(height, self.time + BLOCK, b"p" * 20, list(txs)))
        )

    def block(self, *txs: bytes) -> BlockResult:
        """Execute and commit the next block."""
        result = self.execute(*txs)
        self.app.commit()
        self.time += BLOCK
        return result

    def deliver(self, tx: bytes) -> TxResult:
        """One transaction in a block of its own."""
        return self.block(tx).tx_results[0]

    def check(self, tx: bytes) -> CheckResult:
        """CheckTx."""
        return self.app.check_tx(tx)

    def balance(self, name: str, denom: str = "uakt") -> int:
        """Base units a key's account holds now."""
        return bank.balance(self.app.query_context(), key(name).address.raw, denom)


def start(
    *names: str, preset: str = "default", min_gas_prices: str = "", store: Store | None = None
) -> Chain:
    """A chain at genesis whose accounts `names` hold a million akt and act."""
    keys = {name: key(name) for name in names or ("alice", "bob")}
    coins = Coins.parse("1000000000000uakt,1000000000000uact")
    document = genesis.default(
        preset,
        CHAIN_ID,
        TIME,
        accounts=[(each.address, coins) for each in keys.values()],
        validator=(VALIDATOR_KEY, key("validator").address, 5_000_000_000),
    )
    # past headers are in no export, and make every block a change
    document["app_state"]["staking"]["params"]["historical_entries"] = 0
    genesis.validate(document)
    app = App(
        store or Store.open(None, buckets=2**8),
        min_gas_prices=DecCoins.parse(min_gas_prices),
        check_invariants=True,
    )
    app.init_chain(document)
    return Chain(app, keys)


@pytest.fixture
def chain() -> Chain:
    """Our own preset with alice and bob, at genesis."""
    return start()
