"""The ante checks of the usual transaction in one piece, for a fraction of their time.

It exists because a node runs these checks three times for each of thousands of transactions a
second. `run` judges nothing: it does what `ante.run` does where every check passes, with the same
writes, gas and events, and where anything is unusual or wrong it changes nothing and says None, so
that `ante.run` judges. Each line names the step it stands for. It must not know any message.
"""

from binascii import b2a_base64
from functools import lru_cache
from typing import NamedTuple

from akashpy.chain import auth, bank
from akashpy.keys.secp256k1 import PUBLIC_SIZE, SIGNATURE_SIZE
from akashpy.state.context import RECHECK, SIMULATE, Context, Mode
from akashpy.state.gas import READ_FLAT, READ_PER_BYTE, WRITE_FLAT, WRITE_PER_BYTE
from akashpy.tx.build import DIRECT, SECP256K1, PublicKey, Tx
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoins, problem
from akashpy.types.errors import ChainError
from akashpy.types.events import Event, made
from akashpy.wire import auth as pb

MAX_GAS_WANTED = MAX_PRIORITY = 2**63 - 1
READS, WRITES = 6, 3
"""Rows touched: parameters, payer twice, collector, two balances; two balances and the payer."""
_COLLECTOR = auth.MODULE_ADDRESSES[auth.FEE_COLLECTOR]
_COLLECTOR_KEY = auth.ACCOUNT_PREFIX + _COLLECTOR
_COLLECTOR_TEXT = Address.text(_COLLECTOR)
_RECEIVER, _RECIPIENT = ("receiver", _COLLECTOR_TEXT), ("recipient", _COLLECTOR_TEXT)
_PARAMS_KEY = auth.PARAMS.key


class Signed(NamedTuple):
    """What one signature was verified for."""

    number: int
    sequence: int
    key: bytes


Proof = tuple[Signed, ...]
"""What a transaction's signatures were verified for, in order of signers."""


class Usual(NamedTuple):
    """What the checks need of a usual transaction. Keys are physical ones of the state."""

    signer: bytes
    account_key: bytes
    balance_key: bytes
    collected_key: bytes
    fee: int
    priority: int
    memo_size: int
    stored: bytes
    """The signer's key as accounts keep it."""


class _Costs(NamedTuple):
    """The parameters that count here."""

    memo: int
    signatures: int
    byte: int
    signature: int


def usual(tx: Tx) -> Usual | None:
    """What makes a transaction usual: one signer who pays one coin, with its key, in mode direct.

    None where it is not. Depends on nothing else, and is remembered with the transaction.
    """
    try:
        return tx.notes[usual]  # type: ignore[return-value]  # nobody else writes under this key
    except KeyError:
        found = tx.notes[usual] = _usual(tx)
        return found


