"""The genesis document: presets, checks, and coming back the same from an export."""

import copy
import json
from itertools import islice
from typing import Any

import pytest

from akashpy.chain import auth, bank, genesis, params, registry
from akashpy.chain.app import App
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.coin import Coins
from akashpy.types.errors import ChainError, InvalidRequest, PlainError
from tests.chain.app import replay
from tests.chain.app.conftest import CHAIN_ID, TIME, VALIDATOR_KEY, Chain, drain, key, start


def document(preset: str = "default") -> dict[str, Any]:
    return genesis.default(
        preset,
        CHAIN_ID,
        TIME,
        accounts=[(key("alice").address, Coins.parse("5uakt,7uact"))],
        validator=(VALIDATOR_KEY, key("validator").address, 10**9),
    )


@pytest.mark.parametrize("preset", ["default", "akash"])
def test_presets_are_valid_json(preset: str) -> None:
    made = document(preset)
    genesis.validate(json.loads(json.dumps(made)))
    assert made["chain_id"] == CHAIN_ID
    assert made["genesis_time"] == "2023-11-14T22:13:20Z"
    assert made["consensus"]["params"]["block"] == {"max_bytes": "22020096", "max_gas": "-1"}
    assert made["app_state"]["bank"]["supply"] == [
        {"denom": "uact", "amount": "7"},
        {"denom": "uakt", "amount": "1000000005"},
    ]


def test_presets_differ_where_the_main_network_does() -> None:
    ours, akash = document("default")["app_state"], document("akash")["app_state"]
    assert {name for name in ours if ours[name] != akash[name]} >= {"chain", "staking"}


def test_a_genesis_without_our_part_is_akash() -> None:
    made = document()
    del made["app_state"]["chain"]
    app = App(Store.open(None, buckets=2**8))
    app.init_chain(made)
    assert params.settlement_denoms(app.query_context()) == ("uact",)


def test_module_accounts_follow_the_genesis_accounts() -> None:
    ctx = start("alice", "bob").app.query_context()
    numbers = {account.name: account.number for account in auth.accounts(ctx) if account.name}
    first = {"fee_collector": 3, "distribution": 4, "bonded_tokens_pool": 5}
    assert {name: numbers[name] for name in first} == first
    assert sorted(numbers.values())[0] == 3


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("chain_id",), "", "chain_id must have 1 to 50 characters"),
        (("chain_id",), "x" * 51, "chain_id must have 1 to 50 characters"),
        (("genesis_time",), "yesterday", "genesis_time"),
        (("initial_height",), 0.5, "initial_height"),
        (("initial_height",), -1, "initial_height must be at least 1"),
        (("consensus", "params", "block", "max_bytes"), "0", "block.MaxBytes cannot be 0"),
        (("consensus", "params", "block", "max_gas"), "many", "consensus.params"),
        (("app_state", "nft"), {}, "no module of that name"),
        (("app_state", "bank", "supply"), [], None),
        (("app_state", "bank", "coins"), [], "app_state.bank: .*unknown field"),
        (("app_state", "chain", "params", "fixes"), ["nothing"], "app_state.chain"),
        (("app_state", "auth", "params", "tx_sig_limit"), "0", "app_state.auth: invalid tx sig"),
    ],
)
def test_checked_wholly(path: tuple[str, ...], value: object, text: str | None) -> None:
    made = copy.deepcopy(document())
    place: Any = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    if text is None:
        genesis.validate(made)
        return
    with pytest.raises(PlainError, match=text):
        genesis.validate(made)


def test_every_module_has_a_place_in_every_order() -> None:
    names = {module.name for module in registry.MODULES}
    for order in (registry.BEGIN_BLOCK, registry.END_BLOCK, registry.GENESIS):
        assert names <= set(order)
        assert len(order) == len(set(order))


def test_no_chain_without_a_validator() -> None:
    made = genesis.default("default", CHAIN_ID, TIME)
    with pytest.raises(PlainError, match="genesis has no validator"):
        App(Store.open(None, buckets=2**8)).init_chain(made)


def test_another_chain_id_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="invalid chain-id on InitChain"):
        App(Store.open(None, buckets=2**8), chain_id="other-1").init_chain(document())


def test_a_chain_begins_once(chain: Chain) -> None:
    chain.block()
    with pytest.raises(InvalidRequest, match="the chain has begun"):
        chain.app.init_chain(document())


def test_a_later_initial_height() -> None:
    made = {**document(), "initial_height": "7"}
    app = App(Store.open(None, buckets=2**8))
    app.init_chain(made)
    with pytest.raises(ChainError, match="expected: 7"):
        drain(app.execute_block(BlockInput(1, TIME, b"", [])))
    drain(app.execute_block(BlockInput(7, TIME, b"", [])))
    assert app.commit() == 7


def test_an_export_starts_the_same_chain(chain: Chain) -> None:
    chain.block(chain.send("alice", "bob", "5uakt"), chain.send("bob", "carol", "6uakt"))
    chain.block(chain.send("alice", "carol", "7uakt"))
    exported = json.loads(json.dumps(chain.app.export()))
    genesis.validate(exported)
    assert exported["initial_height"] == 3
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    started = copied.init_chain(exported)
    assert started.validators[0].power == 5000
    assert exported["consensus"]["validators"][0]["power"] == "5000"
    block = BlockInput(3, chain.time + 1, b"p" * 20, [])
    results = [drain(app.execute_block(block)) for app in (chain.app, copied)]
    assert results[0].app_hash == results[1].app_hash
    assert bank.balance(copied.query_context(), key("carol").address.raw, "uakt") == 13


def test_listed_validators_must_be_the_staking_modules() -> None:
    made = document()
    listed = {"pub_key": {"value": "AAAA"}, "power": "1000"}
    made["consensus"]["validators"] = [listed]
    with pytest.raises(PlainError, match=r"differ from those of app_state\.staking"):
        App(Store.open(None, buckets=2**8)).init_chain(made)


@pytest.mark.parametrize("blocks", [4, 6, 9, 13, 14])
def test_an_export_in_the_middle_of_leases_goes_on_alike(blocks: int) -> None:
    chain = start("alice", "bob", "tenant", "provider", "auditor")
    for txs in islice(replay.history(chain), blocks):
        chain.block(*txs)
    exported = json.loads(json.dumps(chain.app.export()))
    genesis.validate(exported)
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    copied.init_chain(exported)
    height = exported["initial_height"]
    for step in range(2):
        block = BlockInput(height + step, chain.time + 1 + step, b"p" * 20, [])
        results = [drain(app.execute_block(block)) for app in (chain.app, copied)]
        assert results[0] == results[1]
        assert chain.app.commit() == copied.commit()
