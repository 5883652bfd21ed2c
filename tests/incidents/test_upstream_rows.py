"""What went wrong in the Cosmos SDK and CometBFT: rows 52 to 60 of the second list.

Each test is named after its row of docs/incidents.md and lives through the incident itself.
"""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy import wire
from akashpy.chain import bank, genesis, registry
from akashpy.chain.app import App
from akashpy.state.codecs import U64, Raw, Str, Text, key_parts
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.state.proof import verify
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError, Panic, PlainError
from akashpy.types.market import LeaseState
from akashpy.wire import authz as pb_authz
from akashpy.wire import bank as pb_bank
from akashpy.wire import distribution as pb_distribution
from akashpy.wire import vesting as pb_vesting
from tests.chain.app.conftest import TIME, drain, key, start
from tests.chain.bazaar import Bazaar
from tests.chain.conftest import GENESIS_TIME, Given
from tests.chain.economy import Economy

HUGE = (2**63 - 1, 2**63, 2**127, 2**200, 2**253)
SHARED = (2**63 - 1, 2**63, 2**125)
MODULES = {
    "audit", "auth", "authz", "bank", "bme", "cert", "chain", "consensus", "deployment",
    "distribution", "epochs", "escrow", "evidence", "feegrant", "genutil", "gov", "market", "mint",
    "oracle", "params", "provider", "slashing", "staking", "upgrade", "vesting",
}  # fmt: skip


@pytest.mark.parametrize("amount", SHARED)
def test_e3_52_no_deposit_is_too_large_for_the_end_of_a_block(amount: int) -> None:
    """Into the rewards of a validator, the community's pool and the fees; blocks go on."""
    chain = Economy()
    rich = chain.address("rich")
    chain.fund(rich, Coins.of([Coin("big", 2 * amount)]))
    coins = [Coin("big", amount).to_wire()]
    operator = chain.operator("val1")
    for msg in (
        pb_distribution.MsgFundCommunityPool(depositor=rich, amount=coins),
        pb_distribution.MsgDepositValidatorRewardsPool(
            depositor=rich, validator_address=operator, amount=coins
        ),
    ):
        refused = None
        try:
            chain.run(msg)
        except ChainError as error:
            refused = error
        assert not isinstance(refused, Panic), refused
    for _ in range(3):
        chain.block(big=amount)
        chain.sound()


def test_e3_52_no_chain_begins_with_more_than_can_be_shared() -> None:
    rich = [
        (key("rich").address, Coins.of([Coin("big", amount)])) for amount in (2**128 - 1, 2**128)
    ]
    small, large = (genesis.default("default", "x-1", TIME, accounts=[one]) for one in rich)
    bank.validate_genesis(small["app_state"]["bank"])
    with pytest.raises(PlainError, match="genesis supply of big"):
        bank.validate_genesis(large["app_state"]["bank"])


@pytest.mark.parametrize("amount", HUGE)
def test_e3_52_no_deposit_is_too_large_for_escrow(given: Given, amount: int) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    whale = given.account("whale", uakt=amount)
    for denom in ("uakt", "uact"):
        refused = None
        try:
            bazaar.top_up(lease.deployment, amount, signer=whale, denom=denom)
        except ChainError as error:
            refused = error
        assert not isinstance(refused, Panic), refused
    for _ in range(3):
        given.end_block()
    given.holds()


def test_e3_53_few_modules_are_on() -> None:
    assert {module.name for module in registry.MODULES} == MODULES


def test_e3_54_a_forged_proof_is_refused() -> None:
    store = Store.open(None, buckets=16)
    rows = {b"bank/%d" % n: b"%d" % n for n in range(200)}
    store.commit(store.stage(1, dict(rows)))
    root = store.app_hash
    proof = store.prove(b"bank/7", 1)
    assert verify(proof, root, b"bank/7", b"7")
    assert not verify(proof, root, b"bank/7", b"8")
    assert not verify(proof, root, b"bank/7", None)
    assert not verify(proof, root, b"bank/8", b"7")
    assert not verify(proof, sha256(root).digest(), b"bank/7", b"7")
    absent = store.prove(b"bank/x", 1)
    assert verify(absent, root, b"bank/x", None)
    assert not verify(absent, root, b"bank/x", b"")


def test_e3_54_events_of_what_was_undone_are_gone() -> None:
    """A send that fails after another leaves neither coins nor events of the first."""
    chain = start("alice", "bob")
    good, bad = (
        pb_bank.MsgSend(
            from_address=key("alice").address,
            to_address=key("bob").address,
            amount=Coins.parse(amount).to_wire(),
        )
        for amount in ("5uakt", "9000000000000000uakt")
    )
    result = chain.deliver(chain.tx("alice", [good, bad]))
    assert result.code != 0
    told = [dict(event.attributes).get("amount") for event in result.events]
    assert "5uakt" not in told
    assert chain.balance("bob") == 10**12


