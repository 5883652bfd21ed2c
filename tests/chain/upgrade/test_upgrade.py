"""Plans scheduled and cancelled, and what a block does when one is due."""

from collections.abc import Iterator

import pytest

from akashpy import wire
from akashpy.chain import upgrade, upgrades
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.upgrades import SKIP, Upgrade, Versions
from akashpy.node.queries import upgrade as queries
from akashpy.state.context import Context
from akashpy.types.errors import InvalidRequest
from akashpy.types.upgrade import (
    InvalidSigner,
    NoModuleVersionFound,
    UpgradeNeeded,
    WrongProgram,
)
from akashpy.wire import upgrade as pb
from tests.chain.app.conftest import start
from tests.chain.conftest import Given

HEIGHT = 10


def schedule(name: str = "v2", height: int = HEIGHT, **fields: str) -> pb.MsgSoftwareUpgrade:
    """MsgSoftwareUpgrade of governance."""
    plan = pb.Plan(name=name, height=height, info=fields.pop("info", ""))
    return pb.MsgSoftwareUpgrade(authority=fields.pop("authority", AUTHORITY), plan=plan)


@pytest.fixture
def known() -> Iterator[dict[str, Upgrade]]:
    """The upgrades this program knows: none, until a test adds some."""
    before = dict(upgrades.UPGRADES)
    upgrades.UPGRADES.clear()
    yield upgrades.UPGRADES
    upgrades.UPGRADES.clear()
    upgrades.UPGRADES.update(before)


def test_schedules_and_replaces_and_cancels(given: Given) -> None:
    given.run(schedule(info="https://example.com"))
    plan = upgrade.plan(given.ctx)
    assert plan is not None
    assert wire.to_json(plan) == {
        "name": "v2",
        "time": "0001-01-01T00:00:00Z",
        "height": "10",
        "info": "https://example.com",
        "upgraded_client_state": None,
    }
    given.run(schedule("v3", 20))
    plan = upgrade.plan(given.ctx)
    assert plan is not None
    assert plan.name == "v3"
    given.run(pb.MsgCancelUpgrade(authority=AUTHORITY))
    assert upgrade.plan(given.ctx) is None
    given.run(pb.MsgCancelUpgrade(authority=AUTHORITY))


@pytest.mark.parametrize(
    ("msg", "text"),
    [
        (schedule(name=""), "name cannot be empty: invalid request"),
        (schedule(height=0), "height must be greater than 0: invalid request"),
        (schedule(height=-5), "height must be greater than 0: invalid request"),
        (schedule(height=4), "upgrade cannot be scheduled in the past: invalid request"),
    ],
)
def test_refuses_a_plan(given: Given, msg: pb.MsgSoftwareUpgrade, text: str) -> None:
    given.ctx.height = 5
    with given.rejects(InvalidRequest, text):
        given.run(msg)


def test_refuses_times_and_foreign_clients(given: Given) -> None:
    msg = schedule()
    msg.plan.time.FromSeconds(5)
    with given.rejects(
        InvalidRequest, "time-based upgrades have been deprecated in the SDK: invalid request"
    ):
        given.run(msg)
    msg = schedule()
    msg.plan.upgraded_client_state.SetInParent()
    with given.rejects(InvalidRequest):
        given.run(msg)


def test_only_governance_plans(given: Given) -> None:
    own = given.address("me")
    text = f"expected {AUTHORITY} got {own}: "
    text += "expected authority account as only signer for proposal message"
    with given.rejects(InvalidSigner, text):
        given.run(schedule(authority=own))
    with given.rejects(InvalidSigner, text):
        given.run(pb.MsgCancelUpgrade(authority=own))


def test_a_program_that_does_not_know_it_stops(given: Given, known: dict[str, Upgrade]) -> None:
    assert not known
    given.run(schedule(info="why"))
    for height in (8, 9):
        given.ctx.height = height
        upgrades.begin(given.ctx)
    for height in (HEIGHT, HEIGHT + 1):
        given.ctx.height = height
        with pytest.raises(UpgradeNeeded) as caught:
            upgrades.begin(given.ctx)
        assert str(caught.value) == 'UPGRADE "v2" NEEDED at height: 10: why'


