"""gRPC calls gone wrong, of every method that reflection names: each has its status."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2

from akashpy import wire
from akashpy.node.grpc import serve
from tests.fuzz.conftest import Memory, quiet, unchanged
from tests.fuzz.line import PATIENCE
from tests.fuzz.mutation import SEED, TEXTS, broken, fill, noise, nudge
from tests.fuzz.town import TEXTS as KNOWN
from tests.fuzz.town import Pen, further
from tests.node.realchain import RealChain

LANES = 32
HEIGHT = "x-cosmos-block-height"
HEIGHTS = ("1", "3", "0", "-1", "999", "x", "1e3", "9" * 40, " 1", "0x1", "+1")
FIELDS = (*KNOWN, *KNOWN, *TEXTS)
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
OURS = ("grpc.health.", "grpc.reflection.")
"""Services of the library, whose messages are no part of the wire."""


class Call(NamedTuple):
    """One call."""

    path: str
    data: bytes
    metadata: tuple[tuple[str, str], ...]


async def test_calls(chain: RealChain, rounds: int, caplog: pytest.LogCaptureFixture) -> None:
    dice, memory = random.Random(SEED + 40), Memory(rounds)
    answered = 0

    with quiet(caplog), unchanged(chain):
        async with (
            serve(chain.core, "127.0.0.1", 0) as address,
            grpc.aio.insecure_channel(address) as channel,
        ):
            calls = _calls(await _services(channel), chain, dice, rounds)

            async def lane() -> None:
                nonlocal answered
                for call in calls:
                    memory.look()
                    found = await _is_right(channel, call)
                    answered += found

            async with asyncio.TaskGroup() as group:
                for _ in range(LANES):
                    group.create_task(lane())
    memory.require_flat()
    assert answered > rounds // 50, "hardly any call was right: the seeds are stale"


async def test_reflection(chain: RealChain, caplog: pytest.LogCaptureFixture) -> None:
    dice = random.Random(SEED + 41)
    with quiet(caplog), unchanged(chain):
        async with (
            serve(chain.core, "127.0.0.1", 0) as address,
            grpc.aio.insecure_channel(address) as channel,
        ):
            stream = channel.stream_stream(REFLECTION)
            for _ in range(300):
                asked = [_reflected(dice) for _ in range(dice.randrange(4))]
                try:
                    answers = [each async for each in stream(iter(asked), timeout=PATIENCE)]
                    assert len(answers) == len(asked)
                except grpc.aio.AioRpcError as error:
                    _require_clear(error, asked)


async def _services(channel: Any) -> list[str]:
    """What reflection names."""
    asking = reflection_pb2.ServerReflectionRequest(list_services="")
    call = channel.stream_stream(REFLECTION)(iter([asking.SerializeToString()]))
    async for data in call:
        answer = reflection_pb2.ServerReflectionResponse.FromString(data)
        return [service.name for service in answer.list_services_response.service]
    raise AssertionError("reflection said nothing")


def _calls(
    services: list[str], chain: RealChain, dice: random.Random, rounds: int
) -> Iterator[Call]:
    methods = [
        method
        for name in services
        if not name.startswith(OURS)
        for method in wire.service_methods(name)
    ]
    assert len(methods) > 100
    raws = [Pen(chain.app.query_context()).unsigned([msg]) for msg in further()]
    for turn in range(rounds):
        method = methods[turn % len(methods)]
        message = method.input()
        if dice.randrange(2):
            fill(message, dice, FIELDS)
        for _ in range(dice.randrange(3)):
            nudge(message, dice, FIELDS)
        if "tx_bytes" in message.DESCRIPTOR.fields_by_name and dice.randrange(2):
            message.tx_bytes = broken(dice.choice(raws), dice, raws)
        data = message.SerializeToString()
        if not dice.randrange(4):
            data = broken(data, dice, raws)
        path = method.path
        if not dice.randrange(50):
            path = "/" + "".join(char for char in path[1:] + noise(dice) if char.isascii())[:80]
            path = path if path.isprintable() and " " not in path else method.path
        metadata = ((HEIGHT, dice.choice(HEIGHTS)),) if not dice.randrange(4) else ()
        yield Call(path, data, metadata)
        if not dice.randrange(50):
            yield Call(f"/grpc.health.v1.Health/{dice.choice(('Check', 'List'))}", data, metadata)


async def _is_right(channel: Any, call: Call) -> bool:
    """Whether the call was answered; fails where its refusal is not clear."""
    try:
        await channel.unary_unary(call.path)(call.data, metadata=call.metadata, timeout=PATIENCE)
    except grpc.aio.AioRpcError as error:
        _require_clear(error, call)
        return False
    return True


def _require_clear(error: grpc.aio.AioRpcError, given: object) -> None:
    text = error.details()
    assert text, (given, error)
    assert "panic" not in text, (given, error)
    assert "Traceback" not in text, (given, error)
    assert "Exception" not in text, (given, error)
    assert error.code() not in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    ), (given, error)


def _reflected(dice: random.Random) -> bytes:
    asked = reflection_pb2.ServerReflectionRequest()
    fill(asked, dice, (*FIELDS, "cosmos.bank.v1beta1.Query", "akash/market/v1beta5/query.proto"))
    data = asked.SerializeToString()
    return data if dice.randrange(3) else broken(data, dice)
