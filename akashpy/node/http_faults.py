"""What the HTTP framework logs of clients' faults, said in one quiet line each.

Exists because the framework logs every malformed request and every lost connection as an error
with a traceback: anyone could fill the node's log. What is no client's fault stays an error. It
must not know what is served.
"""

from __future__ import annotations

import logging

from aiohttp.http_exceptions import HttpProcessingError

FAULTS = (HttpProcessingError, ConnectionError)
"""Bytes that are no HTTP, and connections that end inside a request."""


class _Quiet(logging.Filter):
    """Turns the record of a client's fault into information without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged at the level it has now."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, FAULTS):
            why = str(error).partition("\n")[0] or type(error).__name__
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
            record.msg, record.args = "a client's request ended: %s", (why,)
            record.exc_info = record.exc_text = None
        return HTTP_LOG.isEnabledFor(record.levelno)


HTTP_LOG = logging.getLogger(__name__)
"""The logger to give to aiohttp's servers."""
HTTP_LOG.addFilter(_Quiet())
