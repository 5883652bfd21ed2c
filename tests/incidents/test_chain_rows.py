"""What went wrong around releases, upgrades and wiring: rows 20 to 26.

Each test is named after its row of docs/incidents.md and lives through the incident itself.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from akashpy import match, wire
from akashpy.chain import genesis, params, registry, upgrade, upgrades
from akashpy.chain.app import App
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.upgrades import Upgrade
from akashpy.node.daemon import NodeSettings
from akashpy.state.snapshot import chunk_hash, export_chunks, manifest_of, restore
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin
from akashpy.types.deployment import GroupSpec
from akashpy.types.errors import ChainError, Panic
from akashpy.types.market import BidState
from akashpy.types.provider import NotImplementedYet
from akashpy.wire import bank as pb_bank
from akashpy.wire import chain as pb_chain
from akashpy.wire import feegrant as pb_feegrant
from akashpy.wire import provider as pb_provider
from akashpy.wire import staking as pb_staking
from akashpy.wire import upgrade as pb_upgrade
from tests.chain.app.conftest import Chain, drain, key, start
from tests.chain.app.replay import history
from tests.chain.bazaar import Bazaar, first_order, spec, unit
from tests.chain.conftest import Given
from tests.chain.gov.conftest import DAY, YES, Council


def test_e1_20_a_release_listens_to_nobody_else_and_tells_nothing() -> None:
    settings = NodeSettings()
    assert {settings.rpc_host, settings.grpc_host, settings.rest_host} == {"127.0.0.1"}
    assert (settings.grpc_port, settings.rest_port) == (None, None)
    assert settings.rest.cors_origins == ()
    assert not settings.check_invariants
    assert not settings.skip_upgrades
    document = genesis.default("akash", "x-1", 0)
    assert genesis_params(document)["fixes"] == []


def genesis_params(document: dict[str, Any]) -> dict[str, Any]:
    """The parameters of our own module."""
    found: dict[str, Any] = document["app_state"]["chain"]["params"]
    return found


def governed() -> list[str]:
    """Types of messages that only governance signs."""
    return [
        url for url in sorted(registry.router().handlers)
        if "authority" in {each.name for each in wire.message_class(url).DESCRIPTOR.fields}
    ]  # fmt: skip


@pytest.mark.parametrize("url", governed())
def test_e1_21_every_kind_of_proposal_is_carried_out(given: Given, url: str) -> None:
    """Each is decided, and a message without values at worst fails with a rule's own words."""
    council = Council(given)
    council.validator("val", 10**9)
    message = wire.message_class(url)(authority=AUTHORITY)  # type: ignore[call-arg]  # all have it
    try:
        number = council.submit(message)
    except ChainError as error:
        refused = error
    else:
        council.vote(number, given.address("val"), YES)
        council.pass_time(2 * DAY)
        found = council.found(number)
        assert found.status in (3, 5), found
        assert "panic" not in found.failed_reason
        return
    assert not isinstance(refused, Panic)


@pytest.fixture
def known() -> Iterator[dict[str, Upgrade]]:
    """The upgrades this program knows; those of a test go with it."""
    before = dict(upgrades.UPGRADES)
    yield upgrades.UPGRADES
    upgrades.UPGRADES.clear()
    upgrades.UPGRADES.update(before)


def planned(chain: Chain, height: int) -> None:
    """Write a plan into the state, as governance would have."""
    plan = wire.encode_gogo(pb_upgrade.Plan(name="v2", height=height))
    chain.app._genesis.changes[upgrade.PLAN.key] = plan  # type: ignore[union-attr]  # not begun


def test_e1_22_what_an_upgrade_promises_works_after_it(known: dict[str, Upgrade]) -> None:
    """Fee grants were dead for releases, and a raised commission was a rehearsal."""
    chain = start("alice", "bob")

    def migrate(ctx: Any, plan: Any, versions: Any) -> Any:
        found = params.get(ctx).to_wire()
        del found.fixes[:]
        ctx.dispatch(pb_chain.MsgUpdateParams(authority=AUTHORITY, params=found))
        return versions

    planned(chain, 2)
    chain.block()
    known["v2"] = Upgrade(migrate)
    chain.block()
    assert not params.fixes(chain.app.query_context())
    grant = pb_feegrant.MsgGrantAllowance(granter=key("alice").address, grantee=key("bob").address)
    grant.allowance.CopyFrom(wire.pack(pb_feegrant.BasicAllowance()))
    assert chain.deliver(chain.tx("alice", [grant])).code == 0
    before = chain.balance("alice")
    send = pb_bank.MsgSend(
        from_address=key("bob").address,
        to_address=key("alice").address,
        amount=[Coin("uakt", 7).to_wire()],
    )
    paid = chain.deliver(chain.tx("bob", [send], granter=key("alice").address))
    assert paid.code == 0
    assert chain.balance("alice") == before - 5_000 + 7
    cheap = pb_staking.MsgEditValidator(
        validator_address=key("alice").address.with_prefix("akashvaloper"), commission_rate="0"
    )
    assert chain.deliver(chain.tx("alice", [cheap])).code != 0


