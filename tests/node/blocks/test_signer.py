"""A validator signs each height once, whatever happened to its blocks meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from akashpy.node.comet.block import BlockID, PartSetHeader, vote_sign_bytes
from akashpy.node.comet.keys import SigningKey, verify
from akashpy.node.comet.signer import Signed, Signer, SignerError, forget_above
from akashpy.node.solo import ChainHalted, Producer, ProducerSettings
from tests.node.conftest import Start

KEY = SigningKey(b"\x05" * 32)
CHAIN = "signed-1"


def block(seed: int) -> BlockID:
    return BlockID(bytes([seed]) * 32, PartSetHeader(1, bytes([seed]) * 32))


def test_a_signature_is_kept_in_cometbfts_form(tmp_path: Path) -> None:
    path = tmp_path / "priv_validator_state.json"
    signer = Signer(KEY, path)
    signature = signer.sign(CHAIN, 7, block(1), 1_000)
    assert not path.exists()
    signer.keep()
    found = json.loads(path.read_text())
    assert (found["height"], found["round"], found["step"]) == ("7", 0, 3)
    message = bytes.fromhex(found["signbytes"])
    assert message == vote_sign_bytes(CHAIN, 7, 0, block(1), 1_000)
    assert verify(KEY.public, message, signature)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Signed.load(path).signature == signature


def test_the_same_block_may_be_signed_again_another_never(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    signer = Signer(KEY, path)
    signer.sign(CHAIN, 7, block(1), 1_000)
    signer.keep()
    again = signer.sign(CHAIN, 7, block(1), 2_000)
    assert verify(KEY.public, vote_sign_bytes(CHAIN, 7, 0, block(1), 2_000), again)
    with pytest.raises(SignerError, match="signed another block of height 7"):
        signer.sign(CHAIN, 7, block(2), 3_000)
    with pytest.raises(SignerError, match="height 6 is below 7"):
        signer.sign(CHAIN, 6, block(1), 3_000)
    assert signer.last == Signed.load(path)


def test_what_is_stored_must_be_what_was_signed(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    first = Signer(KEY, path)
    first.sign(CHAIN, 7, block(1), 1_000)
    first.keep()
    Signer(KEY, path).take_up(CHAIN, 8, {})
    Signer(KEY, path).take_up(CHAIN, 7, {1_000: block(1)})
    with pytest.raises(SignerError, match="signed height 7, the blocks end at 6"):
        Signer(KEY, path).take_up(CHAIN, 6, {})
    with pytest.raises(SignerError, match="another block of height 7 than the stored one"):
        Signer(KEY, path).take_up(CHAIN, 7, {1_000: block(2)})


@pytest.mark.parametrize("text", ["", "{}", '{"height":"x","round":0,"step":0}', "[]"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(SignerError, match="restore the newest copy"):
        Signer(KEY, path)
    with pytest.raises(SignerError):
        forget_above(path, 3)
    assert path.read_text() == text


def test_cometbfts_new_file_means_nothing_signed(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"height":"0","round":0,"step":0}')
    assert Signer(KEY, path).last == Signed()


def test_a_signature_is_forgotten_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert not forget_above(path, 3)
    signer = Signer(KEY, path)
    signer.sign(CHAIN, 7, block(1), 1_000)
    signer.keep()
    assert not forget_above(path, 7)
    assert forget_above(path, 6)
    again = Signer(KEY, path)
    again.take_up(CHAIN, 6, {900: block(1)})
    again.sign(CHAIN, 6, block(1), 950)
    with pytest.raises(SignerError, match="another block of height 6"):
        again.sign(CHAIN, 6, block(2), 950)
    again.sign(CHAIN, 7, block(2), 1_000)


async def test_blocks_of_an_older_backup_do_not_go_on(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "priv_validator_state.json"

    def signing() -> Producer:
        parts = start()
        settings = ProducerSettings(interval=0.01)
        parts.producer = Producer(parts.core, parts.key, settings, signer=Signer(parts.key, path))
        return parts.producer

    producer = signing()
    await producer.recover()
    for _ in range(3):
        await producer.produce()
    assert Signed.load(path).height == 3
    producer = signing()
    await producer.recover()
    await producer.produce()
    core = producer.core
    for _ in range(2):
        core.store.drop_last()
        core.app.disk.height -= 1
    producer = signing()
    with pytest.raises(ChainHalted, match="signed height 4, the blocks end at 2"):
        await producer.recover()
