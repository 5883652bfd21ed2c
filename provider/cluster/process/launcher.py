"""The process that keeps one replica: `python -m provider.cluster.process.launcher <spec file>`.

Enters the replica's namespaces, then supervises. It is started by the driver but outlives it.
Standard library only: one such process runs per replica. `--probe` answers whether namespaces
are permitted here: exit 0, or 1 with the reason on standard output.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from provider.cluster.process import isolation
from provider.cluster.process.identity import start_time
from provider.cluster.process.spec import ReplicaSpec, write_json
from provider.cluster.process.supervisor import Supervisor

PROCESS_FILE = "process.json"


def main(arguments: list[str]) -> int:
    """Run as the command line says; the exit status."""
    if arguments == ["--probe"]:
        reason = isolation.permitted()
        print(reason)
        return 1 if reason else 0
    spec = ReplicaSpec.read(Path(arguments[0]))
    parent = os.getppid()
    if spec.dies_with_parent:
        isolation.die_with_parent()
        if os.getppid() != parent:
            return 1
    pid = os.getpid()
    write_json(Path(spec.directory, PROCESS_FILE), {"pid": pid, "start": start_time(pid)})
    if spec.isolated:
        return _keep_isolated(spec, pid)
    isolation.adopt_orphans()
    asyncio.run(_supervise(spec, pid))
    return 0


def _keep_isolated(spec: ReplicaSpec, pid: int) -> int:
    """Fork process 1 of the new namespaces and wait for its end."""
    hosts = Path(spec.directory, "hosts")
    hosts.write_text(
        "127.0.0.1 localhost\n::1 localhost\n"
        + "".join(f"{address} {name}\n" for address, name in spec.hosts)
    )
    isolation.enter()
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(held)
        isolation.die_with_parent()
        isolation.furnish(spec.name, hosts)
        code = 1
        try:
            asyncio.run(_supervise(spec, pid, alive))
            code = 0
        finally:
            os._exit(code)  # never back into the parent's code
    os.close(alive)

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(child, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    # Only the child keeps these: a connection to a dead launcher must fail, not queue.
    for descriptor in (spec.control, *(door.fd for door in spec.doors)):
        os.close(descriptor)
    _, status = os.waitpid(child, 0)
    os.close(held)
    return abs(os.waitstatus_to_exitcode(status))


async def _supervise(spec: ReplicaSpec, pid: int, alive: int | None = None) -> None:
    if alive is not None:
        # The kernel's parent-death signal is set after the fork; the pipe covers a parent that
        # was already gone by then.
        asyncio.get_running_loop().add_reader(alive, os._exit, 1)
    await Supervisor(spec, pid).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
