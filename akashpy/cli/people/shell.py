"""`akashpy exec`: a command in a service, with this terminal's input, size and exit code."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import termios
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import click

from akashpy.cli.people.inspect import running
from akashpy.cli.people.serving import Service, services
from akashpy.cli.people.session import Session
from akashpy.client.provider import ProviderGateway, TokenCredentials
from akashpy.client.provider_shell import Shell
from akashpy.types.market import LeaseID

CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Call:
    """What to run and where; `service` None is the only one there is."""

    command: tuple[str, ...]
    service: str | None
    replica: int
    tty: bool
    stdin: bool


async def execute(session: Session, name: str, call: Call) -> int:
    """Run it; its exit code. Raises ClickException, ClientError."""
    target = _choose(await services(session, await running(session, name)), name, call.service)
    who = TokenCredentials(session.key)
    async with ProviderGateway.of(session.client, target.lease.provider, who) as gateway:
        return await converse(gateway, target.lease, target.name, call)


async def converse(gateway: ProviderGateway, lease: LeaseID, service: str, call: Call) -> int:
    """Run a command in a service with this process's input and output; its exit code."""
    async with gateway.shell(
        lease,
        service,
        call.command,
        replica=call.replica,
        tty=call.tty,
        stdin=call.stdin or call.tty,
    ) as shell:
        with _raw_terminal(call.tty):
            async with _input(shell, call):
                async for piece in shell.output():
                    stream = sys.stderr if piece.is_error else sys.stdout
                    stream.buffer.write(piece.data)
                    stream.buffer.flush()
    return shell.exit_code or 0


def _choose(found: list[Service], name: str, wanted: str | None) -> Service:
    fit = [service for service in found if wanted in (None, service.name)]
    if len(fit) == 1:
        return fit[0]
    names = ", ".join(service.name for service in found) or "none yet"
    what = f"has no service {wanted!r}" if wanted else "has several services: choose with --service"
    raise click.UsageError(f"{name} {what}; there are: {names}")


@contextmanager
def _raw_terminal(wanted: bool) -> Iterator[None]:
    """Keys go to the command as they are typed, while it runs."""
    if not wanted or not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@asynccontextmanager
async def _input(shell: Shell, call: Call) -> AsyncIterator[None]:
    """Hand on standard input and the terminal's size while the command runs."""
    if not (call.stdin or call.tty):
        yield
        return
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def resized() -> None:
        size = shutil.get_terminal_size()
        task = asyncio.ensure_future(shell.resize(size.columns, size.lines))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    if call.tty:
        resized()
        loop.add_signal_handler(signal.SIGWINCH, resized)
    pump = asyncio.create_task(_pump(shell))
    try:
        yield
    finally:
        if call.tty:
            loop.remove_signal_handler(signal.SIGWINCH)
        for task in (pump, *tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _pump(shell: Shell) -> None:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    stdin = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, stdin)
    try:
        while data := await reader.read(CHUNK):
            await shell.write(data)
    finally:
        transport.close()
