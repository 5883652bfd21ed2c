"""Accounts: who may sign, with which key, number and sequence.

It exists so that every other module can ask for an account without knowing how one is stored: as
a protobuf Any of BaseAccount, ModuleAccount or a vesting account, the form clients read by proof.
It must not know balances, fees or signatures; what an account has vesting is only carried.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import U64, Bytes, Presence, RawBytes
from akashpy.state.collections import Item, Map, Sequence
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.errors import ChainError, InvalidRequest, PlainError, UnknownAddress
from akashpy.types.vesting import Kind, Vesting, VestingMessage
from akashpy.wire import auth as pb

STORE = "acc"
FEE_COLLECTOR = "fee_collector"
SECP256K1_URL = "/cosmos.crypto.secp256k1.PubKey"

MODULE_ACCOUNTS: dict[str, tuple[str, ...]] = {
    "bme": ("burner", "minter"),
    "bonded_tokens_pool": ("burner", "staking"),
    "distribution": (),
    "escrow": (),
    FEE_COLLECTOR: (),
    "gov": ("burner",),
    "mint": ("minter",),
    "not_bonded_tokens_pool": ("burner", "staking"),
    "transfer": ("minter", "burner"),
}
"""Every module account and what it may do. Source: node v2.1 app."""

MODULE_ADDRESSES: dict[str, bytes] = {name: Address.of_module(name).raw for name in MODULE_ACCOUNTS}
BLOCKED: frozenset[bytes] = frozenset(MODULE_ADDRESSES.values())
"""Addresses that no message may send coins to: all module accounts."""


class Account(NamedTuple):
    """One account. `pub_key` is its key's Any as stored, empty until the first signature.

    `vesting` says which of its coins are locked, None for all but vesting accounts.
    """

    address: bytes
    number: int
    sequence: int = 0
    pub_key: bytes = b""
    name: str = ""
    permissions: tuple[str, ...] = ()
    vesting: Vesting | None = None

    @property
    def is_module(self) -> bool:
        """True for the account of a module; nobody can sign for one."""
        return bool(self.name)


# STATE

ACCOUNT_PREFIX = b"acc/\x01"
NEXT_NUMBER = Sequence(STORE, b"\x02")
NUMBERS = Map(STORE, b"\x03", U64, RawBytes)
"""Account number -> address, for the query AccountAddressByID."""
NONCES: Map[tuple[int, bytes], bool] = Map(STORE, b"\x04", (U64, Bytes), Presence)
"""(timeout in unix ns, sender) of unordered transactions seen, until the timeout has passed."""
PARAMS = Item(STORE, b"\x00", RawBytes)

BASE_HEAD = b"\x0a\x20/cosmos.auth.v1beta1.BaseAccount\x12"
MODULE_HEAD = b"\x0a\x22/cosmos.auth.v1beta1.ModuleAccount\x12"
"""How the Any of an account begins: its type URL, then the tag of its value."""

_PARSED_LIMIT = 50_000
_parsed: dict[bytes, Account] = {}
"""Memo of decoded rows. Cleared wholly at its limit; what it answers depends on the row alone."""


def account(ctx: Context, address: bytes) -> Account | None:
    """The account at `address`, or None."""
    row = ctx.get(ACCOUNT_PREFIX + address)
    if row is None:
        return None
    return _parsed.get(row) or _decode(row)


def of_row(row: bytes) -> Account:
    """The account that a row of the state holds."""
    return _parsed.get(row) or _decode(row)


def raised_row(value: Account) -> bytes:
    """The row of an account that is neither a module's nor vesting, with the next sequence."""
    address, number, sequence, pub_key, _, _, _ = value
    sequence += 1
    written = sequence.to_bytes(1, "big") if sequence < 0x80 else _varint(sequence)
    row = _before_sequence(address, number, pub_key, len(written)) + written
    if row not in _parsed:
        _remember(row, Account(address, number, sequence, pub_key))
    return row


@lru_cache(maxsize=50_000)
def _before_sequence(address: bytes, number: int, pub_key: bytes, size: int) -> bytes:
    """A plain account's row up to its sequence, which takes so many bytes."""
    body = _unchanging(address, number, pub_key) + b"\x20"
    return BASE_HEAD + _varint(len(body) + size) + body


def require(ctx: Context, address: bytes) -> Account:
    """The account at `address`. Raises UnknownAddress. Source: SDK ante GetSignerAcc."""
    found = account(ctx, address)
    if found is None:
        raise UnknownAddress(f"account {Address.of(address)} does not exist")
    return found


def put(ctx: Context, value: Account) -> None:
    """Store an account that already has its number."""
    ctx.set(ACCOUNT_PREFIX + value.address, _encode(value))


def next_account_number(ctx: Context) -> int:
    """Take the next free account number; the first is 0."""
    return NEXT_NUMBER.next(ctx)


def create(ctx: Context, address: bytes, vesting: Vesting) -> Account:
    """A new vesting account with the next number, where there is none yet."""
    return _create(ctx, Account(address, next_account_number(ctx), vesting=vesting))


