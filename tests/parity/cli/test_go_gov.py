"""Go's `akash` governs on our node, and both programs show the same of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from akashpy.chain.authority import AUTHORITY
from tests.cli.conftest import Cli
from tests.nodes import key_of
from tests.parity.cli.conftest import Go
from tests.parity.cli.test_go_grants import asked, sent

ME = str(key_of("tenant").address)


def proposal(folder: Path, **fields: object) -> str:
    """A proposal.json as both programs read it."""
    found = {
        "messages": [
            {
                "@type": "/cosmos.bank.v1beta1.MsgUpdateParams",
                "authority": AUTHORITY,
                "params": {"send_enabled": [], "default_send_enabled": True},
            }
        ],
        "metadata": "ipfs://CID",
        "deposit": "2000000000uakt",
        "title": "A title",
        "summary": "A summary",
        "expedited": False,
    }
    path = folder / "proposal.json"
    path.write_text(json.dumps(found | fields))
    return str(path)


def _until_there(ours: Cli, number: str) -> None:
    """Wait for a proposal: this command of Go's does not wait for a block."""
    end = time.monotonic() + 20
    while ours("query", "gov", "proposal", number).code:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_go_governs_and_both_show_it(go: Go, ours: Cli, tmp_path: Path) -> None:
    by = ("--from", "tenant")
    sent(go, "gov", "submit-proposal", proposal(tmp_path), *by)
    sent(go, "gov", "deposit", "1", "500000000uakt", *by)
    sent(go, "gov", "vote", "1", "no", "--metadata", "word", *by)
    sent(go, "gov", "weighted-vote", "1", "yes=0.6,abstain=0.4", *by)
    sent(
        go, "gov", "submit-legacy-proposal", "--title", "Text", "--description", "Words",
        "--type", "Text", "--deposit", "30000000uakt", *by,
    )  # fmt: skip
    sent(go, "gov", "submit-proposal", proposal(tmp_path, deposit="30000000uakt"), *by)
    ours.tx("gov", "cancel-proposal", "3", *by, "-b", "block")  # Go's own command panics
    sent(
        go, "upgrade", "software-upgrade", "v9", "--upgrade-height", "100000000", "--title", "T",
        "--summary", "S", "--deposit", "30000000uakt", "--no-validate", *by, "-b", "sync",
    )  # fmt: skip
    _until_there(ours, "4")
    made = str(key_of("unlocking").address)
    lock = ("vesting", "create-vesting-account", made, "5000uakt", "4000000000")
    ours.tx(*lock, *by, "-b", "block")  # so do Go's commands of vesting
    reads = [
        ("gov", "proposal", "1"),
        ("gov", "proposal", "2"),
        ("gov", "proposal", "4"),
        ("gov", "proposals"),
        ("gov", "proposals", "--status", "voting_period"),
        ("gov", "vote", "1", ME),
        ("gov", "votes", "1"),
        ("gov", "deposit", "1", ME),
        ("gov", "deposits", "1"),
        ("gov", "tally", "1"),
        ("gov", "params"),
        ("gov", "param", "voting"),
        ("gov", "param", "deposit"),
        ("gov", "param", "tallying"),
        ("auth", "account", made),
        ("bank", "spendable-balances", ME),
        ("bank", "send-enabled"),
        ("params", "subspace", "staking", "MaxValidators"),
    ]
    differing = []
    for words in reads:
        theirs = asked(go, *words)
        found = ours("query", *words, "-o", "json").value
        if found != theirs:
            differing.append((words, theirs, found))
    assert differing == []
