"""The transport over real HTTP: addresses from a kubeconfig, watches, refusals, silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from provider.cluster.errors import ExecLost, ExecRefused, Unavailable
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api, ApiError, Expired
from provider.cluster.kubernetes.http import HttpTransport, NoCluster
from provider.cluster.kubernetes.session import Commands, exit_code
from provider.cluster.kubernetes.settings import KubernetesSettings
from tests.provider.cluster.kubernetes.fakecluster import FakeCluster, Refused, node, reply

TOKEN = "let-me-in"


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """Real time: there are sockets."""
    return asyncio.DefaultEventLoopPolicy()


@asynccontextmanager
async def served(cluster: FakeCluster) -> AsyncIterator[int]:
    """The cluster behind a port of this machine; it wants a token."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "who are you"}, status=401)
        if request.path.endswith("/exec"):
            return await _exec(request)
        if request.query.get("watch"):
            answer = web.StreamResponse()
            await answer.prepare(request)
            async for line in cluster.watch(request.path, dict(request.query)):
                await answer.write(line)
            return answer
        body = json.loads(await request.read() or b"null")
        status, raw = reply(cluster, request.method, request.path, dict(request.query), body)
        return web.Response(status=status, body=raw, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    try:
        yield site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # asyncio's
    finally:
        await runner.cleanup()


async def _exec(request: web.Request) -> web.WebSocketResponse:
    """A command that says its words, echoes its input once and ends with 7."""
    socket = web.WebSocketResponse(protocols=("v5.channel.k8s.io",))
    await socket.prepare(request)
    await socket.send_bytes(b"\x01" + " ".join(request.query.getall("command")).encode())
    if request.query["stdin"] == "true":
        said = await socket.receive_bytes()
        await socket.send_bytes(b"\x02" + said[1:])
        assert await socket.receive_bytes() == b"\xff\x00"
    causes = [{"reason": "ExitCode", "message": "7"}]
    status = {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}}
    await socket.send_bytes(b"\x03" + json.dumps(status).encode())
    await socket.close()
    return socket


def kubeconfig(root: Path, port: int, token: str = TOKEN) -> KubernetesSettings:
    path = root / "kubeconfig"
    user = {"name": "u", "user": {"token": token}}
    place = {"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}
    context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [place],
        "users": [user],
        "contexts": [context],
        "current-context": "x",
    }
    path.write_text(yaml.safe_dump(whole))
    return KubernetesSettings(kubeconfig=path)


@asynccontextmanager
async def asking(root: Path, cluster: FakeCluster, token: str = TOKEN) -> AsyncIterator[Api]:
    async with (
        served(cluster) as port,
        HttpTransport.open(kubeconfig(root, port, token)) as transport,
    ):
        yield Api(transport, patience=5)


async def test_objects_over_http(tmp_path: Path) -> None:
    cluster = FakeCluster()
    async with asking(tmp_path, cluster) as api:
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
        await api.apply(home)
        assert await api.get(kinds.NAMESPACE, "", "a") is not None
        assert await api.get(kinds.NAMESPACE, "", "b") is None
        with pytest.raises(ApiError) as refused:
            await api.create(home)
        assert (refused.value.status, refused.value.reason) == (409, "AlreadyExists")
        await api.delete(kinds.NAMESPACE, "", "a")
        await api.delete(kinds.NAMESPACE, "", "b")


async def test_a_watch_over_http(tmp_path: Path) -> None:
    cluster = FakeCluster()
    async with asking(tmp_path, cluster) as api:
        _, version = await api.snapshot(kinds.NODE)
        query = {"watch": "true", "resourceVersion": version}
        async with aclosing(api.changes(kinds.NODE, "", query, quiet=5)) as changes:
            cluster.add(node("second"))
            event = await anext(changes)
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "second")


async def test_silence_ends_a_watch(tmp_path: Path) -> None:
    async with asking(tmp_path, FakeCluster()) as api:
        query = {"watch": "true", "resourceVersion": "100000"}
        async with asyncio.timeout(5):
            changes = api.changes(kinds.NODE, "", query, quiet=0.2)
            assert [event async for event in changes] == []


async def test_missing_rights_say_nothing_about_an_object(tmp_path: Path) -> None:
    async with asking(tmp_path, FakeCluster(), token="wrong") as api:
        with pytest.raises(Unavailable, match="who are you"):
            await api.get(kinds.NODE, "", "node")


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    async with served(FakeCluster()) as port:
        settings = kubeconfig(tmp_path, port)
    async with HttpTransport.open(settings) as transport:
        with pytest.raises(Unavailable):
            await Api(transport, patience=5).get(kinds.NODE, "", "node")


async def test_settings_that_lead_nowhere(tmp_path: Path) -> None:
    settings = KubernetesSettings(kubeconfig=tmp_path / "none")
    with pytest.raises(NoCluster, match="name a file"):
        async with HttpTransport.open(settings):
            pass


async def test_a_command_over_a_websocket(tmp_path: Path) -> None:
    async with asking(tmp_path, FakeCluster()) as api:
        command = ("say", "a b&c=d")
        opened = Commands(api).open(
            "/api/v1/namespaces/a/pods/p", "web", command, tty=False, stdin=True, size=None
        )
        async with opened as session:
            await session.write(b"hello")
            await session.close_input()
            pieces = [(p.stream.value, p.data) async for p in session.output()]
            assert pieces == [("stdout", b"say a b&c=d"), ("stderr", b"hello")]
            assert await session.wait() == 7


def test_ends_of_commands() -> None:
    assert exit_code(b'{"status":"Success"}') == 0
    with pytest.raises(ExecRefused, match="does not exist"):
        exit_code(b'{"status":"Failure","message":"exec: \\"x\\": no such file or directory"}')
    with pytest.raises(ExecRefused, match="command execution failed"):
        exit_code(b'{"status":"Failure","message":"OCI runtime exec failed: permission denied"}')
    with pytest.raises(ExecLost, match="gone"):
        exit_code(b'{"status":"Failure","message":"gone"}')
    with pytest.raises(ExecLost, match="cannot be read"):
        exit_code(b"nonsense")


async def test_what_the_server_has_forgotten_is_expired(tmp_path: Path) -> None:
    cluster = FakeCluster()

    def forgotten(*words: object) -> dict[str, object]:
        raise Refused(410, "Expired")

    cluster.answer = forgotten  # type: ignore[method-assign, assignment]  # one answer to all
    async with asking(tmp_path, cluster) as api:
        with pytest.raises(Expired):
            await api.items(kinds.NODE)
