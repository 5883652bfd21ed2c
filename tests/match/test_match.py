"""The one matcher: every reason code, and every way to fit."""

import pytest

from akashpy.match import Reason, Why, capabilities, match, offer, over_price, placement
from akashpy.types.attributes import Attributes
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import GroupSpec
from akashpy.types.market import ResourceOffer
from tests.chain.bazaar import spec, unit

REGION = [("region", "us-west")]
WEST = Attributes.of(REGION)
NOTHING = Attributes.EMPTY
A, B = "akash1auditor", "akash1other"


def codes(reasons: list[Reason]) -> list[Why]:
    return [reason.code for reason in reasons]


def group(**options: object) -> GroupSpec:
    return GroupSpec.from_wire(spec(**options))  # type: ignore[arg-type]  # passed through


@pytest.mark.parametrize(
    ("all_of", "any_of", "own", "audits", "expected"),
    [
        ((), (), WEST, {}, []),
        ((), (), NOTHING, {A: WEST}, [Why.ATTRIBUTES]),
        ((A,), (), WEST, {}, [Why.NOT_AUDITED]),
        ((A,), (), NOTHING, {A: WEST}, []),
        ((A,), (), WEST, {B: WEST}, [Why.SIGNED_BY_ALL_OF]),
        ((A, B), (), WEST, {A: WEST, B: NOTHING}, [Why.SIGNED_BY_ALL_OF]),
        ((), (A, B), NOTHING, {B: WEST}, []),
        ((), (A,), WEST, {B: WEST}, [Why.SIGNED_BY_ANY_OF]),
        ((A,), (B,), WEST, {A: WEST}, [Why.SIGNED_BY_ANY_OF]),
        ((A,), (B,), WEST, {"x": WEST}, [Why.SIGNED_BY_ALL_OF, Why.SIGNED_BY_ANY_OF]),
    ],
)
def test_placement(
    all_of: tuple[str, ...],
    any_of: tuple[str, ...],
    own: Attributes,
    audits: dict[str, Attributes],
    expected: list[Why],
) -> None:
    wanted = group(attributes=REGION, all_of=all_of, any_of=any_of)
    assert codes(placement(wanted, own, audits)) == expected


def test_a_pattern_in_the_order_matches_keys_but_not_across_slashes() -> None:
    own = Attributes.of([("region-west-1", "yes"), ("net/speed", "yes")])
    assert placement(group(attributes=[("region*", "yes")]), own, {}) == []
    assert codes(placement(group(attributes=[("net*", "yes")]), own, {})) == [Why.ATTRIBUTES]


def gpu(*attributes: tuple[str, str], units: int = 1) -> GroupSpec:
    return GroupSpec.from_wire(spec(unit(gpu=units, gpu_attributes=attributes)))


def test_gpus_are_alternatives() -> None:
    own = Attributes.of([("capabilities/gpu/vendor/nvidia/model/a100/ram/80Gi", "true")])
    model = "vendor/nvidia/model/"
    assert capabilities(gpu((model + "a100/ram/80Gi", "true")), own) == []
    assert capabilities(gpu((model + "h100", "true"), (model + "*/ram/*", "true")), own) == []
    assert codes(capabilities(gpu((model + "*", "true")), own)) == [Why.GPU]
    assert codes(capabilities(gpu((model + "a100", "true")), NOTHING)) == [Why.GPU]
    assert capabilities(gpu(), NOTHING) == []


def test_volumes_fit_one_storage_group_as_a_whole() -> None:
    wanted = GroupSpec.from_wire(
        spec(unit(storage_attributes=[("class", "beta2"), ("persistent", "true")]))
    )
    split = Attributes.of(
        [("capabilities/storage/1/class", "beta2"), ("capabilities/storage/2/persistent", "true")]
    )
    whole = Attributes.of(
        [("capabilities/storage/1/class", "beta2"), ("capabilities/storage/1/persistent", "true")]
    )
    assert codes(capabilities(wanted, split)) == [Why.STORAGE]
    assert capabilities(wanted, whole) == []
    assert capabilities(group(), NOTHING) == []


def test_prices() -> None:
    wanted = GroupSpec.from_wire(spec(unit(price=3, count=2), unit(price="0.5", id=2)))
    assert over_price(wanted, DecCoin("uakt", Dec.of("6.5"))) == []
    too_high = DecCoin("uakt", Dec.of("6.500000000000000001"))
    assert codes(over_price(wanted, too_high)) == [Why.PRICE_TOO_HIGH]
    assert codes(over_price(wanted, DecCoin("uact", Dec.ONE))) == [Why.PRICE_DENOM]


def test_offers() -> None:
    wanted = GroupSpec.from_wire(spec(unit(count=2), unit(id=2)))
    first, second = (one.resources for one in wanted.resources)
    assert offer(wanted, []) == []
    assert offer(wanted, [ResourceOffer(second, 1)]) == []
    assert codes(offer(wanted, [ResourceOffer(first, 1)])) == [Why.OFFER_COUNT]
    twice = [ResourceOffer(first, 2), ResourceOffer(first, 2)]
    assert codes(offer(wanted, twice)) == [Why.OFFER_REPEATED]
    other = GroupSpec.from_wire(spec(unit(id=9))).resources[0].resources
    assert codes(offer(wanted, [ResourceOffer(other, 1)])) == [Why.OFFER_UNKNOWN_RESOURCE]


def test_all_reasons_come_at_once_and_read_as_sentences() -> None:
    wanted = GroupSpec.from_wire(
        spec(unit(gpu=1, gpu_attributes=[("vendor/nvidia/model/a100", "true")]), attributes=REGION)
    )
    reasons = match(wanted, NOTHING, {}, price=DecCoin("uakt", Dec.of(2000)))
    assert codes(reasons) == [Why.ATTRIBUTES, Why.GPU, Why.PRICE_TOO_HIGH]
    assert str(reasons[0]) == "attributes: the provider lacks some of region=us-west"
    fits = Attributes.of([*REGION, ("capabilities/gpu/vendor/nvidia/model/a100", "true")])
    assert match(wanted, fits, {}) == []
