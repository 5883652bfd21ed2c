"""What every transaction passes before its messages run: size, fee, keys, signatures, sequence.

It exists as one function read from top to bottom, in the order of Akash's ante chain:
ValidateBasic, TxTimeoutHeight, ValidateMemo, ConsumeGasForTxSize, DeductFee, SetPubKey,
ValidateSigCount, SigGasConsume, SigVerification, IncrementSequence. It must not know any message.
The caller gives a context with the transaction's gas meter (SetUpContext) on its own branch.

A signature costs more than everything else together, so a transaction verified in CheckTx is not
verified again in the block: the proof is what was signed for (account number, sequence, key), and
it is void when any of these differs. Source: Cosmos SDK 0.53 x/auth/ante.
"""

from binascii import b2a_base64
from functools import lru_cache
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.chain import ante_usual, auth, bank, feegrant
from akashpy.chain.ante_usual import Proof, Signed
from akashpy.chain.auth import Account
from akashpy.chain.router import url_of
from akashpy.keys import group
from akashpy.keys.secp256k1 import PUBLIC_SIZE, SIGNATURE_SIZE
from akashpy.state.context import CHECK, RECHECK, SIMULATE, Context
from akashpy.tx import signatures
from akashpy.tx.build import DIRECT, MULTI, SECP256K1, PublicKey, Tx
from akashpy.tx.modes import Place, sign_bytes
from akashpy.tx.sign import digest as digest_direct
from akashpy.tx.sign import digest_of_fields, verify_direct
from akashpy.tx.signatures import Multi, Signature, Single
from akashpy.types.address import Address
from akashpy.types.coin import Coins, DecCoins, problem, text_of
from akashpy.types.errors import (
    ChainError,
    InsufficientFee,
    InsufficientFunds,
    InvalidAddress,
    InvalidGasLimit,
    InvalidPubKey,
    InvalidRequest,
    MemoTooLarge,
    NoSignatures,
    OutOfGas,
    Panic,
    PlainError,
    TooManySignatures,
    TxTimeout,
    TxTimeoutHeight,
    Unauthorized,
    UnknownAddress,
    WrongSequence,
)
from akashpy.types.events import Event
from akashpy.wire import auth as pb
from akashpy.wire import tx as tx_pb

MAX_GAS_WANTED = 2**63 - 1
MAX_PRIORITY = 2**63 - 1
SIMULATED_FEE = 13_000
"""Gas that taking a fee costs, for simulations without one: clients simulate before they know the
fee, and multiply what they get by 1.5, which for a small message would not cover it."""
STAND_IN = 64 + 4 + 6
"""Bytes a missing signature is counted for beside its key when gas is estimated: amino's
StdSignature and 6. Source: SDK ConsumeTxSizeGasDecorator."""
UNORDERED_GAS = 2240
UNORDERED_WINDOW = 600 * 1_000_000_000
"""How far ahead an unordered transaction's timeout may lie, in ns: ten minutes."""
SECOND = 1_000_000_000
SIMULATED_KEY = PublicKey.secp256k1(
    bytes.fromhex("035ad6810a47f073553ff30d2fcc7e0d3b1c0b74b61a1aaa2582344037151e143a")
)
"""Stands for the key of an account that never signed, when gas is estimated."""


class Passed(NamedTuple):
    """What the checks found out: the proof to reuse and the priority in a mempool."""

    proof: Proof
    priority: int


def run(ctx: Context, tx: Tx, *, max_block_gas: int, proof: Proof | None = None) -> Passed:
    """Run every check in order; charge gas and fee; raise sequences.

    `max_block_gas` is the block's gas limit, -1 or 0 for none. `proof` is what an earlier run for
    the same bytes returned.
    Raises the errors named in this module; the caller undoes the branch.
    """
    if 0 < max_block_gas < tx.gas:
        raise InvalidGasLimit(f"tx gas limit {tx.gas} exceeds block max gas {max_block_gas}")
    if ctx.mode is not RECHECK:
        _validate_basic(tx)
    _require_in_time(ctx, tx)
    params = auth.params(ctx)
    _validate_memo(tx, params)
    _charge_size(ctx, tx, params)
    payer, priority = _deduct_fee(ctx, tx)
    accounts = _set_keys(ctx, tx, payer)
    _limit_signatures(tx, params)
    _charge_signatures(ctx, tx, accounts, params)
    verified = _verify(ctx, tx, accounts, proof)
    _raise_sequences(ctx, tx, accounts)
    return Passed(verified, priority)


