"""A log line: time, level, what and details, as text or JSON, never with a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from akashpy import logs

TOKEN = "eyJhbGciOiJFUzI1NksifQ.eyJpc3MiOiJha2FzaDEifQ.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    yield logging.getLogger("tests.logged"), out
    root.handlers[:] = handlers
    root.setLevel(level)


def begin(form: str, out: io.StringIO, level: str = "info") -> None:
    logs.set_up(level, form)
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)


def test_json_lines(written: tuple[logging.Logger, io.StringIO]) -> None:
    log, out = written
    begin("json", out)
    log.info("serving %s", "rpc", extra={"height": 7, "password": "hunter2", "what": b"x"})
    log.debug("not shown")
    try:
        raise ValueError(f"bad {TOKEN}")
    except ValueError:
        log.exception("failed with %s", PEM)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == (
        "info", "tests.logged", "serving rpc",
    )  # fmt: skip
    assert (first["height"], first["password"], first["what"]) == (7, "***", "b'x'")
    assert first["time"].endswith("Z")
    assert "T" in first["time"]
    assert second["message"] == "failed with ***"
    assert "ValueError: bad ***" in second["exception"]
    assert TOKEN not in out.getvalue()


def test_text_lines(written: tuple[logging.Logger, io.StringIO]) -> None:
    log, out = written
    begin("text", out, "warning")
    log.warning("asked with Bearer abc123", extra={"priv_key": "x", "node_mnemonic": "y", "at": 3})
    log.info("not shown")
    (line,) = out.getvalue().splitlines()
    assert line.endswith(
        "WARNING tests.logged: asked with Bearer *** priv_key=*** node_mnemonic=*** at=3"
    )


def test_only_secrets_are_struck_out() -> None:
    for text in ("akash1xyz", "monkey", "a.b.c", "Bearers of tokens", "pub key AbC="):
        assert logs.without_secrets(text) == text
