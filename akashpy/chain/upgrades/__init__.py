"""What each upgrade of the chain does at its height, and the check of every block for one.

UPGRADES is the list to extend in a release that changes the rules: `begin` runs the entry whose
plan is due, stops the node where this program has none, and refuses to run where the program and
the chain's state do not belong together. It must not know files or processes.
Source: Cosmos SDK 0.53 x/upgrade/abci.go.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from akashpy.chain import consensus, upgrade
from akashpy.chain.module import Module
from akashpy.chain.upgrades.versions import VERSIONS
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.upgrade import UpgradeNeeded, WrongProgram
from akashpy.wire import upgrade as pb

SKIP = "upgrades to skip"
"""Transient value: heights at which this node skips the plan, as its operator was told to."""

Versions = Mapping[str, int]


def _nothing(ctx: Context, plan: pb.Plan, versions: Versions) -> Versions:
    del ctx, plan
    return versions


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One upgrade: `removed` stores are emptied, then `migrate` turns the state into the new form.

    `migrate` is given each module's version before and gives the versions after.
    """

    migrate: Callable[[Context, pb.Plan, Versions], Versions] = _nothing
    removed: tuple[str, ...] = ()


UPGRADES: dict[str, Upgrade] = {}
"""Name of a plan -> what this program does at its height."""


def begin(ctx: Context) -> None:
    """Before a block: carry out the upgrade planned for it.

    Raises UpgradeNeeded where this program does not know it, WrongProgram where it knows one that
    is still to come, or does not know the last one done.
    """
    plan = upgrade.plan(ctx)
    due = plan is not None and plan.height <= ctx.height
    skipped = ctx.height in ctx.transient.get(SKIP, ())
    if not due or skipped:
        _require_last(ctx)
    if plan is None:
        return
    if not due:
        if plan.name in UPGRADES:
            raise WrongProgram(
                f'BINARY UPDATED BEFORE TRIGGER! UPGRADE "{plan.name}" - in binary but not '
                "executed on chain. Downgrade your binary"
            )
        return
    if skipped:
        upgrade.clear(ctx)
        return
    found = UPGRADES.get(plan.name)
    if found is None:
        raise UpgradeNeeded(plan)
    for store in found.removed:
        empty_store(ctx, store)
    upgrade.finish(ctx, plan, found.migrate(ctx, plan, dict(upgrade.versions(ctx))))


def _require_last(ctx: Context) -> None:
    last = upgrade.last_done(ctx)
    if last and last not in UPGRADES:
        version = consensus.get(ctx).version.app
        raise WrongProgram(
            f"wrong app version {version}, upgrade handler is missing for {last} upgrade plan"
        )


def empty_store(ctx: Context, store: str) -> None:
    """Remove every row of a store: the module that owned it is gone."""
    base = f"{store}/".encode()
    for key, _ in list(ctx.iterate(base, end_of(base))):
        ctx.delete(key)


def remember_versions(ctx: Context, modules: Iterable[str]) -> None:
    """At genesis: note the version of each module's state."""
    upgrade.put_versions(ctx, {name: VERSIONS.get(name, 1) for name in modules})


MODULE = Module(name="upgrade", handlers=upgrade.HANDLERS, pre_block=(begin,))
