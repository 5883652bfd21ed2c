"""REST and gRPC-Web requests gone wrong: each has the gateway's answer."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from akashpy import wire
from akashpy.node.queries.services import SERVICES
from akashpy.node.queries.table import QUERIES
from akashpy.node.rest import serve
from akashpy.node.rest_settings import RestSettings
from tests.fuzz.conftest import Memory, quiet, unchanged
from tests.fuzz.line import Answer, Line, get, post, side_by_side
from tests.fuzz.mutation import SEED, TEXTS, as_json, broken, fill, noise, twisted
from tests.fuzz.town import TEXTS as KNOWN
from tests.fuzz.town import Pen, further
from tests.node.realchain import RealChain

STATUSES = {200, 301, 400, 404, 408, 409, 413, 429, 431, 500, 501, 503}
PLACEHOLDER = re.compile(r"\{([^{}=]+)(?:=[^{}]+)?\}")
SETTINGS = RestSettings(grpc_web=True, calls=1000)
WEB = "application/grpc-web"
FIELDS = (*KNOWN, *KNOWN, *TEXTS)


async def test_rest(chain: RealChain, rounds: int, caplog: pytest.LogCaptureFixture) -> None:
    dice, memory = random.Random(SEED + 30), Memory(rounds)
    answered = 0

    async def one(line: Line, given: tuple[bytes, bool]) -> None:
        nonlocal answered
        data, is_whole = given
        memory.look()
        answer = await line.ask(data, last=not is_whole)
        if is_whole:
            assert answer is not None, data
        if answer is not None:
            answered += _is_right(answer, data)

    with quiet(caplog), unchanged(chain):
        async with serve(chain.core, "127.0.0.1", 0, SETTINGS) as url:
            await side_by_side(url, _requests(chain, dice, rounds), one)
    memory.require_flat()
    assert answered > rounds // 50, "hardly any request was right: the seeds are stale"


def _requests(chain: RealChain, dice: random.Random, rounds: int) -> Iterator[tuple[bytes, bool]]:
    """Requests, and whether each is a whole one that must be answered."""
    methods = [
        method
        for path in sorted({*QUERIES, *SERVICES})
        for method in wire.service_methods(path.split("/")[1])
        if method.path == path
    ]
    paths = [rule.path for method in methods for rule in method.http if rule.verb == "GET"]
    bodies = list(_bodies(chain))
    for turn in range(rounds):
        if turn % 8 < 4:
            yield get(_target(dice.choice(paths), dice), *_headers(dice)), True
        elif turn % 8 < 6:
            path, body = dice.choice(bodies)
            data = as_json(twisted(body, dice))
            yield post(path, data if dice.randrange(2) else broken(data, dice)), True
        elif turn % 8 == 6:
            yield _web(dice.choice(methods), dice), True
        else:
            yield broken(get(_target(dice.choice(paths), dice), "Accept: */*"), dice), False


def _target(template: str, dice: random.Random) -> str:
    """A path and query: fields of all kinds of text, escapes whole and broken."""
    target = PLACEHOLDER.sub(lambda found: _text(dice), template)
    if dice.randrange(2):
        names = ("pagination.limit", "pagination.key", "pagination.offset", "pagination.reverse",
                 "filters.owner", "filters.dseq", "id.owner", "owner", "denom", "query", "events",
                 "height", "page", "a.b.c", "pagination", "status", "order_by")  # fmt: skip
        parts = [f"{dice.choice(names)}={_text(dice)}" for _ in range(dice.randrange(4))]
        target += "?" + "&".join(parts)
    if not dice.randrange(5):
        at = dice.randrange(1, len(target) + 1)
        target = target[:at] + noise(dice).encode("utf-8", "replace").decode() + target[at:]
    return target


def _text(dice: random.Random) -> str:
    text = dice.choice(KNOWN) if dice.randrange(2) else noise(dice)
    return quote(text, safe="" if dice.randrange(3) else "/:%?&=", errors="replace")


def _headers(dice: random.Random) -> list[str]:
    if dice.randrange(3):
        return []
    value = dice.choice(("1", "3", "-1", "0", "999", "x", "", "1e3", "9" * 40, "0x1"))
    name = dice.choice(("x-cosmos-block-height", "Grpc-Metadata-X-Cosmos-Block-Height",
                        "Grpc-Timeout", "Origin", "Accept-Encoding"))  # fmt: skip
    return [f"{name}: {value}"]


def _bodies(chain: RealChain) -> Iterator[tuple[str, object]]:
    """POSTs of the gateway. What would land has landed before, or is not signed."""
    txs = [Pen(chain.app.query_context()).unsigned([msg]) for msg in further()]
    txs += [raw for height in range(2, 6) for raw in chain.core.block(height)[1]]
    for raw in txs:
        packed = {"tx_bytes": b64encode(raw).decode()}
        yield "/cosmos/tx/v1beta1/txs", {**packed, "mode": "BROADCAST_MODE_SYNC"}
        yield "/cosmos/tx/v1beta1/simulate", packed
        yield "/cosmos/tx/v1beta1/decode", packed
        read = wire.to_json(wire.decode(wire.TxRaw, raw))
        yield "/cosmos/tx/v1beta1/simulate", {"tx": read}
        whole = {
            "body": wire.to_json(wire.decode(wire.TxBody, wire.decode(wire.TxRaw, raw).body_bytes))
        }
        yield "/cosmos/tx/v1beta1/encode", {"tx": whole}
        yield "/cosmos/tx/v1beta1/decode/amino", {"amino_binary": packed["tx_bytes"]}
        yield "/cosmos/tx/v1beta1/encode/amino", {"amino_json": "{}"}


def _web(method: wire.Method, dice: random.Random) -> bytes:
    """A gRPC-Web call of a method with a request that is odd, or no request."""
    message = method.input()
    fill(message, dice, FIELDS)
    body = message.SerializeToString()
    if not dice.randrange(3):
        body = broken(body, dice)
    frame = bytes([dice.choice((0, 0, 0, 0, 1, 0x80, 0xFF))]) + len(body).to_bytes(4) + body
    kind = dice.choice((WEB, f"{WEB}+proto", f"{WEB}-text", f"{WEB}+json"))
    if kind.endswith("-text"):
        frame = b64encode(frame)
    if not dice.randrange(4):
        frame = broken(frame, dice)
    return post(method.path, frame, f"Content-Type: {kind}", *_headers(dice))


def _is_right(answer: Answer, given: bytes) -> bool:
    """Whether the request was right after all; fails for an answer in no form of the gateway."""
    assert answer.status in STATUSES, (given, answer)
    assert b"Traceback" not in answer.body, (given, answer)
    assert b"internal error" not in answer.body, (given, answer)
    kind = answer.headers.get("content-type", "")
    if kind.startswith(WEB):
        assert answer.status == 200
        assert "internal error" not in answer.headers.get("grpc-message", ""), (given, answer)
        return "grpc-status" not in answer.headers
    if kind.startswith("application/json"):
        if answer.status != 200:
            assert sorted(answer.json) == ["code", "details", "message"], (given, answer)
            assert answer.json["message"], (given, answer)
        return answer.status == 200
    assert answer.status in (301, 400), (given, answer)
    return False
