"""The command itself, as processes: init, run, status, and help that answers quickly."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from akashpy.keys.ring import Keyring
from tests.nodes import key_of
from tests.ports import free_port
from tests.provider.daemon.world import World, page, world


@asynccontextmanager
async def started(*words: str, **pipes: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a process; left, it has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from provider.cli import main; main()", *words,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()},
        **pipes,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def answer(*words: str) -> tuple[int, str]:
    """Exit code and standard output."""
    async with started(*words) as process:
        out, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode or 0, out.decode()


async def given_provider(chain: World, home: Path) -> dict[str, Any]:
    """What `init` says about a provider made in `home`."""
    Keyring.open(home, "test").add("provider", key_of("provider"))
    code, out = await answer(
        "init", "--home", str(home), "--node", chain.node.rpc, "--grpc-addr", chain.node.grpc,
        "--keyring-backend", "test", "--host", f"https://127.0.0.1:{free_port()}",
        "--attribute", "region=home", "--price", "cpu=0.02", "--price", "memory=0.001",
        "--price", "storage=0.0001", "-o", "json",
    )  # fmt: skip
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


async def test_init_registers_and_run_bids_until_it_is_told_to_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with world(tmp_path, "provider") as chain:
        made = await given_provider(chain, home)
        assert made["record"] == "created"
        again = json.loads((await answer("init", "--home", str(home), "-o", "json"))[1])
        assert (again["record"], again["published"]) == ("unchanged", False)
        async with started("run", "--home", str(home)) as daemon:
            assert daemon.stdout is not None
            ready = json.loads(await asyncio.wait_for(daemon.stdout.readline(), 120))
            assert ready == {
                "ready": True,
                "gateway": made["host"],
                "address": made["address"],
                "pid": daemon.pid,
            }
            (bid,) = await chain.bid(await chain.order(page("first")))
            # 100 thousandths of a core, 64 MiB twice, no price for the endpoint
            assert str(bid.price.amount) == "2.070400000000000000"
            code, out = await answer("status", "--home", str(home), "-o", "json")
            assert code == 0
            assert json.loads(out)["akashpy"]["would_bid"] is True
            daemon.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(daemon.wait(), 60) == 0


async def test_run_without_a_key_says_what_to_do(tmp_path: Path) -> None:
    words = ("run", "--home", str(tmp_path), "--keyring-backend", "test", "--from", "nobody")
    async with started(*words, stderr=asyncio.subprocess.PIPE) as process:
        out, said = await asyncio.wait_for(process.communicate(), 120)
    assert (process.returncode, out) == (1, b"")
    assert b"key 'nobody' is not in the test keyring" in said
    assert b"`akashpy-provider init`" in said


async def test_run_without_a_registration_says_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Keyring.open(home, "test").add("provider", key_of("provider"))
    async with world(tmp_path, "provider") as chain:
        code, out = await answer(
            "run", "--home", str(home), "--keyring-backend", "test",
            "--node", chain.node.rpc, "--grpc-addr", chain.node.grpc,
        )  # fmt: skip
    assert (code, out) == (1, "")


async def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from provider.cli import main\n"
        "for words in (['--help'], ['run', '--help'], ['init', '--help'], ['status', '--help']):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 0\n"
        "print(sorted({'grpc', 'aiohttp', 'yaml', 'google.protobuf'} & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().strip() == "[]"