def _usual(tx: Tx) -> Usual | None:
    if tx.payer or tx.granter or tx.timeout_height or tx.timeout_timestamp or tx.unordered:
        return None
    if len(tx.public_keys) != 1 or len(tx.fee) != 1 or tx.modes != (DIRECT,):
        return None
    key, coin = tx.public_keys[0], tx.fee[0]
    if key is None or len(tx.signatures) != 1 or len(tx.signatures[0]) != SIGNATURE_SIZE:
        return None
    try:
        signers = tx.signers
    except ChainError:
        return None
    stored = _stored(key, signers)
    if not stored or not 0 < tx.gas <= MAX_GAS_WANTED or problem(tx.fee):
        return None
    signer = signers[0]
    return Usual(
        signer,
        auth.ACCOUNT_PREFIX + signer,
        bank.balance_key(signer, coin.denom),
        bank.balance_key(_COLLECTOR, coin.denom),
        coin.amount,
        min(coin.amount // tx.gas, MAX_PRIORITY),
        len(tx.memo.encode()) if tx.memo else 0,
        stored,
    )


@lru_cache(maxsize=50_000)
def _stored(key: PublicKey, signers: tuple[bytes, ...]) -> bytes:
    """A key as its account keeps it, empty unless it is that of the only signer."""
    if len(signers) != 1 or key.type_url != SECP256K1 or len(key.key) != PUBLIC_SIZE:
        return b""
    if key.address.raw != signers[0]:
        return b""
    return PublicKey.secp256k1(key.key).any


Done = tuple[int, Proof, int]
"""What the checks gave: the gas used, the proof to reuse, the priority in a mempool."""


def run(
    ctx: Context, tx: Tx, *, mode: Mode, max_block_gas: int, gas: int, proof: Proof | None
) -> Done | None:
    """Pass every check and write what they write; None, and nothing done, where that is not sure.

    `gas` is what was used before. Events are told unless `ctx` is silent. The caller sets its
    meter to the gas answered.
    """
    found = usual(tx)
    if found is None or 0 < max_block_gas < tx.gas or mode is SIMULATE:
        return None
    signer, account_key, balance_key, collected_key, fee, priority, memo_size, stored = found
    state = ctx.uncharged
    get, put = state.get, state.put
    # LOAD
    params_row, row, collector_row = get(_PARAMS_KEY), get(account_key), get(_COLLECTOR_KEY)
    held_row, collected_row = get(balance_key), get(collected_key)
    if not (params_row and row and collector_row and held_row and collected_row):
        return None
    account, costs = auth.of_row(row), _costs(params_row)
    # CHECK
    if account.pub_key != stored or account.name or account.vesting is not None:
        return None  # _set_keys stores a key; modules and vesting accounts are unusual
    if memo_size > costs.memo or not costs.signatures:
        return None  # _validate_memo, _limit_signatures
    if ctx.is_silent and ctx.min_gas_prices and not _meets(ctx.min_gas_prices, tx.gas, tx.fee[0]):
        return None  # _require_minimum
    held, collected = int(held_row) - fee, int(collected_row) + fee
    if held <= 0 or collected.bit_length() > 256:
        return None  # send_to_module; of what is spent to the last, a row is removed
    if account.sequence != tx.sequences[0]:
        return None  # _verify
    if proof is None or len(proof) != 1 or proof[0] != (account.number, account.sequence, stored):
        if mode is not RECHECK:
            return None  # _verify_one
        proof = (Signed(account.number, account.sequence, stored),)
    # CHARGE: every step in one sum; who cannot pay it is refused at the right one by ante.run
    new_held, new_collected, new_row = b"%d" % held, b"%d" % collected, auth.raised_row(account)
    keys = len(balance_key) + len(collected_key)
    read = len(_PARAMS_KEY) + len(params_row) + 2 * (len(account_key) + len(row)) + keys
    read += len(_COLLECTOR_KEY) + len(collector_row) + len(held_row) + len(collected_row)
    written = keys + len(new_held) + len(new_collected) + len(account_key) + len(new_row)
    gas += READS * READ_FLAT + READ_PER_BYTE * read + WRITES * WRITE_FLAT + WRITE_PER_BYTE * written
    gas += costs.byte * len(tx.raw) + costs.signature
    if gas > tx.gas:
        return None
    # APPLY
    put(balance_key, new_held)
    put(collected_key, new_collected)
    put(account_key, new_row)
    # EMIT
    if not ctx.is_silent:
        ctx.events += _events(tx, signer)
    return gas, proof, priority


def _events(tx: Tx, signer: bytes) -> list[Event]:
    """Those of the fee's way to the collector, of the fee, and of the signature."""
    text, fee = Address.text(signer), str(Coins(tx.fee))
    amount, sender = ("amount", fee), ("sender", text)
    signature = b2a_base64(tx.signatures[0], newline=False).decode()
    return [
        made(("coin_spent", (("spender", text), amount))),
        made(("coin_received", (_RECEIVER, amount))),
        made(("transfer", (_RECIPIENT, sender, amount))),
        made(("message", (sender,))),
        made(("tx", (("fee", fee), ("fee_payer", text)))),
        made(("tx", (("acc_seq", f"{text}/{tx.sequences[0]}"),))),
        made(("tx", (("signature", signature),))),
    ]


@lru_cache(maxsize=16)
def _costs(row: bytes) -> _Costs:
    params = pb.Params.FromString(row)
    return _Costs(
        params.max_memo_characters,
        params.tx_sig_limit,
        params.tx_size_cost_per_byte,
        params.sig_verify_cost_secp256k1,
    )


_MEMO_LIMIT = 1024
_required: dict[tuple[int, str], int] = {}
_required_by: DecCoins = DecCoins.EMPTY


def _meets(prices: DecCoins, gas: int, coin: Coin) -> bool:
    """Whether the fee meets the node's minimum price; what it must be is remembered."""
    global _required_by
    if prices is not _required_by or len(_required) >= _MEMO_LIMIT:
        _required.clear()
        _required_by = prices
    least = _required.get((gas, coin.denom))
    if least is None:
        try:
            least = prices.amount_of(coin.denom).mul_int(gas).ceil()
        except ChainError:
            return False
        _required[gas, coin.denom] = least
    return 0 < least <= coin.amount
