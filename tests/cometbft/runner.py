"""A node half of which dies at steps of ABCI: `runner.py HOME COMETBFT [SNAPSHOT-INTERVAL]`.

HOME/kill-plan is a list of [who, kind, when]: `who` is `application` or `cometbft`, `kind` a
request, `when` `before` or `after` it is answered. The first entry is carried out, by SIGKILL, at
the first such request after another block (those that are not part of blocks: at once), and leaves
the list just before. Everything else is `akashpy node start`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from akashpy.node.abci.application import AbciApplication, AbciSettings
from akashpy.node.cometbft import daemon
from akashpy.node.cometbft.daemon import CometNode, CometSettings

FILE = "kill-plan"
KEPT = 1000
"""Snapshots: none is dropped while it is fetched."""
APART = frozenset({
    "info", "init_chain", "list_snapshots", "offer_snapshot", "load_snapshot_chunk",
    "apply_snapshot_chunk",
})  # fmt: skip
"""Requests that belong to no block."""


class Plan:
    """What is still to be killed, and the height above which the next comes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._above: int | None = None
        self.node: CometNode | None = None

    def is_due(self, kind: str, when: str, height: int) -> bool:
        """Whether this moment is the next one's."""
        entries = json.loads(self._file.read_text())
        if self._above is None:
            self._above = height
        is_next = bool(entries) and entries[0][1:] == [kind, when]
        return is_next and (height > self._above or kind in APART)

    def kill(self) -> None:
        """Carry the next entry out."""
        (who, *_), *rest = json.loads(self._file.read_text())
        self._file.write_text(json.dumps(rest))
        self._above = None
        if who == "application":
            os.kill(os.getpid(), signal.SIGKILL)
        assert self.node is not None
        assert self.node.process is not None
        assert self.node.process.pid is not None
        os.kill(self.node.process.pid, signal.SIGKILL)


def main(home: Path, program: str, snapshot_interval: int = 0) -> None:
    """Run until killed, or asked to end."""
    plan = Plan(home / FILE)
    answer = AbciApplication.answer

    async def watched(self: AbciApplication, kind: str, request: Any) -> Any:
        height = self._core.app.height
        is_hit = plan.is_due(kind, "before", height)
        if is_hit:
            plan.kill()
        reply = await answer(self, kind, request)
        if not is_hit and plan.is_due(kind, "after", height):  # at most one of a request
            plan.kill()
        return reply

    supervise = CometNode._supervise

    def noted(self: CometNode, stack: AsyncExitStack, program: str) -> None:
        plan.node = self
        supervise(self, stack, program)

    # what this program is for
    AbciApplication.answer = watched  # type: ignore[method-assign]
    CometNode._supervise = noted  # type: ignore[method-assign]

    settings = CometSettings(
        cometbft=program,
        pruning="nothing",
        snapshots_kept=KEPT,
        chain=AbciSettings(snapshot_interval=snapshot_interval),
    )
    daemon.run(home, settings, lambda node: print('{"ready": true}', flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
