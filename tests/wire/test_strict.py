"""Unknown fields are refused as the SDK refuses them, wherever they hide."""

from __future__ import annotations

import pytest
from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.wire import authz, bank, crypto, tx

CRITICAL = b"\x78\x01"  # field 15, varint 1
NON_CRITICAL = b"\x80\x40\x01"  # field 1024, varint 1


def send(extra: bytes = b"") -> Any:
    packed = wire.pack(bank.MsgSend(from_address="a", to_address="b"))
    packed.value += extra
    return packed


def body(*messages: Any) -> bytes:
    return tx.TxBody(messages=messages, memo="m").SerializeToString()


def test_a_clean_body() -> None:
    found, skipped = wire.decode_strict(tx.TxBody, body(send()), allow_non_critical=True)
    assert (found.memo, skipped) == ("m", False)


def test_a_critical_field_at_the_top() -> None:
    with pytest.raises(wire.UnknownField) as refused:
        wire.decode_strict(tx.TxBody, body(send()) + CRITICAL, allow_non_critical=True)
    assert str(refused.value) == 'errUnknownField "*tx.TxBody": {TagNum: 15, WireType:"varint"}'


def test_a_non_critical_field_where_allowed() -> None:
    found, skipped = wire.decode_strict(
        tx.TxBody, body(send()) + NON_CRITICAL, allow_non_critical=True
    )
    assert (found.memo, skipped) == ("m", True)


def test_a_non_critical_field_where_not_allowed() -> None:
    with pytest.raises(wire.UnknownField, match="TagNum: 1024"):
        wire.reject_unknown_fields(tx.AuthInfo, NON_CRITICAL)


def test_a_critical_field_inside_a_message() -> None:
    with pytest.raises(wire.UnknownField) as refused:
        wire.decode_strict(tx.TxBody, body(send(), send(CRITICAL)), allow_non_critical=True)
    assert '"*types.MsgSend"' in str(refused.value)


def test_a_non_critical_field_inside_a_message() -> None:
    assert wire.reject_unknown_fields(tx.TxBody, body(send(NON_CRITICAL)), allow_non_critical=True)


def test_a_critical_field_inside_a_message_inside_a_message() -> None:
    outer = wire.pack(authz.MsgExec(grantee="g", msgs=[send(CRITICAL)]))
    with pytest.raises(wire.UnknownField, match=r"types\.MsgSend"):
        wire.reject_unknown_fields(tx.TxBody, body(outer))


def test_a_critical_field_inside_a_public_key() -> None:
    key = wire.pack(crypto.Secp256k1PubKey(key=b"\x02" * 33))
    info = tx.AuthInfo(signer_infos=[tx.SignerInfo(public_key=key)])
    assert not wire.reject_unknown_fields(tx.AuthInfo, info.SerializeToString())
    info.signer_infos[0].public_key.value += CRITICAL
    with pytest.raises(wire.UnknownField, match=r"\*secp256k1\.PubKey"):
        wire.reject_unknown_fields(tx.AuthInfo, info.SerializeToString())


def test_a_known_field_of_the_wrong_wire_type() -> None:
    with pytest.raises(wire.UnknownField) as refused:
        wire.reject_unknown_fields(bank.MsgSend, b"\x08\x01")
    assert str(refused.value) == (
        'Mismatched "*types.MsgSend": {TagNum: 1, GotWireType: "varint" != WantWireType: "bytes"}'
    )


def test_an_unknown_message() -> None:
    with pytest.raises(wire.UnknownType, match=r"unable to resolve type URL /no\.such\.Message"):
        wire.reject_unknown_fields(tx.TxBody, body(Any(type_url="/no.such.Message")))


def test_an_unknown_group_is_named() -> None:
    group = b"\x7b\x08\x01\x7b\x7c\x7c"  # field 15: start, a varint, a nested group, end
    with pytest.raises(wire.UnknownField, match='TagNum: 15, WireType:"start_group"'):
        wire.reject_unknown_fields(bank.MsgSend, group)


@pytest.mark.parametrize("data", [b"\x0a", b"\x0a\x05ab", b"\xff" * 11, b"\x00\x01", b"\x7b"])
def test_bytes_that_end_early_or_mean_nothing(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.reject_unknown_fields(bank.MsgSend, data, allow_non_critical=True)


def test_an_unpacked_number_cannot_hide_an_unknown_field() -> None:
    # Written unpacked, a list of one is a byte shorter than protobuf would write it.
    deposit = wire.message_class("/akash.base.deposit.v1.Deposit")
    unpacked = b"\x28\x01"
    assert not wire.reject_unknown_fields(deposit, unpacked)
    with pytest.raises(wire.UnknownField, match="TagNum: 15"):
        wire.reject_unknown_fields(deposit, unpacked + CRITICAL)


RAW = tx.TxRaw(body_bytes=b"body", auth_info_bytes=b"auth", signatures=[b"s", b"t"])


def test_a_canonical_raw_transaction() -> None:
    assert wire.decode_tx_raw(RAW.SerializeToString()) == RAW


def test_an_explicit_empty_field_is_allowed() -> None:
    assert wire.decode_tx_raw(b"\x0a\x00\x12\x00") == tx.TxRaw()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x12\x01a\x0a\x01b", "txRaw must follow ADR-027, got tagNum 1 after tagNum 2"),
        (b"\x0a\x81\x00a", "not as short as possible, read 2, only need 1"),
        (b"\x08\x01", "expected 2 wire type, got 0"),
        (b"\x0a\x05a", "invalid length"),
        (b"\x0a", "invalid length"),
    ],
)
def test_a_raw_transaction_against_adr027(data: bytes, text: str) -> None:
    with pytest.raises(wire.MalformedMessage, match=text):
        wire.decode_tx_raw(data)


def test_an_unknown_field_of_a_raw_transaction() -> None:
    with pytest.raises(wire.UnknownField) as refused:
        wire.decode_tx_raw(RAW.SerializeToString() + b"\x22\x01x")
    assert str(refused.value) == 'errUnknownField "*tx.TxRaw": {TagNum: 4, WireType:"bytes"}'
