"""Logs, events and shells over websockets, with real programs behind them.

Frames and ends are those recorded from a real provider: codes, texts, newlines, close frames and
their absence.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import WSMsgType

from akashpy.types.market import LeaseID
from provider.cluster.driver import TerminalSize
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings
from provider.cluster.process.spec import Restarts
from provider.cluster.workload import Workload, namespace
from provider.gateway import websocket
from provider.gateway.shell import Carrier, ShellQuery
from tests.provider.cluster.conformance import first_lines, is_healthy, until
from tests.provider.cluster.given import AROUND, service
from tests.provider.gateway.fake import PROVIDER, TENANT, FakeBackend

DSEQ = 42
BASE = f"/lease/{DSEQ}/1/1"
UNKNOWN = "/lease/1/1/1"
TALK = "echo 'starting <one>'; echo second; exec sleep 600"
PATIENCE = 90.0

Frames = list[tuple[WSMsgType, object]]


@pytest.fixture
async def driver(tmp_path: Path, backend: FakeBackend) -> AsyncIterator[ProcessDriver]:
    """A driver that runs one lease of the tenant with the services `web` and `off` (no replica)."""
    settings = ProcessSettings(tmp_path / "cluster", restarts=Restarts(first=0.02), grace=1.0)
    async with ProcessDriver.open(settings, AROUND) as driver:
        backend.driver = driver
        given = _workload()
        await driver.deploy(given)
        await first_lines(driver, given, 2)
        await until(driver, given, is_healthy)
        yield driver
        await driver.teardown(given.lease)


def _workload() -> Workload:
    services = [service("off", "true", count=0), service("web", "/bin/sh", "-c", TALK)]
    return Workload.from_manifest(
        {"name": "west", "services": services},
        LeaseID(TENANT, DSEQ, 1, 1, PROVIDER),
        chain_id="local-1",
        height=1,
    )


async def frames(socket: aiohttp.ClientWebSocketResponse) -> Frames:
    """All frames until the end; a close frame is shown with its code and reason."""
    found: Frames = []
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await socket.receive()
            if message.type in (WSMsgType.CLOSED, WSMsgType.ERROR):
                return found
            if message.type is WSMsgType.CLOSE:
                return [*found, (message.type, (message.data, message.extra))]
            found.append((message.type, message.data))


async def stream(client: aiohttp.ClientSession, path: str) -> Frames:
    async with client.ws_connect(path) as socket:
        return await frames(socket)


def log_line(text: str) -> tuple[WSMsgType, object]:
    return WSMsgType.TEXT, json.dumps(
        {"name": "web-0", "message": text}, separators=(",", ":")
    ).replace("<", "\\u003c").replace(">", "\\u003e") + "\n"


ALL = [log_line("starting <one>"), log_line("second")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("?tail=-1", ALL),
        ("?tail=1", ALL[1:]),
        ("?tail=0", []),
        ("?service=web", ALL),
        ("?services=web", ALL),
        ("?service=web,nope", ALL),
        ("?follow=false", ALL),
    ],
)
async def test_logs_end_without_a_close_frame(
    driver: ProcessDriver, tenant: aiohttp.ClientSession, query: str, expected: Frames
) -> None:
    assert await stream(tenant, f"{BASE}/logs{query}") == expected


@pytest.mark.parametrize("query", ["?service=nope", "?service=off"])
async def test_logs_without_replicas_say_so(
    driver: ProcessDriver, tenant: aiohttp.ClientSession, query: str
) -> None:
    closed = (WSMsgType.CLOSE, (4000, "no running pods"))
    assert await stream(tenant, f"{BASE}/logs{query}") == [closed]


@pytest.mark.parametrize("route", ["logs", "kubeevents"])
async def test_streams_of_an_unknown_lease_are_closed_as_not_found(
    tenant: aiohttp.ClientSession, route: str
) -> None:
    assert await stream(tenant, f"{UNKNOWN}/{route}") == [(WSMsgType.CLOSE, (4001, ""))]


async def test_followed_logs_end_with_the_lease(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    async with tenant.ws_connect(f"{BASE}/logs?follow=true&tail=1") as socket:
        async with asyncio.timeout(PATIENCE):
            assert await socket.receive_str() == ALL[1][1]
        await driver.teardown(_workload().lease)
        assert await frames(socket) == []
    assert await stream(tenant, f"{BASE}/logs") == [(WSMsgType.CLOSE, (4001, ""))]


async def test_followed_logs_stop_when_the_client_leaves(
    driver: ProcessDriver, backend: FakeBackend, tenant: aiohttp.ClientSession
) -> None:
    left = asyncio.Event()
    lines = backend.logs

    async def watched(*args: object, **kwargs: object):  # type: ignore[no-untyped-def]  # a spy
        try:
            async for line in lines(*args, **kwargs):  # type: ignore[arg-type]  # passes on
                yield line
        finally:
            left.set()

    backend.logs = watched  # type: ignore[method-assign]  # a spy
    async with tenant.ws_connect(f"{BASE}/logs?follow=1") as socket:
        await socket.receive_str()
    async with asyncio.timeout(PATIENCE):
        await left.wait()


async def test_streams_are_pinged(
    driver: ProcessDriver, tenant: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "PING_SECONDS", 0.05)
    async with (
        asyncio.timeout(PATIENCE),
        tenant.ws_connect(f"{BASE}/logs?follow=1&tail=0", autoping=False) as socket,
    ):
        assert (await socket.receive()).type is WSMsgType.PING
        assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.ERROR)


async def test_events_have_their_members_and_a_normal_end(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    for query in ("", "?service=web"):
        *events, end = await stream(tenant, f"{BASE}/kubeevents{query}")
        assert end == (WSMsgType.CLOSE, (1000, ""))
        assert str(events[0][1]).endswith("}\n")
        assert json.loads(str(events[0][1])) == {
            "type": "Normal",
            "reportingController": "launcher",
            "reportingInstance": "launcher",
            "reason": "Started",
            "note": "Started program /bin/sh",
            "object": {
                "kind": "Pod",
                "namespace": namespace(_workload().lease),
                "name": "web-0",
            },
        }


async def test_followed_events_end_with_the_lease(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    async with tenant.ws_connect(f"{BASE}/kubeevents?follow=true") as socket:
        async with asyncio.timeout(PATIENCE):
            await socket.receive_str()
        await driver.teardown(_workload().lease)
        assert (await frames(socket))[-1] == (WSMsgType.CLOSE, (1000, ""))


async def test_a_foreign_origin_is_forbidden(tenant: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await stream_with_origin(tenant, "https://evil.example")
    assert refused.value.status == 403


async def test_the_own_origin_is_accepted(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    own = str(tenant._base_url)
    assert await stream_with_origin(tenant, own) == ALL


async def stream_with_origin(client: aiohttp.ClientSession, origin: str) -> Frames:
    async with client.ws_connect(f"{BASE}/logs", headers={"Origin": origin}) as socket:
        return await frames(socket)


def shell_path(*command: str, base: str = BASE, **more: object) -> str:
    query = {"service": "web", "podIndex": 0, "tty": 0, "stdin": 0} | more
    words = {f"cmd{i}": word for i, word in enumerate(command)}
    parts = [f"{k}={_quote(str(v))}" for k, v in (query | words).items()]
    return f"{base}/shell?{'&'.join(parts)}"


def _quote(text: str) -> str:
    return quote(text, safe="")


def result(code: int, message: str = "") -> tuple[WSMsgType, object]:
    value = {"exit_code": code} | ({"message": message} if message else {})
    return WSMsgType.BINARY, b"\x66" + json.dumps(value, separators=(",", ":")).encode() + b"\n"


def joined(found: Frames) -> tuple[bytes, bytes, Frames]:
    """Standard output, standard error, and the rest, which must come last."""
    out, err = b"", b""
    rest: Frames = []
    for kind, data in found:
        assert isinstance(data, bytes)
        if data[0] == 100 and not rest:
            out += data[1:]
        elif data[0] == 101 and not rest:
            err += data[1:]
        else:
            rest.append((kind, data))
    return out, err, rest


@pytest.mark.parametrize(
    ("command", "out", "err", "code"),
    [
        (("/bin/echo", "foo"), b"foo\n", b"", 0),
        (("sh", "-c", "echo out; echo err >&2; exit 42"), b"out\n", b"err\n", 42),
        (("sh", "-c", "kill -9 $$"), b"", b"", 137),
        (("head", "-c", "100000", "/dev/zero"), bytes(100_000), b"", 0),
    ],
    ids=["echo", "exit 42", "killed", "big"],
)
async def test_a_shell_carries_streams_and_ends_with_the_code(
    driver: ProcessDriver,
    tenant: aiohttp.ClientSession,
    command: tuple[str, ...],
    out: bytes,
    err: bytes,
    code: int,
) -> None:
    assert joined(await stream(tenant, shell_path(*command))) == (out, err, [result(code)])


PREFIX = "remote command execute error: "


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            shell_path("/bin/baz"),
            PREFIX + "command could not be executed because it does not exist",
        ),
        (shell_path("baz"), PREFIX + "command could not be executed because it does not exist"),
        (shell_path("/tmp"), PREFIX + "command execution failed"),
        (
            shell_path("ls", podIndex=99),
            PREFIX + "pod index out of range: valid range is [0, 0]",
        ),
        (shell_path("ls", service="notaservice"), "kube: no service for that lease"),
        (shell_path("ls", service="off"), "no active replicase for service"),
        (shell_path("ls", base=UNKNOWN), "kube: lease not found"),
    ],
)
async def test_a_shell_that_cannot_be_had_says_why(
    driver: ProcessDriver, tenant: aiohttp.ClientSession, path: str, message: str
) -> None:
    """An unknown lease gets a message here; a real provider says exit code 0 and nothing else."""
    assert await stream(tenant, path) == [result(0, message)]


async def test_a_shell_reads_input_when_asked_to(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    async with tenant.ws_connect(shell_path("head", "-n", "1", stdin=1)) as socket:
        await socket.send_bytes(b"\x68hello stdin\n")
        assert joined(await frames(socket)) == (b"hello stdin\n", b"", [result(0)])


async def test_a_terminal_has_the_size_that_was_sent(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    path = shell_path("sh", "-c", "read go; stty size; echo err >&2", stdin=1, tty=1)
    async with tenant.ws_connect(path) as socket:
        await socket.send_bytes(b"\x69" + struct.pack(">HH", 100, 40))
        await socket.send_bytes(b"\x68go\n")
        out, err, rest = joined(await frames(socket))
    assert (out, err, rest) == (b"go\r\n40 100\r\nerr\r\n", b"", [result(0)])


class Deaf:
    """A command that only notes what it is sent."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    async def write(self, data: bytes) -> None:
        self.heard.append(data)

    async def resize(self, size: TerminalSize) -> None:
        self.heard.append(size)


