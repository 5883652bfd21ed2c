"""A long-lived program's log: a line per event on standard error, as text or as JSON.

Details are what was given as `extra`. Exists so that every program writes them alike, and so that a
secret that strays into an event does not reach the log. It must not know what is logged.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

TEXT, JSON = FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
HIDDEN = "***"
SECRET_NAMES = re.compile(
    r"secret|mnemonic|pass(word|phrase|wd)|token|authori[sz]ation|cookie|priv_?(ate_?)?key", re.I
)
SECRET_TEXTS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"
    r"|(?<=\bBearer )\S+",
    re.DOTALL,
)
"""Private keys in PEM, JSON web tokens, bearers."""


def without_secrets(text: str) -> str:
    """The text with keys and tokens struck out."""
    return SECRET_TEXTS.sub(HIDDEN, text)


def details(record: logging.LogRecord) -> dict[str, Any]:
    """What was given as `extra`; a value whose name says that it is secret is struck out."""
    return {
        name: HIDDEN if SECRET_NAMES.search(name) else value
        for name, value in vars(record).items()
        if name not in KNOWN
    }


class Lines(logging.Formatter):
    """Time, level, where, what, and the details as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        shown = [f"{name}={value}" for name, value in details(record).items()]
        return " ".join([super().formatMessage(record), *shown])

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: time (RFC 3339, UTC), level, logger, message, then the details."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        moment = self.formatTime(record, self.default_time_format)
        found: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        found |= {name: value for name, value in details(record).items() if name not in found}
        if record.exc_info:
            found["exception"] = self.formatException(record.exc_info)
        clean = {
            name: without_secrets(value) if isinstance(value, str) else value
            for name, value in found.items()
        }
        return json.dumps(clean, default=lambda value: without_secrets(str(value)))


def set_up(level: str = "info", form: str = TEXT) -> None:
    """Log from `level` on (one of LEVELS) to standard error in a form of FORMATS."""
    handler = logging.StreamHandler()
    formatter: logging.Formatter = JsonLines() if form == JSON else Lines()
    formatter.converter = time.gmtime  # UTC, whatever the machine's zone
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
