"""The signature worker: its word spares work, never decides, and nobody waits for a dead one."""

import asyncio
import os
import signal
from hashlib import sha256
from pathlib import Path

import pytest

from akashpy.chain import ante
from akashpy.keys.secp256k1 import ORDER, PrivateKey
from akashpy.node import signatures as module
from akashpy.node.signatures import Claim, Signatures, signatures
from akashpy.tx.build import build
from akashpy.types.coin import Coin
from akashpy.wire import bank
from tests.node.realchain import CHAIN, address, key, real_chain

KEY = PrivateKey(b"\x07" * 32)


def _claims(count: int, *, wrong: frozenset[int] = frozenset()) -> list[Claim]:
    made = []
    for number in range(count):
        message = b"message %d" % number
        signature = KEY.sign(message if number not in wrong else b"another")
        made.append(Claim(KEY.public, sha256(message).digest(), signature))
    return made


def _worker_pid() -> int:
    """Our only child."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    found = [pid for pid in children if b"signature_worker" in _command(pid)]
    assert len(found) == 1
    return int(found[0])


def _command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def test_answers_are_in_order() -> None:
    async with signatures() as line:
        await line.ready()
        asked = [line.valid(_claims(5, wrong=frozenset({n}))) for n in range(5)]
        found = await asyncio.gather(*asked)
    assert found == [[at != n for at in range(5)] for n in range(5)]


async def test_malformed_keys_and_high_s_are_not_valid() -> None:
    good = _claims(3)[0]
    s = int.from_bytes(good.signature[32:], "big")
    high = good.signature[:32] + (ORDER - s).to_bytes(32, "big")
    claims = [good, good._replace(public=b"\x05" * 33), good._replace(signature=high)]
    async with signatures() as line:
        await line.ready()
        assert await line.valid(claims) == [True, False, False]


async def test_nothing_overtakes_what_was_asked_before() -> None:
    order: list[str] = []

    async def ask(line: Signatures, name: str, claims: list[Claim]) -> None:
        await line.valid(claims)
        order.append(name)

    async with signatures() as line:
        await line.ready()
        first = asyncio.ensure_future(ask(line, "first", _claims(20)))
        await asyncio.sleep(0)
        await asyncio.gather(ask(line, "second", []), ask(line, "third", _claims(1)), first)
    assert order == ["first", "second", "third"]


async def test_a_killed_worker_leaves_the_checks_to_the_node() -> None:
    async with signatures() as line:
        await line.ready()
        asked = asyncio.ensure_future(line.valid(_claims(3000)))
        await asyncio.sleep(0)
        os.kill(_worker_pid(), signal.SIGKILL)
        assert await asyncio.wait_for(asked, 60) == [False] * 3000
        assert await line.valid(_claims(5)) == [False] * 5


async def test_a_stalled_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with signatures() as line:
        await line.ready()
        monkeypatch.setattr(module, "PATIENCE", 0.1)
        os.kill(_worker_pid(), signal.SIGSTOP)
        assert await asyncio.wait_for(line.valid(_claims(5)), 60) == [False] * 5


def _sends(name: str, count: int, chain_id: str = CHAIN) -> list[bytes]:
    message = bank.MsgSend(
        from_address=address(name),
        to_address=address("other"),
        amount=[Coin("uakt", 1).to_wire()],
    )
    number = ("tenant", "provider", "provider2", "other", "validator").index(name)
    return [
        build(
            [message],
            key(name),
            chain_id=chain_id,
            account_number=number,
            sequence=sequence,
            fee=[Coin("uakt", 5_000)],
            gas=200_000,
        )
        for sequence in range(count)
    ]


async def test_vouched_sends_land_without_a_check_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with real_chain(tmp_path) as chain, signatures() as line:
        await line.ready()
        chain.core.signatures = line
        await chain.blocks(1)
        monkeypatch.setattr(ante, "_verify_one", _must_not)
        done = await chain.core.broadcast_many(_sends("tenant", 8))
        assert [_code(each) for each in done] == [0] * 8
        before = chain.core.height
        await chain.blocks(1)
        results = chain.core.store.results(before + 1)
    assert results is not None
    assert [result.code for result in results] == [0] * 8


def _must_not(*_: object) -> None:
    raise AssertionError("verified again")


def _code(done: object) -> int:
    check = getattr(done, "check", None)
    assert check is not None, done
    return int(check.code)


async def test_the_same_answers_with_and_without_a_worker(tmp_path: Path) -> None:
    good, foreign = _sends("tenant", 4), _sends("provider", 2, chain_id="another-chain")
    offered = [good[0], foreign[0], b"no transaction", good[1], good[3], good[2], foreign[1]]
    found = []
    for name, helped in (("alone", False), ("helped", True)):
        root = tmp_path / name
        root.mkdir()
        found.append(await _answers(root, offered, helped=helped))
    assert found[0] == found[1]
    assert [each[0] for each in found[0]] == [0, 4, 2, 0, 32, 0, 32]


async def _answers(root: Path, offered: list[bytes], *, helped: bool) -> list[tuple[int, str]]:
    async with real_chain(root) as chain, signatures() as line:
        await line.ready()
        chain.core.signatures = line if helped else None
        await chain.blocks(1)
        done = await chain.core.broadcast_many(offered)
        return [(_code(each), each.check.log) for each in done]  # type: ignore[union-attr]  # _code asked


async def test_a_proof_for_another_state_is_worth_nothing(tmp_path: Path) -> None:
    async with real_chain(tmp_path) as chain:
        await chain.blocks(1)
        (raw,) = _sends("tenant", 1, chain_id="another-chain")
        claimed = chain.app.claim(raw)
        assert claimed is not None
        known, claim = claimed
        other = tuple(each._replace(number=each.number + 1) for each in claim.proof)
        answer = chain.app.check_tx(raw, vouched=known._replace(proof=other))
    assert (answer.codespace, answer.code) == ("sdk", 4)
