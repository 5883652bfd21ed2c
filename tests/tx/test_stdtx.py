"""Old transactions between amino JSON and amino's bytes; the vectors are a Go node's answers."""

from __future__ import annotations

import json

import pytest

from akashpy.tx import stdtx
from akashpy.types.errors import PlainError

SECP = (
    '{"type":"tendermint/PubKeySecp256k1","value":"AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'
)
EDWARDS = (
    '{"type":"tendermint/PubKeyEd25519","value":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
)
GROUP = (
    '{"type":"tendermint/PubKeyMultisigThreshold",'
    f'"value":{{"threshold":"2","pubkeys":[{SECP},{EDWARDS}]}}}}'
)
SIGNED = '{"msg":null,"signatures":[{"pub_key":%s,"signature":"AQI="}]}'
SECP_BYTES = "26eb5ae98721" + "03" + 32 * "00"
EDWARDS_BYTES = "251624de6420" + 32 * "00"

ENCODED = {
    '{"fee":{"amount":[{"denom":"uakt","amount":"5"}],"gas":"200000"},"memo":"hi",'
    '"timeout_height":"7"}': "120f0a090a0475616b7412013510c09a0c220268692807",
    '{"fee":{"amount":[{"denom":"u"}],"gas":"1","payer":"p","granter":"g"}}': (
        "12100a060a017512013010011a0170220167"
    ),
    SIGNED % SECP: "1a2c0a" + SECP_BYTES + "12020102",
    SIGNED % EDWARDS: "1a2b0a" + EDWARDS_BYTES + "12020102",
    SIGNED % GROUP: "1a5b0a5522c1f7e2080212" + SECP_BYTES + "12" + EDWARDS_BYTES + "12020102",
    SIGNED % "null": "1a0412020102",
    '{"signatures":[{}]}': "1a00",
    '{"nope":1,"memo":"é<"}': "2203c3a93c",
    '{"fee":{"amount":[{"denom":"u","amount":"-7"}],"gas":"0"}}': "12090a070a017512022d37",
    "null": "",
    "{}": "",
}


@pytest.mark.parametrize("text", ENCODED)
def test_bytes_are_those_of_a_go_node(text: str) -> None:
    assert stdtx.encode(text).hex() == ENCODED[text]


def test_what_was_encoded_is_shown_again() -> None:
    text = (
        '{"msg":null,"fee":{"amount":[{"denom":"uakt","amount":"5"}],"gas":"200000"},'
        f'"signatures":[{{"pub_key":{GROUP},"signature":"AQI="}}],"memo":"é\\u003c",'
        '"timeout_height":"7"}'
    )
    assert stdtx.decode(stdtx.encode(text)) == text
    nothing = '"fee":{"amount":[],"gas":"0"},"signatures":null,"memo":"","timeout_height":"0"}'
    assert stdtx.decode(bytes.fromhex("3001")) == '{"msg":null,' + nothing
    assert stdtx.decode(bytes.fromhex("0a00")) == '{"msg":[null],' + nothing
    assert json.loads(stdtx.decode(bytes.fromhex("2201ff")))["memo"] == "\ufffd"


REFUSED = {
    "x": "invalid character 'x' looking for beginning of value",
    "{": "unexpected end of JSON input",
    '{"memo":"a"} x': "invalid character after top-level value",
    "[]": "json: cannot unmarshal array into Go value of type map[string]json.RawMessage",
    '{"fee":5}': "json: cannot unmarshal number into Go value of type map[string]json.RawMessage",
    '{"msg":5}': "json: cannot unmarshal number into Go value of type []json.RawMessage",
    '{"memo":5}': "json: cannot unmarshal number into Go value of type string",
    '{"msg":[{"type":"cosmos-sdk/MsgSend","value":{}}]}': (
        "unrecognized concrete type name cosmos-sdk/MsgSend"
    ),
    '{"msg":[{}]}': "JSON encoding of interfaces require non-empty type field.",
    '{"fee":{"gas":1}}': (
        "invalid character -- Amino:JSON int/int64/uint/uint64 expects quoted values for "
        "javascript numeric support, got: 1."
    ),
    '{"timeout_height":"-1"}': "json: cannot unmarshal -1 into Go value of type uint64",
    '{"fee":{"amount":[{"denom":"u","amount":"x"}],"gas":"1"}}': (
        'math/big: cannot unmarshal "x" into a *big.Int'
    ),
    SIGNED % '{"type":"x","value":1}': "unrecognized concrete type name x",
    SIGNED % '{"type":"tendermint/PubKeySecp256k1","value":"AAA="}': (
        "codespace sdk code 8: invalid pubkey: invalid pubkey size"
    ),
    '{"signatures":[{"signature":"*"}]}': "illegal base64 data in signature",
}


@pytest.mark.parametrize("text", REFUSED)
def test_text_that_is_none(text: str) -> None:
    with pytest.raises(PlainError) as caught:
        stdtx.encode(text)
    assert str(caught.value).startswith(REFUSED[text])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("0a02aabb", "unrecognized prefix bytes AABB"),
        ("1202", "insufficient bytes decoding []byte of length 2"),
        ("1a020a00", "EOF while reading prefix bytes."),
        ("1a0a0a08eb5ae98704010203", "has 33 bytes"),
        ("28ffffffffffffffffffff01", "EOF decoding uvarint"),
        ("220161220162", "already seen 4"),
        ("0001", "already seen 0"),
        ("120010", "EOF decoding uvarint"),
        ("2801" + "220161", "already seen 5"),
        ("2d00000000", "wire type 5"),
        ("2001", "wrong wire type"),
        ("1001", "wrong wire type"),
    ],
)
def test_bytes_that_are_none(data: str, reason: str) -> None:
    with pytest.raises(PlainError) as caught:
        stdtx.decode(bytes.fromhex(data))
    text = str(caught.value)
    assert text.startswith("unmarshal to legacytx.StdTx failed")
    assert reason in text


def test_no_input_brings_it_down() -> None:
    whole = stdtx.encode(next(iter(ENCODED)))
    for at in range(len(whole)):
        for value in (0, 0x7F, 0xFF):
            try:
                stdtx.decode(whole[:at] + bytes((value,)) + whole[at + 1 :])
            except PlainError:
                continue
    deep = '{"signatures":' + "[" * 5_000
    with pytest.raises(PlainError):
        stdtx.encode(deep)
