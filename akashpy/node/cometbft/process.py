"""CometBFT as a child of the node: found, started, watched, stopped.

A child that ends by itself is started again a few times, each after a longer pause; the state
machine goes on waiting meanwhile, and CometBFT's handshake brings both level. It must not know
what the chain does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

PROGRAM = "cometbft"
INSTALL = "go install github.com/cometbft/cometbft/cmd/cometbft@v0.38.21"
STOP_PATIENCE = 10.0
RESTARTS = 5
"""Starts in a row without a minute of life between them before the node gives up."""
HEALTHY = 60.0
PAUSE = 0.5


class CometError(Exception):
    """CometBFT cannot be run or does not stay alive; the text names the remedy."""


def find(program: str | None = None) -> str:
    """The path of CometBFT's program: as given, or from PATH and Go's folder.

    Raises CometError.
    """
    if program:
        found = shutil.which(program)
    else:
        places = [os.environ.get("PATH", os.defpath), str(Path.home() / "go" / "bin")]
        found = shutil.which(PROGRAM, path=os.pathsep.join(places))
    if found is None:
        raise CometError(
            f"{program or PROGRAM}: no such program; install it with `{INSTALL}` "
            "or name it with --cometbft"
        )
    return found


class CometProcess:
    """CometBFT's life beside the application."""

    def __init__(self, program: str, home: Path, arguments: Sequence[str], log_file: Path) -> None:
        self._command = [program, "start", "--home", str(home), *arguments]
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Keep CometBFT running until cancelled. Raises CometError when it does not stay alive."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            began = loop.time()
            status = await self._live()
            failures = 1 if loop.time() - began >= HEALTHY else failures + 1
            if failures > RESTARTS:
                raise CometError(
                    f"CometBFT ended {failures} times in a row, at last with status {status}; "
                    f"its last words are at the end of {self._log_file}: {self._last_words()}"
                )
            log.error("CometBFT ended and is started again", extra={"status": status})
            await asyncio.sleep(PAUSE * 2 ** (failures - 1))

    async def _live(self) -> int:
        with self._log_file.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdout=output, stderr=output, stdin=asyncio.subprocess.DEVNULL
            )
        self._process = process
        try:
            return await process.wait()
        finally:
            await _stop(process)
            self._process = None

    def _last_words(self) -> str:
        text = self._log_file.read_bytes()[-2000:].decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else "none"


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End a process that still runs: asked first, killed when it does not listen."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            await process.wait()
    except TimeoutError:
        log.error("CometBFT did not stop and is killed")
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
