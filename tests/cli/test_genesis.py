"""`akashpy genesis`: from an empty home to a chain whose validators registered themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from akashpy.chain import auth, bank, staking
from akashpy.chain.app import App, InvariantBroken
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.errors import PlainError
from tests.chain.app.conftest import drain
from tests.cli.conftest import Cli, address
from tests.nodes import key_of

STAKE = "500000000uakt"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "node"


@pytest.fixture
def chain(alone: Cli, home: Path) -> Cli:
    """A home with a genesis; the keys of the tests lie elsewhere."""
    alone.environment["AKASHPY_NODE_HOME"] = str(home)
    alone.environment["AKASH_KEYRING_DIR"] = str(alone.home)
    made = alone("genesis", "init", "mine", "--chain-id", "g-1").value
    assert (made["chain_id"], made["moniker"]) == ("g-1", "mine")
    return alone


def document_of(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "config/genesis.json").read_text())
    return found


def started(home: Path) -> App:
    """The chain of a home, at its first block."""
    app = App(Store.open(None, buckets=2**8), check_invariants=True)
    result = app.init_chain(document_of(home))
    assert result.validators
    drain(app.execute_block(BlockInput(1, app.time + 10**9, b"p" * 20, [])))
    app.commit()
    return app


def add(chain: Cli, name: str, coins: str = "1000000000uakt,5uact", *words: str) -> None:
    assert chain("genesis", "add-account", name, coins, *words).code == 0


def gentx(chain: Cli, name: str, *words: str) -> None:
    done = chain("genesis", "gentx", name, STAKE, "--chain-id", "g-1", *words)
    assert (done.code, "Genesis transaction written to" in done.err) == (0, True), done


def test_two_validators_begin_a_chain(chain: Cli, home: Path, tmp_path: Path) -> None:
    for name in ("tenant", "provider"):
        add(chain, name)
    gentx(chain, "tenant", "--ip", "10.0.0.1")
    other = tmp_path / "other"
    chain("genesis", "init", "--home", str(other), "--chain-id", "g-1")
    (other / "config/genesis.json").write_text((home / "config/genesis.json").read_text())
    target = home / "config/gentx/gentx-other.json"
    gentx(chain, "provider", "--home", str(other), "--output-document", str(target),
          "--sign-mode", "amino-json", "--moniker", "second", "--fees", "7uakt")  # fmt: skip
    found = chain("genesis", "collect").value
    assert (found["gentxs"], found["chain_id"]) == (2, "g-1")
    assert found["peers"].endswith("@127.0.0.1:26656")
    assert chain("genesis", "validate").code == 0
    assert chain("genesis", "validate-genesis").out == chain("genesis", "validate").out
    ctx = started(home).query_context()
    validators = list(staking.validators(ctx))
    assert sorted(each.description.moniker for each in validators) == ["second", "tenant"]
    assert {each.tokens for each in validators} == {"500000000"}
    left = bank.balance(ctx, key_of("provider").address.raw, "uakt")
    assert left == 1_000_000_000 - 500_000_000 - 7
    assert auth.require(ctx, key_of("tenant").address.raw).sequence == 1


def test_accounts_with_locks(chain: Cli, home: Path) -> None:
    add(chain, "tenant")
    add(chain, "auditor", "100uakt", "--vesting-amount", "60uakt",
        "--vesting-start-time", "2000000000", "--vesting-end-time", "2100000000")  # fmt: skip
    add(chain, address("other"), "100uakt", "--vesting-amount", "60uakt",
        "--vesting-end-time", "2100000000")  # fmt: skip
    kinds = [each["@type"] for each in document_of(home)["app_state"]["auth"]["accounts"]]
    assert [kind.rpartition(".")[2] for kind in kinds] == [
        "BaseAccount", "ContinuousVestingAccount", "DelayedVestingAccount",
    ]  # fmt: skip
    gentx(chain, "tenant")
    chain("genesis", "collect")
    ctx = started(home).query_context()
    for name in ("auditor", "other"):
        found = bank.spendable(ctx, key_of(name).address.raw, "uakt")
        assert found == 40


def test_coins_are_appended_only_when_told(chain: Cli, home: Path) -> None:
    add(chain, "tenant", "5uakt")
    before = document_of(home)
    said = chain.refused("genesis", "add-account", "tenant", "5uakt")
    assert f"Account {address('tenant')} already exists" in said
    assert document_of(home) == before
    add(chain, "tenant", "6uakt", "--append")
    state = document_of(home)["app_state"]["bank"]
    assert state["supply"] == [{"denom": "uakt", "amount": "11"}]
    assert state["balances"][0]["coins"] == [{"denom": "uakt", "amount": "11"}]


def test_a_modules_account(chain: Cli, home: Path) -> None:
    from akashpy.types.address import Address

    add(chain, Address.of_module("mint"), "5uakt", "--module-name", "mint")
    (account,) = document_of(home)["app_state"]["auth"]["accounts"]
    assert (account["name"], account["permissions"]) == ("mint", ["burner", "minter"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("5uakt", "--vesting-amount", "6uakt", "--vesting-end-time", "9"), "cannot be greater"),
        (("5uakt", "--vesting-amount", "5uakt"), "must supply start and end time or end time"),
        (
            ("5uakt", "--vesting-amount", "5uakt", "--vesting-start-time", "10",
             "--vesting-end-time", "9"),
            "vesting start-time cannot be before end-time",
        ),
        (("5",), "invalid decimal coin expression: 5"),
    ],
)  # fmt: skip
def test_invalid_accounts(chain: Cli, home: Path, words: tuple[str, ...], text: str) -> None:
    before = document_of(home)
    assert text in chain.refused("genesis", "add-account", "tenant", *words)
    assert document_of(home) == before


def test_invalid_accounts_of_nobody(chain: Cli) -> None:
    said = chain.refused("genesis", "add-account", "nobody", "5uakt")
    assert "failed to fetch key from keyring" in said


def test_invalid_stake(chain: Cli) -> None:
    said = chain.refused("genesis", "gentx", "tenant", STAKE)
    assert "does not have a balance in the genesis state" in said
    add(chain, "tenant", "5uakt")
    said = chain.refused("genesis", "gentx", "tenant", STAKE)
    assert "only has 5uakt available to stake, not 500000000uakt" in said
    said = chain.refused("genesis", "gentx", "tenant", "5uakt", "--chain-id", "g-2")
    assert "the genesis is of chain 'g-1'" in said
    assert "there are no genesis transactions" in chain.refused("genesis", "collect")


def test_invalid_transactions_are_not_collected(chain: Cli, home: Path) -> None:
    add(chain, "tenant")
    gentx(chain, "tenant")
    (path,) = (home / "config/gentx").iterdir()
    good = json.loads(path.read_text())
    before = document_of(home)
    for change, why in (
        ({"messages": []}, "exactly 1 CreateValidator message"),
        ({"memo": ""}, "failed to find node's address and IP"),
        ({"strange": 1}, "unknown field"),
    ):
        path.write_text(json.dumps(good | {"body": good["body"] | change}))
        assert why in chain.refused("genesis", "collect")
        assert document_of(home) == before


def test_a_forged_transaction_keeps_the_chain_from_beginning(chain: Cli, home: Path) -> None:
    add(chain, "tenant")
    gentx(chain, "tenant")
    chain("genesis", "collect")
    document = document_of(home)
    (found,) = document["app_state"]["genutil"]["gen_txs"]
    found["body"]["memo"] += "x"
    with pytest.raises(PlainError, match=r"gen_txs\[0\].*signature verification failed"):
        App(Store.open(None, buckets=2**8)).init_chain(document)


def test_a_chain_needs_a_validator(chain: Cli, home: Path) -> None:
    with pytest.raises(PlainError, match="genesis has no validator"):
        started(home)


def test_init_overwrites_only_when_told_and_keeps_the_keys(chain: Cli, home: Path) -> None:
    key = (home / "config/priv_validator_key.json").read_text()
    add(chain, "tenant")
    assert "already there" in chain.refused("genesis", "init", "--chain-id", "g-2")
    made = chain("genesis", "init", "--chain-id", "g-2", "--overwrite", "--default-denom", "uact",
                 "--initial-height", "7", "--preset", "akash").value  # fmt: skip
    document = document_of(home)
    assert (made["chain_id"], document["chain_id"], document["initial_height"]) == ("g-2",) * 2 + (
        7,
    )
    assert document["app_state"]["auth"]["accounts"] == []
    assert document["app_state"]["staking"]["params"]["bond_denom"] == "uact"
    assert (home / "config/priv_validator_key.json").read_text() == key


def test_node_init_and_genesis_init_write_the_same_home(
    chain: Cli, home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "by-node"
    chain("node", "init", "--home", str(other), "--chain-id", "g-1", "--operator",
          address("tenant"), "--block-interval", "1s")  # fmt: skip
    names = [
        {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
        for root in (home, other)
    ]
    assert names[1] - names[0] == {"config/akashpy.toml"}
    ours, theirs = document_of(home), document_of(other)
    assert set(ours) == set(theirs)
    assert set(ours["app_state"]) == set(theirs["app_state"])
    for name in ("gov", "market", "deployment", "slashing"):
        assert ours["app_state"][name] == theirs["app_state"][name]


def test_foreign_modules_are_named_and_left_out(chain: Cli, home: Path, tmp_path: Path) -> None:
    add(chain, "tenant")
    gentx(chain, "tenant")
    chain("genesis", "collect")
    document = document_of(home)
    document["app_state"] |= {"ibc": {"client_genesis": {}}, "crisis": {}, "07-tendermint": None}
    file = tmp_path / "foreign.json"
    file.write_text(json.dumps(document))
    shown = chain("genesis", "validate", str(file))
    assert (shown.code, "07-tendermint, crisis, ibc" in shown.err) == (0, True)
    made = chain("genesis", "import", str(file), "--home", str(tmp_path / "new")).value
    assert made["left_out"] == ["07-tendermint", "crisis", "ibc"]
    started(tmp_path / "new")
    document["app_state"]["staking"]["params"]["max_validators"] = 0
    file.write_text(json.dumps(document))
    assert "app_state.staking" in chain.refused("genesis", "validate", str(file))
    file.write_text("[]")
    assert "it has no app_state" in chain.refused("genesis", "validate", str(file))


def test_a_mainnet_is_prepared(chain: Cli, home: Path) -> None:
    add(chain, "tenant")
    gentx(chain, "tenant")
    assert chain("genesis", "collect").code == 0
    before = document_of(home)
    assert chain("prepare-genesis", "mainnet", "main-1").code == 0
    made = document_of(home)
    assert (made["chain_id"], made["genesis_time"]) == ("main-1", "2021-06-18T17:00:00Z")
    kept = ("auth", "mint", "genutil", "oracle", "market")
    assert [made["app_state"][name] for name in kept] == [
        before["app_state"][name] for name in kept
    ]
    assert made["app_state"]["bank"]["balances"] == before["app_state"]["bank"]["balances"]
    assert made["consensus"] == before["consensus"]
    params = {name: made["app_state"][name].get("params") for name in made["app_state"]}
    assert params["staking"]["unbonding_time"] == "1209600s"
    assert params["staking"]["min_commission_rate"] == "0.050000000000000000"
    assert params["distribution"]["community_tax"] == "0.000000000000000000"
    assert params["slashing"]["signed_blocks_window"] == "30000"
    assert params["slashing"]["slash_fraction_downtime"] == "0.000000000000000000"
    assert params["gov"]["min_deposit"] == [{"denom": "uakt", "amount": "2500000000"}]
    assert (params["gov"]["quorum"], params["gov"]["voting_period"]) == (
        "0.200000000000000000", "259200s",
    )  # fmt: skip


def test_a_prepared_testnet_begins(chain: Cli, home: Path) -> None:
    assert chain("genesis", "prepare-genesis", "testnet", "g-1").code == 0
    add(chain, "tenant")
    gentx(chain, "tenant")
    assert chain("genesis", "collect").code == 0
    made = document_of(home)
    gov = made["app_state"]["gov"]["params"]
    assert (gov["quorum"], gov["voting_period"]) == ("0.000000000100000000", "300s")
    assert gov["min_deposit"] == [{"denom": "uakt", "amount": "1000000"}]
    assert made["genesis_time"] > "2026"
    assert started(home).height == 1


def test_only_two_networks_can_be_prepared(chain: Cli, home: Path) -> None:
    before = document_of(home)
    said = chain.refused("prepare-genesis", "moonnet", "m-1")
    assert "please choose 'mainnet' or 'testnet'" in said
    assert document_of(home) == before


def exported(*left_out: str) -> dict[str, Any]:
    """The export of a chain, as a release without these modules writes it."""
    from tests.chain.app.conftest import start

    chain = start("alice")
    chain.block()
    document: dict[str, Any] = chain.app.export()
    for name in left_out:
        del document["app_state"][name]
    return document


def begun(document: dict[str, Any]) -> App:
    app = App(Store.open(None, buckets=2**8), check_invariants=True)
    app.init_chain(document)
    return app


def test_an_export_without_rewards_and_absence_is_brought_up(alone: Cli, tmp_path: Path) -> None:
    old = exported("distribution", "slashing")
    with pytest.raises(InvariantBroken):
        begun(old)
    (tmp_path / "old.json").write_text(json.dumps(old))
    done = alone("genesis", "migrate", str(tmp_path / "old.json"))
    assert done.code == 0
    assert "slashing learns of every validator and delegation from staking" in done.err
    begun(done.value)


def test_an_export_of_this_release_stays_as_it_is(alone: Cli, tmp_path: Path) -> None:
    document = exported()
    (tmp_path / "new.json").write_text(json.dumps(document))
    assert alone("genesis", "migrate", str(tmp_path / "new.json")).value == document


def test_an_export_that_no_release_writes_is_not_guessed_at(alone: Cli, tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text(json.dumps(exported("slashing")))
    done = alone("genesis", "migrate", str(tmp_path / "half.json"))
    assert done.code == 1
    assert "app_state has no slashing" in done.err
