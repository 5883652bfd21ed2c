"""JSON-RPC beside a Go node's recorded answers: status, errors in full, keys, kinds and constants.

Where ours differ a row of docs/differences.md says in which field and why; a row that nothing needs
fails. The chain runs on Akash's rules (preset `akash`).
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from akashpy.node.rpc.methods import ROUTES
from tests.node.rpc.replay import VECTORS, Answer, answers, differences, leaves, names, shape_of

PAGE = Path(__file__).parents[3] / "docs" / "differences.md"
ROW = re.compile(r"^\| RPC `([^`]*)` \| `([^`]*)` \|", re.MULTILINE)
EXCEPTIONS = ROW.findall(PAGE.read_text())
CONVERSATION = [f"websocket {at}" for at in range(len(VECTORS["websocket"]))]
METHODS = [
    "health",
    "status",
    "net_info",
    "blockchain",
    "genesis",
    "genesis_chunked",
    "block",
    "block_by_hash",
    "block_results",
    "commit",
    "header",
    "header_by_hash",
    "check_tx",
    "tx",
    "tx_search",
    "block_search",
    "validators",
    "dump_consensus_state",
    "consensus_state",
    "consensus_params",
    "unconfirmed_txs",
    "num_unconfirmed_txs",
    "broadcast_tx_commit",
    "broadcast_tx_sync",
    "broadcast_tx_async",
    "abci_query",
    "abci_info",
    "broadcast_evidence",
    "akash",
]
"""Every method of CometBFT 0.38 that is not for websockets only or unsafe, and Akash's one."""

Answers = dict[str, Answer]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Our answers to everything recorded, of one chain."""
    return asyncio.run(answers(tmp_path_factory.mktemp("replay")))


def found(name: str, given: Answers) -> dict[str, str]:
    """The fields in which our answer differs, and how."""
    if name in CONVERSATION:
        at = int(name.removeprefix("websocket "))
        message = given["websocket"][1][at]
        if "result" in message and "events" in message["result"]:
            message["result"]["events"] = {"tm.event": message["result"]["events"]["tm.event"]}
        wanted = json.loads(json.dumps(VECTORS["websocket"][at]["shape"]))
        if "result" in wanted and "events" in wanted["result"]:
            wanted["result"]["events"] = {"tm.event": ["text"]}
        return dict(differences(shape_of(message), wanted))
    status, answer = given[name]
    if name in VECTORS["errors"]:
        recorded = VECTORS["errors"][name]
        lines = {
            at: f"{value!r} recorded"
            for at, value in leaves(recorded["response"])
            if dict(leaves(answer)).get(at) != value
        }
        lines |= {at: "not recorded" for at in dict(leaves(answer)) if
                  at not in dict(leaves(recorded["response"]))}  # fmt: skip
    elif name in VECTORS["gets"]:
        recorded = VECTORS["gets"][name]
        if "keys" in recorded:
            lines = {} if list(answer["result"]) == recorded["keys"] else {"result": "keys"}
        else:
            lines = dict(differences(shape_of(answer), recorded["shape"]))
    else:
        recorded = VECTORS["calls"][name]
        lines = dict(differences(shape_of(answer), recorded["shape"]))
    own = dict(leaves(answer))
    for at, value in VECTORS["replay"].get(name, {}).get("exact", {}).items():
        if own.get(at, ...) != value:
            lines.setdefault(at, f"{own.get(at)!r} instead of {value!r}")
    if status != recorded["http"]:
        lines["status"] = f"{status} instead of {recorded['http']}"
    return lines


@pytest.mark.parametrize("name", [*names(), *CONVERSATION])
def test_answers_as_recorded(name: str, given: Answers) -> None:
    excused = {field for entry, field in EXCEPTIONS if entry == name}
    differing = found(name, given)
    assert {at: why for at, why in differing.items() if at not in excused} == {}
    assert excused <= set(differing), "rows of docs/differences.md that nothing needs any more"


def test_what_is_no_json_and_a_batch_are_answered_as_recorded(given: Answers) -> None:
    assert given["not_json"] == (VECTORS["not_json"]["http"], VECTORS["not_json"]["text"])
    assert given["batch"] == (VECTORS["batch"]["http"], VECTORS["batch"]["response"])


def test_websocket_messages_come_in_the_recorded_order(given: Answers) -> None:
    kinds = []
    for message in given["websocket"][1]:
        data = message.get("result", {}).get("data")
        kinds.append("error" if "error" in message else data["type"] if data else "answer")
    assert kinds == [recorded["kind"] for recorded in VECTORS["websocket"]]


def test_every_exception_names_an_entry() -> None:
    assert {entry for entry, _ in EXCEPTIONS} <= {*names(), *CONVERSATION}


def test_all_methods_are_there() -> None:
    assert set(ROUTES) == set(METHODS)


def test_the_comparison_sees_what_differs() -> None:
    theirs = {"a": "text", "list": [{"k": "null"}], "none": []}
    assert dict(differences(theirs, theirs)) == {}
    ours = {"list": [{"k": "null", "more": "text"}], "none": ["text"], "a": "null"}
    assert dict(differences(ours, theirs)) == {
        "a": "null instead of text",
        "list[].more": "not recorded",
        "none": "['text'] instead of []",
        "": "order ['list', 'none', 'a']",
    }
