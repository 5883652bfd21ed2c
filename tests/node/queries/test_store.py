"""Raw rows by abci_query: values and proofs at kept heights, the store's refusals otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from akashpy.chain.bank import BALANCES
from akashpy.node import abciquery
from akashpy.node.abciquery import Answer
from akashpy.node.storequery import STORES
from akashpy.state import proof as proofs
from akashpy.wire import bank
from tests.node.realchain import RICH, RealChain, address, real_chain

HELD = BALANCES.key((address("tenant").raw, "uakt")).removeprefix(b"bank/")
AMOUNT = str(RICH.amount_of("uakt")).encode()
EMPTY_PROOF = "proof is unexpectedly empty; ensure height has not been pruned: invalid request"
HEIGHT_ONE = (
    "cannot query with proof when height <= 1; please provide a valid height: invalid request"
)
PATH = "/store/bank/key"


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncIterator[RealChain]:
    """A chain at height 30 that keeps the fewest heights."""
    async with real_chain(tmp_path, pruning="everything") as found:
        await found.blocks(29)
        yield found


def ask(
    chain: RealChain, path: str = PATH, key: bytes = HELD, height: int = 0, prove: bool = False
) -> Answer:
    return abciquery.answer(chain.core, path, key, height=height, prove=prove)


def refusal(found: Answer) -> tuple[str, int, str]:
    assert (found.value, found.proof) == (b"", None)
    return found.codespace, found.code, found.log


async def test_each_kept_height_has_value_and_proof(chain: RealChain) -> None:
    oldest = chain.store.oldest
    assert 1 < oldest < 30
    for height in range(oldest, 31):
        found = ask(chain, height=height, prove=True)
        assert (found.code, found.value, found.height) == (0, AMOUNT, height)
        assert found.proof is not None
        proof = proofs.Proof.decode(found.proof[0].data)
        root = chain.store.app_hash_at(height)
        assert proofs.verify(proof, root, b"bank/" + HELD, AMOUNT)
        if height < 30:
            assert chain.core.meta(height + 1).header.app_hash == root


async def test_no_height_is_the_latest(chain: RealChain) -> None:
    assert ask(chain) == Answer(key=HELD, value=AMOUNT, height=30)
    assert ask(chain, prove=True) == ask(chain, height=30, prove=True)


async def test_an_absent_row_has_a_proof_and_no_value(chain: RealChain) -> None:
    found = ask(chain, key=b"\x02none", prove=True)
    assert (found.code, found.value, found.height) == (0, b"", 30)
    assert found.proof is not None
    proof = proofs.Proof.decode(found.proof[0].data)
    assert proofs.verify(proof, chain.store.app_hash, b"bank/\x02none", None)


@pytest.mark.parametrize("height", ["pruned", "future", "negative"])
async def test_a_height_that_is_not_there(chain: RealChain, height: str) -> None:
    at = {"pruned": chain.store.oldest - 1, "future": 31, "negative": -1}[height]
    found = ask(chain, height=at)
    assert (found.code, found.log, found.height) == (0, "version does not exist", at)
    assert (found.key, found.value) == (HELD, b"")
    wanted = ("sdk", 18, HEIGHT_ONE) if at < 0 else ("store", 7, EMPTY_PROOF)
    assert refusal(ask(chain, height=at, prove=True)) == wanted


async def test_no_proof_at_the_first_height(tmp_path: Path) -> None:
    async with real_chain(tmp_path) as chain:
        for height in (0, 1):
            assert refusal(ask(chain, height=height, prove=True)) == ("sdk", 18, HEIGHT_ONE)
            assert ask(chain, height=height).value == AMOUNT
        await chain.blocks(1)
        assert refusal(ask(chain, height=1, prove=True)) == ("sdk", 18, HEIGHT_ONE)
        assert ask(chain, height=2, prove=True).proof is not None


BALANCE = "/cosmos.bank.v1beta1.Query/Balance"
REQUEST = bank.QueryBalanceRequest(address=address("tenant"), denom="uakt").SerializeToString()
PRUNED = (
    "failed to load state at height {height}; version mismatch on immutable IAVL tree; "
    "version does not exist. Version has either been pruned, or is for a future block "
    "height (latest height: 30): not found"
)
FUTURE = "cannot query with height in the future; please provide a valid height: invalid height"
NEGATIVE = "cannot query with height < 0; please provide a valid height: invalid request"


async def test_a_grpc_query_answers_at_each_kept_height(chain: RealChain) -> None:
    for height in range(chain.store.oldest, 31):
        found = ask(chain, BALANCE, REQUEST, height)
        reply = bank.QueryBalanceResponse.FromString(found.value)
        assert (found.height, reply.balance.amount) == (height, AMOUNT.decode())


async def test_a_grpc_query_at_a_height_that_is_not_there(chain: RealChain) -> None:
    pruned = chain.store.oldest - 1
    for height, wanted in (
        (pruned, ("sdk", 38, PRUNED.format(height=pruned))),
        (31, ("sdk", 26, FUTURE)),
        (-1, ("sdk", 18, NEGATIVE)),
    ):
        assert refusal(ask(chain, BALANCE, REQUEST, height)) == wanted


async def test_a_grpc_query_has_no_proof(chain: RealChain) -> None:
    found = ask(chain, BALANCE, REQUEST, prove=True)
    assert (found.code, found.proof, found.height) == (0, None, 30)
    assert found.value == ask(chain, BALANCE, REQUEST).value


async def test_a_grpc_query_asks_for_no_proof_at_the_first_height(tmp_path: Path) -> None:
    async with real_chain(tmp_path) as chain:
        assert refusal(ask(chain, BALANCE, REQUEST, prove=True)) == ("sdk", 18, HEIGHT_ONE)


@pytest.mark.parametrize(
    ("path", "key", "code", "text"),
    [
        ("/store/nope/key", b"k", 4, "no such store: nope: unknown request"),
        ("/store", b"k", 4, "no such store: : unknown request"),
        ("/store/bank/key", b"", 3, "query cannot be zero length: tx parse error"),
        ("/store/bank", b"k", 4, "unexpected query path: : unknown request"),
        ("/store/bank/subspace", b"k", 4, "unexpected query path: /subspace: unknown request"),
        ("/store/bank/key/more", b"k", 4, "unexpected query path: /key/more: unknown request"),
    ],
)
async def test_what_is_no_row(
    chain: RealChain, path: str, key: bytes, code: int, text: str
) -> None:
    assert refusal(ask(chain, path, key)) == ("store", code, text)


async def test_every_row_lies_in_a_store_that_can_be_asked(chain: RealChain) -> None:
    view = chain.store.view()
    names = {key.partition(b"/")[0].decode() for key, _ in view.iterate(b"", None)}
    assert names
    assert names <= STORES