def test_e1_23_gas_does_not_grow_with_the_chain(given: Given) -> None:
    """A change of a provider scanned all leases; each message costs the same beside thousands."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")

    def costs(dseq: int) -> list[int]:
        used = []
        order = first_order(bazaar.deploy(dseq))
        bid = order.with_provider(provider)
        update = pb_provider.MsgUpdateProvider(
            owner=provider, host_uri="https://provider.example.com:8443"
        )
        steps = (
            lambda: bazaar.bid(order, provider, 10),
            lambda: bazaar.lease(bid),
            lambda: bazaar.withdraw(bid.lease),
            lambda: given.run(update),
            lambda: bazaar.close_lease(bid.lease),
        )
        for step in steps:
            given.advance()
            before = given.ctx.gas.used
            step()
            used.append(given.ctx.gas.used - before)
        return used

    small = costs(1)
    for dseq in range(1000, 1400):
        bazaar.leased(dseq, provider)
    large = costs(2)
    for before, after in zip(small, large, strict=True):
        assert after <= before * 1.02


@pytest.mark.parametrize("seed", range(40))
def test_e1_24_a_group_of_unequal_replicas_takes_the_bid_that_fits(seed: int) -> None:
    """The chain and the one matcher agree with a plain reading of the order, whatever its units."""
    draw = random.Random(seed)
    given = Given()
    bazaar = Bazaar(given)
    has = [("region", draw.choice(["us", "eu"])), ("tier", draw.choice(["a", "b"]))]
    wants = draw.sample([("region", "us"), ("tier", "a")], draw.randint(0, 2))
    units = [
        unit(draw.randint(1, 90), id=number, count=draw.randint(1, 7))
        for number in range(1, draw.randint(2, 5))
    ]
    group = spec(*units, attributes=wants)
    provider = bazaar.provider("provider", *has)
    order = first_order(bazaar.deploy(groups=[group]))
    most = sum(each.count * int(each.price.amount) for each in units) // 10**18
    price = draw.choice([1, most, most + 1])
    fits = set(wants) <= set(has) and price <= most
    refused = None
    try:
        bazaar.bid(order, provider, price)
    except ChainError as error:
        refused = error
    assert (refused is None) is fits, refused
    if fits:
        assert bazaar.bid_of(order.with_provider(provider)).state is BidState.OPEN
    placed = match.placement(GroupSpec.from_wire(group), Attributes.of(has), {})
    assert (not placed) is (set(wants) <= set(has))


def test_e1_25_what_is_not_there_says_so(given: Given) -> None:
    """Akash's message that deletes a provider does nothing anywhere: it is refused as such."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    with given.rejects(NotImplementedYet):
        given.run(pb_provider.MsgDeleteProvider(owner=provider))


@pytest.mark.parametrize("blocks", [3, 7, 11])
def test_e1_25_every_module_comes_through_an_export(blocks: int) -> None:
    chain = start("alice", "bob", "tenant", "provider", "auditor")
    for _, txs in zip(range(blocks), history(chain), strict=False):
        chain.block(*txs)
    exported = json.loads(json.dumps(chain.app.export()))
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    copied.init_chain(exported)
    again = json.loads(json.dumps(copied.export())) if copied.height else exported
    assert again["app_state"].keys() == exported["app_state"].keys()
    block = BlockInput(exported["initial_height"], chain.time + 1, b"p" * 20, [])
    results = [drain(app.execute_block(block)) for app in (chain.app, copied)]
    assert results[0].app_hash == results[1].app_hash


def test_e1_26_a_restored_node_goes_through_an_upgrade(
    tmp_path: Path, known: dict[str, Upgrade]
) -> None:
    """From genesis, and from a snapshot taken before or after it: the same blocks."""
    chain = start("alice", "bob")
    planned(chain, 3)
    chain.block(chain.send("alice", "bob", "5uakt"))
    chain.block()
    before = copied(chain, tmp_path / "before")
    known["v2"] = Upgrade(lambda ctx, plan, versions: {**versions, "bank": 99})
    block = BlockInput(3, chain.time + 1, b"p" * 20, [])
    hashes = {drain(app.execute_block(block)).app_hash for app in (chain.app, before)}
    assert len(hashes) == 1
    chain.app.commit()
    before.commit()
    after = copied(chain, tmp_path / "after")
    block = BlockInput(4, chain.time + 2, b"p" * 20, [])
    nodes = (chain.app, before, after)
    assert len({drain(app.execute_block(block)).app_hash for app in nodes}) == 1
    for app in nodes:
        assert dict(upgrade.versions(app.query_context()))["bank"] == 99


def copied(chain: Chain, path: Path) -> App:
    """A node that begins with a snapshot of this chain."""
    store = chain.app._store
    chunks = list(export_chunks(store, chunk_bytes=50_000))
    found = manifest_of(store, store.height, map(chunk_hash, chunks))
    return App(restore(path, found, chunks, app_hash=store.app_hash), chain_id="test-1")
