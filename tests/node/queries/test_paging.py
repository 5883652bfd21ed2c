"""Whatever stands on a chain and however it is asked for: pages show every item that fits once.

The reference is a plain filter over the tables. Limits change from page to page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.chain.market_book import BIDS, LEASES, ORDERS
from akashpy.types.errors import ChainError
from tests.chain.bazaar import first_order
from tests.chain.conftest import Given
from tests.node.queries.conftest import Asker

MARKET = "/akash.market.v1beta5.Query/"
LISTS: dict[str, tuple[str, str, Any, Callable[[Any], Any]]] = {
    "deployments": (
        "/akash.deployment.v1beta4.Query/Deployments",
        "deployments",
        DEPLOYMENTS,
        lambda each: each.deployment.id,
    ),
    "orders": (MARKET + "Orders", "orders", ORDERS, lambda each: each.id),
    "bids": (MARKET + "Bids", "bids", BIDS, lambda each: each.bid.id),
    "leases": (MARKET + "Leases", "leases", LEASES, lambda each: each.lease.id),
}
TENANTS, PROVIDERS = 2, 3
DSEQS = (1, 2, 12, 120)

lives = st.lists(
    st.tuples(
        st.integers(0, TENANTS - 1),
        st.sampled_from(DSEQS),
        st.sets(st.integers(0, PROVIDERS - 1)),
        st.sampled_from(["open", "leased", "closed", "given up"]),
    ),
    max_size=8,
)
wishes = st.fixed_dictionaries(
    {},
    optional={
        "owner": st.integers(0, TENANTS - 1),
        "provider": st.integers(0, PROVIDERS - 1),
        "dseq": st.sampled_from(DSEQS),
        "state": st.sampled_from(["open", "active", "closed", "lost"]),
    },
)


class Town:
    """A marketplace with a past."""

    def __init__(self, past: list[tuple[int, int, set[int], str]]) -> None:
        self.asker = Asker(Given("default"))
        bazaar = self.asker.bazaar
        self.tenants = [bazaar.rich(f"tenant{number}") for number in range(TENANTS)]
        self.providers = [bazaar.provider(f"provider{number}") for number in range(PROVIDERS)]
        for tenant, dseq, bidders, end in past:
            try:
                id = bazaar.deploy(dseq, owner=self.tenants[tenant])
            except ChainError:
                continue  # this number is taken: one life less
            bids = [bazaar.bid(first_order(id), self.providers[who]) for who in sorted(bidders)]
            if bids and end != "open":
                lease = bazaar.lease(bids[-1])
                if end == "given up":
                    bazaar.close_lease(lease)
            if end == "closed":
                bazaar.close(id)

    def filters(self, wish: dict[str, Any], kind: str) -> dict[str, Any]:
        """The wish as a request's filters, without what this list cannot be asked."""
        found: dict[str, Any] = dict(wish)
        if "owner" in found:
            found["owner"] = str(self.tenants[found["owner"]])
        if "provider" in found:
            found["provider"] = str(self.providers[found["provider"]])
        if kind in ("deployments", "orders"):
            found.pop("provider", None)
        known = {record.state.name for _, record in LISTS[kind][2].under(self.asker.given.ctx)}
        if found.get("state") not in known:
            found.pop("state", None)
        return found


def _expected(town: Town, kind: str, filters: dict[str, Any]) -> list[str]:
    fits = []
    for id, record in LISTS[kind][2].under(town.asker.given.ctx):
        values = {**{name: getattr(id, name, None) for name in filters}}
        values["state"] = record.state.name
        if all(values[name] == wanted for name, wanted in filters.items()):
            fits.append(id.to_wire().SerializeToString().hex())
    return sorted(fits)


@settings(max_examples=60)
@examples(
    past=lives,
    kind=st.sampled_from(sorted(LISTS)),
    wish=wishes,
    limits=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    reverse=st.booleans(),
)
def test_pages_show_every_fitting_item_once(
    past: list[tuple[int, int, set[int], str]],
    kind: str,
    wish: dict[str, Any],
    limits: list[int],
    reverse: bool,
) -> None:
    town = Town(past)
    path, field, _, id_of = LISTS[kind]
    filters = town.filters(wish, kind)
    seen: list[str] = []
    key = b""
    for turn in range(200):
        page = {"limit": limits[turn % len(limits)], "key": key, "reverse": reverse}
        answer = town.asker.ask(path, filters=filters, pagination=page)
        items = getattr(answer, field)
        assert len(items) <= page["limit"]
        seen += [id_of(each).SerializeToString().hex() for each in items]
        key = answer.pagination.next_key
        if not key:
            break
    assert sorted(seen) == _expected(town, kind, filters)