def test_a_program_that_knows_it_migrates(given: Given, known: dict[str, Upgrade]) -> None:
    def migrate(ctx: Context, plan: pb.Plan, versions: Versions) -> Versions:
        ctx.set(b"new/row", plan.name.encode())
        return {**versions, "bank": 5}

    given.run(schedule())
    given.ctx.set(b"old/row", b"x")
    upgrade.put_versions(given.ctx, {"bank": 4, "auth": 5})
    known["v2"] = Upgrade(migrate, removed=("old",))
    given.ctx.height = HEIGHT
    upgrades.begin(given.ctx)
    assert (given.ctx.get(b"new/row"), given.ctx.get(b"old/row")) == (b"v2", None)
    assert upgrade.plan(given.ctx) is None
    assert upgrade.done_height(given.ctx, "v2") == HEIGHT
    assert dict(upgrade.versions(given.ctx)) == {"bank": 5, "auth": 5}
    with given.rejects(
        InvalidRequest, "upgrade with name v2 has already been completed: invalid request"
    ):
        given.run(schedule(height=50))
    given.ctx.height += 1
    upgrades.begin(given.ctx)
    assert queries.applied_plan(
        given.ctx, pb.QueryAppliedPlanRequest(name="v2")
    ) == pb.QueryAppliedPlanResponse(height=HEIGHT)
    known.clear()
    with pytest.raises(
        WrongProgram, match="wrong app version 0, upgrade handler is missing for v2 upgrade plan"
    ):
        upgrades.begin(given.ctx)


def test_a_program_that_is_too_new_stops(given: Given, known: dict[str, Upgrade]) -> None:
    given.run(schedule())
    known["v2"] = Upgrade()
    with pytest.raises(WrongProgram, match='BINARY UPDATED BEFORE TRIGGER! UPGRADE "v2"'):
        upgrades.begin(given.ctx)


def test_an_operator_may_skip_it(given: Given, known: dict[str, Upgrade]) -> None:
    assert not known
    given.run(schedule())
    given.ctx.height = HEIGHT
    given.ctx.transient[SKIP] = frozenset([HEIGHT])
    upgrades.begin(given.ctx)
    assert upgrade.plan(given.ctx) is None
    assert upgrade.done_height(given.ctx, "v2") == 0


def test_a_chain_halts_whole_and_goes_on_with_the_new_program(known: dict[str, Upgrade]) -> None:
    """Nothing of the block in which it stops is kept; the new program makes the same block."""
    chain = start("alice")
    plan = pb.Plan(name="v2", height=3)
    store = chain.app._store  # what governance would have written
    staged = store.stage(
        1,
        {**chain.app._genesis.changes, upgrade.PLAN.key: wire.encode_gogo(plan)},  # type: ignore[union-attr]
    )
    store.commit(staged)
    chain.app._genesis = None
    chain.app._reset()
    chain.block()
    before = chain.app.app_hash
    with pytest.raises(UpgradeNeeded):
        chain.execute()
    assert (chain.app.height, chain.app.app_hash) == (2, before)
    known["v2"] = Upgrade(lambda ctx, plan, versions: {**versions, "bank": 99})
    chain.block()
    assert chain.app.height == 3
    assert dict(upgrade.versions(chain.app.query_context()))["bank"] == 99


def test_answers_for_versions_and_authority() -> None:
    ctx = start("alice").app.query_context()
    found = queries.module_versions(ctx, pb.QueryModuleVersionsRequest(module_name="gov"))
    assert [(each.name, each.version) for each in found.module_versions] == [("gov", 5)]
    everything = queries.module_versions(ctx, pb.QueryModuleVersionsRequest())
    names = [each.name for each in everything.module_versions]
    assert names == sorted(names)
    assert {"bank", "market", "upgrade", "chain"} <= set(names)
    with pytest.raises(NoModuleVersionFound):
        queries.module_versions(ctx, pb.QueryModuleVersionsRequest(module_name="x"))
    assert queries.authority(ctx, pb.QueryAuthorityRequest()).address == AUTHORITY
    assert not queries.current_plan(ctx, pb.QueryCurrentPlanRequest()).HasField("plan")
    empty = queries.upgraded_consensus_state(ctx, pb.QueryUpgradedConsensusStateRequest())
    assert not empty.upgraded_consensus_state


def test_every_module_has_a_version() -> None:
    from akashpy.chain import registry
    from akashpy.chain.upgrades.versions import VERSIONS

    assert {module.name for module in registry.MODULES} <= set(VERSIONS)
