"""docs/oracle.md: its commands, in their order, beside a real node and a local market."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from akashpy.keys.ring import Keyring
from tests.cli.conftest import Cli
from tests.cli.oracle.test_feed import home_with_feed
from tests.docs.pages import Command, commands
from tests.nodes import key_of, node_process

PAGES = ("docs/oracle.md", "docs/money.md")
SHOWN = [each for each in commands() if each.page in PAGES]


class Market(BaseHTTPRequestHandler):
    """The page's two addresses."""

    def do_GET(self) -> None:
        body = json.dumps({"market": {"usd": 1.25}, "price": 1.251}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cli, Path, str]]:
    """The commands, a folder with a price and a program, and a market."""
    root = tmp_path_factory.mktemp("oracle-page")
    (root / "price.txt").write_text("1.25\n")
    program = root / "my-price"
    program.write_text("#!/bin/sh\necho 1.25\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Market)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with node_process(home_with_feed(root / "node")) as node:
            Keyring.open(root / "keys", "test").add("feed", key_of("other"))
            yield Cli(root / "keys", node.rpc), root, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(timeout=60)
        server.server_close()


def test_the_page_shows_commands() -> None:
    assert len(SHOWN) >= 8


@pytest.mark.parametrize("command", SHOWN, ids=str)
def test_commands_of_the_page(
    command: Command, place: tuple[Cli, Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli, root, market = place
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f"{root}{os.pathsep}{os.environ['PATH']}")
    os.utime(root / "price.txt")
    words = [
        word.replace("https://one.example", market).replace("https://two.example", market)
        for word in command.words[1:]
    ]
    words = [word.removesuffix("@time") for word in words]
    if words[:2] == ["oracle", "feed"] and "--once" not in words:
        words.append("--once")
    if "2026-01-02T03:04:05Z" in words:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        words[words.index("2026-01-02T03:04:05Z")] = now
    if words == ["query", "oracle", "aggregated-price", "akt"]:
        first = cli("oracle", "feed", "file:price.txt", "--once", "--from", "feed")
        assert first.code == 0, first
    done = cli(*words)
    assert done.code == 0, done
