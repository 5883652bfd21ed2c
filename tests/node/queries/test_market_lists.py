"""Pages of deployments, orders, bids and leases: every item once, in Akash's order, whatever is
written in between; and Akash's refusals."""

import itertools

import pytest

from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.refusal import Refused
from akashpy.types.deployment import DeploymentNotFound
from akashpy.types.errors import ChainError, Status
from akashpy.types.market import BidNotFound, LeaseNotFound, OrderNotFound
from tests.chain.bazaar import first_order

DEPLOYMENTS = "/akash.deployment.v1beta4.Query/Deployments"
ORDERS = "/akash.market.v1beta5.Query/Orders"
BIDS = "/akash.market.v1beta5.Query/Bids"
LEASES = "/akash.market.v1beta5.Query/Leases"


@pytest.fixture
def market(asker):
    """Two tenants, three providers; bids in every state, leases active and closed."""
    bazaar = asker.bazaar
    providers = [bazaar.provider(f"p{number}") for number in range(3)]
    other = bazaar.rich("other")
    for dseq in range(1, 6):
        owner = other if dseq % 2 else bazaar.tenant
        id = bazaar.deploy(dseq, owner=owner)
        bids = [bazaar.bid(first_order(id), provider) for provider in providers]
        if dseq >= 3:
            bazaar.lease(bids[dseq % 3])
        if dseq == 4:
            bazaar.close(id)
    asker.providers, asker.other = providers, other
    return asker


def bid_keys(pages):
    return [each.bid.id.SerializeToString() for page in pages for each in page]


FILTERS = [
    {},
    {"state": "open"},
    {"state": "closed"},
    {"owner": "tenant"},
    {"owner": "other", "state": "lost"},
    {"provider": 1},
    {"provider": 2, "state": "open"},
    {"owner": "other", "provider": 0},
    {"owner": "other", "dseq": 3, "gseq": 1, "oseq": 1},
]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
@pytest.mark.parametrize("reverse", [False, True])
def test_bids_come_once_each_in_one_order(market, wanted, limit, reverse):
    filters = dict(wanted)
    if "owner" in filters:
        filters["owner"] = market.bazaar.tenant if filters["owner"] == "tenant" else market.other
    if "provider" in filters:
        filters["provider"] = market.providers[filters["provider"]]
    whole = market.ask(BIDS, filters=filters, pagination={"limit": 500, "reverse": reverse})
    expected = bid_keys([whole.bids])
    assert expected
    key, seen = b"", []
    for _ in range(100):
        page = {"limit": limit, "key": key, "reverse": reverse}
        answer = market.ask(BIDS, filters=filters, pagination=page)
        seen += bid_keys([answer.bids])
        key = answer.pagination.next_key
        if not key:
            break
    assert seen == expected
    assert len(set(seen)) == len(seen)


def test_filters_are_anded_and_zero_means_any(market):
    every = market.ask(BIDS).bids
    by_state = {}
    for each in every:
        by_state.setdefault(each.bid.state, []).append(each)
    assert len(every) == 15
    for state, each in (("open", 1), ("active", 2), ("lost", 3), ("closed", 4)):
        found = market.ask(BIDS, filters={"state": state}).bids
        assert len(found) == len(by_state.get(each, []))
    one = market.ask(
        BIDS, filters={"owner": market.other, "dseq": 3, "provider": market.providers[1]}
    )
    assert [each.bid.id.dseq for each in one.bids] == [3]
    assert one.bids[0].escrow_account.id.xid.endswith(f"/3/1/1/{market.providers[1]}")


def test_states_come_in_akash_order_and_reverse_flips_them(market):
    states = [key for key, _ in itertools.groupby(each.bid.state for each in market.ask(BIDS).bids)]
    assert states == sorted(states)
    back = market.ask(BIDS, pagination={"limit": 100, "reverse": True}).bids
    assert [b.bid.id.SerializeToString() for b in back] == bid_keys([market.ask(BIDS).bids])[::-1]


def test_leases_carry_their_payment(market):
    found = market.ask(LEASES, filters={"owner": market.other}).leases
    assert [each.lease.id.dseq for each in found] == [3, 5]
    for each in found:
        assert each.escrow_payment.id.xid == f"1/1/{each.lease.id.provider}"
    assert [x.lease.id.dseq for x in market.ask(LEASES, filters={"state": "closed"}).leases] == [4]


def test_a_page_key_survives_what_is_written_between_pages(market):
    bazaar = market.bazaar
    first = market.ask(DEPLOYMENTS, filters={"owner": market.other}, pagination={"limit": 1})
    assert [each.deployment.id.dseq for each in first.deployments] == [1]
    bazaar.deploy(2, owner=market.other)  # before the next item: not seen, nothing doubled
    bazaar.deploy(9, owner=market.other)  # behind it: seen
    rest = market.ask(
        DEPLOYMENTS,
        filters={"owner": market.other},
        pagination={"limit": 10, "key": first.pagination.next_key},
    )
    assert [each.deployment.id.dseq for each in rest.deployments] == [3, 5, 9]


