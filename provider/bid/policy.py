"""Whether an order may be bid on at all: the checks that need neither inventory nor price.

In the order of a real provider; the first that fails is the reason given. Whether the provider
fits is asked of `akashpy.match`, as the chain does. Pure.
Source: facts of the provider 2.2 to 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from akashpy import match
from akashpy.types.attributes import Attributes
from akashpy.types.errors import ChainError
from akashpy.types.market import Order, OrderState

MAX_VOLUMES = 4


class Reason(NamedTuple):
    """Why not: a stable code and a sentence."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """`wanted` attributes an order must ask for; `reclamation_window` ns, None offers none."""

    wanted: Attributes = Attributes.EMPTY
    max_volumes: int = MAX_VOLUMES
    reclamation_window: int | None = None
    blocked_owners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """The provider as the chain knows it, and what it does not want."""

    address: str
    attributes: Attributes
    audits: Mapping[str, Attributes] = field(default_factory=dict)
    denoms: tuple[str, ...] = ()
    settings: PolicySettings = field(default_factory=PolicySettings)

    def declines(self, order: Order) -> Reason | None:
        """The first reason not to bid on an order; None when there is none."""
        spec, settings = order.spec, self.settings
        if order.state is not OrderState.OPEN:
            return Reason("order_not_open", f"the order is {order.state.name}")
        if order.id.owner == self.address:
            return Reason("own_order", "the order is our own")
        if order.id.owner in settings.blocked_owners:
            return Reason("owner_blocked", f"{order.id.owner} is on this provider's list")
        if misfit := match.placement(spec, self.attributes, self.audits):
            return Reason(misfit[0].code, misfit[0].detail)
        asked = spec.requirements.attributes
        if not settings.wanted.subset_of(asked):
            return Reason("not_wanted", "the order lacks attributes this provider insists on")
        if misfit := match.capabilities(spec, self.attributes):
            return Reason(misfit[0].code, misfit[0].detail)
        for unit in spec.resources:
            volumes = len(unit.resources.storage)
            if volumes > settings.max_volumes:
                return Reason(
                    "too_many_volumes", f"{volumes} volumes, at most {settings.max_volumes}"
                )
        return self._terms(order)

    def _terms(self, order: Order) -> Reason | None:
        """The order's own soundness, its denomination and its wish for notice."""
        try:
            order.spec.validate()
        except ChainError as error:
            return Reason("invalid_group", str(error))
        if self.denoms and order.spec.denom not in self.denoms:
            return Reason("denom_unpriced", f"no prices in {order.spec.denom}")
        if order.reclamation is not None:
            window, least = self.settings.reclamation_window, order.reclamation.min_window
            if window is None:
                return Reason("reclamation", "the order wants notice and none is offered")
            if window < least:
                return Reason("reclamation", f"{least} ns of notice wanted, {window} offered")
        return None
