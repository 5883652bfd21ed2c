"""Amino JSON against what the Go programs sign: vectors recorded from them, message by message.

tests/parity/signing/aminovectors is the program that wrote tests/vectors/amino.json.
"""

import json
from pathlib import Path
from typing import Any as Json

import pytest
from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.chain import registry
from akashpy.tx.amino import NotSignable, sign_doc
from akashpy.wire import bank
from akashpy.wire import tx as pb

RECORDED = json.loads((Path(__file__).parent.parent / "vectors" / "amino.json").read_text())
OUT_OF_SCOPE = "/cosmos.crisis."
SAMPLES = [one for one in RECORDED["samples"] if not one["type_url"].startswith(OUT_OF_SCOPE)]
PLACE = {"chain_id": "vectors-1", "account_number": 3, "sequence": 7}


def name(sample: dict[str, str]) -> str:
    return f"{sample['type_url']}-{sample['kind']}"


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_every_message_is_written_as_go_writes_it(sample: dict[str, str]) -> None:
    packed = Any(type_url=sample["type_url"], value=bytes.fromhex(sample["bytes"]))
    if "error" in sample:
        with pytest.raises(ValueError) as refused:
            wire.amino_json(packed)
        assert str(refused.value) == sample["error"]
    else:
        assert wire.amino_json(packed) == sample["json"]


def test_every_message_of_this_chain_was_recorded() -> None:
    known = {one["type_url"] for one in SAMPLES}
    ours = {url for module in registry.MODULES for url in module.handlers}
    assert {url for url in ours if not url.startswith("/akashpy.")} <= known


@pytest.mark.parametrize("document", RECORDED["documents"])
def test_the_document_is_gos(document: dict[str, Json]) -> None:
    body, auth = bytes.fromhex(document["body"]), bytes.fromhex(document["auth_info"])
    if "error" in document:
        with pytest.raises(NotSignable) as refused:
            sign_doc(body, auth, **PLACE)
        assert str(refused.value) == document["error"]
    else:
        assert sign_doc(body, auth, **PLACE).decode() == document["json"]


def test_refused_unknown_fields_of_the_body() -> None:
    body = pb.TxBody(messages=[wire.pack(bank.MsgSend())]).SerializeToString()
    auth = pb.AuthInfo(fee=pb.Fee()).SerializeToString()
    critical, noncritical = b"\xf2\x01\x01x", b"\x82\x40\x01x"
    for unknown in (critical, noncritical):
        with pytest.raises(NotSignable, match="errUnknownField"):
            sign_doc(body + unknown, auth, **PLACE)


def test_refused_a_length_of_time_beyond_int64() -> None:
    from google.protobuf.duration_pb2 import Duration
    from google.protobuf.timestamp_pb2 import Timestamp

    with pytest.raises(ValueError, match="9223372036 seconds would overflow an int64"):
        wire.amino_json(Duration(seconds=9223372036))
    assert wire.amino_json(Duration(seconds=-1, nanos=-5)) == '"-1000000005"'
    with pytest.raises(ValueError, match="nanos must be non-negative on timestamp"):
        wire.amino_json(Timestamp(seconds=1, nanos=-1))
    assert wire.amino_json(Timestamp(seconds=1)) == '"1970-01-01T00:00:01Z"'


def test_what_go_does_not_sign_is_named_wholly() -> None:
    from akashpy.wire._amino import _UNRESOLVED

    assert {tuple(name.split()) for name in RECORDED["unlinked"]} == _UNRESOLVED
