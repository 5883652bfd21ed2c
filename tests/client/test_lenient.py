"""A Go node's texts may hold any bytes; the answer around them is read all the same."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from akashpy.client.lenient import decode
from akashpy.wire import abci, tx


def answer(log: bytes) -> bytes:
    """GetTxResponse around a refusal's words."""
    made = tx.GetTxResponse(
        tx_response=abci.TxResponse(raw_log="X" * len(log), height=300, data="d", gas_used=-5)
    )
    return made.SerializeToString().replace(b"X" * len(log), log)


def test_a_raw_address_in_a_refusal() -> None:
    log = b"fee-grant \x9f\xff\x01 not found" + b"y" * 200
    found = decode(tx.GetTxResponse, answer(log)).tx_response
    assert found.raw_log == "fee-grant \ufffd\ufffd\x01 not found" + "y" * 200
    assert (found.height, found.data, found.gas_used) == (300, "d", -5)


@given(st.binary(min_size=4, max_size=40))
def test_any_bytes(log: bytes) -> None:
    assert decode(tx.GetTxResponse, answer(log)).tx_response.raw_log == log.decode(errors="replace")


@pytest.mark.parametrize("data", [b"\x0a\x05ab", b"\x0b", b"\x0a", b"\xff" * 11, b"\x09\x01"])
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(tx.GetTxResponse, data)