def test_e3_54_nobody_poisons_an_account_with_locks(given: Given) -> None:
    """An account that is there cannot be made a vesting one by a stranger."""
    stranger = given.account("stranger", uakt=100)
    owner = given.account("owner", uakt=100)
    before = given.rows()
    with pytest.raises(ChainError, match="already exists"):
        given.run(
            pb_vesting.MsgCreateVestingAccount(
                from_address=stranger,
                to_address=owner,
                amount=Coins.parse("1uakt").to_wire(),
                end_time=4_000_000_000,
            )
        )
    assert given.rows() == before
    assert bank.spendable(given.ctx, owner.raw, "uakt") == 100


def test_e3_54_messages_inside_of_messages_end(given: Given) -> None:
    """A message that carries itself, many times over, is refused and changes nothing."""
    owner = given.account("owner", uakt=100)
    inner = wire.pack(
        pb_bank.MsgSend(
            from_address=owner, to_address=owner, amount=Coins.parse("900uakt").to_wire()
        )
    )
    for _ in range(60):
        inner = wire.pack(pb_authz.MsgExec(grantee=owner, msgs=[inner]))
    before = given.rows()
    with pytest.raises(ChainError) as caught:
        given.run(wire.unpack(inner))
    assert not isinstance(caught.value, Panic)
    assert given.rows() == before


def test_e3_54_amounts_do_not_wrap(given: Given) -> None:
    owner, other = given.account("owner", big=2**256 - 1), given.account("other")
    with pytest.raises(ChainError):
        given.run(
            pb_bank.MsgSend(
                from_address=owner,
                to_address=other,
                amount=[{"denom": "big", "amount": str(2**256)}],
            )
        )
    assert given.balance(owner, "big") == 2**256 - 1
    assert given.balance(other, "big") == 0


def test_e3_55_a_false_clock_takes_no_money(given: Given) -> None:
    """Leases are paid by blocks: a proposer who says it is next year moves nothing."""
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=500)
    given.ctx.time = GENESIS_TIME + 365 * 24 * 3600 * 10**9
    given.end_block()
    bazaar.withdraw(lease)
    assert bazaar.payment(lease).withdrawn.amount == 500
    assert bazaar.lease_of(lease).state is LeaseState.ACTIVE


@pytest.mark.parametrize("time", [0, 1, TIME, TIME + 10**18, 2**62])
def test_e3_55_any_time_makes_a_block(time: int) -> None:
    chain = start("alice", "bob")
    block = BlockInput(1, time, b"p" * 20, [chain.send("alice", "bob", "5uakt")])
    result = drain(chain.app.execute_block(block))
    assert result.tx_results[0].code == 0


def test_e3_58_a_bad_signature_in_a_block_is_one_refusal() -> None:
    """A proposer may put any bytes into a block: each gets its answer, the others go on."""
    chain = start("alice", "bob")
    good = chain.send("alice", "bob", "5uakt")
    spoiled = bytearray(chain.send("bob", "alice", "5uakt"))
    spoiled[-1] ^= 1
    results = chain.block(bytes(spoiled), b"", b"\xff" * 50, good, good).tx_results
    assert [each.code == 0 for each in results] == [False, False, False, True, False]
    assert results[0].code == 4
    chain.block()
    assert chain.balance("bob") == 10**12 + 5


def test_e3_59_a_block_executed_twice_has_one_hash() -> None:
    """In another order of the same dictionaries and over another store; see also row 58."""
    chain = start("alice", "bob")
    exported = json.loads(json.dumps(chain.app.export(), sort_keys=True))
    shuffled = json.loads(json.dumps(dict(reversed(exported.items()))))
    apps = []
    for document, buckets in ((exported, 2**8), (shuffled, 2**8)):
        app = App(Store.open(None, buckets=buckets), check_invariants=True)
        app.init_chain(document)
        apps.append(app)
    block = BlockInput(
        exported["initial_height"], chain.time + 1, b"p" * 20, [chain.send("alice", "bob", "5uakt")]
    )
    assert len({drain(app.execute_block(block)).app_hash for app in apps}) == 1


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
keys = st.tuples(texts, st.binary(max_size=6), st.integers(0, 2**64 - 1))


@settings(max_examples=200)
@examples(first=keys, second=keys)
def test_e3_60_two_keys_have_two_rows(
    first: tuple[str, bytes, int], second: tuple[str, bytes, int]
) -> None:
    ctx = Context.scratch()
    rows: Map[tuple[str, bytes, int], str] = Map("x", b"\1", key_parts((Str, Raw, U64)), Text)
    rows.put(ctx, first, "first")
    assert rows.has(ctx, second) is (first == second)
    assert [found for found, _ in rows.under(ctx, second[0])] == (
        [first] if first[0] == second[0] else []
    )


def test_e3_60_owners_alike_do_not_pay_for_each_other(given: Given) -> None:
    """Deployment 1 and deployment 12 of one owner: the prefix of one is that of the other."""
    bazaar = Bazaar(given)
    one, twelve = bazaar.leased(1), bazaar.leased(12)
    given.end_block()
    bazaar.close(one.deployment)
    assert bazaar.lease_of(twelve).state is LeaseState.ACTIVE
    assert bazaar.payment(twelve).withdrawn.amount == 0
