"""Every request of ABCI, in turn and out of it; no call that comes wrong changes the state."""

from __future__ import annotations

import asyncio

import pytest

from akashpy.types.errors import InvalidHeight, InvalidRequest
from akashpy.wire import abci as pb
from tests.node.abci.calls import Caller

ACCEPT, REJECT = 1, 2


async def test_echo_flush_and_info_before_a_chain(caller: Caller) -> None:
    assert (await caller.call("echo", message="hello")).message == "hello"
    assert await caller.call("flush") == pb.ResponseFlush()
    info = await caller.call("info")
    assert (info.data, info.last_block_height, info.last_block_app_hash) == ("akash", 0, b"")


async def test_init_chain_names_validators_and_can_be_repeated(caller: Caller) -> None:
    first = await caller.init()
    assert len(first.validators) == 1
    assert first.validators[0].pub_key.ed25519 == caller.chain.signing.public
    assert first.consensus_params.block.max_bytes > 0
    assert await caller.init() == first


async def test_init_chain_refuses_other_validators_than_stakes(caller: Caller) -> None:
    request = pb.RequestInitChain(
        chain_id=caller.chain.core.chain_id,
        app_state_bytes=b"{}",
        validators=[pb.ValidatorUpdate(power=3)],
    )
    with pytest.raises(Exception, match="validator"):
        await caller.application.answer("init_chain", request)
    assert caller.chain.app.height == 0


async def test_init_chain_after_a_block_is_refused(caller: Caller) -> None:
    await caller.begun()
    with pytest.raises(InvalidRequest, match="has begun"):
        await caller.init()
    assert (await caller.call("info")).last_block_height == 1


async def test_a_block_is_kept_only_by_commit(caller: Caller) -> None:
    await caller.begun()
    before = (await caller.call("info")).last_block_app_hash
    done = await caller.finalize(2)
    info = await caller.call("info")
    assert (info.last_block_height, info.last_block_app_hash) == (1, before)
    await caller.call("commit")
    info = await caller.call("info")
    assert (info.last_block_height, info.last_block_app_hash) == (2, done.app_hash)
    assert [block.height for block, _ in caller.heard.blocks] == [1, 2]


async def test_a_finalized_block_may_be_finalized_again(caller: Caller) -> None:
    await caller.begun()
    assert await caller.finalize(2) == await caller.finalize(2)
    await caller.call("commit")
    assert caller.chain.app.height == 2


@pytest.mark.parametrize("height", [1, 3, 0])
async def test_a_block_out_of_turn_is_refused(caller: Caller, height: int) -> None:
    await caller.begun()
    before = caller.chain.app.app_hash
    with pytest.raises(InvalidHeight):
        await caller.finalize(height)
    with pytest.raises(InvalidRequest):
        await caller.call("commit")
    assert (caller.chain.app.height, caller.chain.app.app_hash) == (1, before)
    await caller.block(2)


async def test_commit_without_a_block_and_twice_is_refused(caller: Caller) -> None:
    await caller.init()
    with pytest.raises(InvalidRequest, match="no executed block"):
        await caller.call("commit")
    await caller.block(1)
    with pytest.raises(InvalidRequest, match="no executed block"):
        await caller.call("commit")
    assert caller.chain.app.height == 1


async def test_changing_calls_wait_for_each_other(caller: Caller) -> None:
    await caller.init()
    done = await asyncio.gather(
        caller.finalize(1), caller.call("commit"), caller.finalize(2), caller.call("commit")
    )
    assert caller.chain.app.height == 2
    assert caller.chain.app.app_hash == done[2].app_hash


async def test_garbage_fails_in_its_block_and_at_its_check(caller: Caller) -> None:
    await caller.begun()
    checked = await caller.call("check_tx", tx=b"garbage")
    assert (checked.codespace, checked.code) == ("sdk", 2)
    done = await caller.block(2, b"garbage")
    assert [(each.codespace, each.code) for each in done.tx_results] == [("sdk", 2)]
    again = await caller.call("check_tx", tx=b"garbage", type=1)
    assert again.code == 2


async def test_proposals_are_cut_to_their_size_and_taken(caller: Caller) -> None:
    await caller.begun()
    txs = [b"a" * 10, b"b" * 10, b"c" * 10]
    prepared = await caller.call("prepare_proposal", txs=txs, max_tx_bytes=25, height=2)
    assert list(prepared.txs) == txs[:2]
    assert (await caller.call("process_proposal", txs=txs)).status == ACCEPT


async def test_only_empty_vote_extensions_are_good(caller: Caller) -> None:
    assert (await caller.call("extend_vote", height=2)).vote_extension == b""
    assert (await caller.call("verify_vote_extension")).status == ACCEPT
    bad = await caller.call("verify_vote_extension", vote_extension=b"x")
    assert bad.status == REJECT


async def test_a_query_answers_with_a_proof(caller: Caller) -> None:
    await caller.begun(3)
    found = await caller.call("query", path="/store/bank/key", data=b"\x01", prove=True, height=2)
    assert found.code == 0
    assert found.proof_ops.ops
    unknown = await caller.call("query", path="/nowhere")
    assert unknown.code != 0


async def test_an_unknown_kind_is_refused(caller: Caller) -> None:
    with pytest.raises(KeyError):
        await caller.application.answer("dance", None)
