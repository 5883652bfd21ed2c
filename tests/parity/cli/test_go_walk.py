"""Go's `akash` walks a deployment's whole life against our node, and finds what it knows.

Every answer has the shape recorded from the Go node: the same names in the same order, the same
kinds of values, the same events with the same keys in the same order.
"""

from __future__ import annotations

import pytest

from tests.nodes import key_of
from tests.parity.cli.conftest import NAMES, Go
from tests.walk import RECORDED, Walk, differences


@pytest.fixture(scope="module")
def walk(go: Go, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    addresses = {name: str(key_of(name).address) for name in NAMES}
    walked = Walk(go, addresses, tmp_path_factory.mktemp("files"))
    walked.all()
    return walked


MENDED = {"query-audit-list"}
"""Where the Go node's answer is garbled, and ours is not."""


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - MENDED))
def test_an_answer_has_the_recorded_shape(name: str, walk: Walk) -> None:
    assert differences(name, walk.found[name]) == []


def test_the_list_of_audits_holds_them(walk: Walk) -> None:
    (record,) = walk.found["query-audit-list"]["providers"]
    assert record["owner"] == key_of("provider").address
    assert record["auditor"] == key_of("auditor").address
    assert record["attributes"] == [{"key": "region", "value": "us-west"}]


def test_a_changed_answer_would_be_noticed(walk: Walk) -> None:
    found = walk.found["lease-create"]
    events = found["events"]
    assert differences("lease-create", found | {"events": events[1:]})
    assert differences("lease-create", found | {"height": 5})
    assert differences("lease-create", {k: v for k, v in found.items() if k != "info"})


def test_what_a_transaction_prints_has_the_keys_of_its_query(walk: Walk) -> None:
    for name, said in walk.said.items():
        assert list(said) == list(walk.found[name]), name
        assert said["events"] == walk.found[name]["events"], name


def test_the_lease_was_paid_by_the_block(walk: Walk) -> None:
    closed = walk.found["query-deployment-closed"]
    lease = walk.found["query-lease-closed"]["leases"][0]
    created = int(walk.found["lease-create"]["height"])
    ended = int(walk.found["deployment-close"]["height"])
    assert closed["deployment"]["state"] == "closed"
    assert lease["lease"]["state"] == "closed"
    transferred = closed["escrow_account"]["state"]["transferred"][0]
    assert float(transferred["amount"]) == 500 * (ended - created)


def test_refusals_read_as_from_a_go_node(go: Go, walk: Walk) -> None:
    folder = walk.folder
    again = go(
        "tx", "deployment", "create", str(folder / "deploy.yaml"), "--deposit", "5000000uact",
        "--from", "tenant", "--dseq", walk.dseq, "--yes",
    )  # fmt: skip
    assert again.code == 1
    assert "failed to execute message; message index: 0: Deployment exists" in again.err
    assert again.err.rstrip().endswith(": unknown request")
    missing = go("query", "provider", "get", str(key_of("tenant").address))
    assert (missing.code, missing.err) == (
        1,
        "Error: rpc error: code = NotFound desc = invalid provider: address not found: "
        "key not found\n",
    )
