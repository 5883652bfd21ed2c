"""Block store and index on disk: what is written is read, what cannot be trusted is not."""

from __future__ import annotations

from pathlib import Path

import lmdb
import msgspec
import pytest

from akashpy.node import txindex
from akashpy.node.blockstore import BlockStore, BlockStoreError
from akashpy.node.comet.block import Validator
from akashpy.node.comet.keys import (
    KeyFileError,
    SigningKey,
    load_node_key,
    load_validator_key,
    save_node_key,
    save_validator_key,
    verify,
)
from akashpy.node.comet.params import ConsensusParams
from akashpy.node.eventquery import parse
from akashpy.node.packing import pack
from akashpy.node.txindex import BLOCK, TxIndex
from akashpy.types.abci import TxResult
from akashpy.types.address import Address
from akashpy.types.events import Event
from tests.node.conftest import Parts


async def test_blocks_read_back_as_they_were_written(parts: Parts) -> None:
    await parts.core.broadcast(b"alice:0")
    await parts.blocks(1)
    store = parts.core.store
    meta = store.meta(1)
    store._cache.clear()
    assert store.meta(1) == meta
    assert store.txs(1) == [b"alice:0"]
    assert store.result(1, 0) == (store.results(1) or [])[0]
    assert store.result(1, 1) is None
    assert meta is not None
    assert store.height_of(meta.id.hash) == 1
    assert (store.meta(2), store.txs(2), store.results(2)) == (None, [], None)


async def test_a_block_written_before_there_was_evidence_is_read(parts: Parts) -> None:
    await parts.blocks(1)
    store = parts.core.store
    meta = store.meta(1)
    assert meta is not None
    old = msgspec.msgpack.decode(pack(meta))
    del old["evidence"]
    with store._env.begin(write=True) as txn:
        txn.put((1).to_bytes(8, "big"), pack(old), db=store._meta)
    store._cache.clear()
    assert store.meta(1) == meta
    assert meta.evidence == ()


async def test_dropping_the_last_block_leaves_the_one_before(parts: Parts) -> None:
    await parts.blocks(3)
    parts.core.store.drop_last()
    assert (parts.core.store.height, parts.core.store.meta(3)) == (2, None)


