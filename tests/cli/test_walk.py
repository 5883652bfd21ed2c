"""Our own tx and query trees walk a deployment's whole life; the answers have Go's shapes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import NAMES, Cli, address, with_keys
from tests.nodes import given_home, node_process
from tests.walk import RECORDED, Walk, differences

OTHERWISE = {
    "query-audit-list",  # the Go node's answer is garbled
    "query-bank-balances",  # Go's command leaves an empty page out
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    with node_process(given_home(folder / "node", NAMES, preset="akash"), interval=0.05) as node:
        cli = Cli(with_keys(folder), node.rpc.replace("http://", "tcp://"))
        walked = Walk(cli, {name: address(name) for name in NAMES}, folder)
        walked.all()
        yield walked


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - OTHERWISE))
def test_an_answer_has_the_shape_recorded_from_go(name: str, walk: Walk) -> None:
    assert differences(name, walk.found[name]) == []


@pytest.mark.parametrize("name", sorted(set(RECORDED) & {
    "bank-send", "deployment-create", "bid-create", "lease-create", "lease-withdraw",
    "deployment-close",
}))  # fmt: skip
def test_a_transaction_prints_what_its_query_says(name: str, walk: Walk) -> None:
    assert walk.said[name] == walk.found[name]


def test_the_lease_was_paid_by_the_block(walk: Walk) -> None:
    closed = walk.found["query-deployment-closed"]
    created = int(walk.found["lease-create"]["height"])
    ended = int(walk.found["deployment-close"]["height"])
    (transferred,) = closed["escrow_account"]["state"]["transferred"]
    assert float(transferred["amount"]) == 500 * (ended - created)


def test_the_audits_are_listed(walk: Walk) -> None:
    (record,) = walk.found["query-audit-list"]["providers"]
    assert (record["owner"], record["auditor"]) == (address("provider"), address("auditor"))
