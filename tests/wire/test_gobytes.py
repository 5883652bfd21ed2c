"""Bytes as Go writes them, proved by hashes of transactions that Go signed."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from akashpy import wire
from akashpy.wire import base, epochs, market, tx

TXS = json.loads((Path(__file__).parents[1] / "vectors" / "wire_txs.json").read_text())


@pytest.mark.parametrize("name", TXS)
def test_hash_of_a_transaction(name: str) -> None:
    given = wire.from_json(tx.Tx, TXS[name]["tx"])
    for packed in given.body.messages:
        packed.value = wire.encode_gogo(wire.unpack(packed))
    raw = tx.TxRaw(
        body_bytes=wire.encode_gogo(given.body),
        auth_info_bytes=wire.encode_gogo(given.auth_info),
        signatures=given.signatures,
    )
    assert sha256(raw.SerializeToString()).hexdigest().upper() == TXS[name]["hash"]


def test_what_go_holds_by_value_is_written() -> None:
    price = base.DecCoin(denom="uakt")
    assert wire.encode_gogo(price) == b"\x0a\x04uakt\x12\x010"
    assert price.amount == ""


def test_what_go_holds_by_pointer_is_not() -> None:
    decoded = market.MsgCreateBid.FromString(wire.encode_gogo(market.MsgCreateBid()))
    assert decoded.HasField("id")
    assert decoded.deposit.amount.amount == "0"
    assert not decoded.HasField("reclamation_window")


def test_an_unset_time_is_year_one() -> None:
    info = epochs.EpochInfo()
    wire.set_required(info)
    assert info.start_time.seconds == -62_135_596_800
