"""What a block's events mean to a provider; everything else is none of its business."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from akashpy import wire
from akashpy.client.events import message_of
from akashpy.types.deployment import DeploymentID
from akashpy.types.events import Event
from akashpy.types.market import BidID, LeaseID, OrderID
from provider.events import (
    BidEnded,
    DeploymentEnded,
    LeaseEnded,
    LeaseOpened,
    LookAgain,
    News,
    OrderEnded,
    OrderOpened,
    ProviderChanged,
)

log = logging.getLogger(__name__)


def read(event: Event) -> News | None:
    """An event as news; None for one that is none of the provider's business."""
    make = _NEWS.get(event.type)
    if make is None:
        return None
    try:
        message = message_of(event)
    except (wire.WireError, ValueError) as error:
        log.error("unreadable event", extra={"type": event.type, "reason": str(error)})
        return LookAgain()
    return make(message)


_NEWS: dict[str, Callable[[Any], News]] = {
    "akash.market.v1.EventOrderCreated": lambda m: OrderOpened(OrderID.from_wire(m.id)),
    "akash.market.v1.EventOrderClosed": lambda m: OrderEnded(OrderID.from_wire(m.id)),
    "akash.market.v1.EventBidClosed": lambda m: BidEnded(BidID.from_wire(m.id)),
    "akash.market.v1.EventLeaseCreated": lambda m: LeaseOpened(LeaseID.from_wire(m.id)),
    "akash.market.v1.EventLeaseClosed": lambda m: LeaseEnded(LeaseID.from_wire(m.id)),
    "akash.deployment.v1.EventDeploymentClosed": lambda m: DeploymentEnded(
        DeploymentID.from_wire(m.id)
    ),
    "akash.provider.v1beta4.EventProviderUpdated": lambda m: ProviderChanged(m.owner),
    "akash.audit.v1.EventTrustedAuditorCreated": lambda m: ProviderChanged(m.owner),
    "akash.audit.v1.EventTrustedAuditorDeleted": lambda m: ProviderChanged(m.owner),
}
