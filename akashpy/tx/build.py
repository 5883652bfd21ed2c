"""Transactions: putting one together, and reading one once and for all.

`decode` gives everything that the rules read, as plain Python, because reading protobuf attributes
costs more than parsing; the object then travels from CheckTx through the mempool to the block. It
refuses what the SDK's decoder refuses. This module must not know accounts or state.
Source: Cosmos SDK 0.53 `x/auth/tx/decoder.go`, `types/tx`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.keys import group
from akashpy.keys.secp256k1 import PUBLIC_SIZE, PrivateKey, address_of
from akashpy.tx.shape import Shape, split
from akashpy.tx.sign import sign_direct
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.types.duration import SECOND
from akashpy.types.errors import InvalidAddress, PlainError, TxDecode
from akashpy.types.moment import is_writable, moment_of
from akashpy.wire import crypto
from akashpy.wire import tx as pb
from akashpy.wire.signing import SignMode

DIRECT = int(SignMode.SIGN_MODE_DIRECT)
MULTI = -1
"""In `Tx.modes`: the signer is a group of keys."""
SECP256K1 = "/cosmos.crypto.secp256k1.PubKey"


class PublicKey(NamedTuple):
    """A signer's key as a transaction carries it; `key` is empty for groups of keys."""

    type_url: str
    value: bytes
    key: bytes

    @classmethod
    def secp256k1(cls, key: bytes) -> "PublicKey":
        """The usual key of an account, 33 compressed bytes."""
        value = crypto.Secp256k1PubKey(key=key).SerializeToString()
        return cls(SECP256K1, value, key)

    @classmethod
    def from_any(cls, packed: bytes) -> "PublicKey":
        """Read a key from the bytes of an Any, as accounts store it. Raises InvalidPubKey."""
        wrapped = Any.FromString(packed)
        return _public_key(wrapped.type_url, wrapped.value)

    def to_any(self) -> Any:
        """The key as transactions and accounts carry it."""
        return Any(type_url=self.type_url, value=self.value)

    @property
    def any(self) -> bytes:
        """The bytes of the key's Any, as accounts store it."""
        return self.to_any().SerializeToString(deterministic=True)

    @property
    def address(self) -> Address:
        """The account of the key. Raises InvalidPubKey for a kind that cannot sign here."""
        if self.type_url == SECP256K1 and len(self.key) == PUBLIC_SIZE:
            return address_of(self.key)
        return group.address(self.type_url, self.value)


class Tx:
    """A transaction, read.

    `body` and `auth_info` are the bytes that were signed, `hash` the SHA-256 of `raw`. `fee` is as
    sent, unchecked; `gas` its limit. Per signer: `public_keys` (None where the chain knows it),
    `sequences`, `modes`, `signatures`. `timeout_timestamp` in unix nanoseconds, 0 for none.
    `signed` is what its SignDoc begins with, body and auth info as fields, where it was read from
    the bytes, else empty. `notes` is for who runs it: facts that depend on nothing else.
    """

    __slots__ = (
        "_signers",
        "auth_info",
        "body",
        "fee",
        "gas",
        "granter",
        "memo",
        "modes",
        "msgs",
        "notes",
        "payer",
        "public_keys",
        "raw",
        "sequences",
        "signatures",
        "signed",
        "timeout_height",
        "timeout_timestamp",
        "unordered",
    )

    raw: bytes
    body: bytes
    auth_info: bytes
    msgs: tuple[Message, ...]
    memo: str
    timeout_height: int
    timeout_timestamp: int
    unordered: bool
    fee: tuple[Coin, ...]
    gas: int
    payer: str
    granter: str
    public_keys: tuple[PublicKey | None, ...]
    sequences: tuple[int, ...]
    modes: tuple[int, ...]
    signatures: tuple[bytes, ...]
    signed: bytes
    notes: dict[object, object]
    _signers: tuple[bytes, ...] | None

    @property
    def hash(self) -> bytes:
        """The transaction's hash, made when asked for: a node has it from its mempool."""
        return sha256(self.raw).digest()

    @property
    def signers(self) -> tuple[bytes, ...]:
        """Addresses of those who must sign, each once, in order of first mention.

        The fee payer comes last when it signs nothing else. Raises PlainError when one of them is
        no address.
        """
        if self._signers is None and len(self.msgs) == 1 and not self.payer:
            texts = wire.signers(self.msgs[0])
            if len(texts) == 1:  # nearly always
                self._signers = (_signer(texts[0]),)
        if self._signers is None:
            found: dict[bytes, None] = {}
            for msg in self.msgs:
                for text in wire.signers(msg):
                    found[_signer(text)] = None
            if self.payer:
                found.setdefault(_signer(self.payer))
            self._signers = tuple(found)
        return self._signers


