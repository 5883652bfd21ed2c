"""The deposit source `grant`: whose money is taken, in which order, and what comes back."""

from collections.abc import Sequence
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import authz
from akashpy.types.address import Address
from akashpy.types.authz import MSG_DEPOSIT
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Source
from akashpy.types.errors import InsufficientFunds
from akashpy.types.escrow import EscrowID, State
from akashpy.types.market import InvalidDeposit
from akashpy.wire import authz as authz_pb
from akashpy.wire import escrow as pb
from tests.chain.bazaar import RICH, Bazaar, deposit, first_order
from tests.chain.conftest import BLOCK_TIME, GENESIS_TIME, Given

DEPLOYMENT, BID = 1, 2
GRANT, BALANCE = Source.GRANT, Source.BALANCE


def authorization(limits: str, scopes: Sequence[int] = (DEPLOYMENT, BID)) -> Any:
    return pb.DepositAuthorization(
        scopes=scopes,  # type: ignore[arg-type]  # numbers of scopes
        spend_limit=Coin("uakt", 0).to_wire(),
        spend_limits=Coins.parse(limits).to_wire(),
    )


class Market:
    """A bazaar whose tenant is granted deposits by friends, sorted by address bytes."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.bazaar = Bazaar(given)
        self.denom = self.bazaar.denom
        names = ("one", "two", "three", "four")
        friends = [self.bazaar.rich(name) for name in names]
        self.friends = sorted(friends, key=lambda friend: friend.raw)
        given.events.clear()

    def grant(
        self,
        granter: Address,
        limits: str,
        *,
        grantee: Address | None = None,
        scopes: Sequence[int] = (DEPLOYMENT, BID),
        blocks: int | None = None,
    ) -> None:
        """MsgGrant; it ends so many blocks after genesis, or never."""
        given = authz_pb.Grant(authorization=wire.pack(authorization(limits, scopes)))
        if blocks is not None:
            given.expiration.FromNanoseconds(GENESIS_TIME + blocks * BLOCK_TIME)
        message = authz_pb.MsgGrant(
            granter=granter, grantee=grantee or self.bazaar.tenant, grant=given
        )
        self.given.run(message)

    def left(self, granter: Address, grantee: Address | None = None) -> str | None:
        """The limits of a grant that is there, as text."""
        owner = grantee or self.bazaar.tenant
        found = authz.usable(self.given.ctx, granter.raw, owner.raw, MSG_DEPOSIT)
        if found is None:
            return None
        assert isinstance(found.authorization, pb.DepositAuthorization)
        return str(Coins.from_wire(found.authorization.spend_limits))

    def deploy(self, dseq: int, amount: int, *sources: int) -> DeploymentID:
        """A deployment with a deposit from these sources."""
        wanted = deposit(amount, self.denom, sources)
        return self.bazaar.deploy(dseq, deposit=wanted)

    def books(self, id: DeploymentID | EscrowID) -> list[tuple[str, int, int]]:
        """Who paid in, from which source, how much is left."""
        account = self.bazaar.account(id)
        return [
            (one.owner, int(one.source), one.balance.amount.truncate()) for one in account.deposits
        ]


@pytest.fixture(params=["default", "akash"])
def market(request: Any) -> Market:
    """The same rules with every fix on and off."""
    return Market(Given(request.param))


def coins(market: Market, amount: int) -> str:
    return f"{amount}{market.denom}"


def test_granters_pay_in_the_order_of_their_addresses(market: Market) -> None:
    one, two, three, four = market.friends
    for friend in (four, two, one):
        market.grant(friend, coins(market, 3_000_000))
    market.given.events.clear()
    id = market.deploy(1, 5_000_000, GRANT, BALANCE)
    assert market.books(id) == [(one, GRANT, 3_000_000), (two, GRANT, 2_000_000)]
    assert [market.left(friend) for friend in market.friends] == [
        "", coins(market, 1_000_000), None, coins(market, 3_000_000)
    ]  # fmt: skip
    assert market.given.balance(one, market.denom) == RICH - 3_000_000
    assert market.given.balance(market.bazaar.tenant, market.denom) == RICH
    told = [event.type.rpartition(".")[2] for event in market.given.events]
    assert told[:2] == ["EventGrant", "EventGrant"]
    assert market.given.balance(three, market.denom) == RICH
    market.given.holds()


@pytest.mark.parametrize(
    ("sources", "granted", "own"),
    [
        ((GRANT, BALANCE), 3_000_000, 2_000_000),
        ((BALANCE, GRANT), 0, 5_000_000),
    ],
)
def test_sources_give_in_the_clients_order(
    market: Market, sources: tuple[int, ...], granted: int, own: int
) -> None:
    friend = market.friends[0]
    market.grant(friend, coins(market, 3_000_000))
    id = market.deploy(1, 5_000_000, *sources)
    expected = [(friend, int(GRANT), granted), (market.bazaar.tenant, int(BALANCE), own)]
    assert sorted(market.books(id)) == sorted(entry for entry in expected if entry[2])
    assert [entry[1] for entry in market.books(id)] == list(sources)[: len(market.books(id))]
    assert market.left(friend) == ("" if granted else coins(market, 3_000_000))


def test_one_who_has_too_little_is_helped_by_a_grant(market: Market) -> None:
    poor = market.given.account("poor", uakt=1_000_000, uact=1_000_000)
    friend = market.friends[0]
    market.grant(friend, coins(market, 9_000_000), grantee=poor)
    wanted = deposit(5_000_000, market.denom, (BALANCE, GRANT))
    id = market.bazaar.deploy(1, owner=poor, deposit=wanted)
    assert market.books(id) == [(poor, BALANCE, 1_000_000), (friend, GRANT, 4_000_000)]
    market.bazaar.close(id)
    assert market.given.balance(poor, market.denom) == 1_000_000
    assert market.given.balance(friend, market.denom) == RICH
    assert market.left(friend, poor) == coins(market, 9_000_000)
    market.given.holds()


def test_grants_that_do_not_fit_are_passed_over(market: Market) -> None:
    one, two, three, four = market.friends
    other = "uakt" if market.denom == "uact" else "uact"
    market.grant(one, coins(market, 9_000_000), blocks=2)
    market.grant(two, coins(market, 9_000_000), scopes=[BID])
    market.grant(three, f"9000000{other}")
    generic = authz_pb.GenericAuthorization(msg=MSG_DEPOSIT)
    authz.save(market.given.ctx, four.raw, market.bazaar.tenant.raw, generic, None)
    market.given.advance(3)
    with market.given.rejects(InvalidDeposit, "deposit invalid: insufficient balance"):
        market.deploy(1, 5_000_000, GRANT)
    market.grant(four, coins(market, 9_000_000))
    id = market.deploy(1, 5_000_000, GRANT)
    assert market.books(id) == [(four, GRANT, 5_000_000)]
    assert market.left(two) == coins(market, 9_000_000)


def test_a_grant_ending_in_this_very_block_is_passed_over(market: Market) -> None:
    friend = market.friends[0]
    market.grant(friend, coins(market, 9_000_000), blocks=2)
    market.given.advance(2)
    with market.given.rejects(InvalidDeposit):
        market.deploy(1, 5_000_000, GRANT)


def test_an_exhausted_grant_stays_and_is_filled_again(market: Market) -> None:
    friend = market.friends[0]
    market.grant(friend, coins(market, 5_000_000), blocks=1000)
    id = market.deploy(1, 5_000_000, GRANT)
    assert market.left(friend) == ""
    with market.given.rejects(InvalidDeposit):
        market.deploy(2, 5_000_000, GRANT)
    market.bazaar.close(id)
    assert market.left(friend) == coins(market, 5_000_000)
    market.deploy(2, 5_000_000, GRANT)
    market.given.holds()


def test_each_gets_back_what_was_not_spent_of_theirs(market: Market) -> None:
    one, two = market.friends[:2]
    market.grant(one, coins(market, 1_000_000))
    market.grant(two, coins(market, 3_000_000))
    provider = market.bazaar.provider("provider")
    id = market.deploy(1, 5_000_000, GRANT, BALANCE)
    market.bazaar.lease(market.bazaar.bid(first_order(id), provider, 1000))
    market.given.advance(1500)
    market.bazaar.close(id)
    assert market.given.balance(one, market.denom) == RICH - 1_000_000
    assert market.given.balance(two, market.denom) == RICH - 500_000
    assert market.given.balance(market.bazaar.tenant, market.denom) == RICH
    assert (market.left(one), market.left(two)) == ("", coins(market, 2_500_000))
    market.given.holds()


@pytest.mark.parametrize("how", ["revoked", "ended", "generic", "ends now"])
def test_a_refund_does_not_revive_a_grant(market: Market, how: str) -> None:
    friend = market.friends[0]
    market.grant(friend, coins(market, 9_000_000), blocks=10)
    id = market.deploy(1, 5_000_000, GRANT)
    tenant = market.bazaar.tenant
    if how == "revoked":
        market.given.run(
            authz_pb.MsgRevoke(granter=friend, grantee=tenant, msg_type_url=MSG_DEPOSIT)
        )
    elif how == "generic":
        generic = authz_pb.GenericAuthorization(msg=MSG_DEPOSIT)
        authz.save(market.given.ctx, friend.raw, tenant.raw, generic, None)
    market.given.advance(11 if how == "ended" else 10 if how == "ends now" else 1)
    before = dict(authz.GRANTS.under(market.given.ctx))
    market.bazaar.close(id)
    assert dict(authz.GRANTS.under(market.given.ctx)) == before
    assert market.given.balance(friend, market.denom) == RICH
    market.given.holds()


def test_a_grant_given_anew_grows_by_the_refund(market: Market) -> None:
    friend = market.friends[0]
    market.grant(friend, coins(market, 5_000_000))
    id = market.deploy(1, 5_000_000, GRANT)
    market.grant(friend, coins(market, 7))
    market.bazaar.close(id)
    assert market.left(friend) == coins(market, 5_000_007)


def test_a_granter_without_the_money_fails_the_deposit(market: Market) -> None:
    broke = market.given.account("broke", uakt=5, uact=5)
    market.grant(broke, coins(market, 9_000_000))
    with market.given.rejects(InsufficientFunds):
        market.deploy(1, 5_000_000, GRANT)


def test_bids_draw_on_grants_for_bids(market: Market) -> None:
    provider = market.bazaar.provider("provider")
    friend = market.friends[0]
    id = market.bazaar.deploy()
    wanted = deposit(500_000, market.denom, (GRANT,))
    market.grant(friend, coins(market, 900_000), grantee=provider, scopes=[DEPLOYMENT])
    with market.given.rejects(InvalidDeposit):
        market.bazaar.bid(first_order(id), provider, deposit=wanted)
    market.grant(friend, coins(market, 900_000), grantee=provider, scopes=[BID])
    bid = market.bazaar.bid(first_order(id), provider, deposit=wanted)
    assert market.books(bid.escrow) == [(friend, GRANT, 500_000)]
    market.bazaar.close_bid(bid)
    assert market.left(friend, provider) == coins(market, 900_000)
    assert market.given.balance(friend, market.denom) == RICH
    market.given.holds()


def test_top_ups_draw_on_grants_for_what_they_fill(market: Market) -> None:
    friend = market.friends[0]
    id = market.bazaar.deploy()
    market.grant(friend, coins(market, 50), scopes=[DEPLOYMENT])
    message = pb.MsgAccountDeposit(
        signer=market.bazaar.tenant,
        id=id.escrow.to_wire(),
        deposit=deposit(70, market.denom, (GRANT, BALANCE)),
    )
    market.given.run(message)
    granted, own = (friend, GRANT, 50), (market.bazaar.tenant, BALANCE, 5_000_000)
    one_row_each = {"default": [own[:2] + (5_000_020,), granted]}
    apart = [own, granted, own[:2] + (20,)]
    assert market.books(id) == one_row_each.get(market.given.preset, apart)
    assert market.left(friend) == ""


def test_a_stranger_that_tops_up_with_a_grant_leaves_it_where_it_was_given(
    market: Market,
) -> None:
    """As on Akash: what comes back is put on a grant to the account's owner, if there is one."""
    friend, stranger = market.friends[:2]
    id = market.bazaar.deploy()
    market.grant(friend, coins(market, 50), grantee=stranger)
    message = pb.MsgAccountDeposit(
        signer=stranger,
        id=id.escrow.to_wire(),
        deposit=deposit(50, market.denom, (GRANT,)),
    )
    market.given.run(message)
    market.bazaar.close(id)
    assert market.left(friend, stranger) == ""
    assert market.left(friend) is None
    assert market.given.balance(friend, market.denom) == RICH


def test_running_dry_gives_each_the_rest_of_theirs(given: Given) -> None:
    market = Market(given)
    friend = market.friends[0]
    market.grant(friend, "500300uakt")
    provider = market.bazaar.provider("provider")
    id = market.deploy(1, 500_300, GRANT)
    market.bazaar.lease(market.bazaar.bid(first_order(id), provider, 1000))
    for _ in range(3):
        given.end_block()
    given.advance(500)
    given.end_block()
    assert market.bazaar.account(id).state is State.CLOSED
    assert market.left(friend) == "300uakt"
    assert given.balance(friend) == RICH - 500_000
    given.holds()