def ensure_account(ctx: Context, address: bytes) -> Account:
    """The account at `address`, created with the next number when there is none."""
    return account(ctx, address) or _create(ctx, Account(address, next_account_number(ctx)))


def has_account(ctx: Context, address: bytes) -> bool:
    """True when an account exists at `address`."""
    return ctx.get(ACCOUNT_PREFIX + address) is not None


def module_account(ctx: Context, name: str) -> Account:
    """The account of module `name`, created on first use.

    Raises KeyError for a name that is no module account: a mistake of ours, hence a panic.
    Source: SDK x/auth GetModuleAccount.
    """
    address = MODULE_ADDRESSES[name]
    found = account(ctx, address)
    if found is not None:
        return found
    made = Account(address, next_account_number(ctx), name=name, permissions=MODULE_ACCOUNTS[name])
    return _create(ctx, made)


def accounts(ctx: Context, *, after: bytes | None = None) -> Iterator[Account]:
    """All accounts in order of their addresses, from just after address `after`."""
    start = ACCOUNT_PREFIX if after is None else ACCOUNT_PREFIX + after + b"\x00"
    for _, row in ctx.iterate(start, b"acc/\x02"):
        yield _parsed.get(row) or _decode(row)


def params(ctx: Context) -> pb.Params:
    """The auth parameters (memo length, signatures, gas per byte and signature). Do not change."""
    return _params(ctx.get(PARAMS.key) or b"")


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


def _create(ctx: Context, value: Account) -> Account:
    put(ctx, value)
    NUMBERS.put(ctx, value.number, value.address)
    return value


def _encode(value: Account) -> bytes:
    """The row of an account: the Any of its message, as protobuf writes it.

    Written by hand because every signature writes one: a quarter of protobuf's time.
    """
    body = _unchanging(value.address, value.number, value.pub_key)
    if value.sequence:
        body += b"\x20" + _varint(value.sequence)
    if value.vesting is not None:
        message = value.vesting.to_wire(pb.BaseAccount.FromString(body))
        row = wire.pack(message).SerializeToString(deterministic=True)
        _remember(row, value)
        return row
    if value.name:
        body = _field(b"\x0a", body) + _field(b"\x12", value.name.encode())
        body += b"".join(_field(b"\x1a", each.encode()) for each in value.permissions)
    row = (MODULE_HEAD if value.name else BASE_HEAD) + _varint(len(body)) + body
    _remember(row, value)
    return row


@lru_cache(maxsize=50_000)
def _unchanging(address: bytes, number: int, pub_key: bytes) -> bytes:
    """The fields of an account before its sequence."""
    body = _field(b"\x0a", Address.of(address).encode())
    if pub_key:
        body += _field(b"\x12", pub_key)
    return body + b"\x18" + _varint(number) if number else body


def _field(tag: bytes, data: bytes) -> bytes:
    """One length-delimited protobuf field."""
    return tag + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    if number < 0x80:
        return number.to_bytes(1, "big")
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _decode(row: bytes) -> Account:
    value = from_wire(wire.unpack(Any.FromString(row)))
    _remember(row, value)
    return value


def _remember(row: bytes, value: Account) -> None:
    if len(_parsed) >= _PARSED_LIMIT:
        _parsed.clear()
    _parsed[row] = value


# WIRE


def from_wire(message: Message) -> Account:
    """The account a wire message describes.

    Raises PlainError for account types this chain does not have and for malformed addresses.
    """
    name, vesting = "", None
    permissions: tuple[str, ...] = ()
    if isinstance(message, pb.ModuleAccount):
        base, name, permissions = message.base_account, message.name, tuple(message.permissions)
    elif isinstance(message, pb.BaseAccount):
        base = message
    elif isinstance(message, VestingMessage):
        base, vesting = message.base_vesting_account.base_account, Vesting.from_wire(message)
    else:
        raise PlainError(
            f"account type {message.DESCRIPTOR.full_name} is not supported; "
            "use BaseAccount, ModuleAccount or one of the vesting accounts"
        )
    key = base.pub_key.SerializeToString(deterministic=True) if base.HasField("pub_key") else b""
    return Account(
        Address.parse(base.address).raw,
        base.account_number,
        base.sequence,
        key,
        name,
        permissions,
        vesting,
    )


def to_wire(value: Account) -> Message:
    """The wire message of an account, as queries and genesis show it."""
    return wire.unpack(Any.FromString(_encode(value)))


def base_of(value: Account) -> pb.BaseAccount:
    """The wire message of what all kinds of account have."""
    plain = Account(value.address, value.number, value.sequence, value.pub_key)
    base = to_wire(plain)
    assert isinstance(base, pb.BaseAccount)  # _encode packs it for an account of no other kind
    return base


# UNORDERED TRANSACTIONS


def use_nonce(ctx: Context, sender: bytes, timeout: int) -> None:
    """Mark (`timeout` in unix ns, `sender`) as used.

    Raises InvalidRequest when it was. Source: SDK x/auth TryAddUnorderedNonce.
    """
    if NONCES.has(ctx, (timeout, sender)):
        raise InvalidRequest(
            "failed to add unordered nonce: "
            f"sender {Address.of(sender)} has already used timeout {timeout}"
        )
    NONCES.put(ctx, (timeout, sender), True)


