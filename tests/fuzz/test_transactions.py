"""Transactions gone wrong: each is refused by a rule, and changes no more than its fee."""

from __future__ import annotations

import random

from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import DecodeError, Message

from akashpy import wire
from akashpy.chain import genesis as documents
from akashpy.chain import registry
from akashpy.chain.app import App
from akashpy.chain.execute import Executor
from akashpy.state.context import DELIVER, Context
from akashpy.state.gas import InfiniteGasMeter
from akashpy.state.store import Store
from akashpy.tx.amino import sign_doc
from akashpy.tx.modes import AMINO_JSON, DIRECT, NotSignable
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.types.errors import ChainError, Panic
from akashpy.wire import tx as pb
from tests.chain.app.conftest import drain
from tests.fuzz.conftest import Memory, unchanged
from tests.fuzz.mutation import SEED, TEXTS, broken, fill, nudge
from tests.fuzz.town import MODES, PAIR, TENANT, Pen, further
from tests.fuzz.town import TEXTS as KNOWN
from tests.node.realchain import CHAIN, GENESIS_TIME, RealChain

BATCH = 100
"""Transactions in a block, so that a state that changed is found near what changed it."""
URLS = sorted(registry.router().handlers)
FURTHER = tuple(further())
FIELDS = (*KNOWN, *KNOWN, *KNOWN, *TEXTS)


async def test_broken_bytes_are_refused_and_change_nothing(chain: RealChain, rounds: int) -> None:
    dice = random.Random(SEED)
    app, pen = chain.app, Pen(chain.app.query_context())
    seeds = [pen.sign([msg], dice.choice(MODES)) for msg in further()]
    seeds += [pen.sign([_paired(msg)], AMINO_JSON) for msg in further() if _is_tenants(msg)]
    said = {_says_what(seed) for seed in seeds} - {None}
    empty = _block(app, []).app_hash
    memory = Memory(rounds)
    with unchanged(chain):
        for start in range(0, rounds, BATCH):
            batch = []
            for _ in range(start, min(rounds, start + BATCH)):
                memory.look()
                raw = _accident(dice.choice(seeds), dice, seeds)
                if raw in seeds or _says_what(raw) in said:
                    continue
                checked = app.check_tx(raw)
                assert checked.code != 0, raw.hex()
                assert checked.codespace, raw.hex()
                batch.append(raw)
            after = _block(app, batch)
            landed = [raw.hex() for raw, one in zip(batch, after.tx_results) if one.code == 0]
            assert landed == []
            assert after.app_hash == empty, [raw.hex() for raw in batch]
    memory.require_flat()


async def test_signed_nonsense_costs_its_fee_and_no_more(chain: RealChain, rounds: int) -> None:
    dice = random.Random(SEED + 1)
    executor, memory = Executor(registry.router()), Memory(rounds)
    ctx = _fresh(chain)
    landed = failed = 0
    with unchanged(chain):
        for turn in range(rounds):
            if not turn % BATCH:
                ctx = _fresh(chain)
            raw = _signed(ctx, dice)
            charged = _charged(executor, ctx, raw)
            error = _delivered(executor, ctx, raw)
            assert list(executor.panics) == [], raw.hex()
            if error is None:
                landed += 1
            else:
                failed += 1
                assert not isinstance(error, Panic), raw.hex()
                assert ctx.changes == charged, raw.hex()
            memory.look()
    memory.require_flat()
    assert landed > rounds // 100, "hardly any input was right: the seeds are stale"
    assert failed > rounds // 2


async def test_signed_nonsense_in_blocks_keeps_the_invariants(chain: RealChain) -> None:
    dice = random.Random(SEED + 2)
    app = chain.app
    landed = 0
    for _ in range(60):
        ctx = app.query_context()
        raws = [_signed(ctx, dice) for _ in range(50)]
        for raw in raws:
            app.check_tx(raw)
        results = _block(app, raws).tx_results
        landed += sum(result.code == 0 for result in results)
        app.commit()
        app.recheck(raws)
    assert landed > 50
    assert app.take_panics() == []
    document = app.export()
    documents.validate(document)
    again = App(Store.open(None), check_invariants=True)
    again.init_chain(document)


