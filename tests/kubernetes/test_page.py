"""docs/provider-kubernetes.md, followed to the letter: its commands in order, its settings."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import stat
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from akashpy.keys.ring import Keyring
from tests.docs.pages import FENCE, ROOT
from tests.kubernetes.cluster import Cluster, layout, registries
from tests.kubernetes.test_life import page as fetched
from tests.kubernetes.test_loop import PAGE as SDL
from tests.nodes import key_of
from tests.ports import free_port
from tests.provider.daemon.world import world

PAGE = ROOT / "docs" / "provider-kubernetes.md"
HOST = "first.example.test"
PATIENCE = 240.0
LASTING = ("akashpy-provider run", "akashpy-provider operator")
"""Commands that go on until they are ended; the first until the walk's end."""


def blocks(language: str) -> list[str]:
    """The page's blocks of a language."""
    found, inside, lines = [], False, list[str]()
    for line in PAGE.read_text().splitlines():
        fence = FENCE.match(line)
        if fence and inside:
            found.append("\n".join(lines))
            inside = False
        elif fence and fence[1] == language:
            inside, lines = True, []
        elif inside:
            lines.append(line)
    return found


class Walk:
    """One reader's machine: programs, homes, and what the page's capitals stand for."""

    def __init__(self, root: Path, cluster: Cluster, words: dict[str, str]) -> None:
        self.root, self.words = root, words
        programs = root / "bin"
        programs.mkdir()
        for name, module in (("akashpy", "akashpy.cli"), ("akashpy-provider", "provider.cli")):
            script = programs / name
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n')
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
        (programs / "kubectl").symlink_to(cluster.programs / "kubectl")
        self._environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "KUBECONFIG": str(cluster.kubeconfig),
            "HOME": str(root),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        }

    def filled(self, text: str) -> str:
        """The page's text with this machine's names in it."""
        for word, meaning in self.words.items():
            text = re.sub(rf"\b{word}\b", meaning.replace("\\", r"\\"), text)
        return text

    async def start(self, line: str) -> asyncio.subprocess.Process:
        """Start a command."""
        return await asyncio.create_subprocess_exec(
            *shlex.split(self.filled(line)), cwd=self.root, env=self._environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, line: str) -> str:
        """What a command prints; it must succeed."""
        process = await self.start(line)
        async with asyncio.timeout(PATIENCE):
            said, errors = await process.communicate()
        assert process.returncode == 0, f"{line}\n{errors.decode()}"
        return said.decode()


@pytest.mark.timeout(900, func_only=True)
async def test_the_page_leads_to_a_lease(tmp_path: Path, cluster: Cluster) -> None:
    async with world(tmp_path, interval=0.5) as here, AsyncExitStack() as stack:
        ports = {"GATEWAY_PORT": str(free_port()), "METRICS_PORT": str(free_port())}
        walk = Walk(
            tmp_path,
            cluster,
            ports
            | {
                "NODE": layout.NODE,
                "NODE_RPC": here.node.rpc,
                "NODE_GRPC": here.node.grpc,
                "PROVIDER_HOME": str(tmp_path / "provider-home"),
                "TENANT_HOME": str(tmp_path / "tenant-home"),
                "KUBECONFIG_FILE": str(cluster.kubeconfig),
            },
        )
        Keyring.open(tmp_path / "tenant-home", "test").add("tenant", key_of("tenant"))
        (tmp_path / "deploy.yaml").write_text(
            # Nobody resolves host names for this test: it asks for a port of the machine.
            SDL.format(image=registries.WEB, host=HOST, text="the first")
            .replace("as: 80,", "as: 30080,")
            .replace(f"accept: [{HOST}], ", "")
        )
        said: dict[str, Any] = {}
        for line in [line for block in blocks("sh") for line in block.splitlines()]:
            if line.startswith("akashpy-provider run"):
                settings = tmp_path / "provider-home" / "provider.yaml"
                (added,) = blocks("yaml")
                settings.write_text(f"{settings.read_text()}\n{walk.filled(added)}\n")
            if line.startswith("akashpy down"):
                await checked(walk, here.session, cluster)
            if line.startswith(LASTING):
                process = await walk.start(line)
                stack.push_async_callback(ended, process)
                await ready(process)
                continue
            said[line] = await walk.run(line)
            if line.startswith("akashpy keys add"):
                show = "akashpy keys show provider -a --keyring-backend test --home PROVIDER_HOME"
                walk.words["PROVIDER_ADDRESS"] = (await walk.run(show)).strip()
        configured = next(text for line, text in said.items() if line.endswith("configz"))
        assert json.loads(configured)["kubeletconfig"]["podPidsLimit"] > 0
        labels = next(text for line, text in said.items() if line.endswith("--show-labels"))
        assert "akash.network/capabilities.storage.class.beta2=1" in labels
        records = said["kubectl -n lease get manifests,providerhosts"]
        assert "manifest.akash.network/" in records
        assert "web" in said["kubectl get pods -A -l akash.network=true"]
        await gone(walk)


async def checked(walk: Walk, session: Any, cluster: Cluster) -> None:
    """What runs: the tenant's page, and the provider's numbers."""
    shown = (
        "kubectl get svc -A -l akash.network=true -o jsonpath={.items[*].spec.ports[*].nodePort}"
    )
    (port,) = (await walk.run(shown)).split()
    assert (await fetched(cluster, "", port=int(port))).startswith("hello the first")
    async with session.get(f"http://127.0.0.1:{walk.words['METRICS_PORT']}/metrics") as answer:
        text = await answer.text()
    assert "provider_deployment_manager 1.0" in text
    assert 'provider_kube_calls{action="akash-manifests-create",result="success"} 1.0' in text
    pool = 'provider_inventory_allocatable_total{quantity="storage-beta2"} '
    (size,) = [line.removeprefix(pool) for line in text.splitlines() if line.startswith(pool)]
    assert float(size) == 10 << 30


async def ready(process: asyncio.subprocess.Process) -> None:
    """Wait for the line that says so."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = await process.stdout.readline()
    if not line:
        _, errors = await process.communicate()
        raise AssertionError(errors.decode())
    assert json.loads(line)["ready"] is True


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a lasting command as an operator would."""
    if process.returncode is None:
        process.terminate()
    async with asyncio.timeout(PATIENCE):
        await process.communicate()
    assert process.returncode == 0


async def gone(walk: Walk) -> None:
    """Nothing of the lease is left in the cluster."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if not await walk.run("kubectl -n lease get manifests,providerhosts -o name"):
                return
            await asyncio.sleep(0.5)