def decode(raw: bytes) -> Tx:
    """Read a transaction.

    Raises TxDecode for anything that is not a transaction in canonical form, has unknown fields,
    or holds messages of unknown types.
    """
    try:
        return _decode(raw)
    except wire.WireError as error:
        raise TxDecode(str(error)) from error


def _decode(raw: bytes) -> Tx:
    tx = Tx()
    tx.raw = raw
    tx._signers = None
    tx.notes = {}
    shape = split(raw)
    if shape is not None and _read_shape(tx, shape):
        return tx
    outer = wire.decode_tx_raw(raw)
    tx.body = body = outer.body_bytes
    tx.auth_info = auth = outer.auth_info_bytes
    tx.signatures = tuple(outer.signatures)
    tx.signed = b""
    _read_body(tx, body)
    _read_auth_info(tx, auth)
    return tx


def _read_shape(tx: Tx, shape: Shape) -> bool:
    """Read a transaction of the usual shape; False where something in it is not right.

    What is wrong is then for the whole reading to say, in the SDK's order and words.
    """
    url = shape.type_url
    try:
        wire.signer_paths(url)  # refuses what nobody can sign
        tx.msgs = (wire.decode_strict(wire.message_class(url), shape.message)[0],)
        tx.public_keys = _key_of(shape.key)
        tx.fee, tx.gas, tx.payer, tx.granter = _fee_of(shape.fee)
    except (wire.WireError, TxDecode):
        return False
    tx.signed, tx.body, tx.auth_info = shape.signed, shape.body, shape.auth_info
    tx.signatures = (shape.signature,)
    tx.sequences, tx.modes = (shape.sequence,), (DIRECT,)
    tx.memo = shape.memo
    tx.timeout_height = tx.timeout_timestamp = 0
    tx.unordered = False
    return True


@lru_cache(maxsize=50_000)
def _key_of(packed: bytes) -> tuple[PublicKey | None, ...]:
    """The key of a signer from its Any, read as a whole AuthInfo is."""
    return _alone(_nested(b"\x0a", _nested(b"\x0a", packed))).public_keys


@lru_cache(maxsize=4096)
def _fee_of(data: bytes) -> tuple[tuple[Coin, ...], int, str, str]:
    """Coins, gas, payer and granter of a Fee, read as a whole AuthInfo is."""
    found = _alone(_nested(b"\x12", data))
    return found.fee, found.gas, found.payer, found.granter


def _alone(auth_info: bytes) -> Tx:
    found = Tx()
    _read_auth_info(found, auth_info)
    return found


def _nested(tag: bytes, data: bytes) -> bytes:
    """A field shorter than 128 bytes."""
    return tag + bytes((len(data),)) + data


def _read_body(tx: Tx, data: bytes) -> None:
    body = _clean_body(data)
    if body is None:
        body = wire.decode_strict(pb.TxBody, data, allow_non_critical=True)[0]
        tx.msgs = tuple(wire.unpack(msg) for msg in body.messages)
    else:
        tx.msgs = tuple(
            wire.decode_strict(wire.message_class(msg.type_url), msg.value)[0]
            for msg in body.messages
        )
    for msg in body.messages:
        wire.signer_paths(msg.type_url)  # refuses what nobody can sign
    tx.memo = body.memo
    tx.timeout_height = body.timeout_height
    tx.unordered = body.unordered
    tx.timeout_timestamp = 0
    if body.HasField("timeout_timestamp"):
        tx.timeout_timestamp = _moment(body.timeout_timestamp)


def _moment(stamp: Timestamp) -> int:
    """Nanoseconds since 1970. Raises TxDecode for what Go's decoder does not take for a time."""
    if not 0 <= stamp.nanos < SECOND:
        raise TxDecode(f"timestamp: nanos {stamp.nanos} not in range [0, 1e9)")
    moment = moment_of(stamp)
    if not is_writable(moment):
        where = "before 0001-01-01" if moment < 0 else "after 10000-01-01"
        raise TxDecode(f"timestamp: seconds:{stamp.seconds} {where}")
    return moment


def _clean_body(data: bytes) -> pb.TxBody | None:
    """The body when it holds messages only and nothing unknown itself; else None."""
    try:
        body = pb.TxBody.FromString(data)
    except DecodeError:
        return None
    if body.extension_options or body.non_critical_extension_options:
        return None
    body.DiscardUnknownFields()  # type: ignore[attr-defined]  # absent from the stubs
    return body if body.ByteSize() == len(data) else None


