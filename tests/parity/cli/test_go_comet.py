"""Go's `akash` against four validators of ours under CometBFT: a whole life, stake and votes.

What it prints has the same recorded shapes as against a Go node; what is asked of one validator
was sent to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from akashpy.chain import genesis_edit
from akashpy.types.address import VALOPER
from akashpy.types.coin import Coins
from tests.cli.conftest import Cli, with_keys
from tests.cometbft import program
from tests.cometbft.net import Net, quick
from tests.nodes import FUNDS, key_of
from tests.parity.cli.conftest import NAMES, Go
from tests.parity.cli.test_go_gov import proposal
from tests.parity.cli.test_go_grants import asked, sent
from tests.parity.cli.test_go_walk import MENDED
from tests.walk import RECORDED, Walk, differences

FIRST = str(key_of("operator0").address.with_prefix(VALOPER))
ME = str(key_of("tenant").address)


def with_names(document: dict[str, Any]) -> None:
    """Periods of seconds, and the accounts whose keys both programs have."""
    quick(document)
    document["app_state"]["gov"]["params"].update(voting_period="120s")
    for name in NAMES:
        new = genesis_edit.NewAccount(key_of(name).address, Coins.parse(FUNDS))
        genesis_edit.add_account(document, new)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """Four validators under the rules that Akash has."""
    folder = tmp_path_factory.mktemp("four")
    built = str(program.build())
    with Net.made(folder, built, 4, adjust=with_names, preset="akash") as net:
        net.peers[0].words = ("--akash-rpc-address", "127.0.0.1:0")
        net.start()
        yield net


@pytest.fixture(scope="module")
def go(net: Net, tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Go's program, talking to the first validator."""
    return Go(with_keys(tmp_path_factory.mktemp("walk")), net.peers[0].ready["akash_rpc"])


@pytest.fixture(scope="module")
def ours(go: Go, net: Net) -> Cli:
    """Our program, talking to the last."""
    return Cli(go.home, net.peers[-1].rpc.replace("http://", "tcp://"))


def test_a_deployments_life_has_the_recorded_shapes(go: Go, tmp_path: Path) -> None:
    walk = Walk(go, {name: str(key_of(name).address) for name in NAMES}, tmp_path)
    walk.all()
    wrong = {name: differences(name, walk.found[name]) for name in RECORDED.keys() - MENDED}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_coins_and_stake_and_votes(go: Go, ours: Cli, net: Net, tmp_path: Path) -> None:
    by = ("--from", "tenant")
    sent(go, "bank", "send", "tenant", str(key_of("other").address), "7uakt")
    sent(go, "staking", "delegate", FIRST, "5000uakt", *by)
    sent(go, "gov", "submit-proposal", proposal(tmp_path), *by)
    sent(go, "gov", "deposit", "1", "500000000uakt", *by)
    last = sent(go, "gov", "vote", "1", "no", *by)
    net.peers[-1].reach(int(last["height"]) + 1)
    for words in (
        ("staking", "delegation", ME, FIRST),
        ("staking", "validators"),
        ("gov", "proposal", "1"),
        ("gov", "vote", "1", ME),
    ):
        theirs = asked(go, *words)
        assert ours("query", *words, "-o", "json").value == theirs, words


def test_the_validators_agree(go: Go, net: Net) -> None:
    del go
    assert net.require_same() > 10
