"""JSON-RPC gone wrong, by POST, by URI and in the HTTP around it: each call has its answer."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from akashpy.node.rpc.methods import ROUTES
from akashpy.node.rpc.params import Kind
from akashpy.node.rpc.server import serve
from tests.fuzz.conftest import Memory, quiet, unchanged
from tests.fuzz.line import Answer, Line, get, post, side_by_side
from tests.fuzz.mutation import SEED, as_json, broken, noise, twisted
from tests.fuzz.town import TENANT, Pen, further
from tests.node.realchain import RealChain

STATUSES = {200, 204, 400, 404, 405, 408, 413, 414, 431, 500}
"""CometBFT answers what it cannot read with 500, and so do we; its body says what was wrong."""
INTERNAL = ("could not answer", "Traceback", "its log says why")


async def test_posts(chain: RealChain, rounds: int, caplog: pytest.LogCaptureFixture) -> None:
    dice, memory = random.Random(SEED + 10), Memory(rounds)
    seeds = list(_calls(chain))

    async def one(line: Line, body: bytes) -> None:
        memory.look()
        answer = await line.ask(post("/", body))
        assert answer is not None, body
        _require_calls_answered(answer, body)

    with quiet(caplog), unchanged(chain):
        async with serve(chain.core, "127.0.0.1", 0) as url:
            await side_by_side(url, (_post(seeds, dice) for _ in range(rounds)), one)
    memory.require_flat()


async def test_addresses_and_requests(
    chain: RealChain, rounds: int, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(SEED + 11)
    seeds = list(_calls(chain))
    refused = 0

    async def one(line: Line, request: tuple[bytes, bool]) -> None:
        nonlocal refused
        data, is_whole = request
        answer = await line.ask(data, last=not is_whole)
        if is_whole:
            assert answer is not None, data
        if answer is None:
            refused += 1
            return
        assert answer.status in STATUSES, (data, answer)
        assert not any(word.encode() in answer.body for word in INTERNAL), (data, answer)

    def requests() -> Iterator[tuple[bytes, bool]]:
        for turn in range(rounds):
            if turn % 4:
                yield get(_address(dice.choice(seeds), dice)), True
            else:
                whole = post("/", as_json(dice.choice(seeds)), "Accept: */*")
                yield broken(whole, dice), False

    with quiet(caplog), unchanged(chain):
        async with serve(chain.core, "127.0.0.1", 0) as url:
            await side_by_side(url, requests(), one)
            answer = await Line(url).ask(post("/", as_json(_call("health", {}))), last=False)
    assert answer is not None
    assert answer.json["result"] == {}
    assert refused <= rounds // 4


def _calls(chain: RealChain) -> Iterator[dict[str, Any]]:
    """A right call of every method, most of them several ways. Broadcasts come too late to land."""
    txs = [Pen(chain.app.query_context()).unsigned([msg]) for msg in further()]
    txs += [raw for height in range(2, 6) for raw in chain.core.block(height)[1]]
    some: dict[Kind, list[Any]] = {
        Kind.TEXT: [
            "tm.event='Tx'", "tx.height>2", "block.height = 3", "message.sender CONTAINS 'akash'",
            f"transfer.sender='{TENANT}' AND tx.height<9", "asc", "desc", "",
            "/cosmos.bank.v1beta1.Query/AllBalances", "/store/bank/key", "app/version",
        ],
        Kind.BASE64: [b64encode(raw).decode() for raw in txs],
        Kind.HEX: ["00" * 32, chain.core.meta(2).id.hash.hex(), "0a2c" + TENANT.encode().hex()],
        Kind.INT: ["0", "1", "5"],
        Kind.OPTIONAL_INT: ["1", "2", "9", "30"],
        Kind.UINT: ["0", "1"],
        Kind.FLAG: [True, False],
        Kind.EVIDENCE: [{"type": "tendermint/DuplicateVoteEvidence", "value": {"vote_a": None}}],
    }  # fmt: skip
    dice = random.Random(SEED)
    for name, route in ROUTES.items():
        for _ in range(4 if route.spec else 1):
            yield _call(name, {arg: dice.choice(some[kind]) for arg, kind in route.spec})
    for raw in txs:
        yield _call("broadcast_tx_sync", {"tx": b64encode(raw).decode()})


def _call(name: str, params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}


def _post(seeds: list[dict[str, Any]], dice: random.Random) -> bytes:
    """A body with something wrong in its values, in its bytes, or in one call of a batch."""
    call = dict(dice.choice(seeds))
    match dice.randrange(6):
        case 0:
            return broken(as_json(call), dice, [as_json(seed) for seed in seeds[:9]])
        case 1:
            batch = [dict(dice.choice(seeds)) for _ in range(dice.choice((1, 2, 5, 120)))]
            return as_json(twisted(batch, dice))
        case 2:
            return as_json(twisted(call, dice))
        case _:
            call["params"] = twisted(call["params"], dice)
            return as_json(call)


def _address(call: dict[str, Any], dice: random.Random) -> str:
    """A URI of a method with odd values, names and escapes."""
    parts = []
    for name, value in call["params"].items():
        text = value if dice.randrange(3) else json.dumps(value)
        if not dice.randrange(2):
            text = twisted(text, dice)
        text = str(text).encode("utf-8", "surrogatepass")
        parts.append(f"{name}={quote(text) if dice.randrange(4) else text.decode('latin-1')}")
    target = f"/{call['method']}?{'&'.join(parts)}"
    if not dice.randrange(4):
        at = dice.randrange(1, len(target) + 1)
        target = target[:at] + noise(dice) + target[at:]
    return target


def _require_calls_answered(answer: Answer, body: bytes) -> None:
    assert answer.status in STATUSES, (body, answer)
    if answer.headers["content-type"].startswith("application/json"):
        found = answer.json
        for each in found if isinstance(found, list) else [found]:
            _require_answer(each, body)
    else:  # only notifications, or the page of methods for an empty body
        assert answer.body == b"" or not body, (body, answer)


def _require_answer(found: Any, given: object) -> None:
    """One JSON-RPC response, a result or an error that says what is wrong."""
    assert found["jsonrpc"] == "2.0", (given, found)
    assert ("result" in found) != ("error" in found), (given, found)
    if "error" in found:
        assert isinstance(found["error"]["code"], int)
        assert found["error"]["message"], (given, found)
        text = str(found["error"].get("data", ""))
        assert not any(word in text for word in INTERNAL), (given, found)
