"""Proposals, votes, upgrades and vesting accounts by Akash's commands, decided within seconds."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from akashpy.chain.authority import AUTHORITY
from akashpy.keys.ring import Keyring
from tests.cli.conftest import NAMES, Cli, address
from tests.node.test_upgrade import voting_home
from tests.nodes import given_home, key_of, node_process

PATIENCE = 90.0
VOTING = 1000
"""Seconds: nobody is late with a vote, and the node's clock leaps to the end."""


@dataclass
class Voters(Cli):
    """The commands; `leap` ends the votes that have begun."""

    leap: Callable[[], None] = field(kw_only=True)


@pytest.fixture(scope="module")
def voters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voters]:
    """A node whose clock can leap over a vote; the validator's operator has a key."""
    home = given_home(tmp_path_factory.mktemp("voters"), ["operator", *NAMES])
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    params = document["app_state"]["gov"]["params"]
    params["voting_period"], params["expedited_voting_period"] = f"{VOTING}s", f"{VOTING - 1}s"
    path.write_text(json.dumps(document))
    ring = Keyring.open(home, "test")
    for name in ("operator", *NAMES):
        ring.add(name, key_of(name))
    with node_process(home, interval=0.05, leap=VOTING) as node:
        yield Voters(home, node.rpc.replace("http://", "tcp://"), leap=node.leap)


def landed(voters: Cli, *words: str) -> Any:
    """A transaction of the operator, included without an error."""
    sent = voters.tx(*words, "--from", "operator", "--broadcast-mode", "block")
    assert sent["code"] == 0, sent
    return sent


def query(voters: Cli, *words: str) -> Any:
    return voters("query", *words, "-o", "json").value


def until(voters: Voters, number: int, status: str) -> Any:
    """The proposal once it has this status, after its vote."""
    voters.leap()
    end = time.monotonic() + PATIENCE
    while True:
        found = query(voters, "gov", "proposal", str(number))
        if found["status"] == f"PROPOSAL_STATUS_{status}":
            return found
        assert time.monotonic() < end, found


def write(voters: Cli, name: str, value: Any) -> str:
    path = voters.home / name
    path.write_text(json.dumps(value))
    return str(path)


def proposal(voters: Cli, **fields: Any) -> str:
    """A proposal.json that changes bank's parameters."""
    found = {
        "messages": [
            {
                "@type": "/cosmos.bank.v1beta1.MsgUpdateParams",
                "authority": AUTHORITY,
                "params": {"send_enabled": [], "default_send_enabled": False},
            }
        ],
        "metadata": "ipfs://CID",
        "deposit": "10000000uakt",
        "title": "Send less",
        "summary": "Off by default",
    }
    return write(voters, "proposal.json", found | fields)


def test_a_proposal_from_file_to_effect(voters: Voters) -> None:
    landed(voters, "gov", "submit-proposal", proposal(voters, deposit="4000000uakt"))
    assert query(voters, "gov", "proposals", "--status", "deposit_period")["proposals"]
    number = query(voters, "gov", "proposals", "--reverse")["proposals"][0]["id"]
    landed(voters, "gov", "deposit", number, "6000000uakt")
    landed(voters, "gov", "vote", number, "no", "--metadata", "not yet")
    landed(voters, "gov", "weighted-vote", number, "yes=0.9,abstain=0.1")
    vote = query(voters, "gov", "vote", number, address("operator"))
    assert [each["weight"] for each in vote["options"]] == [
        "0.900000000000000000",
        "0.100000000000000000",
    ]
    assert len(query(voters, "gov", "votes", number)["votes"]) == 1
    assert query(voters, "gov", "tally", number)["yes_count"] == "4500000"
    deposit = query(voters, "gov", "deposit", number, address("operator"))
    assert deposit["amount"] == [{"denom": "uakt", "amount": "10000000"}]
    assert len(query(voters, "gov", "deposits", number)["deposits"]) == 1
    assert query(voters, "gov", "proposer", number) == {
        "proposal_id": number,
        "proposer": address("operator"),
    }
    found = until(voters, int(number), "PASSED")
    assert found["final_tally_result"]["yes_count"] == "4500000"


