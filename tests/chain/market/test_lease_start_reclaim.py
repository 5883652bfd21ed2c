"""MsgLeaseStartReclaim: the notice a provider promised."""

from dataclasses import replace
from typing import Any

import pytest

from akashpy.chain import market
from akashpy.types.escrow import State
from akashpy.types.market import (
    InvalidLeaseClosedReason,
    LeaseAlreadyReclaiming,
    LeaseID,
    LeaseNotActive,
    LeaseNotReclamable,
    LeaseState,
    UnknownLease,
)
from akashpy.wire import market as pb
from tests.chain.bazaar import HOUR, Bazaar, first_order
from tests.chain.conftest import GENESIS_TIME, Given


def reclaim(given: Given, id: LeaseID, reason: int = 10_000) -> Any:
    return given.run(pb.MsgLeaseStartReclaim(id=id.to_wire(), reason=reason))


def promised(bazaar: Bazaar) -> LeaseID:
    bid = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"), 10, notice=HOUR)
    return bazaar.lease(bid)


def test_sets_the_deadline_and_payment_goes_on(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = promised(bazaar)
    given.advance()
    bazaar.told()
    reclaim(given, lease, 10_001)
    assert bazaar.told() == ["EventLeaseReclaimStarted"]
    stored = bazaar.lease_of(lease)
    assert stored.state is LeaseState.RECLAIMING
    assert stored.reclamation is not None
    assert (stored.reclamation.started_at, stored.reclamation.reason) == (2, 10_001)
    assert stored.reclamation.deadline == GENESIS_TIME // 10**9 + 6 + 3600
    given.advance(5)
    bazaar.withdraw(lease)
    assert bazaar.payment(lease).state is State.OPEN
    assert bazaar.payment(lease).withdrawn.amount == 60
    given.holds()


def test_rejects_an_unknown_ended_or_reclaiming_lease(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = promised(bazaar)
    with given.rejects(UnknownLease):
        reclaim(given, first_order(lease.deployment, 2).with_provider(lease.provider).lease)
    reclaim(given, lease)
    with given.rejects(LeaseNotActive):
        reclaim(given, lease)
    bazaar.close_lease(lease)
    with given.rejects(LeaseNotActive):
        reclaim(given, lease)


def test_rejects_a_lease_without_the_promise(given: Given) -> None:
    lease = Bazaar(given).leased()
    with given.rejects(LeaseNotReclamable):
        reclaim(given, lease)


def test_rejects_a_notice_that_was_given_already(given: Given) -> None:
    """Only a broken genesis holds an active lease whose notice runs."""

    bazaar = Bazaar(given)
    lease = promised(bazaar)
    stored = bazaar.lease_of(lease)
    assert stored.reclamation is not None
    running = replace(stored, reclamation=replace(stored.reclamation, started_at=1))
    market.LEASES.put(given.ctx, lease, running)
    with given.rejects(LeaseAlreadyReclaiming):
        reclaim(given, lease)


@pytest.mark.parametrize("reason", [0, 1, 20_000])
def test_rejects_a_reason_that_is_not_a_providers(given: Given, reason: int) -> None:
    lease = promised(Bazaar(given))
    with given.rejects(InvalidLeaseClosedReason):
        reclaim(given, lease, reason)
