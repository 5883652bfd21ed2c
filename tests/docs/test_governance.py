"""The governance page's commands, run in their order on a node with a validator of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from akashpy.cli.main import main
from akashpy.keys.ring import Keyring
from tests.docs.pages import ROOT, Command, commands
from tests.nodes import given_home, key_of, node_process

PAGE = "docs/governance.md"
FILES = re.compile(r"^`(\w+\.json)`:\n\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = [each for each in commands() if each.page == PAGE]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who is alice, on a chain whose validator is hers."""
    home = given_home(tmp_path / "node", ["operator"])
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    params = document["app_state"]["gov"]["params"]
    params["voting_period"], params["expedited_voting_period"] = "2000s", "1000s"
    path.write_text(json.dumps(document))
    Keyring.open(tmp_path, "test").add("alice", key_of("operator"))
    with node_process(home, interval=0.05) as running:
        yield {
            "HOME": str(tmp_path),
            "AKASH_HOME": str(tmp_path),
            "AKASH_KEYRING_BACKEND": "test",
            "AKASH_NODE": running.rpc.replace("http://", "tcp://"),
            "AKASH_BROADCAST_MODE": "block",
        }


def test_every_command_of_the_page_works(
    node: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.findall((ROOT / PAGE).read_text()):
        (tmp_path / name).write_text(text)
    assert SHOWN
    for command in SHOWN:
        run(command, node)


def run(command: Command, environment: dict[str, str]) -> None:
    """Run one command; a transaction must be in a block without an error."""
    words = [*command.words[1:]]
    if words[0] == "tx":
        words += ["-o", "json"]
    done = CliRunner().invoke(main, words, env=environment)
    assert done.exit_code == 0, f"{command}: {done.output}"
    if words[0] == "tx":
        assert json.loads(done.stdout)["code"] == 0, f"{command}: {done.stdout}"