def test_cancelling_and_texts(voters: Cli) -> None:
    landed(
        voters, "gov", "submit-legacy-proposal", "--title", "A text", "--description", "Words",
        "--deposit", "100000uakt",
    )  # fmt: skip
    number = query(voters, "gov", "proposals", "--reverse")["proposals"][0]["id"]
    landed(voters, "gov", "cancel-proposal", number)
    assert "doesn't exist" in voters.refused("query", "gov", "proposal", number)
    text = write(
        voters,
        "text.json",
        {"title": "T", "description": "D", "type": "Text", "deposit": "100000uakt"},
    )
    landed(voters, "gov", "submit-legacy-proposal", "--proposal", text)
    changes = {
        "title": "T",
        "description": "D",
        "changes": [{"subspace": "staking", "key": "MaxValidators", "value": 105}],
        "deposit": "100000uakt",
    }
    file = write(voters, "changes.json", changes)
    landed(voters, "gov", "submit-legacy-proposal", "param-change", file)
    last = query(voters, "gov", "proposals", "--reverse")["proposals"][0]
    assert last["messages"][0]["content"]["changes"][0]["value"] == "105"
    bad = write(voters, "bad.json", {"changes": [5]})
    assert "subspace, key and value" in voters.refused(
        "tx", "gov", "submit-legacy-proposal", "param-change", bad, "--from", "operator"
    )


def test_upgrades_are_proposed(voters: Voters) -> None:
    landed(
        voters, "upgrade", "software-upgrade", "v9", "--upgrade-height", "1000000",
        "--upgrade-info", "none", "--title", "To v9", "--summary", "New rules",
        "--deposit", "10000000uakt", "--no-validate",
    )  # fmt: skip
    number = query(voters, "gov", "proposals", "--reverse")["proposals"][0]["id"]
    landed(voters, "gov", "vote", number, "yes")
    until(voters, int(number), "PASSED")
    landed(
        voters, "upgrade", "cancel-software-upgrade", "--title", "Not yet", "--summary", "Later",
        "--deposit", "50000000uakt", "--expedited",
    )  # fmt: skip


def test_parameters_are_shown(voters: Cli) -> None:
    found = query(voters, "gov", "params")
    assert found["voting_params"] == {"voting_period": f"{VOTING}s"}
    assert found["tally_params"]["quorum"] == found["params"]["quorum"]
    assert query(voters, "gov", "param", "deposit")["max_deposit_period"] == "172800s"
    assert "must be one of (voting|tallying|deposit), was x" in voters.refused(
        "query", "gov", "param", "x"
    )
    assert query(voters, "params", "subspace", "staking", "MaxValidators") == {
        "subspace": "staking",
        "key": "MaxValidators",
        "value": "",
    }
    assert "fixes" in query(voters, "params")["params"]


def test_vesting_accounts_are_made(voters: Cli) -> None:
    made = [str(key_of(name).address) for name in ("v1", "v2", "v3", "v4")]
    landed(voters, "vesting", "create-vesting-account", made[0], "5000uakt", "2000000000")
    landed(
        voters, "vesting", "create-vesting-account", made[1], "5000uakt", "2000000000", "--delayed"
    )
    landed(voters, "vesting", "create-permanent-locked-account", made[2], "5000uakt")
    periods = {"start_time": 1, "periods": [{"coins": "5000uakt", "length_seconds": 2_000_000_000}]}
    landed(
        voters, "vesting", "create-periodic-vesting-account", made[3],
        write(voters, "periods.json", periods),
    )  # fmt: skip
    kinds = [query(voters, "auth", "account", each)["account"]["@type"] for each in made]
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "ContinuousVestingAccount",
        "DelayedVestingAccount",
        "PermanentLockedAccount",
        "PeriodicVestingAccount",
    ]


