"""The providers of a development chain, each a process of its own that ends with the chain.

They differ in price and attributes, so that there is an auction to watch. Knows the provider's
command line only.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from akashpy.cli.dev.homes import PROVIDER_KEY

ENVIRONMENT = {"AP_PROCESS_DIES_WITH_DAEMON": "true"}
"""Nothing of a development chain outlives it."""
START_SECONDS = 60.0
STOP_SECONDS = 15.0
REGIONS = ("us-west", "eu-central", "ap-south")
PRICES = {
    "cpu": Decimal("0.1"),
    "memory": Decimal("0.02"),
    "storage.ephemeral": Decimal("0.001"),
    "endpoint": Decimal("0.5"),
    "gpu.*": Decimal(100),
}
"""Base units per block: a thousandth of a core, a MiB of memory or storage, an endpoint, a GPU."""
COMMAND = (sys.executable, "-m", "provider.cli")


class ProviderFailed(Exception):
    """A provider that did not start; the text holds its last lines."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the providers find their chain."""

    rpc: str
    grpc: str


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """A provider that is ready to bid."""

    address: str
    gateway: str
    process: asyncio.subprocess.Process


async def initialise(home: Path, number: int, chain: Chain) -> None:
    """Write its configuration, publish its certificate, register it. Raises ProviderFailed."""
    if (home / "provider.yaml").exists():
        return
    arguments = [
        "init", "--home", str(home), "--node", chain.rpc.replace("http://", "tcp://"),
        "--grpc-addr", chain.grpc, "--from", PROVIDER_KEY, "--keyring-backend", "test",
        "--host", f"https://127.0.0.1:{free_port()}",
        "--attribute", f"region={REGIONS[(number - 1) % len(REGIONS)]}",
        "--attribute", "host=akash", "--attribute", "tier=community",
        *price_flags(number),
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        raise ProviderFailed(f"provider {number} took over {START_SECONDS:g} s to set up") from None
    finally:
        await _stop(process)
    if process.returncode:
        raise ProviderFailed(f"provider {number} could not be set up:\n{said.decode().rstrip()}")


def price_flags(number: int) -> Sequence[str]:
    """Each provider a quarter dearer than the one before, in both denominations."""
    quarters = Decimal(3 + number) / 4
    prices = {name: price * quarters for name, price in PRICES.items()}
    return [word for name, price in prices.items() for word in ("--price", f"{name}={price}")]


@asynccontextmanager
async def running(
    home: Path, number: int, log: Path, chain: Chain
) -> AsyncIterator[RunningProvider]:
    """A provider's process from ready to stopped; its log goes to a file.

    Raises ProviderFailed when it ends before it is ready.
    """
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "run", "--home", str(home),
            "--node", chain.rpc.replace("http://", "tcp://"), "--grpc-addr", chain.grpc,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=sink,
            env=os.environ | ENVIRONMENT,
        )  # fmt: skip
    try:
        ready = await _ready(process, number, log)
        yield RunningProvider(ready["address"], ready["gateway"], process)
    finally:
        await _stop(process)


async def _ready(process: asyncio.subprocess.Process, number: int, log: Path) -> dict[str, str]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    if not line:
        raise ProviderFailed(f"provider {number} did not start; the end of {log}:\n{_tail(log)}")
    found: dict[str, str] = json.loads(line)
    return found


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    """A TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