def _validate_basic(tx: Tx) -> None:
    if tx.gas > MAX_GAS_WANTED:
        raise InvalidRequest(f"invalid gas supplied; {tx.gas} > {MAX_GAS_WANTED}")
    if any(coin.amount < 0 for coin in tx.fee):
        raise InsufficientFee(f"invalid fee provided: {text_of(tx.fee)}")
    if tx.payer:
        try:
            Address.parse(tx.payer)
        except InvalidAddress as error:
            raise InvalidAddress(f"Invalid fee payer address ({error.detail})") from error
    if not tx.signatures:
        raise NoSignatures


def _require_in_time(ctx: Context, tx: Tx) -> None:
    if tx.timeout_height and ctx.height > tx.timeout_height:
        raise TxTimeoutHeight(f"block height: {ctx.height}, timeout height: {tx.timeout_height}")
    if tx.timeout_timestamp // SECOND and tx.timeout_timestamp < ctx.time:
        raise TxTimeout(
            f"block time: {_text_of_time(ctx.time)}, "
            f"timeout timestamp: {_text_of_time(tx.timeout_timestamp)}"
        )


def _text_of_time(time: int) -> str:
    """Unix nanoseconds as Go prints a time: "2026-01-31 09:08:07.5 +0000 UTC"."""
    stamp = Timestamp()
    stamp.FromNanoseconds(time)
    date, clock = stamp.ToJsonString().removesuffix("Z").split("T")
    return f"{date} {clock.rstrip('0') if '.' in clock else clock} +0000 UTC"


def _validate_memo(tx: Tx, params: pb.Params) -> None:
    if tx.memo:
        size = len(tx.memo.encode())
        if size > params.max_memo_characters:
            raise MemoTooLarge(
                f"maximum number of characters is {params.max_memo_characters} "
                f"but received {size} characters"
            )


def _charge_size(ctx: Context, tx: Tx, params: pb.Params) -> None:
    size = len(tx.raw)
    if ctx.mode is SIMULATE:
        size += _missing_size(ctx, tx, params)
    ctx.gas.consume(params.tx_size_cost_per_byte * size, "txSize")


def _missing_size(ctx: Context, tx: Tx, params: pb.Params) -> int:
    """Bytes that the signatures still to be made are counted for."""
    size = 0
    for index, address in enumerate(tx.signers):
        if index < len(tx.sequences) and signatures.is_complete(_signature(tx, index)):
            continue
        account = auth.account(ctx, address)
        key = _key(account.pub_key) if account is not None and account.pub_key else SIMULATED_KEY
        encoded = len(group.amino(key.type_url, key.value))
        one = STAND_IN + encoded + (1 if encoded >= 128 else 0)
        size += one * params.tx_sig_limit if key.type_url == group.GROUP else one
    return size


def _signature(tx: Tx, index: int) -> Signature | None:
    """What a transaction says about one of its signers' signatures.

    Raises PlainError for what is no group's signature.
    """
    raw = tx.signatures[index] if index < len(tx.signatures) else b""
    if tx.modes[index] != MULTI:
        return Single(tx.modes[index], raw)
    return signatures.read(
        tx_pb.AuthInfo.FromString(tx.auth_info).signer_infos[index].mode_info, raw
    )