def _read_auth_info(tx: Tx, data: bytes) -> None:
    info = _clean_auth_info(data) or wire.decode_strict(pb.AuthInfo, data)[0]
    fee = info.fee
    tx.fee = tuple(Coin.from_wire(coin) for coin in fee.amount)
    tx.gas = fee.gas_limit
    tx.payer = fee.payer
    tx.granter = fee.granter
    keys: list[PublicKey | None] = []
    sequences: list[int] = []
    modes: list[int] = []
    for signer in info.signer_infos:
        key = signer.public_key
        type_url = key.type_url
        keys.append(_public_key(type_url, key.value) if type_url else None)
        sequences.append(signer.sequence)
        mode = signer.mode_info
        modes.append(MULTI if mode.HasField("multi") else int(mode.single.mode))
    tx.public_keys, tx.sequences, tx.modes = tuple(keys), tuple(sequences), tuple(modes)


def _clean_auth_info(data: bytes) -> pb.AuthInfo | None:
    """The signers and fee when nothing is unknown outside of keys; else None."""
    try:
        info = pb.AuthInfo.FromString(data)
    except DecodeError:
        return None
    info.DiscardUnknownFields()  # type: ignore[attr-defined]  # absent from the stubs
    return info if info.ByteSize() == len(data) else None


@lru_cache(maxsize=50_000)
def _public_key(type_url: str, value: bytes) -> PublicKey:
    try:
        message = wire.decode_strict(wire.message_class(type_url), value)[0]
    except wire.WireError as error:
        raise TxDecode(str(error)) from error
    key = message.key if "key" in message.DESCRIPTOR.fields_by_name else b""  # type: ignore[attr-defined]  # just asked
    return PublicKey(type_url, value, key)


def _signer(text: str) -> bytes:
    try:
        return Address.of_signer(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from None


class Signer(NamedTuple):
    """Who signs a transaction that is being built: the key and the account's next sequence.

    `key` is the packed key where it is no secp256k1 key, `mode` how it signs; a group gives the
    modes of its members in `mode_info`.
    """

    public: bytes
    sequence: int
    mode: int = DIRECT
    key: Any | None = None
    mode_info: pb.ModeInfo | None = None

    def to_wire(self) -> pb.SignerInfo:
        """The signer as a transaction names it."""
        single = pb.ModeInfo(single=pb.ModeInfo.Single(mode=self.mode))  # type: ignore[arg-type]  # any number is a mode on the wire
        return pb.SignerInfo(
            public_key=self.key or PublicKey.secp256k1(self.public).to_any(),
            mode_info=self.mode_info or single,
            sequence=self.sequence,
        )


def body(msgs: Iterable[Message], *, memo: str = "", timeout_height: int = 0) -> bytes:
    """The bytes of a transaction's body; `timeout_height` 0 means none.

    Messages are written as Go writes them, because a Go node may fail on a number left out.
    """
    packed = [Any(type_url=wire.type_url(msg), value=wire.encode_gogo(msg)) for msg in msgs]
    return pb.TxBody(messages=packed, memo=memo, timeout_height=timeout_height).SerializeToString(
        deterministic=True
    )


def auth_info(
    signers: Sequence[Signer],
    *,
    fee: Iterable[Coin],
    gas: int,
    payer: str = "",
    granter: str = "",
) -> bytes:
    """The bytes of a transaction's signers and fee."""
    return pb.AuthInfo(
        signer_infos=[signer.to_wire() for signer in signers],
        fee=pb.Fee(
            amount=[coin.to_wire() for coin in fee], gas_limit=gas, payer=payer, granter=granter
        ),
    ).SerializeToString(deterministic=True)


def assemble(body: bytes, auth_info: bytes, signatures: Sequence[bytes]) -> bytes:
    """The bytes of a whole transaction (TxRaw). For simulation a signature may be empty."""
    return pb.TxRaw(
        body_bytes=body, auth_info_bytes=auth_info, signatures=signatures
    ).SerializeToString(deterministic=True)


def build(
    msgs: Iterable[Message],
    key: PrivateKey,
    *,
    chain_id: str,
    account_number: int,
    sequence: int,
    fee: Iterable[Coin],
    gas: int,
    memo: str = "",
    timeout_height: int = 0,
    granter: str = "",
) -> bytes:
    """A whole transaction of one signer, signed."""
    content = body(msgs, memo=memo, timeout_height=timeout_height)
    info = auth_info([Signer(key.public, sequence)], fee=fee, gas=gas, granter=granter)
    signature = sign_direct(key, content, info, chain_id=chain_id, account_number=account_number)
    return assemble(content, info, [signature])


def tx_hash(raw: bytes) -> str:
    """A transaction's hash as people and nodes write it: SHA-256 in upper-case hex."""
    return sha256(raw).hexdigest().upper()
