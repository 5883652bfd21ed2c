"""The daemon's log: one line per event on standard error, its details as key=value."""

from __future__ import annotations

import logging

KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """Time, level, where, what, and the details that were given as `extra`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        details = [f"{k}={v}" for k, v in vars(record).items() if k not in KNOWN]
        return " ".join([super().formatMessage(record), *details])


def set_up(level: int) -> None:
    """Log from `level` on to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
