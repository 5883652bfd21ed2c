"""Transactions: what is built is read back; what the SDK's decoder refuses is refused."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

import pytest
from google.protobuf.any_pb2 import Any
from hypothesis import given
from hypothesis import strategies as st

from akashpy import wire
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.tx import build as tx
from akashpy.tx.build import DIRECT, MULTI, PublicKey, Signer, decode
from akashpy.tx.sign import sign_direct, sign_doc, verify_direct
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin
from akashpy.types.errors import InvalidPubKey, PlainError, TxDecode
from akashpy.wire import bank, crypto, market, staking
from akashpy.wire import tx as pb

KEY = PrivateKey(bytes(31) + b"\x03")
OTHER = PrivateKey(bytes(31) + b"\x04")
SEND = bank.MsgSend(
    from_address=KEY.address, to_address=OTHER.address, amount=[Coin("uakt", 5).to_wire()]
)
FEE = [Coin("uakt", 100)]


def built(*msgs: bank.MsgSend, memo: str = "hi", timeout_height: int = 0) -> bytes:
    return tx.build(
        msgs or [SEND],
        KEY,
        chain_id="test-1",
        account_number=3,
        sequence=7,
        fee=FEE,
        gas=200_000,
        memo=memo,
        timeout_height=timeout_height,
    )


def test_everything_is_read_once() -> None:
    raw = built(timeout_height=99)
    found = decode(raw)
    assert found.raw == raw
    assert found.hash == sha256(raw).digest()
    assert tx.tx_hash(raw) == found.hash.hex().upper()
    assert found.msgs == (SEND,)
    assert (found.memo, found.timeout_height, found.timeout_timestamp) == ("hi", 99, 0)
    assert not found.unordered
    assert (found.fee, found.gas, found.payer, found.granter) == (tuple(FEE), 200_000, "", "")
    assert (found.sequences, found.modes) == ((7,), (DIRECT,))
    assert found.signers == (KEY.address.raw,)
    (public,) = found.public_keys
    assert public is not None
    assert (public.key, public.address) == (KEY.public, KEY.address)
    assert PublicKey.from_any(public.any) == public == PublicKey.secp256k1(KEY.public)


def test_the_signature_is_for_this_chain_and_account_only() -> None:
    found = decode(built())
    (signature,) = found.signatures

    def holds(body: bytes = found.body, chain_id: str = "test-1", account_number: int = 3) -> bool:
        return verify_direct(
            KEY.public,
            signature,
            body,
            found.auth_info,
            chain_id=chain_id,
            account_number=account_number,
        )

    assert holds()
    assert not holds(chain_id="test-2")
    assert not holds(account_number=4)
    assert not holds(body=found.body + b"\x00")


def test_the_sign_doc_is_gos() -> None:
    doc = sign_doc(b"b", b"a", "c", 5)
    assert doc == b"\x0a\x01b\x12\x01a\x1a\x01c\x20\x05"
    assert sign_doc(b"b", b"a", "c", 0) == b"\x0a\x01b\x12\x01a\x1a\x01c"
    assert sign_direct(KEY, b"b", b"a", chain_id="c", account_number=5) == KEY.sign(doc)


@given(st.text(max_size=50), st.integers(0, 2**63), st.integers(0, 2**64 - 1))
def test_any_memo_and_numbers_survive(memo: str, height: int, sequence: int) -> None:
    body = tx.body([SEND], memo=memo, timeout_height=height)
    info = tx.auth_info([Signer(KEY.public, sequence)], fee=[], gas=sequence)
    found = decode(tx.assemble(body, info, [b""]))
    assert (found.memo, found.timeout_height) == (memo, height)
    assert (found.sequences, found.gas, found.fee) == ((sequence,), sequence, ())
    assert found.signatures == (b"",)


def test_signers_come_once_in_order_and_the_payer_last() -> None:
    back = bank.MsgSend(from_address=OTHER.address, to_address=KEY.address)
    third = PrivateKey(bytes(31) + b"\x05").address
    body = tx.body([back, SEND, back])
    info = tx.auth_info([], fee=FEE, gas=1, payer=third, granter=KEY.address)
    found = decode(tx.assemble(body, info, []))
    assert found.signers == (OTHER.address.raw, KEY.address.raw, third.raw)
    assert (found.payer, found.granter) == (third, KEY.address)
    paid = tx.auth_info([], fee=FEE, gas=1, payer=KEY.address)
    assert decode(tx.assemble(body, paid, [])).signers == (OTHER.address.raw, KEY.address.raw)


def test_signers_inside_ids_and_of_operators() -> None:
    bid = market.MsgCreateBid(id=market.BidID(provider=OTHER.address))
    operator = KEY.address.with_prefix(VALOPER)
    validator = staking.MsgEditValidator(validator_address=operator)
    found = decode(tx.assemble(tx.body([bid, validator]), tx.auth_info([], fee=[], gas=1), []))
    assert found.signers == (OTHER.address.raw, KEY.address.raw)


def test_a_signer_that_is_no_address_is_said_when_asked() -> None:
    bad = bank.MsgSend(from_address="me")
    found = decode(tx.assemble(tx.body([bad]), tx.auth_info([], fee=[], gas=1), []))
    with pytest.raises(PlainError, match="decoding bech32 failed"):
        _ = found.signers


def test_unordered_transactions_are_read() -> None:
    body = pb.TxBody(messages=[wire.pack(SEND)], unordered=True)
    body.timeout_timestamp.FromNanoseconds(5_000_000_001)
    found = decode(tx.assemble(body.SerializeToString(), tx.auth_info([], fee=[], gas=1), []))
    assert (found.unordered, found.timeout_timestamp) == (True, 5_000_000_001)


def parts(raw: bytes) -> tuple[bytes, bytes, bytes]:
    outer = pb.TxRaw.FromString(raw)
    return outer.body_bytes, outer.auth_info_bytes, outer.signatures[0]


BODY, INFO, SIGNATURE = parts(built())
UNKNOWN = b"\xf8\x07\x01"  # field 127, which is critical
NON_CRITICAL = b"\xf0\x7f\x01"  # field 2046, whose number has the bit 1 << 10


def with_message(value: bytes, type_url: str = "/cosmos.bank.v1beta1.MsgSend") -> bytes:
    body = pb.TxBody(messages=[Any(type_url=type_url, value=value)]).SerializeToString()
    return tx.assemble(body, INFO, [SIGNATURE])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xff", "tx parse error"),
        (b"\x0a\x05a", "tx parse error"),
        (b"\x08\x01", "expected 2 wire type, got 0"),
        (built() + UNKNOWN, "expected 2 wire type"),
        (built() + b"\x22\x00", "tx parse error"),
        (b"\x12\x00\x0a\x00", "txRaw must follow ADR-027, got tagNum 1 after tagNum 2"),
        (b"\x0a\x80\x00", "not as short as possible"),
        (tx.assemble(b"\xff", INFO, []), "tx parse error"),
        (tx.assemble(BODY + UNKNOWN, INFO, []), "tx parse error"),
        (tx.assemble(BODY, INFO + UNKNOWN, []), "tx parse error"),
        (tx.assemble(BODY, INFO + NON_CRITICAL, []), "tx parse error"),
        (tx.assemble(BODY, b"\xff", []), "tx parse error"),
        (with_message(SEND.SerializeToString() + UNKNOWN), "tx parse error"),
        (with_message(b"\xff"), "tx parse error"),
        (with_message(b"", "/no.such.Msg"), "unable to resolve type URL /no.such.Msg"),
        (with_message(b"", "no slash"), "unable to resolve type URL"),
        (with_message(b"", "/cosmos.base.v1beta1.Coin"), "tx parse error"),
    ],
)
def test_what_the_decoder_refuses(raw: bytes, text: str) -> None:
    with pytest.raises(TxDecode) as caught:
        decode(raw)
    assert text in str(caught.value)
    assert str(caught.value).endswith("tx parse error")


def test_unknown_fields_that_may_be_ignored_are_allowed_in_the_body() -> None:
    raw = tx.assemble(BODY + NON_CRITICAL, INFO, [SIGNATURE])
    found = decode(raw)
    assert found.msgs == (SEND,)
    assert found.body == BODY + NON_CRITICAL


@given(st.binary(max_size=80))
def test_any_bytes_are_a_transaction_or_a_refusal(raw: bytes) -> None:
    try:
        found = decode(raw)
    except TxDecode:
        return
    assert found.raw == raw


@given(st.integers(0, len(built()) - 1), st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused_but_never_breaks(place: int, byte: int) -> None:
    raw = bytearray(built())
    raw[place] = byte
    with suppress(TxDecode, PlainError):
        assert decode(bytes(raw)).signers


def test_an_amount_that_is_no_number_is_refused() -> None:
    info = pb.AuthInfo.FromString(INFO)
    info.fee.amount[0].amount = "x"
    with pytest.raises(TxDecode, match="cannot unmarshal"):
        decode(tx.assemble(BODY, info.SerializeToString(), [SIGNATURE]))


def signed_by(change: Callable[[pb.SignerInfo], None]) -> tx.Tx:
    info = pb.AuthInfo.FromString(INFO)
    change(info.signer_infos[0])
    return decode(tx.assemble(BODY, info.SerializeToString(), [SIGNATURE]))


def test_a_signer_may_leave_its_key_out() -> None:
    found = signed_by(lambda signer: signer.ClearField("public_key"))
    assert found.public_keys == (None,)


def test_groups_of_keys_are_read() -> None:
    group = crypto.LegacyAminoPubKey(threshold=1)
    group.public_keys.append(PublicKey.secp256k1(KEY.public).to_any())

    def change(signer: pb.SignerInfo) -> None:
        signer.public_key.CopyFrom(wire.pack(group))
        signer.mode_info.multi.SetInParent()

    found = signed_by(change)
    (key,) = found.public_keys
    assert found.modes == (MULTI,)
    assert key is not None
    assert (
        key.address.raw
        == sha256(bytes.fromhex("22c1f7e208011226eb5ae98721") + KEY.public).digest()[:20]
    )


def test_other_kinds_of_keys() -> None:
    ed25519 = PublicKey.from_any(wire.pack(crypto.Ed25519PubKey(key=b"k" * 32)).SerializeToString())
    assert ed25519.address == Address.of(sha256(b"k" * 32).digest()[:20])
    short = PublicKey.from_any(wire.pack(crypto.Secp256k1PubKey(key=b"k")).SerializeToString())
    with pytest.raises(InvalidPubKey):
        _ = short.address


def test_a_key_with_unknown_fields_is_refused() -> None:
    def change(signer: pb.SignerInfo) -> None:
        signer.public_key.value += UNKNOWN

    with pytest.raises(TxDecode):
        signed_by(change)
