"""`akashpy query`: filters, pages, heights, refusals. Shapes of answers are test_walk.py."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.cli.conftest import NAMES, Cli, address

NOBODY = address("nobody")


@pytest.mark.parametrize(
    "words",
    [
        "audit list", "auth accounts", "auth params", "bank balances {tenant}",
        "bank total", "bank denom-metadata", "cert list", "deployment list", "deployment params",
        "escrow accounts", "escrow payments", "market order list", "market bid list",
        "market lease list", "market params", "params", "provider list", "block", "block 1",
        "block-results", "block-results 2", "auth account {tenant}",
    ],
)  # fmt: skip
def test_a_query_answers_in_json_and_text(cli: Cli, words: str) -> None:
    asked = ("query", *words.format(tenant=address("tenant")).split())
    found = cli(*asked, "-o", "json").value
    assert isinstance(found, dict)
    assert found
    text = cli(*asked)
    assert text.code == 0
    assert list(yaml.safe_load(text.out)) == list(found)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("deployment get --owner {nobody} --dseq 5", "Deployment not found (deployment/4)"),
        ("deployment group get --owner {nobody} --dseq 5", "Group not found (deployment/14)"),
        ("market order get --owner {nobody} --dseq 5", "invalid order: order not found"),
        (
            "market bid get --owner {nobody} --dseq 5 --provider {tenant}",
            "invalid bid: bid not found (market/18)",
        ),
        (
            "market lease get --owner {nobody} --dseq 5 --provider {tenant}",
            "invalid lease: lease not found (market/20)",
        ),
        ("provider get {nobody}", "invalid provider: address not found (provider/3)"),
        ("audit get {nobody}", "invalid provider: address not found (audit/1)"),
        ("auth account {nobody}", "not found"),
        ("auth account akash1x", "bech32"),
        ("tx " + "0" * 64, "tx not found"),
        ("tx xyz", ""),
        ("bank balances {nobody} --height 99999999", "height"),
        ("txs --events nonsense", "write {{eventType}}.{{eventAttribute}}={{value}}"),
        ("txs", 'required flag(s) "events" not set'),
        ("deployment list --page-key ???", "is not base64"),
        ("escrow blocks-remaining --owner {nobody} --dseq 5", "Deployment not found"),
    ],
)
def test_a_refused_query_ends_with_its_text_and_exit_code_one(
    cli: Cli, words: str, text: str
) -> None:
    names = {"nobody": NOBODY, "tenant": address("tenant")}
    said = cli.refused("query", *words.format(**names).split())
    assert text.format(**names) in said


def test_q_is_query(cli: Cli) -> None:
    assert cli("q", "market", "params").out == cli("query", "market", "params").out


def test_pages_visit_everything_once(cli: Cli) -> None:
    ask = ("query", "auth", "accounts", "-o", "json")
    whole: Any = cli(*ask, "--count-total").value
    total = int(whole["pagination"]["total"])
    assert total == len(whole["accounts"]) >= len(NAMES)
    seen: list[Any] = []
    key = ""
    while True:
        page: Any = cli(*ask, "--limit", "2", *(("--page-key", key) if key else ())).value
        seen += page["accounts"]
        key = page["pagination"]["next_key"]
        if not key:
            break
        assert len(page["accounts"]) == 2
    assert seen == whole["accounts"]
    second: Any = cli(*ask, "--limit", "2", "--page", "2").value
    assert second["accounts"] == whole["accounts"][2:4]
    offset: Any = cli(*ask, "--limit", "2", "--offset", "2").value
    assert offset["accounts"] == second["accounts"]
    backwards: Any = cli(*ask, "--reverse").value
    assert backwards["accounts"] == whole["accounts"][::-1]


def test_a_height_reads_the_past(cli: Cli) -> None:
    ask = ("query", "bank", "balances", address("auditor"), "-o", "json")
    before = cli.balance("auditor")
    sent: Any = cli.tx("bank", "send", "provider", address("auditor"), "7uakt")
    height = int(sent["height"])
    past: Any = cli(*ask, "--height", str(height - 1)).value
    now: Any = cli(*ask, "--height", str(height)).value
    amounts = [
        next(int(each["amount"]) for each in found["balances"] if each["denom"] == "uakt")
        for found in (past, now)
    ]
    assert amounts == [before, before + 7]


@pytest.mark.parametrize("form", ["events", "query"])
def test_transactions_are_found_by_their_events(cli: Cli, form: str) -> None:
    sent: Any = cli.tx("bank", "send", "provider", address("other"), "3uakt")
    height = sent["height"]
    text = (
        f"message.sender={address('provider')}&tx.height={height}"
        if form == "events"
        else f"message.sender='{address('provider')}' AND tx.height={height}"
    )
    found: Any = cli("query", "txs", f"--{form}", text, "-o", "json").value
    hashes = [each["txhash"] for each in found["tx_responses"]]
    assert hashes == [sent["txhash"]]


def test_a_block_and_its_results(cli: Cli) -> None:
    sent: Any = cli.tx("bank", "send", "provider", address("other"), "3uakt")
    block: Any = cli("query", "block", sent["height"], "-o", "json").value
    assert block["header"]["height"] == sent["height"]
    assert len(block["data"]["txs"]) >= 1
    results: Any = cli("query", "block-results", sent["height"], "-o", "json").value
    assert results["txs_results"][0]["code"] == 0


def test_the_node_may_be_a_url_or_an_address(cli: Cli) -> None:
    ask = ("query", "market", "params", "-o", "json")
    expected = cli(*ask).value
    for form in (cli.node.replace("tcp://", "http://"), cli.node.replace("tcp://", "")):
        assert cli(*ask, "--node", form).value == expected
