"""The chain's own parameters, events, and that nothing heavy loads with the package."""

import subprocess
import sys
from dataclasses import replace

import pytest

import akashpy
from akashpy.types.address import Address
from akashpy.types.chainparams import FIXES, PRESETS, Params
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.events import Event, typed
from akashpy.types.market import BidID
from akashpy.wire import chain as wire
from akashpy.wire import market as market_wire


def test_presets() -> None:
    for name in PRESETS:
        params = Params.preset(name)
        params.validate()
        assert Params.from_wire(params.to_wire()) == params
    assert Params.preset("akash") == Params(("uact",), ())
    assert Params.preset("default").settlement_denoms == ("uakt", "uact")
    assert set(Params.preset("default").fixes) == set(FIXES)
    assert Params.WIRE() is wire.Params


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"settlement_denoms": ()}, "settlement_denoms is empty"),
        ({"settlement_denoms": ("!",)}, "invalid denom"),
        ({"settlement_denoms": ("uakt", "uakt")}, "settlement_denoms names 'uakt' twice"),
        ({"fixes": ("escrow-prefix", "escrow-prefix")}, "fixes names 'escrow-prefix' twice"),
        ({"fixes": ("escrow-magic",)}, "fixes names 'escrow-magic', which is not one of"),
    ],
)
def test_bad_parameters(change: dict[str, tuple[str, ...]], text: str) -> None:
    with pytest.raises(PlainError, match=text):
        replace(Params.preset("default"), **change).validate()


def test_every_fix_says_what_it_means() -> None:
    assert all(name == name.lower() and meaning for name, meaning in FIXES.items())


def test_a_typed_event_is_as_recorded_from_akash() -> None:
    id = BidID(
        "akash17xsehxvx8utva66lqeeurccu0zkexwlt9j859t",
        1185,
        1,
        1,
        "akash1a4m6jpjlj9wyx77u0karxtfvexk2gyr77rku2y",
    )
    price = DecCoin("uact", Dec.of(500))
    event = typed(market_wire.EventBidCreated(id=id.to_wire(), price=price.to_wire()))
    assert event.type == "akash.market.v1.EventBidCreated"
    assert event.attributes == (
        (
            "id",
            '{"owner":"akash17xsehxvx8utva66lqeeurccu0zkexwlt9j859t","dseq":"1185","gseq":1,'
            '"oseq":1,"provider":"akash1a4m6jpjlj9wyx77u0karxtfvexk2gyr77rku2y","bseq":0}',
        ),
        ("price", '{"denom":"uact","amount":"500.000000000000000000"}'),
    )


def test_a_typed_event_tells_defaults_and_sorts_keys(owner: Address) -> None:
    event = typed(market_wire.EventLeaseReclaimStarted(reason=10_000))
    assert [key for key, _ in event.attributes] == ["deadline", "id", "reason"]
    assert event.value("deadline") == '"0"'
    assert event.value("reason") == '"lease_closed_reason_unstable"'
    assert event.value("nothing") is None
    assert event.with_attribute("msg_index", "0").value("msg_index") == "0"
    assert event == Event(event.type, event.attributes)


def test_public_names_are_there() -> None:
    assert akashpy.Address is Address
    assert sorted(akashpy.__all__) == akashpy.__all__
    with pytest.raises(AttributeError):
        akashpy.nothing  # noqa: B018  # the access is the test


def test_importing_the_package_loads_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import akashpy; "
        "print(sorted(set(sys.modules) - before))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert shown.stdout.strip() == "['akashpy']"