def _accident(seed: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    """A valid transaction broken in its bytes, or in the message it is, and not signed again."""
    if dice.randrange(3):
        return broken(seed, dice, others)
    whole = pb.TxRaw.FromString(seed)
    match dice.randrange(5):
        case 0:
            whole.body_bytes = broken(whole.body_bytes, dice)
        case 1:
            whole.auth_info_bytes = broken(whole.auth_info_bytes, dice)
        case 2:
            whole.signatures[0] = broken(whole.signatures[0], dice)
        case 3:
            body = pb.TxBody.FromString(whole.body_bytes)
            nudge(body, dice, FIELDS)
            whole.body_bytes = body.SerializeToString()
        case _:
            info = pb.AuthInfo.FromString(whole.auth_info_bytes)
            nudge(info, dice, FIELDS)
            whole.auth_info_bytes = info.SerializeToString()
    return whole.SerializeToString()


def _says_what(raw: bytes) -> bytes | None:
    """The document behind an amino signature: another transaction with the same one is signed, too.

    It leaves out a tip, keys and modes, and what the Go programs leave out of messages.
    """
    try:
        whole = pb.TxRaw.FromString(raw)
        signers = pb.AuthInfo.FromString(whole.auth_info_bytes).signer_infos
        if not signers or any(each.mode_info.single.mode == DIRECT for each in signers):
            return None
        return sign_doc(
            whole.body_bytes,
            whole.auth_info_bytes,
            chain_id=CHAIN,
            account_number=0,
            sequence=signers[0].sequence,
        )
    except (DecodeError, ValueError):  # unreadable, or nothing that amino writes
        return None


def _signed(ctx: Context, dice: random.Random) -> bytes:
    """Messages with something wrong in them, in a transaction that is signed as it must be."""
    msgs = [_nonsense(dice) for _ in range(dice.choice((1, 1, 1, 2, 5)))]
    if not dice.randrange(8) and _is_tenants(msgs[0]):
        msgs = [_paired(msgs[0])]
    body = {"memo": dice.choice(("", "", "", "m" * 300)), "timeout_height": 0}
    if not dice.randrange(20):
        body["timeout_height"] = dice.choice((1, 2**63, 2**64 - 1))
    pen = Pen(ctx)
    try:
        return pen.sign(msgs, dice.choice(MODES), **body)
    except (NotSignable, ValueError, ChainError):  # nobody can sign it: no key says yes
        return pen.unsigned(msgs)


def _nonsense(dice: random.Random) -> Message:
    kind = dice.randrange(4)
    if kind == 0:
        msg = wire.message_class(dice.choice(URLS))()
        fill(msg, dice, FIELDS)
    else:
        msg = dice.choice(FURTHER)
        msg = type(msg).FromString(msg.SerializeToString())
        for _ in range(dice.choice((0, 1, 1, 2))):
            nudge(msg, dice, FIELDS)
    for field in _packed_in(msg):
        if dice.randrange(3):
            inner = dice.choice(FURTHER) if dice.randrange(2) else _nonsense(dice)
            field.CopyFrom(wire.pack(inner))
    return msg


def _packed_in(msg: Message) -> list[Packed]:
    found: list[Packed] = []
    for field, value in msg.ListFields():
        if field.message_type is None:
            continue
        parts = value if field.label == field.LABEL_REPEATED else [value]
        for part in parts:
            found += [part] if isinstance(part, Packed) else _packed_in(part)
    return found


def _is_tenants(msg: Message) -> bool:
    return TENANT.encode() in msg.SerializeToString()


def _paired(msg: Message) -> Message:
    """The message, with the account of two people in the tenant's place."""
    data = msg.SerializeToString().replace(TENANT.encode(), PAIR.encode())
    return type(msg).FromString(data)


def _fresh(chain: RealChain) -> Context:
    return chain.app.query_context().fork(gas=InfiniteGasMeter(), mode=DELIVER)


def _charged(executor: Executor, ctx: Context, raw: bytes) -> dict[bytes, bytes | None]:
    """The changes there are once the transaction has paid its fee, if it gets that far."""
    tx = executor.read(raw)
    if isinstance(tx, ChainError):
        return dict(ctx.changes)
    paying = ctx.fork(gas=InfiniteGasMeter())
    executor.check(paying, tx, mode=DELIVER, max_block_gas=-1, proof=None)
    return {**ctx.changes, **paying.changes}


def _delivered(executor: Executor, ctx: Context, raw: bytes) -> ChainError | None:
    tx = executor.read(raw)
    if isinstance(tx, ChainError):
        return tx
    return executor.deliver(
        ctx, tx, max_block_gas=-1, block_gas=InfiniteGasMeter(), proof=None
    ).error


def _block(app: App, raws: list[bytes]) -> BlockResult:
    """The next block, not committed; its time depends on its height alone."""
    height = app.height + 1
    return drain(
        app.execute_block(BlockInput(height, GENESIS_TIME + height * 10**9, b"p" * 20, raws))
    )