@pytest.mark.parametrize(
    ("tty", "frame", "heard", "goes_on"),
    [
        (False, b"", [], True),
        (False, b"\x68abc", [b"abc"], True),
        (False, b"\x69\x00\x64\x00\x28", [], True),
        (True, b"\x69\x00\x64\x00\x28", [TerminalSize(100, 40)], True),
        (True, b"\x69\x00", [], False),
        (False, b"\xc8abc", [], False),
    ],
)
async def test_frames_of_the_client(
    tty: bool, frame: bytes, heard: list[object], goes_on: bool
) -> None:
    """A frame of an unknown code, or a size cut short, ends the reading without a word."""
    session = Deaf()
    query = ShellQuery("web", 0, ("cat",), tty=tty, stdin=True)
    carrier = Carrier(None, session, query)  # type: ignore[arg-type]  # the client's side only
    assert await carrier.take(frame) is goes_on
    assert session.heard == heard


async def test_leaving_a_shell_ends_its_command(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    async with tenant.ws_connect(shell_path("sh", "-c", "echo $$; sleep 6123")) as socket:
        assert (await socket.receive_bytes())[0] == 100
    count = "ps ax 2>/dev/null | grep -c 's[l]eep 6123'; true"
    async with asyncio.timeout(PATIENCE):
        while joined(await stream(tenant, shell_path("sh", "-c", count)))[0].strip() != b"0":
            pass


async def test_a_shell_ends_with_its_lease(
    driver: ProcessDriver, tenant: aiohttp.ClientSession
) -> None:
    async with tenant.ws_connect(shell_path("sh", "-c", "echo go; sleep 60")) as socket:
        async with asyncio.timeout(PATIENCE):
            await socket.receive_bytes()
        await driver.teardown(_workload().lease)
        assert await frames(socket) == [result(137)]


@pytest.mark.parametrize("missing", ["service", "tty", "stdin", "cmd0"])
async def test_an_incomplete_shell_request_is_400(
    tenant: aiohttp.ClientSession, missing: str
) -> None:
    path = "&".join(p for p in shell_path("ls").split("&") if not p.startswith(f"{missing}="))
    path = path.replace("service=web&", "") if missing == "service" else path
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await stream(tenant, path)
    assert refused.value.status == 400
