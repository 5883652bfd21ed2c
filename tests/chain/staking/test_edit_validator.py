"""MsgEditValidator: what may change, how often, how far."""

from typing import Any

import pytest

from akashpy.types.errors import ChainError, InvalidAddress, InvalidRequest
from akashpy.types.staking import (
    CommissionGTMaxChangeRate,
    CommissionGTMaxRate,
    CommissionUpdateTime,
    MinSelfDelegationDecreased,
    NoValidatorFound,
    SelfDelegationBelowMinimum,
)
from akashpy.wire import staking as pb
from tests.chain.staking.conftest import DAY, Stakes, dec


def test_only_what_is_named_changes(stakes: Stakes) -> None:
    keep = "[do-not-modify]"
    stakes.run(
        stakes.edit(
            "val1",
            description=pb.Description(
                moniker=keep, identity="i", website="", security_contact=keep, details="d"
            ),
        )
    )
    found = stakes.validator("val1").description
    assert (found.moniker, found.identity, found.details) == ("val1", "i", "d")
    stakes.run(stakes.edit("val1", min_self_delegation="2000000"))
    assert stakes.validator("val1").min_self_delegation == "2000000"
    assert stakes.told("edit_validator")[1] == {
        "commission_rate": (
            'commission_rates:<rate:"100000000000000000" max_rate:"200000000000000000" '
            'max_change_rate:"10000000000000000" > update_time:<seconds:1700000000 > '
        ),
        "min_self_delegation": "2000000",
    }
    stakes.sound()


def test_a_commission_changes_once_a_day(stakes: Stakes) -> None:
    with stakes.rejects(CommissionUpdateTime):
        stakes.run(stakes.edit("val1", commission_rate=dec("0.11")))
    stakes.ctx.time += DAY
    stakes.run(stakes.edit("val1", commission_rate=dec("0.11")))
    rates = stakes.validator("val1").commission
    assert rates.commission_rates.rate == dec("0.11")
    assert rates.update_time.ToNanoseconds() == stakes.ctx.time
    stakes.ctx.time += DAY - 1
    with stakes.rejects(CommissionUpdateTime):
        stakes.run(stakes.edit("val1", commission_rate=dec("0.1")))
    stakes.ctx.time += 1
    stakes.run(stakes.edit("val1", commission_rate=dec("0")))  # downward as far as one likes


CASES: list[tuple[dict[str, Any], type[ChainError], str | None]] = [
    ({"description": pb.Description()}, InvalidRequest, "empty description: invalid request"),
    (
        {"min_self_delegation": "0"},
        InvalidRequest,
        "minimum self delegation must be a positive integer: invalid request",
    ),
    ({"min_self_delegation": "1000000"}, MinSelfDelegationDecreased, None),
    ({"min_self_delegation": "10000001"}, SelfDelegationBelowMinimum, None),
    (
        {"commission_rate": dec("1.01")},
        InvalidRequest,
        "commission rate must be between 0 and 1 (inclusive): invalid request",
    ),
    (
        {"commission_rate": dec("-0.01")},
        InvalidRequest,
        "commission rate must be between 0 and 1 (inclusive): invalid request",
    ),
    (
        {"commission_rate": dec("0.04")},
        InvalidRequest,
        "commission rate cannot be less than the min commission rate 0.050000000000000000: "
        "invalid request",
    ),
    ({"commission_rate": dec("0.21")}, CommissionGTMaxRate, None),
    ({"commission_rate": dec("0.12")}, CommissionGTMaxChangeRate, None),
    (
        {"description": pb.Description(moniker="m", website="w" * 141)},
        InvalidRequest,
        "invalid website length; got: 141, max: 140: invalid request",
    ),
]


@pytest.mark.parametrize(("changes", "error", "text"), CASES)
def test_refused(
    stakes: Stakes, changes: dict[str, Any], error: type[ChainError], text: str | None
) -> None:
    stakes.set_params(min_commission_rate=dec("0.05"))
    stakes.ctx.time += DAY
    with stakes.rejects(error, text):
        stakes.run(stakes.edit("val1", **changes))


def test_only_validators_are_edited(stakes: Stakes) -> None:
    with stakes.rejects(NoValidatorFound):
        stakes.run(stakes.edit("ann"))
    msg = stakes.edit("val1")
    msg.validator_address = "val1"
    with stakes.rejects(InvalidAddress):
        stakes.run(msg)
