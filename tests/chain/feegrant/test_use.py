"""Paying a fee from an allowance: limits, periods, messages, ends."""

import pytest

from akashpy.types.errors import NotFound
from akashpy.types.feegrant import FeeLimitExceeded, FeeLimitExpired, MessageNotAllowed
from tests.chain.authz.conftest import HOUR, stamp
from tests.chain.conftest import GENESIS_TIME
from tests.chain.feegrant.conftest import SEND, Fees, basic, filtered, periodic


def test_within_a_limit_until_it_is_used_up(fees: Fees) -> None:
    fees.give(basic("5uakt,3uact", HOUR))
    fees.told()
    fees.pay("2uakt")
    assert fees.found() == basic("3uakt,3uact", HOUR)
    assert fees.told() == ["use_feegrant", "update_feegrant"]
    with fees.given.rejects(FeeLimitExceeded, "basic allowance: fee limit exceeded"):
        fees.pay("4uakt")
    with fees.given.rejects(FeeLimitExceeded):
        fees.pay("1uother")
    fees.pay("3uakt,3uact")
    assert fees.found() is None
    assert fees.told() == ["revoke_feegrant", "use_feegrant"]
    fees.given.holds()


def test_without_a_limit(fees: Fees) -> None:
    fees.give(basic())
    fees.pay("999999uakt")
    assert fees.found() == basic()


def test_no_fee_at_all(fees: Fees) -> None:
    fees.give(basic("5uakt"))
    fees.pay("")
    assert fees.found() == basic("5uakt")


def test_not_after_its_end(fees: Fees) -> None:
    fees.give(basic("5uakt", HOUR))
    fees.given.ctx.time += HOUR
    fees.pay("1uakt")
    fees.given.ctx.time += 1
    with fees.given.rejects(FeeLimitExpired, "basic allowance: fee allowance expired"):
        fees.pay("1uakt")


def test_rejects_without_one(fees: Fees) -> None:
    with fees.given.rejects(NotFound, "fee-grant not found: not found"):
        fees.pay("1uakt")


def test_a_period_and_a_total_both_limit(fees: Fees) -> None:
    fees.give(periodic("5uakt", "4uakt", "9uakt"))
    fees.pay("3uakt")
    assert fees.found() == periodic("5uakt", "1uakt", "6uakt")
    with fees.given.rejects(FeeLimitExceeded, "period limit: fee limit exceeded"):
        fees.pay("2uakt")
    fees.given.ctx.time += HOUR
    fees.pay("2uakt")
    expected = periodic("5uakt", "3uakt", "4uakt")
    expected.period_reset.CopyFrom(stamp(GENESIS_TIME + 2 * HOUR))
    assert fees.found() == expected
    fees.given.ctx.time += HOUR
    with fees.given.rejects(FeeLimitExceeded, "period limit: fee limit exceeded"):
        fees.pay("5uakt")  # the total has only four left, and so has the period
    fees.pay("4uakt")
    assert fees.found() is None


def test_a_total_that_lacks_what_the_period_has(fees: Fees) -> None:
    fees.give(periodic("5uakt", "5uakt", "3uakt"))
    with fees.given.rejects(FeeLimitExceeded, "absolute limit: fee limit exceeded"):
        fees.pay("4uakt")


@pytest.mark.parametrize(("later", "ends"), [(HOUR, 2 * HOUR), (10 * HOUR, 11 * HOUR)])
def test_a_period_follows_the_last_one_or_begins_now(fees: Fees, later: int, ends: int) -> None:
    fees.give(periodic("5uakt", ""))
    fees.given.ctx.time += later
    fees.pay("1uakt")
    expected = periodic("5uakt", "4uakt")
    expected.period_reset.CopyFrom(stamp(GENESIS_TIME + ends))
    assert fees.found() == expected


def test_a_periodic_one_ends(fees: Fees) -> None:
    fees.give(periodic("5uakt", "5uakt", ends_in=HOUR))
    fees.given.ctx.time += HOUR + 1
    with fees.given.rejects(FeeLimitExpired, "absolute limit: fee allowance expired"):
        fees.pay("1uakt")


def test_only_for_the_messages_named(fees: Fees) -> None:
    fees.give(filtered(basic("5uakt"), SEND, "/x"))
    fees.pay("1uakt", SEND, "/x", SEND)
    assert fees.found() == filtered(basic("4uakt"), SEND, "/x")
    text = "message does not exist in allowed messages: message not allowed"
    with fees.given.rejects(MessageNotAllowed, text):
        fees.pay("1uakt", SEND, "/y")
    fees.pay("4uakt")
    assert fees.found() is None
