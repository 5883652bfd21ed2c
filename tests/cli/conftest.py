"""The commands, run in this process against a real node in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from akashpy.cli.main import main
from akashpy.keys.ring import Keyring
from tests.nodes import given_home, key_of, node_process
from tests.walk import Ran

NAMES = ("tenant", "provider", "auditor", "other", "bidder")


@dataclass
class Cli:
    """Runs `akashpy`; `home` holds the keys of NAMES in a test keyring."""

    home: Path
    node: str = "tcp://127.0.0.1:1"
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *words: str, input: str | None = None, env: dict[str, str] | None = None
    ) -> Ran:
        """Run a command; environment and standard input as given, no terminal."""
        variables = {
            "HOME": str(self.home),
            "AKASH_HOME": str(self.home),
            "AKASH_KEYRING_BACKEND": "test",
            "AKASH_NODE": self.node,
            **self.environment,
            **(env or {}),
        }
        done = CliRunner().invoke(main, list(words), env=variables, input=input)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    def tx(self, *words: str) -> dict[str, object]:
        """A transaction that must succeed; what it printed."""
        said: dict[str, object] = self("tx", *words, "--yes").value
        return said

    def refused(self, *words: str) -> str:
        """A command that must end with exit code 1 and print nothing; what it said."""
        done = self(*words)
        assert (done.code, done.out) == (1, ""), done
        return done.err

    def balance(self, name: str, denom: str = "uakt") -> int:
        """What an account has."""
        found = self("query", "bank", "balances", address(name), "-o", "json").value
        return {each["denom"]: int(each["amount"]) for each in found["balances"]}[denom]


def address(name: str) -> str:
    """The address of a key of NAMES."""
    return str(key_of(name).address)


def with_keys(home: Path) -> Path:
    """A home with the keys of NAMES."""
    ring = Keyring.open(home, "test")
    for name in NAMES:
        ring.add(name, key_of(name))
    return home


@pytest.fixture
def alone(tmp_path: Path) -> Cli:
    """The commands where no node answers."""
    return Cli(with_keys(tmp_path))


@pytest.fixture(scope="package")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The RPC address of a running node, as Akash writes it."""
    home = given_home(tmp_path_factory.mktemp("cli") / "node", NAMES)
    with node_process(home, interval=0.05) as running:
        yield running.rpc.replace("http://", "tcp://")


@pytest.fixture
def cli(tmp_path: Path, node: str) -> Cli:
    """The commands with a running node; every test has a home of its own."""
    return Cli(with_keys(tmp_path), node)


def events_of(said: object) -> list[str]:
    """The types of the events in a transaction's answer."""
    return [event["type"] for event in json.loads(json.dumps(said))["events"]]
