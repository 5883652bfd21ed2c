"""The short way through the ante checks does what the whole way does, wherever it does anything.

Random accounts, fees, prices and transactions, right and wrong: both run on copies of one state,
and writes, gas, events and what is found must be equal to the byte.
"""

import random
from typing import Any

from akashpy.chain import ante, ante_usual, auth, bank
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.state.context import CHECK, DELIVER, RECHECK, Context, Mode
from akashpy.state.gas import GasMeter
from akashpy.tx.build import Tx, build, decode
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.types.errors import ChainError
from akashpy.wire import auth as pb
from akashpy.wire import bank as bank_pb
from tests.chain.conftest import Given

KEYS = [PrivateKey(bytes((number,)) * 32) for number in range(1, 6)]
ROUNDS = 600
CHAIN_ID = "test-1"


def _state(given: Given, rng: random.Random) -> None:
    """Accounts that have signed before, or not, with much or little."""
    ctx = given.ctx
    for key in KEYS:
        given.fund(key.address, Coins([Coin("uakt", rng.choice((5_000, 5_001, 10**9)))]))
        account = auth.require(ctx, key.address.raw)
        sequence = rng.choice((0, 1, 127, 128, 16_383, 16_384))
        known = rng.random() < 0.8
        stored = ante_usual._stored(decode(_tx(key, 0, rng)).public_keys[0], (key.address.raw,))
        auth.put(ctx, account._replace(sequence=sequence, pub_key=stored if known else b""))
    if rng.random() < 0.9:
        bank.send_to_module(ctx, KEYS[0].address.raw, auth.FEE_COLLECTOR, Coins([Coin("uakt", 1)]))
    if rng.random() < 0.2:
        params = pb.Params()
        params.CopyFrom(auth.params(ctx))
        params.max_memo_characters, params.tx_size_cost_per_byte = 3, rng.randrange(1, 900)
        auth.PARAMS.put(ctx, params.SerializeToString(deterministic=True))
    ctx.events.clear()


def _tx(key: PrivateKey, sequence: int, rng: random.Random, **more: Any) -> bytes:
    msg = bank_pb.MsgSend(from_address=key.address, to_address=key.address)
    msg.amount.add(denom="uakt", amount="1")
    settings: dict[str, Any] = {
        "chain_id": CHAIN_ID,
        "account_number": 0,
        "sequence": sequence,
        "fee": [
            Coin(rng.choice(("uakt", "uakt", "uakt", "uakt", "uact")), rng.choice((5_000, 4_999)))
        ],
        "gas": rng.choice((200_000, 200_000, rng.randrange(1, 120_000))),
        "memo": rng.choice(("", "", "abc", "abcd", "x" * 257)),
        "timeout_height": rng.choice((0, 0, 0, 0, 10**6)),
    }
    return build([msg], key, **{**settings, **more})


def _whole(ctx: Context, tx: Tx, mode: Mode, limit: int, proof: Any) -> Any:
    inner = ctx.derive(gas=GasMeter(tx.gas), mode=mode)
    try:
        with inner.branch():
            passed = ante.run(inner, tx, max_block_gas=limit, proof=proof)
    except ChainError as error:
        return type(error)
    return inner.gas.used, passed.proof, passed.priority, inner.events, dict(ctx.changes)


def _short(ctx: Context, tx: Tx, mode: Mode, limit: int, proof: Any) -> Any:
    inner = ctx.derive(gas=GasMeter(tx.gas), mode=mode)
    done = ante_usual.run(inner, tx, mode=mode, max_block_gas=limit, gas=0, proof=proof)
    if done is None:
        assert not inner.events
        return None
    return *done, inner.events, dict(ctx.changes)


def test_does_what_the_whole_way_does() -> None:
    rng = random.Random(2_026)
    taken = refused = left = 0
    for _ in range(ROUNDS // 20):
        given = Given()
        _state(given, rng)
        given.ctx.min_gas_prices = DecCoins.parse(rng.choice(("", "0.0025uakt", "0.025uakt,1uact")))
        for _ in range(20):
            key = rng.choice(KEYS)
            account = auth.require(given.ctx, key.address.raw)
            sequence = account.sequence + rng.choice((0, 0, 0, 0, 1))
            raw = _tx(key, sequence, rng, account_number=account.number)
            mode = rng.choice((CHECK, RECHECK, DELIVER))
            proof: Any = (ante_usual.Signed(account.number, sequence, account.pub_key),)
            proof = rng.choice((proof, proof, proof, None))
            limit = rng.choice((-1, -1, 10**7, 199_999))
            one, other = given.ctx.fork(), given.ctx.fork()
            before = dict(other.changes)
            wanted = _whole(one, decode(raw), mode, limit, proof)
            found = _short(other, decode(raw), mode, limit, proof)
            if found is None:
                assert other.changes == before
                left += isinstance(wanted, tuple)
                refused += not isinstance(wanted, tuple)
            else:
                taken += 1
                assert found == wanted
    assert min(taken, refused, left) > 20


def test_a_history_of_checks_is_the_same_both_ways(monkeypatch: Any) -> None:
    """Sends of a few accounts one after the other: the states stay equal to the end."""
    rng = random.Random(7)
    given = Given()
    _state(given, rng)
    one, other = given.ctx.fork(mode=CHECK), given.ctx.fork(mode=CHECK)
    taken = 0
    for _ in range(ROUNDS):
        key = rng.choice(KEYS)
        account = auth.require(one.derive(), key.address.raw)
        given.fund(key.address, Coins([Coin("uakt", 1)]))
        tx = decode(_tx(key, account.sequence, rng, account_number=account.number))
        wanted = _whole(one, tx, RECHECK, -1, None)
        found = _short(other, tx, RECHECK, -1, None)
        if found is None:
            assert _whole(other, tx, RECHECK, -1, None) == wanted
        else:
            taken += 1
            assert found == wanted
        assert one.changes == other.changes
    assert taken > 20


def test_a_price_that_changes_is_not_remembered() -> None:
    cheap, dear = DecCoins.parse("0.001uakt"), DecCoins.parse("1uakt")
    coin = Coin("uakt", 500)
    assert ante_usual._meets(cheap, 100_000, coin)
    assert not ante_usual._meets(dear, 100_000, coin)
    assert ante_usual._meets(cheap, 100_000, coin)
    assert not ante_usual._meets(cheap, 100_000, Coin("uact", 500))
