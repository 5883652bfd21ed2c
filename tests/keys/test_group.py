"""Groups of keys: the addresses that the Go program gives them, and groups nobody can make."""

from base64 import b64decode

import pytest
from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.keys import group
from akashpy.types.errors import InvalidPubKey
from akashpy.wire import crypto

A, B, C = (
    "Atlo9MW1rySeBjT9tJRutajS8m3CQGLuz64Q9PSNPXhq",
    "A/nZPdJmxSKswH/LhBqO22Txs9TQw0MDze5iWxPseXir",
    "AhjKNE3qtNaRvoLhKNyBnagJylr6km/OQ6dsbAz04zlG",
)


def packed(text: str) -> Any:
    return wire.pack(crypto.Secp256k1PubKey(key=b64decode(text)))


def address(key: Any) -> str:
    return group.address(key.type_url, key.value)


@pytest.mark.parametrize(
    ("threshold", "keys", "expected"),
    [
        (2, (A, B, C), "akash1rywqwe0kuwv5rjevp20uuhdsm2y2wpxyyf0nky"),
        (2, (C, B, A), "akash1drw96w0jz2xgr8tga8n9dp8cjvtu2c6ss62cth"),
        (2, (A, B), "akash1ruqk6ugtsesvg8gnwn83f46dup3h2ym09v4es3"),
    ],
)
def test_addresses_as_keys_add_of_go_prints_them(
    threshold: int, keys: tuple[str, ...], expected: str
) -> None:
    assert address(group.make(threshold, map(packed, keys))) == expected


def test_a_group_in_a_group() -> None:
    inner = group.make(2, map(packed, (A, B, C)))
    nested = group.make(2, [inner, packed(A)])
    assert address(nested) == "akash1m0apy66hwwuz24sgs3aarffngru7nm4l4wslwc"
    assert group.count(nested.type_url, nested.value) == 4
    assert group.read(nested.value).threshold == 2


def test_keys_are_put_in_the_order_of_their_addresses() -> None:
    keys = [packed(text) for text in (C, B, A)]
    assert [address(key) for key in group.in_address_order(keys)] == [
        "akash1tpsl3gn6cya0yyvwvvcmjwfgqcep27n2rp78uw",
        "akash14gq7hqn9llg690h78nsx0pdezlfp3gtc8t0dze",
        "akash1lp6nxns3suk26q658n9d0fstpwfnenpke763ys",
    ]


def test_refused_thresholds() -> None:
    with pytest.raises(ValueError, match="threshold must be a positive integer"):
        group.make(0, [packed(A)])
    with pytest.raises(ValueError, match="threshold k of n multisignature: 1 < 2"):
        group.make(2, [packed(A)])


def test_refused_kinds() -> None:
    with pytest.raises(InvalidPubKey, match="cannot sign on this chain"):
        group.address("/cosmos.crypto.bls12_381.PubKey", b"")
    other = wire.pack(crypto.Secp256r1PubKey(key=b"\x02" * 33))
    with pytest.raises(InvalidPubKey, match="has no amino form"):
        address(group.make(1, [other]))
    with pytest.raises(InvalidPubKey):
        group.read(b"\xff")
