"""A node half of which dies at steps of ABCI, as a program: `runner.py HOME COMETBFT`.

HOME/kill-plan is a list of [who, kind, when]: `who` is `application` or `cometbft`, `kind` a
request, `when` `before` or `after` it is answered. The first entry is carried out, by SIGKILL, at
the first such request after another block (`info` at once), and leaves the list just before.
Everything else is `akashpy node start`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from akashpy.node.abci.application import AbciApplication
from akashpy.node.cometbft import daemon
from akashpy.node.cometbft.daemon import CometNode, CometSettings

FILE = "kill-plan"


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
        return is_next and (height > self._above or kind == "info")

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


def main(home: Path, program: str) -> None:
    """Run until killed, or asked to end."""
    plan = Plan(home / FILE)
    answer = AbciApplication.answer

    async def watched(self: AbciApplication, kind: str, request: Any) -> Any:
        height = self._core.app.height
        if plan.is_due(kind, "before", height):
            plan.kill()
        reply = await answer(self, kind, request)
        if plan.is_due(kind, "after", height):
            plan.kill()
        return reply

    AbciApplication.answer = watched  # type: ignore[method-assign]  # what this program is for

    def ready(node: CometNode) -> None:
        plan.node = node
        print('{"ready": true}', flush=True)

    daemon.run(home, CometSettings(cometbft=program, pruning="nothing"), ready)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
