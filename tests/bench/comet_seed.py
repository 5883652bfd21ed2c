"""A node whose blocks put closed orders there: `comet_seed.py ORDERS PER_BLOCK node start ...`.

Exists because a state of a million orders must be one that CometBFT's blocks lead to, so that any
node can be started on it. It must not be used for anything else: its blocks are no real chain's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from akashpy.chain import group, registry
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.chain.market_book import ORDERS
from akashpy.cli.main import main
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import OrderID
from tests.bench.market_bench import OWNER_HAS, Growing, Pattern


def closed(ctx: Context, pattern: Pattern, number: int) -> None:
    """One deployment that has ended, with its group and its order."""
    owner = Address.of(sha256(b"owner %d" % (number // OWNER_HAS)).digest()[:20])
    id = DeploymentID(owner, 1_000 + number % OWNER_HAS)
    order = OrderID.of(id.with_gseq(1), 1)
    ended = [replace(pattern.deployment, id=id), replace(pattern.group, id=id.with_gseq(1)),
             replace(pattern.order, id=order)]  # fmt: skip
    first, second, third = (replace(each, state=type(each.state).CLOSED) for each in ended)
    DEPLOYMENTS.put(ctx, id, first)
    group.GROUPS.put(ctx, id.with_gseq(1), second)
    ORDERS.put(ctx, order, third)


def seeding(orders: int, per_block: int) -> Callable[[Context], None]:
    """A hook that puts the next orders there, until there are so many."""
    with TemporaryDirectory() as folder:
        town = Growing(Path(folder))
        pattern = town.pattern
        town.close()

    def hook(ctx: Context) -> None:
        first = (ctx.height - 2) * per_block
        for number in range(max(0, first), min(orders, first + per_block)):
            closed(ctx, pattern, number)

    return hook


if __name__ == "__main__":
    hooks = (*registry.begin_block_hooks(), seeding(int(sys.argv[1]), int(sys.argv[2])))
    registry.begin_block_hooks = lambda: hooks  # type: ignore[assignment]  # this process only
    sys.argv[1:3] = []
    main()