def _deduct_fee(ctx: Context, tx: Tx) -> tuple[Account, int]:
    """Take the fee; give who paid it and the priority. Source: SDK DeductFeeDecorator."""
    if not tx.signers:
        raise Unauthorized("no message of the transaction names a signer")
    priority = 0
    if ctx.mode is not SIMULATE:
        if ctx.height > 0 and tx.gas == 0:
            raise InvalidGasLimit("must provide positive gas")
        _require_minimum(ctx, tx)
        priority = min([coin.amount // tx.gas for coin in tx.fee], default=0)
    payer = Address.parse(tx.payer).raw if tx.payer else tx.signers[0]
    if tx.granter:
        payer = _granted(ctx, tx, payer)
    account = auth.account(ctx, payer)
    if account is None:
        raise UnknownAddress(f"fee payer address: {Address.of(payer)} does not exist")
    fee = Coins.EMPTY
    if any(coin.amount for coin in tx.fee):
        fee = _valid_fee(tx)
        try:
            bank.send_to_module(ctx, payer, auth.FEE_COLLECTOR, fee)
        except InsufficientFunds as error:
            raise InsufficientFunds(str(error)) from error
    elif ctx.mode is SIMULATE:
        ctx.gas.consume(SIMULATED_FEE, "simulated fee")
    if not ctx.is_silent:
        ctx.emit(Event("tx", (("fee", str(fee)), ("fee_payer", Address.text(payer)))))
    return account, min(priority, MAX_PRIORITY)


def _granted(ctx: Context, tx: Tx, payer: bytes) -> bytes:
    """Who pays where a granter is named, with the allowance used. Raises what feegrant raises."""
    granter = Address.parse(tx.granter).raw
    if granter == payer:
        return granter
    fee = _valid_fee(tx) if any(coin.amount for coin in tx.fee) else Coins.EMPTY
    try:
        feegrant.pay(ctx, granter, payer, fee, [url_of(msg) for msg in tx.msgs])
    except OutOfGas:
        raise
    except ChainError as error:
        raise error.wrapped(
            f"{tx.granter} does not allow to pay fees for {Address.of(payer)}"
        ) from error
    return granter


def _valid_fee(tx: Tx) -> Coins:
    """The fee as a set of coins. Raises InsufficientFee when it is not one."""
    if problem(tx.fee):
        raise InsufficientFee(f"invalid fee amount: {text_of(tx.fee)}")
    return Coins(tx.fee)


def _require_minimum(ctx: Context, tx: Tx) -> None:
    """In CheckTx: some coin of the fee must meet the node's minimum price for the gas asked."""
    if ctx.mode not in (CHECK, RECHECK) or not ctx.min_gas_prices:
        return
    required = _required(ctx.min_gas_prices, tx.gas)
    if not any(0 < required.get(coin.denom, 0) <= coin.amount for coin in tx.fee):
        wanted = ",".join(f"{amount}{denom}" for denom, amount in required.items())
        raise InsufficientFee(f"insufficient fees; got: {text_of(tx.fee)} required: {wanted}")


@lru_cache(maxsize=1024)
def _required(prices: DecCoins, gas: int) -> dict[str, int]:
    """The fee by denomination that meets the prices. Do not change the answer."""
    return {price.denom: price.amount.mul_int(gas).ceil() for price in prices}


def _set_keys(ctx: Context, tx: Tx, payer: Account) -> list[Account]:
    """The signers' accounts, each with its key; events that make the signatures searchable."""
    simulating = ctx.mode is SIMULATE
    signers, keys = tx.signers, tx.public_keys
    if len(keys) != len(signers) and not (simulating and len(keys) < len(signers)):
        raise Unauthorized(f"invalid number of signer;  expected: {len(signers)}, got {len(keys)}")
    accounts = []
    for index, address in enumerate(signers):
        account = payer if address == payer.address else auth.require(ctx, address)
        key = keys[index] if index < len(keys) else None
        if key is not None and not simulating and key.address.raw != address:
            raise InvalidPubKey(
                f"pubKey does not match signer address {Address.of(address)} "
                f"with signer index: {index}"
            )
        if not account.pub_key and (key is not None or simulating):
            account = account._replace(pub_key=_stored(key or SIMULATED_KEY))
        accounts.append(account)
    if not ctx.is_silent:
        _tell_signatures(ctx, tx)
    return accounts


def _tell_signatures(ctx: Context, tx: Tx) -> None:
    signed = zip(tx.signers, tx.sequences, tx.signatures, strict=False)
    for index, (address, sequence, signature) in enumerate(signed):
        if not tx.unordered:
            ctx.emit(Event("tx", (("acc_seq", f"{Address.text(address)}/{sequence}"),)))
        for piece in [signature] if tx.modes[index] != MULTI else _pieces(tx, index):
            ctx.emit(Event("tx", (("signature", b2a_base64(piece, newline=False).decode()),)))


def _pieces(tx: Tx, index: int) -> list[bytes]:
    found = _signature(tx, index)
    if found is None:
        raise PlainError("got empty SignatureData")
    return signatures.pieces(found)


def _limit_signatures(tx: Tx, params: pb.Params) -> None:
    count = 0
    for key in tx.public_keys:
        if key is not None:
            count += group.count(key.type_url, key.value) if key.type_url == group.GROUP else 1
        if count > params.tx_sig_limit:
            raise TooManySignatures(f"signatures: {count}, limit: {params.tx_sig_limit}")


def _charge_signatures(ctx: Context, tx: Tx, accounts: list[Account], params: pb.Params) -> None:
    for index, account in enumerate(accounts):
        key = _key(account.pub_key) if account.pub_key else None
        if key is not None and key.type_url == group.GROUP:
            found = _signature(tx, index) if index < len(tx.modes) else None
            _charge(ctx, key.type_url, key.value, found, params)
        else:
            _charge(ctx, key.type_url if key else "", b"", None, params)


def _charge(
    ctx: Context, kind: str, value: bytes, signature: Signature | None, params: pb.Params
) -> None:
    """Gas of one signature; of a group: of each member that signed. Source: SDK ante."""
    if kind == SECP256K1:
        ctx.gas.consume(params.sig_verify_cost_secp256k1, "ante verify: secp256k1")
    elif kind == group.ED25519:
        ctx.gas.consume(params.sig_verify_cost_ed25519, "ante verify: ed25519")
    elif kind == group.SECP256R1:
        ctx.gas.consume(params.sig_verify_cost_secp256k1 // 2, "ante verify: secp256r1")
    elif kind != group.GROUP:
        raise InvalidPubKey(f"unrecognized public key type: {kind or '<nil>'}")
    elif isinstance(signature, Multi):
        members = group.read(value).members
        for place, index in enumerate(signature.bits.chosen()):
            if index >= len(members) or place >= len(signature.parts):
                raise Panic(f"a group of {len(members)} has no signature of member {index}")
            _charge(ctx, *members[index], signature.parts[place], params)
    elif ctx.mode is not SIMULATE:
        got = "<nil>" if signature is None else "*signing.SingleSignatureData"
        raise PlainError(f"expected *signing.MultiSignatureData, got, {got}")


def _verify(ctx: Context, tx: Tx, accounts: list[Account], proof: Proof | None) -> Proof:
    """Check every sequence and, unless `proof` vouches for the same, every signature."""
    if len(tx.signatures) != len(accounts) and ctx.mode is not SIMULATE:
        raise Unauthorized(
            f"invalid number of signer;  expected: {len(accounts)}, got {len(tx.signatures)}"
        )
    if tx.unordered:
        _use_nonce(ctx, tx, accounts)
    signed = []
    for account, sequence in zip(accounts, tx.sequences, strict=False):
        if tx.unordered and sequence:
            raise InvalidRequest("sequence is not allowed for unordered transactions")
        if not tx.unordered and sequence != account.sequence:
            raise WrongSequence(
                f"account sequence mismatch, expected {account.sequence}, got {sequence}"
            )
        signed.append(Signed(account.number, sequence, account.pub_key))
    found = tuple(signed)
    if found != proof and ctx.mode is not SIMULATE and ctx.mode is not RECHECK:
        for index, each in enumerate(found):
            _verify_one(ctx, tx, index, each)
    return found


def _verify_one(ctx: Context, tx: Tx, index: int, signed: Signed) -> None:
    number = signed.number if ctx.height else 0
    key = _key(signed.key)
    if tx.modes[index] == DIRECT and key.type_url == SECP256K1:
        is_right = verify_direct(
            key.key,
            tx.signatures[index],
            tx.body,
            tx.auth_info,
            chain_id=ctx.chain_id,
            account_number=number,
        )
        why = "" if is_right else "unable to verify single signer signature"
    else:
        why = _refusal(ctx.chain_id, tx, index, signed._replace(number=number))
    if not why:
        return
    if signatures.is_amino(_signature(tx, index)):
        raise Unauthorized(
            f"signature verification failed; please verify account number ({number}), "
            f"sequence ({signed.sequence}) and chain-id ({ctx.chain_id})"
        )
    raise Unauthorized(
        f"signature verification failed; please verify account number ({number}) "
        f"and chain-id ({ctx.chain_id}): ({why})"
    )


def _refusal(chain_id: str, tx: Tx, index: int, signed: Signed) -> str:
    """Why a signature in any mode, by any kind of key, is wrong; empty when it is right."""
    key = _key(signed.key)
    address = str(Address.of(tx.signers[index]))
    place = Place(chain_id, address, signed.number, signed.sequence, signed.key)
    found: dict[int, bytes] = {}

    def document(mode: int) -> bytes:
        if mode not in found:
            found[mode] = sign_bytes(mode, tx.body, tx.auth_info, place)
        return found[mode]

    return signatures.refusal(key.type_url, key.value, _signature(tx, index), document)


class Claim(NamedTuple):
    """What a transaction's only signature says: true where it is `key`'s over `digest`."""

    proof: Proof
    key: bytes
    digest: bytes
    signature: bytes


def claim(ctx: Context, tx: Tx) -> Claim | None:
    """What the only signature claims, as the state is now, to be verified before the check.

    A claim found true stands for a proof: `run` uses it if account, sequence and key are then
    still these, and verifies by itself otherwise. None where that is not worth the trouble.
    """
    found = ante_usual.usual(tx)
    if found is not None and tx.signed and tx.public_keys[0] is not None:
        row = ctx.uncharged.get(found.account_key)
        account = auth.of_row(row) if row is not None else None
        if account is None or (account.pub_key and account.pub_key != found.stored):
            return None
        signed = Signed(account.number, tx.sequences[0], found.stored)
        digest = digest_of_fields(tx.signed, ctx.chain_id, account.number)
        return Claim((signed,), tx.public_keys[0].key, digest, tx.signatures[0])
    if len(tx.signers) != 1 or len(tx.public_keys) != 1 or len(tx.signatures) != 1:
        return None
    address, key, signature = tx.signers[0], tx.public_keys[0], tx.signatures[0]
    account = auth.account(ctx, address)
    if account is None or len(signature) != SIGNATURE_SIZE or tx.modes[0] != DIRECT or tx.unordered:
        return None
    stored = account.pub_key or (_stored(key) if key is not None else b"")
    public = _key(stored) if stored else None
    if public is None or public.type_url != SECP256K1 or len(public.key) != PUBLIC_SIZE:
        return None
    signed = Signed(account.number, tx.sequences[0], stored)
    digest = digest_direct(tx.body, tx.auth_info, ctx.chain_id, account.number)
    return Claim((signed,), public.key, digest, signature)


def _use_nonce(ctx: Context, tx: Tx, accounts: list[Account]) -> None:
    """Unordered transactions: a timeout soon enough, and not used by these signers before."""
    timeout = tx.timeout_timestamp
    if not timeout // SECOND:
        raise InvalidRequest("unordered transaction must have timeout_timestamp set")
    if timeout < ctx.time:
        raise InvalidRequest(
            "unordered transaction has a timeout_timestamp that has already passed"
        )
    if timeout > ctx.time + UNORDERED_WINDOW:
        raise InvalidRequest("unordered tx ttl exceeds 10m0s")
    ctx.gas.consume(UNORDERED_GAS, "unordered tx")
    if ctx.mode is not SIMULATE:
        for account in accounts:
            auth.use_nonce(ctx, account.address, timeout)


def _raise_sequences(ctx: Context, tx: Tx, accounts: list[Account]) -> None:
    step = 0 if tx.unordered else 1
    for address, number, sequence, pub_key, name, permissions, vesting in accounts:
        raised = Account(address, number, sequence + step, pub_key, name, permissions, vesting)
        auth.put(ctx, raised)


def _stored(key: PublicKey) -> bytes:
    """The Any an account keeps: of the key itself, however oddly the transaction wrote it."""
    return (PublicKey.secp256k1(key.key) if key.type_url == SECP256K1 else key).any


@lru_cache(maxsize=50_000)
def _key(packed: bytes) -> PublicKey:
    return PublicKey.from_any(packed)
