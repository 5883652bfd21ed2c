"""What one bank send costs the chain's own code: CheckTx, delivery in a block, hash and commit.

Microseconds of processor time per transaction, one thread, the garbage collector frozen as the
daemon freezes it. Ceilings aimed at: check 120, deliver 80. Each figure is the best of several
rounds, because other work on the machine only ever makes it worse.
"""

import gc
import os
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from akashpy.chain import genesis
from akashpy.chain.app import SLICE, App
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.tx.build import build
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.types.coin import Coin, Coins
from akashpy.wire import bank

CHAIN_ID = "bench-1"
TIME = 1_700_000_000_000_000_000
ACCOUNTS = 500
ROUNDS = 5
PER_BLOCK = 2_000


def run(accounts: int = ACCOUNTS, rounds: int = ROUNDS) -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit)."""
    keys = [PrivateKey(sha256(b"bench %d" % n).digest()) for n in range(accounts)]
    with TemporaryDirectory() as folder:
        app = _start(keys, Path(folder))
        blocks = _blocks(keys, rounds)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 1_000_000)
        figures = [_round(app, txs, height) for height, txs in enumerate(blocks, 1)]
        cold = _cold(app, _blocks(keys, rounds + 1)[-1], rounds + 1)
    best = [min(column) for column in zip(*figures, strict=True)]
    names = ("check (verify included)", "deliver (verified before)", "recheck", "hash", "commit")
    rows = [(f"bank send: {name}", figure, "us") for name, figure in zip(names, best, strict=True)]
    return [*rows, ("bank send: deliver (never seen)", cold, "us")]


def _start(keys: list[PrivateKey], folder: Path) -> App:
    coins = Coins.parse("1000000000000uakt")
    app = App(Store.open(folder / "state"))
    app.init_chain(
        genesis.default(
            "default",
            CHAIN_ID,
            TIME,
            accounts=[(key.address, coins) for key in keys],
            validator=(bytes(range(32)), keys[0].address, 5_000_000_000),
        )
    )
    return app


def _blocks(keys: list[PrivateKey], count: int) -> list[list[bytes]]:
    """`count` blocks of PER_BLOCK sends, in the order of sequences."""
    each = PER_BLOCK // len(keys)
    fee = [Coin("uakt", 5_000)]
    blocks = []
    for block in range(count):
        txs = []
        for turn in range(each):
            for number, key in enumerate(keys):
                to = keys[(number + 1) % len(keys)].address
                msg = bank.MsgSend(from_address=key.address, to_address=to)
                msg.amount.add(denom="uakt", amount="1")
                txs.append(
                    build(
                        [msg], key, chain_id=CHAIN_ID, account_number=number,
                        sequence=block * each + turn, fee=fee, gas=200_000,
                    )
                )  # fmt: skip
        blocks.append(txs)
    return blocks


def _round(app: App, txs: list[bytes], height: int) -> tuple[float, float, float, float, float]:
    count = len(txs)
    began = process_time()
    for raw in txs:
        if answer := app.check_tx(raw).code:
            raise SystemExit(f"check refused with {answer}: {app.check_tx(raw).log}")
    checked = process_time()
    app.recheck(txs)
    rechecked = process_time()
    result, executed, hashed = _execute(app, txs, height)
    app.commit()
    done = process_time()
    if bad := [each.log for each in result.tx_results if each.code]:
        raise SystemExit(f"{len(bad)} sends failed: {bad[0]}")
    return (
        (checked - began) / count * 1e6,
        (executed - rechecked) / count * 1e6,
        (rechecked - checked) / count * 1e6,
        (hashed - executed) / count * 1e6,
        (done - hashed) / count * 1e6,
    )


def _execute(app: App, txs: list[bytes], height: int) -> tuple[BlockResult, float, float]:
    """The result, when the last transaction was done, and when the state was hashed."""
    steps = app.execute_block(BlockInput(height, TIME + height * 10**9, b"p" * 20, txs))
    for _ in range(2 + len(txs) // SLICE):  # after the hooks on either side, and between slices
        next(steps)
    executed = process_time()
    return drained(steps), executed, process_time()


def _cold(app: App, txs: list[bytes], height: int) -> float:
    began = process_time()
    result, executed, _ = _execute(app, txs, height)
    if any(each.code for each in result.tx_results):
        raise SystemExit("a send that CheckTx never saw failed")
    return (executed - began) / len(txs) * 1e6


def main() -> None:
    """Print the rows and the load beside which they were taken."""
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f}\n")
    for name, figure, unit in run():
        sys.stdout.write(f"{name:<34}{figure:>10.1f} {unit}\n")


if __name__ == "__main__":
    main()
