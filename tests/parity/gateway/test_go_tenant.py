"""Go's provider-services, as a tenant, at our gateway: what it prints and how it ends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from akashpy.client.client import Client
from tests.parity.gateway.conftest import Leased
from tests.parity.gonode.gochain import GoFailed
from tests.parity.gonode.loop import HELLO, page

READY = 30.0
LINES = {
    "name", "available", "total", "uris", "observed_generation", "replicas", "updated_replicas",
    "ready_replicas", "available_replicas",
}  # fmt: skip
"""What a real provider says of a service."""


async def served(leased: Leased) -> dict[str, Any]:
    """Send the manifest by Go's CLI and wait until the service is available; its status."""
    answer = await leased.run("send-manifest", str(HELLO), "-o", "json")
    assert json.loads(answer) == [{"provider": str(leased.lease.provider), "status": "PASS"}]
    async with asyncio.timeout(READY):
        async for status in leased.driver.watch(leased.lease):
            if all(each.available for each in status.services):
                break
    found: dict[str, Any] = json.loads(await leased.run("lease-status"))
    return found


async def test_manifest_status_logs_and_shell(leased: Leased) -> None:
    status = await served(leased)
    assert set(status) == {"services", "forwarded_ports", "ips"}
    web = status["services"]["web"]
    assert set(web) == LINES
    assert (web["available"], web["total"]) == (1, 1)
    assert "Hello from akashpy, version 1" in await page(web["uris"][0])

    assert json.loads(await leased.run("service-status", "--service", "web")) == web

    logs = await leased.run("lease-logs", "--service", "web")
    assert f"[{leased.lease}][web-" in logs
    assert '"GET / HTTP/1.1" 200' in logs
    documents = await leased.run("lease-logs", "-o", "json")
    first, _ = json.JSONDecoder().raw_decode(documents)
    assert first["lease_id"]["dseq"] == leased.lease.dseq
    assert set(first) == {"name", "message", "lease_id"}

    events = await leased.run("lease-events")
    first, _ = json.JSONDecoder().raw_decode(events)
    assert {"type", "reason", "note", "object", "lease_id"} <= set(first)

    assert await leased.run("lease-shell", "web", "/bin/echo", "foo") == "foo\n"
    assert await leased.run("lease-shell", "web", "/bin/echo one two") == "one two\n"
    environment = (await leased.run("lease-shell", "web", "env")).splitlines()
    assert f"AKASH_OWNER={leased.lease.owner}" in environment
    assert f"AKASH_DEPLOYMENT_SEQUENCE={leased.lease.dseq}" in environment


REFUSALS = [
    (("lease-shell", "web", "/bin/sh", "-c", "exit 7"),
     "lease shell failed: remote process exited with code 7"),
    (("lease-shell", "web", "/bin/baz", "foo"),
     "remote command execute error: command could not be executed because it does not exist"),
    (("lease-shell", "nope", "/bin/echo", "foo"), "kube: no service for that lease"),
    (("lease-shell", "--replica-index", "99", "web", "/bin/echo", "foo"),
     "pod index out of range: valid range is [0, 0]"),
    (("service-status", "--service", "nope"), "remote server returned 404"),
]  # fmt: skip
"""Commands, and what the Go program says of a real provider's answer to them."""


async def test_refusals(leased: Leased) -> None:
    await served(leased)
    for (first, *rest), said in REFUSALS:
        # flags go before a shell's command, which takes all that follows
        words = _dashed(rest) if first == "lease-shell" else rest
        with pytest.raises(GoFailed) as caught:
            await leased.go.ago("provider-services", first, *leased.flags, *words)
        assert said in str(caught.value)


def _dashed(rest: list[str]) -> list[str]:
    """`--` before the service's name, so that the command's own flags are left alone."""
    at = next(place for place, word in enumerate(rest) if word in {"web", "nope"})
    return [*rest[:at], "--", *rest[at:]]


async def test_a_lease_that_is_not_there_and_a_manifest_that_does_not_fit(
    leased: Leased, tmp_path: Path
) -> None:
    flags = list(leased.flags)
    flags[1] = "1"
    with pytest.raises(GoFailed, match="remote server returned 404"):
        await leased.go.ago("provider-services", "lease-status", *flags)
    other = tmp_path / "other.yaml"
    other.write_text(HELLO.read_text().replace("version 1", "version 9"))
    with pytest.raises(GoFailed, match="manifest version validation failed"):
        await leased.run("send-manifest", str(other), "-o", "json")


async def test_a_tenant_with_a_certificate(leased: Leased) -> None:
    client: Client = leased.client
    await leased.go.ago("akash", "tx", "cert", "generate", "client", "--from", "cli", "--overwrite")
    await asyncio.to_thread(leased.go.tx, "cert", "publish", "client", "--from", "cli")
    assert [c async for c in client.query.cert.certificates(owner=leased.lease.owner)]
    await served(leased)
    shown = await leased.run("lease-status", "--auth-type", "mtls")
    assert json.loads(shown)["services"]["web"]["available"] == 1
    echo = await leased.run("lease-shell", "--auth-type", "mtls", "web", "/bin/echo", "foo")
    assert echo == "foo\n"


async def test_logs_that_follow(leased: Leased) -> None:
    status = await served(leased)
    async with leased.started("lease-logs", "-f", *leased.flags) as following:
        await page(status["services"]["web"]["uris"][0])
        assert following.stdout is not None
        async with asyncio.timeout(READY):
            async for line in following.stdout:
                if b'"GET / HTTP/1.1" 200' in line:
                    break
        await leased.driver.teardown(leased.lease)
        async with asyncio.timeout(READY):
            await following.wait()


async def test_a_shell_with_input(leased: Leased) -> None:
    await served(leased)
    words = ("lease-shell", "--stdin", *leased.flags, "web", "/bin/sh", "-c", "read a; echo got $a")
    at = words.index("web")
    async with leased.started(*words[:at], "--", *words[at:]) as shell:
        async with asyncio.timeout(READY):
            assert shell.stdin is not None
            assert shell.stdout is not None
            shell.stdin.write(b"this\n")  # and no end: the Go program takes one for a failure
            assert await shell.stdout.read() == b"got this\n"
            assert await shell.wait() == 0


async def test_a_stranger_is_turned_away(leased: Leased) -> None:
    """Another account's token is not the lease's owner."""
    flags = [word if word != "cli" else "other" for word in leased.flags]
    with pytest.raises(GoFailed, match="remote server returned 40"):
        await leased.go.ago("provider-services", "lease-status", *flags)
