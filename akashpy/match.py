"""Does this offer fit this order? Pure, and the only place that decides it.

MsgCreateBid on chain, the provider's bid policy and the client's `explain` all ask here, so a
provider never bids where the chain would refuse, and a tenant is told the same reason. It must not
know state, accounts or who asks. Source of the rules: node `x/market/handler/server.go` and
chain-sdk `go/node/types/attributes/v1` (v2.1.0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from akashpy.types.attributes import Attributes
from akashpy.types.coin import DecCoin
from akashpy.types.deployment import GroupSpec
from akashpy.types.market import ResourceOffer


class Why(StrEnum):
    """Reason codes; stable text for logs, status pages and machines."""

    ATTRIBUTES = "attributes"
    NOT_AUDITED = "not_audited"
    SIGNED_BY_ALL_OF = "signed_by_all_of"
    SIGNED_BY_ANY_OF = "signed_by_any_of"
    STORAGE = "storage"
    GPU = "gpu"
    PRICE_DENOM = "price_denom"
    PRICE_TOO_HIGH = "price_too_high"
    OFFER_UNKNOWN_RESOURCE = "offer_unknown_resource"
    OFFER_COUNT = "offer_count"
    OFFER_REPEATED = "offer_repeated"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer does not fit: a code, and a sentence with the values that clash."""

    code: Why
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def match(
    spec: GroupSpec,
    attributes: Attributes,
    audits: Mapping[str, Attributes],
    *,
    price: DecCoin | None = None,
    offers: Sequence[ResourceOffer] = (),
) -> list[Reason]:
    """Every reason why a provider or its offer does not fit an order's group; empty when it fits.

    `attributes` are the provider's own, `audits` those signed by each auditor (bech32 address).
    `price` is in base units per block for the whole group; None means not decided yet.
    """
    reasons = placement(spec, attributes, audits) + capabilities(spec, attributes)
    if price is not None:
        reasons += over_price(spec, price)
    return reasons + offer(spec, offers)


def placement(
    spec: GroupSpec, attributes: Attributes, audits: Mapping[str, Attributes]
) -> list[Reason]:
    """Where the group may run: its attributes, and who must have signed them.

    Once any auditor is named, only signed attributes count and the provider's own are not read.
    """
    wanted, signers = spec.requirements.attributes, spec.requirements.signed_by
    if not signers.all_of and not signers.any_of:
        if wanted.subset_of(attributes):
            return []
        return [Reason(Why.ATTRIBUTES, f"the provider lacks some of {_text(wanted)}")]
    if not audits:
        return [Reason(Why.NOT_AUDITED, "the order asks for an auditor and none has signed")]
    reasons = [
        Reason(Why.SIGNED_BY_ALL_OF, f"{auditor} has not signed {_text(wanted)}")
        for auditor in signers.all_of
        if not _signed(wanted, audits.get(auditor))
    ]
    if signers.any_of and not any(_signed(wanted, audits.get(one)) for one in signers.any_of):
        named = ", ".join(signers.any_of)
        reasons.append(Reason(Why.SIGNED_BY_ANY_OF, f"none of {named} has signed {_text(wanted)}"))
    return reasons


def capabilities(spec: GroupSpec, attributes: Attributes) -> list[Reason]:
    """What the group's volumes and GPUs ask of the provider's own capability attributes."""
    reasons: list[Reason] = []
    storage_groups = attributes.capability_groups_storage()
    gpus = attributes.capabilities_gpu()
    for unit in spec.resources:
        resources = unit.resources
        for volume in resources.storage:
            if volume.attributes and not any(
                volume.attributes.subset_of(group) for group in storage_groups
            ):
                detail = f"volume {volume.name!r} wants {_text(volume.attributes)}"
                reasons.append(Reason(Why.STORAGE, detail))
        gpu = resources.gpu
        if gpu is not None and gpu.units > 0 and gpu.attributes and not gpu.attributes.any_of(gpus):
            detail = f"resource {resources.id} wants one of {_text(gpu.attributes)}"
            reasons.append(Reason(Why.GPU, detail))
    return reasons


def over_price(spec: GroupSpec, price: DecCoin) -> list[Reason]:
    """Whether a price per block lies within what the group would pay at most."""
    limit = spec.price()
    if price.denom != limit.denom:
        return [Reason(Why.PRICE_DENOM, f"{price.denom} offered, {limit.denom} asked")]
    if price.amount > limit.amount:
        return [Reason(Why.PRICE_TOO_HIGH, f"{price} is above {limit}")]
    return []


def offer(spec: GroupSpec, offers: Sequence[ResourceOffer]) -> list[Reason]:
    """Whether offered resources are the group's; no offer at all means "all as asked"."""
    counts = {unit.resources.id: unit.count for unit in spec.resources}
    seen: set[int] = set()
    reasons: list[Reason] = []
    for item in offers:
        number = item.resources.id
        if number not in counts:
            reasons.append(Reason(Why.OFFER_UNKNOWN_RESOURCE, f"resource {number} is not asked"))
        elif number in seen:
            reasons.append(Reason(Why.OFFER_REPEATED, f"resource {number} is offered twice"))
        elif item.count != counts[number]:
            detail = f"resource {number}: {item.count} offered, {counts[number]} asked"
            reasons.append(Reason(Why.OFFER_COUNT, detail))
        seen.add(number)
    return reasons


def _signed(wanted: Attributes, signed: Attributes | None) -> bool:
    return signed is not None and wanted.subset_of(signed)


def _text(attributes: Attributes) -> str:
    return ", ".join(f"{one.key}={one.value}" for one in attributes)
