"""`akashpy dev` as a reader of the README runs it: in another terminal, ended by Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

AKASHPY = (sys.executable, "-m", "akashpy.cli")
PATIENCE = 60
"""Seconds in which it must end."""


@contextmanager
def dev_chain(environment: Mapping[str, str], cwd: Path) -> Iterator[dict[str, object]]:
    """Run it on free ports until left; gives what it printed when it was ready."""
    command = [
        *AKASHPY, "dev", "--block-interval", "0.3", "--rpc-port", "0", "--grpc-port", "0",
        "-o", "json",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, cwd=cwd, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        process.stdout.close()