def test_what_bank_and_auth_answer(voters: Cli) -> None:
    owner = str(key_of("locked").address)
    landed(voters, "vesting", "create-permanent-locked-account", owner, "5000uakt")
    spendable = query(voters, "bank", "spendable-balances", owner)["balances"]
    assert spendable == [{"denom": "uakt", "amount": "0"}]
    one = query(voters, "bank", "spendable-balances", owner, "--denom", "uakt")
    assert one["balance"] == {"denom": "uakt", "amount": "0"}
    listed = query(voters, "bank", "send-enabled", "uact")["send_enabled"]
    assert listed == [{"denom": "uact", "enabled": False}]
    assert len(query(voters, "bank", "send-enabled")["send_enabled"]) == 2
    assert query(voters, "auth", "module-account", "gov")["account"]["name"] == "gov"
    assert len(query(voters, "auth", "module-accounts")["accounts"]) > 3
    first = query(voters, "auth", "address-by-acc-num", "0")
    assert first["account_address"] == address("operator")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gov", "vote", "1", "maybe"), "'maybe' is not a valid vote option"),
        (("gov", "weighted-vote", "1", "yes"), "weight field does not exist for yes option"),
        (("gov", "weighted-vote", "1", "yes=x"), "write it like yes=0.6"),
        (("gov", "submit-proposal", "/nowhere.json"), "/nowhere.json"),
        (("gov", "submit-legacy-proposal", "--type", "ParameterChange"), "only Text is known"),
        (("vesting", "create-periodic-vesting-account", AUTHORITY, "/nowhere"), "/nowhere"),
    ],
)
def test_mistakes_are_explained(alone: Cli, words: tuple[str, ...], said: str) -> None:
    assert said in alone.refused("tx", *words, "--from", "tenant")


def test_a_draft_is_asked_for(alone: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ["Title", "Summary", "me", "", "", "", "", "cosmos.bank.v1beta1.MsgUpdateParams"]
    done = alone("tx", "gov", "draft-proposal", input="\n".join([*answers, "1uakt", "n", ""]))
    assert done.code == 0, done
    drafted = json.loads((tmp_path / "draft_proposal.json").read_text())
    assert drafted["messages"][0]["authority"] == AUTHORITY
    assert json.loads((tmp_path / "draft_metadata.json").read_text())["authors"] == ["me"]
    unknown = alone("tx", "gov", "draft-proposal", "--skip-metadata", input="T\nS\nno.Such\n")
    assert unknown.code == 1


def test_a_node_that_must_be_replaced_says_so_and_ends(tmp_path: Path) -> None:
    home = voting_home(tmp_path / "node", "8s", "4s")
    Keyring.open(tmp_path, "test").add("operator", key_of("operator"))
    program = [sys.executable, "-c", "from akashpy.cli.main import main; main()"]
    program += ["node", "start", "--home", str(home)]
    program += ["--rpc-address", "127.0.0.1:0", "--grpc-address", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*program, "--block-interval", "50ms"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        cli = Cli(tmp_path, ready["rpc"].replace("http://", "tcp://"))
        height = int(cli("node", "status").value["sync_info"]["latest_block_height"]) + 300
        landed(
            cli, "upgrade", "software-upgrade", "v9", "--upgrade-height", str(height),
            "--upgrade-info", "see notes", "--title", "T", "--summary", "S",
            "--deposit", "10000000uakt",
        )  # fmt: skip
        landed(cli, "gov", "vote", "1", "yes")
        said = process.communicate(timeout=200)[1]
    finally:
        process.kill()
        process.wait(timeout=60)
    assert process.returncode == 1
    assert f'UPGRADE "v9" NEEDED at height: {height}: see notes' in said.splitlines()[-1]
    noted = json.loads((home / "data/upgrade-info.json").read_text())
    assert (noted["name"], noted["height"]) == ("v9", height)