def forget_expired_nonces(ctx: Context) -> None:
    """Before a block: drop the nonces whose timeout is before the block's time.

    Each was paid for with extra gas when it was added, so the work is bounded by the fees.
    """
    expired = []
    for key, _ in NONCES.under(ctx):
        if key[0] >= ctx.time:
            break
        expired.append(key)
    for key in expired:
        NONCES.remove(ctx, key)


# MESSAGES


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises PlainError. Source: SDK x/auth UpdateParams."""
    if msg.authority != AUTHORITY:
        raise PlainError(
            "expected gov account as only signer for proposal message; "
            f"invalid authority; expected {AUTHORITY}, got {msg.authority}"
        )
    validate_params(msg.params)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()


def validate_params(value: pb.Params) -> None:
    """Raises PlainError naming the first parameter that is zero. Source: SDK x/auth Params."""
    for name, amount in (
        ("tx signature limit", value.tx_sig_limit),
        ("ED25519 signature verification cost", value.sig_verify_cost_ed25519),
        ("SECK256k1 signature verification cost", value.sig_verify_cost_secp256k1),
        ("max memo characters", value.max_memo_characters),
        ("tx size cost per byte", value.tx_size_cost_per_byte),
    ):
        if not amount:
            raise PlainError(f"invalid {name}: {amount}")


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """The SDK's default parameters and no accounts."""
    del preset
    state = pb.GenesisState()
    state.params.max_memo_characters = 256
    state.params.tx_sig_limit = 7
    state.params.tx_size_cost_per_byte = 10
    state.params.sig_verify_cost_ed25519 = 590
    state.params.sig_verify_cost_secp256k1 = 1000
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, unknown account types and duplicate addresses."""
    parsed = wire.from_json(pb.GenesisState, state)
    validate_params(parsed.params)
    seen: set[bytes] = set()
    for packed in parsed.accounts:
        found = from_wire(wire.unpack(packed))
        where = Address.of(found.address)
        if found.address in seen:
            raise PlainError(f"duplicate account found in genesis state; address: {where}")
        if found.vesting is not None:
            _require_valid(found.vesting, where)
        if found.name and MODULE_ADDRESSES.get(found.name) != found.address:
            raise PlainError(
                f"invalid account found in genesis state; address: {where}, error: "
                f"address {where} cannot be derived from the module name '{found.name}'"
            )
        seen.add(found.address)


def _require_valid(vesting: Vesting, where: Address) -> None:
    """Raises PlainError. Coins may have been locked until a time that had passed already: anyone
    may do that to a new account, and the export must not end with it."""
    try:
        if vesting.kind is Kind.CONTINUOUS and vesting.start >= vesting.end:
            vesting.validate_base()
        else:
            vesting.validate()
    except ChainError as error:
        raise PlainError(
            f"invalid account found in genesis state; address: {where}, error: {error}"
        ) from error


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters and accounts; doubled account numbers become the lowest free ones.

    Source: SDK x/auth InitGenesis, SanitizeGenesisAccounts.
    """
    parsed = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, parsed.params.SerializeToString(deterministic=True))
    given = _renumbered([from_wire(wire.unpack(packed)) for packed in parsed.accounts])
    for value in given:
        _create(ctx, value)
    if given:
        NEXT_NUMBER.set(ctx, given[-1].number + 1)
    module_account(ctx, FEE_COLLECTOR)


def _renumbered(given: list[Account]) -> list[Account]:
    taken: set[int] = set()
    kept: list[Account] = []
    doubled: list[Account] = []
    for value in given:
        (doubled if value.number in taken else kept).append(value)
        taken.add(value.number)
    free = 0
    for value in sorted(doubled, key=lambda each: each.number):
        while free in taken:
            free += 1
        taken.add(free)
        kept.append(value._replace(number=free))
    return sorted(kept, key=lambda each: each.number)


def export_genesis(ctx: Context) -> JsonState:
    """Parameters and all accounts in address order."""
    state = pb.GenesisState(params=params(ctx))
    for value in accounts(ctx):
        state.accounts.append(wire.pack(to_wire(value)))
    return wire.to_json(state)


def _number_once(ctx: Context) -> str | None:
    """Invariant: the number index names exactly the accounts there are."""
    count = 0
    for value in accounts(ctx):
        count += 1
        if NUMBERS.get(ctx, value.number) != value.address:
            return (
                f"auth: account number {value.number} does not lead to {Address.of(value.address)}"
            )
    indexed = sum(1 for _ in NUMBERS.under(ctx))
    if indexed != count:
        return f"auth: {indexed} account numbers for {count} accounts"
    return None


MODULE = Module(
    name="auth",
    handlers={"/cosmos.auth.v1beta1.MsgUpdateParams": Handler(None, update_params)},
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    pre_block=(forget_expired_nonces,),
    invariants=(_number_once,),
)
