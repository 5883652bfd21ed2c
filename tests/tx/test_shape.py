"""Cutting up the usual transaction gives what the whole reading gives, for right bytes and wrong.

The same bytes are read with and without the short way; every field or the error must be the same.
"""

import random
from typing import Any

import pytest

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.tx import build as building
from akashpy.tx.build import build, decode
from akashpy.tx.shape import split
from akashpy.types.coin import Coin
from akashpy.types.errors import TxDecode
from akashpy.wire import bank
from akashpy.wire import tx as pb

KEY = PrivateKey(b"\x01" * 32)
ROUNDS = 4_000
EXTRA = [
    b"\x1a\x00",
    b"\x10\x01",
    b"\x12\x01m",
    b"\x28\x05",
    b"\x7a\x02hi",
    b"\xba\x3f\x01x",
    b"\x0a\x00",
]
FIELDS = [name for name in building.Tx.__slots__ if name not in ("_signers", "notes", "signed")]


def usual(sequence: int = 7, memo: str = "", amount: int = 1, **more: Any) -> bytes:
    """A bank send as wallets make it."""
    msg = bank.MsgSend(from_address=KEY.address, to_address=KEY.address)
    msg.amount.add(denom="uakt", amount=str(amount))
    return build(
        [msg],
        KEY,
        chain_id="shape-1",
        account_number=3,
        sequence=sequence,
        fee=[Coin("uakt", 5_000)],
        gas=200_000,
        memo=memo,
        **more,
    )


def outcome(raw: bytes) -> Any:
    """All that a transaction says, or the error's class and text."""
    try:
        tx = decode(raw)
    except TxDecode as error:
        return str(error)
    return [getattr(tx, name) for name in FIELDS]


def whole(raw: bytes, patch: pytest.MonkeyPatch) -> Any:
    """The same without the short way."""
    with patch.context() as inner:
        inner.setattr(building, "split", lambda _: None)
        return outcome(raw)


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """Bytes changed, left out, added or repeated."""
    data = bytearray(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at, kind = rng.randrange(len(data)), rng.randrange(5)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[at : at + rng.randrange(1, 4)]
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 4))
        else:
            data[at] = (data[at] + rng.choice((-1, 1))) % 256
        data = data or bytearray(b"\x0a")
    return bytes(data)


def rewritten(raw: bytes, rng: random.Random) -> bytes:
    """A well-formed transaction with something unusual in it: lengths fit, contents may not."""
    outer = pb.TxRaw.FromString(raw)
    spots = [outer.body_bytes, outer.auth_info_bytes]
    spot = rng.randrange(2)
    extra = rng.choice(EXTRA)
    if rng.randrange(2):
        spots[spot] = spots[spot] + extra
    else:
        spots[spot] = extra + spots[spot]
    return building.assemble(spots[0], spots[1], list(outer.signatures) * rng.choice((1, 1, 2)))


def inside(raw: bytes, rng: random.Random) -> bytes:
    """A transaction whose message, key, signer or fee has a field too many, or an odd length."""
    outer = pb.TxRaw.FromString(raw)
    body, info = (
        pb.TxBody.FromString(outer.body_bytes),
        pb.AuthInfo.FromString(outer.auth_info_bytes),
    )
    extra = rng.choice((b"\x78\x01", b"\xba\x3f\x01x", b"\x0a\x01a", b"\x18\x00", b"\x00"))
    signer, kind = info.signer_infos[0], rng.randrange(6)
    if kind == 0:
        body.messages[0].value += extra
    elif kind == 1:
        signer.public_key.value += extra
    elif kind == 2:
        packed = signer.SerializeToString() + extra
        fee = info.fee.SerializeToString()
        return building.assemble(
            outer.body_bytes,
            b"\x0a" + bytes((len(packed),)) + packed + b"\x12" + bytes((len(fee),)) + fee,
            list(outer.signatures),
        )
    elif kind == 3:
        fee = info.fee.SerializeToString() + extra
        packed = signer.SerializeToString()
        return building.assemble(
            outer.body_bytes,
            b"\x0a" + bytes((len(packed),)) + packed + b"\x12" + bytes((len(fee),)) + fee,
            list(outer.signatures),
        )
    elif kind == 4:
        body.messages[0].type_url = rng.choice(
            ("/none", "", "/cosmos.bank.v1beta1.MsgSendResponse")
        )
    else:
        signer.mode_info.single.mode = rng.choice((0, 2, 127, 191))  # type: ignore[assignment]  # any number
    return building.assemble(
        body.SerializeToString(), info.SerializeToString(), list(outer.signatures)
    )


@pytest.mark.parametrize("sequence", [0, 1, 127, 128, 16_383, 16_384, 2**28 - 1, 2**28, 2**63])
@pytest.mark.parametrize("memo", ["", "m", "ü" * 60, "x" * 127, "x" * 128, "x" * 20_000])
def test_reads_the_same(sequence: int, memo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = usual(sequence, memo)
    assert outcome(raw) == whole(raw, monkeypatch)
    assert decode(raw).sequences == (sequence,)
    assert decode(raw).memo == memo


def test_the_usual_is_cut_and_the_unusual_is_not() -> None:
    shape = split(usual(memo="hello"))
    assert shape is not None
    assert (shape.memo, shape.sequence) == ("hello", 7)
    assert shape.type_url == "/cosmos.bank.v1beta1.MsgSend"
    outer = pb.TxRaw.FromString(usual())
    assert decode(usual()).signed == b"".join(
        pb.TxRaw(**part).SerializeToString()  # type: ignore[arg-type]  # one field each
        for part in ({"body_bytes": outer.body_bytes}, {"auth_info_bytes": outer.auth_info_bytes})
    )
    assert split(usual(timeout_height=5)) is None
    assert split(usual()[:-1]) is None
    assert split(b"") is None
    assert decode(usual(timeout_height=5)).timeout_height == 5
    assert decode(usual(timeout_height=5)).signed == b""


@pytest.mark.parametrize("change", [mutated, rewritten, inside])
def test_says_the_same_of_changed_bytes(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(change.__name__)
    bases = [usual(sequence, memo) for sequence in (0, 5, 300) for memo in ("", "memo")]
    good = short = 0
    for _ in range(ROUNDS):
        raw = change(rng.choice(bases), rng)
        found = outcome(raw)
        assert found == whole(raw, monkeypatch), raw.hex()
        good += not isinstance(found, str)
        short += split(raw) is not None
    assert good > 50
    assert short > 50 or change is rewritten