def test_a_page_key_survives_that_its_item_changed_state(market):
    first = market.ask(DEPLOYMENTS, filters={"state": "active"}, pagination={"limit": 1})
    mark = Bookmark.decode(first.pagination.next_key)
    assert mark.states == b"\x01"
    second = (
        market.ask(
            DEPLOYMENTS,
            filters={"state": "active"},
            pagination={"limit": 1, "key": first.pagination.next_key},
        )
        .deployments[0]
        .deployment
    )
    market.bazaar.close(type(first_order(second.id).deployment)(second.id.owner, second.id.dseq))
    rest = market.ask(
        DEPLOYMENTS,
        filters={"state": "active"},
        pagination={"limit": 10, "key": first.pagination.next_key},
    )
    shown = [(each.deployment.id.owner, each.deployment.id.dseq) for each in rest.deployments]
    assert (second.id.owner, second.id.dseq) not in shown
    assert len(shown) == 2


def test_a_fully_named_order_or_deployment_is_looked_up(market):
    order = market.ask(ORDERS, filters={"owner": market.other, "dseq": 1, "gseq": 1, "oseq": 1})
    assert (len(order.orders), order.pagination.total, order.pagination.next_key) == (1, 1, b"")
    wrong = {"owner": market.other, "dseq": 1, "state": "closed"}
    assert not market.ask(DEPLOYMENTS, filters=wrong).deployments
    assert not market.ask(DEPLOYMENTS, filters={"owner": market.other, "dseq": 77}).deployments


def test_a_deployment_is_shown_with_its_groups_and_account(market):
    answer = market.ask(
        "/akash.deployment.v1beta4.Query/Deployment", id={"owner": market.other, "dseq": 1}
    )
    assert [group.id.gseq for group in answer.groups] == [1]
    assert answer.escrow_account.id.xid == f"{market.other}/1"


@pytest.mark.parametrize("path", [DEPLOYMENTS, ORDERS, BIDS, LEASES])
def test_refusals_of_a_page(market, path):
    refused = {
        "invalid request parameters. if offset is set, filter.state must be provided": {
            "pagination": {"offset": 1}
        },
        "invalid state value": {"filters": {"state": "nope"}},
        "pagination: invalid key: invalid key length": {"pagination": {"key": b"abc"}},
        "pagination: invalid key: invalid checksum, 0x0": {"pagination": {"key": b"\0\0\0\0\1\2"}},
    }
    for text, request in refused.items():
        with pytest.raises(Refused) as caught:
            market.ask(path, **request)
        assert caught.value.status is Status.INVALID_ARGUMENT
        assert str(caught.value).startswith(text)


def test_the_page_key_of_another_list_is_refused(market):
    key = market.ask(DEPLOYMENTS, pagination={"limit": 1}).pagination.next_key
    with pytest.raises(Refused) as caught:
        market.ask(BIDS, pagination={"key": key})
    assert str(caught.value) == "invalid pagination key"


def test_an_offset_with_a_state_skips(market):
    every = bid_keys([market.ask(BIDS, filters={"state": "open"}).bids])
    page = {"offset": 2, "limit": 3}
    found = market.ask(BIDS, filters={"state": "open"}, pagination=page).bids
    assert bid_keys([found]) == every[2:5]


@pytest.mark.parametrize(
    ("path", "id", "error"),
    [
        ("/akash.deployment.v1beta4.Query/Deployment", {"dseq": 77}, DeploymentNotFound),
        ("/akash.market.v1beta5.Query/Order", {"dseq": 77, "gseq": 1, "oseq": 1}, OrderNotFound),
        ("/akash.market.v1beta5.Query/Bid", {"dseq": 77, "provider": 0}, BidNotFound),
        ("/akash.market.v1beta5.Query/Lease", {"dseq": 77, "provider": 0}, LeaseNotFound),
    ],
)
def test_one_that_is_missing(market, path, id, error):
    named = {"owner": market.other, **id}
    if "provider" in named:
        named["provider"] = market.providers[0]
    with pytest.raises(ChainError) as caught:
        market.ask(path, id=named)
    assert type(caught.value) is error
    assert caught.value.status is Status.NOT_FOUND
    with pytest.raises(Refused) as bad:
        market.ask(path, id={**named, "owner": "bad"})
    assert str(bad.value) == "invalid owner address"


def test_a_page_is_bounded_whatever_is_asked_for(market, monkeypatch):
    monkeypatch.setattr("akashpy.node.queries.stocklist.MAX_LIMIT", 4)
    for path, field in ((BIDS, "bids"), ("/akash.escrow.v1.Query/Accounts", "accounts")):
        first = market.ask(path, pagination={"limit": 10**9})
        assert len(getattr(first, field)) == 4
        assert first.pagination.next_key
    providers = "/akash.provider.v1beta4.Query/Providers"
    monkeypatch.setattr("akashpy.node.queries.stocklist.MAX_LIMIT", 2)
    first = market.ask(providers, pagination={"limit": 10**9})
    rest = market.ask(providers, pagination={"key": first.pagination.next_key})
    assert (len(first.providers), len(rest.providers)) == (2, 1)


def test_a_dseq_shortens_the_walk_and_nothing_else(market):
    for dseq in range(1, 6):
        owner = market.other if dseq % 2 else market.bazaar.tenant
        for reverse in (False, True):
            page = {"limit": 2, "reverse": reverse}
            filters = {"owner": owner, "dseq": dseq}
            first = market.ask(BIDS, filters=filters, pagination=page)
            page["key"] = first.pagination.next_key
            rest = market.ask(BIDS, filters=filters, pagination=page)
            found = [each.bid.id for each in [*first.bids, *rest.bids]]
            assert {id.dseq for id in found} == {dseq}
            providers = [id.provider for id in found]
            assert providers == sorted(market.providers, reverse=reverse)
            assert not rest.pagination.next_key