def test_a_map_that_is_full_grows(tmp_path: Path) -> None:
    store = BlockStore.open(tmp_path / "blocks", map_size=64 * 1024)
    validators = [Validator(bytes([at % 256, at // 256]) * 16, 1) for at in range(2000)]
    store.save_genesis(1, validators, ConsensusParams())
    assert store.validators(5) == tuple(validators)
    store.close()


def test_validators_hold_until_the_next_change(tmp_path: Path) -> None:
    store = BlockStore.open(tmp_path / "blocks")
    with pytest.raises(BlockStoreError, match="no validators saved for height 1"):
        store.validators(1)
    one, two = Validator(b"\x01" * 32, 1), Validator(b"\x01" * 32, 2)
    store.save_genesis(1, [one], ConsensusParams())
    store.save_genesis(7, [two], ConsensusParams(max_gas=5))
    assert [store.validators(h)[0].power for h in (1, 6, 7, 100)] == [1, 1, 2, 2]
    assert [store.params(h).max_gas for h in (1, 6, 7)] == [-1, -1, 5]
    store.close()


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    BlockStore.open(tmp_path / "blocks").close()
    env = lmdb.open(str(tmp_path / "blocks"), max_dbs=16)
    with env.begin(write=True) as txn:
        txn.put(b"format", b"9")
    env.close()
    with pytest.raises(BlockStoreError, match="format 9, this program knows 1"):
        BlockStore.open(tmp_path / "blocks")


def add(index: TxIndex, height: int, *senders: str) -> None:
    results = [TxResult(events=(Event("t", (("sender", name),)),)) for name in senders]
    hashes = [bytes([height, at]) * 16 for at in range(len(senders))]
    index.add(height, hashes, results, (Event("block", (("at", str(height)),)),))


def test_candidates_are_those_that_hold_every_equality(tmp_path: Path) -> None:
    index = TxIndex.open(tmp_path / "index")
    add(index, 1, "a", "b", "a")
    add(index, 2, "b")
    add(index, 3, "a")

    def found(text: str, low: int = 1, high: int = 9) -> list[tuple[int, set[int] | None]]:
        return list(index.candidates(parse(text), low, high))

    assert found("t.sender='a'") == [(1, {0, 2}), (3, {0})]
    assert found("t.sender='a'", 2) == [(3, {0})]
    assert found("t.sender='a' AND t.sender='b'") == []
    assert found("block.at='2'") == [(2, {BLOCK})]
    assert found("t EXISTS") == [(1, None), (2, None), (3, None)]
    assert found("t.other EXISTS") == []
    assert index.tx(bytes([1, 2]) * 16) == (1, 2)
    assert index.tx(b"?" * 32) is None
    index.close()


def test_an_index_that_was_closed_is_kept(tmp_path: Path) -> None:
    index = TxIndex.open(tmp_path / "index")
    add(index, 1, "a")
    index.close()
    again = TxIndex.open(tmp_path / "index")
    assert again.height == 1
    again.close()


@pytest.mark.parametrize(("boot", "height"), [("one", 1), ("another", 0)])
def test_an_index_left_open_is_kept_only_within_the_same_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boot: str, height: int
) -> None:
    (tmp_path / "boot").write_text("one")
    monkeypatch.setattr(txindex, "_BOOT_ID", tmp_path / "boot")
    index = TxIndex.open(tmp_path / "index")
    add(index, 1, "a")
    index._env.close()
    (tmp_path / "boot").write_text(boot)
    again = TxIndex.open(tmp_path / "index")
    assert again.height == height
    again.close()


def test_addresses_in_events_are_stored_as_text(tmp_path: Path) -> None:
    from akashpy.node.packing import pack

    owner = Address.of(b"\x01" * 20)
    assert pack([owner]) == pack([str(owner)])


def test_keys_are_cometbfts_files(tmp_path: Path) -> None:
    key = SigningKey(b"\x03" * 32)
    save_validator_key(tmp_path / "validator.json", key)
    save_node_key(tmp_path / "node.json", key)
    for loaded in (
        load_validator_key(tmp_path / "validator.json"),
        load_node_key(tmp_path / "node.json"),
    ):
        assert loaded.public == key.public
        assert verify(key.public, b"message", loaded.sign(b"message"))
        assert not verify(key.public, b"other", loaded.sign(b"message"))
    assert "AwMD" not in repr(key)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("not json", "not JSON"),
        ("[]", "expected a JSON object"),
        ("{}", "priv_key is not of type tendermint/PrivKeyEd25519"),
        ('{"priv_key":{"type":"tendermint/PrivKeyEd25519","value":"%"}}', "not base64"),
        ('{"priv_key":{"type":"tendermint/PrivKeyEd25519","value":"AAAA"}}', "has 3 bytes"),
    ],
)
def test_a_broken_key_file_says_what_is_wrong(tmp_path: Path, content: str, error: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    with pytest.raises(KeyFileError, match=error):
        load_validator_key(path)


def test_a_missing_or_mixed_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    with pytest.raises(KeyFileError, match="no such key file"):
        load_validator_key(path)
    save_validator_key(path, SigningKey(b"\x01" * 32))
    other = SigningKey(b"\x02" * 32)
    save_validator_key(tmp_path / "other.json", other)
    mixed = path.read_text().replace(
        path.read_text().split('"value": "')[1].split('"')[0],
        (tmp_path / "other.json").read_text().split('"value": "')[1].split('"')[0],
    )
    path.write_text(mixed)
    with pytest.raises(KeyFileError, match="pub_key does not belong to priv_key"):
        load_validator_key(path)
