"""Requests gone wrong at random: each gets one clear answer, none changes anything."""

from __future__ import annotations

import random
import string

from tests.node.rest.conftest import Port
from tests.node.rest.recorded import entries

ROUNDS = 300
NOISE = (
    "%",
    "%00",
    "%ff",
    "//",
    "/../",
    ":",
    "?",
    "&",
    "=",
    "[",
    "]",
    ".",
    "*",
    "{",
    ";",
    "9" * 40,
)
GIVEN = {"tenant": "akash1tenant", "provider": "akash1provider", "dseq": "5"}
KNOWN = {200, 301, 400, 404, 500, 501}
BODIES = (
    b'{"tx_bytes":"AAAA","mode":1}',
    b'{"tx":{"body":{"messages":[{"@type":"/cosmos.bank.v1beta1.MsgSend"}]}}}',
)


def mutated(text: str, dice: random.Random) -> str:
    """A few parts cut, doubled, swapped or drowned in noise; printable, without spaces."""
    for _ in range(dice.randint(1, 4)):
        at, to = sorted((dice.randint(1, len(text)), dice.randint(1, len(text))))
        text = text[:at] + dice.choice(
            (
                text[to:],
                text[at:to] * 2 + text[to:],
                dice.choice(NOISE) + text[at:],
                "".join(dice.choices(string.ascii_letters + string.digits, k=3)) + text[to:],
            )
        )
    return text.replace("#", "")[:4000]


async def test_mutated_requests(port: Port) -> None:
    dice = random.Random(20261122)
    seeds = [
        entry.request.format(**GIVEN)
        for entry in entries()
        if "{c" not in entry.request and "{w" not in entry.request
    ]
    before = port.chain.core.app.app_hash
    for _ in range(ROUNDS):
        path = mutated(dice.choice(seeds), dice)
        status, body, _ = await port.ask(path)
        assert status in KNOWN, (path, status)
        assert isinstance(body, dict) or body in (b"", b"400 Bad Request"), path
        assert "internal error" not in str(body), path
    for _ in range(ROUNDS):
        body = bytearray(dice.choice(BODIES))
        for _ in range(dice.randint(1, 5)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        where = dice.choice(("txs", "simulate", "decode", "encode"))
        status, answer, _ = await port.ask(f"/cosmos/tx/v1beta1/{where}", "POST", data=bytes(body))
        assert status in KNOWN, (where, body)
        assert "internal error" not in str(answer.get("message")), (where, body)
    assert len(port.chain.core.mempool) == 0
    assert (port.chain.core.height, port.chain.core.app.app_hash) == (1, before)
