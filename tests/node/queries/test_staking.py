"""Reads of stake: what each shows, how it is paged, and the words of each refusal."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import staking
from akashpy.node.queries.refusal import Refused
from akashpy.node.queries.table import QUERIES
from akashpy.types.errors import ChainError, PlainError, Status
from akashpy.wire import staking as pb
from tests.chain.staking.conftest import STAKE, Stakes

SERVICE = "/cosmos.staking.v1beta1.Query/"


@pytest.fixture
def stakes() -> Stakes:
    """Ann has delegated to two validators, unbonds from one and moved between them."""
    made = Stakes()
    made.run(made.delegate("ann", "val1", 1_000))
    made.run(made.delegate("bob", "val1", 500))
    made.run(made.redelegate("ann", "val1", "val2", 300))
    made.run(made.undelegate("ann", "val1", 200))
    made.run(made.undelegate("bob", "val1", 50))
    made.turn()
    return made


def ask(stakes: Stakes, name: str, **fields: Any) -> Any:
    query = QUERIES[SERVICE + name]
    request = query.request.FromString(query.request(**fields).SerializeToString())
    return query.respond(stakes.ctx, request)


def test_validators(stakes: Stakes) -> None:
    every = ask(stakes, "Validators")
    assert sorted(v.description.moniker for v in every.validators) == ["val1", "val2"]
    assert every.pagination.total == 2
    assert len(ask(stakes, "Validators", status="BOND_STATUS_BONDED").validators) == 2
    assert not ask(stakes, "Validators", status="BOND_STATUS_UNBONDED").validators
    first = ask(stakes, "Validators", pagination={"limit": 1})
    rest = ask(stakes, "Validators", pagination={"key": first.pagination.next_key})
    assert [*first.validators, *rest.validators] == list(every.validators)
    found = ask(stakes, "Validator", validator_addr=stakes.operator("val1")).validator
    assert found.tokens == str(STAKE + 950)


def test_delegations(stakes: Stakes) -> None:
    ann, val1, val2 = stakes.address("ann"), stakes.operator("val1"), stakes.operator("val2")
    single = ask(stakes, "Delegation", delegator_addr=ann, validator_addr=val1).delegation_response
    assert (single.balance.amount, single.balance.denom) == ("500", "uakt")
    assert single.delegation.shares == "500" + "0" * 18
    own = ask(stakes, "DelegatorDelegations", delegator_addr=ann)
    assert sorted(d.balance.amount for d in own.delegation_responses) == ["300", "500"]
    there = ask(stakes, "ValidatorDelegations", validator_addr=val2)
    assert sorted(d.balance.amount for d in there.delegation_responses) == ["10000000", "300"]
    page = ask(stakes, "ValidatorDelegations", validator_addr=val1, pagination={"limit": 2})
    rest = ask(
        stakes, "ValidatorDelegations", validator_addr=val1,
        pagination={"key": page.pagination.next_key},
    )  # fmt: skip
    shown = (*page.delegation_responses, *rest.delegation_responses)
    assert len({each.delegation.delegator_address for each in shown}) == 3
    assert len(page.pagination.next_key) == 20  # the delegator's address, as the SDK's
    both = ask(stakes, "DelegatorValidators", delegator_addr=ann)
    assert {v.operator_address for v in both.validators} == {val1, val2}
    single = ask(stakes, "DelegatorValidator", delegator_addr=ann, validator_addr=val2)
    assert single.validator.operator_address == val2


def test_what_is_unbonding(stakes: Stakes) -> None:
    ann, val1 = stakes.address("ann"), stakes.operator("val1")
    found = ask(stakes, "UnbondingDelegation", delegator_addr=ann, validator_addr=val1).unbond
    assert [entry.balance for entry in found.entries] == ["200"]
    own = ask(stakes, "DelegatorUnbondingDelegations", delegator_addr=ann)
    assert list(own.unbonding_responses) == [found]
    there = ask(stakes, "ValidatorUnbondingDelegations", validator_addr=val1)
    assert found in there.unbonding_responses
    assert (len(there.unbonding_responses), there.pagination.total) == (2, 2)


def test_what_moved(stakes: Stakes) -> None:
    ann, val1, val2 = stakes.address("ann"), stakes.operator("val1"), stakes.operator("val2")
    triple = {"delegator_addr": ann, "src_validator_addr": val1, "dst_validator_addr": val2}
    found = ask(stakes, "Redelegations", **triple)
    (only,) = found.redelegation_responses
    assert only.redelegation.validator_dst_address == val2
    assert not only.redelegation.entries
    assert only.entries[0].balance == "300"
    assert only.entries[0].redelegation_entry.initial_balance == "300"
    assert not found.HasField("pagination")
    for fields in ({"delegator_addr": ann}, {"src_validator_addr": val1}):
        listed = ask(stakes, "Redelegations", **fields)
        assert list(listed.redelegation_responses) == [only]
        assert listed.pagination.total == 1


def test_the_past_the_pool_and_the_terms(stakes: Stakes) -> None:
    kept = ask(stakes, "HistoricalInfo", height=stakes.ctx.height).hist
    assert kept.header.height == stakes.ctx.height
    assert len(kept.valset) == 2
    shown: Any = wire.to_json(kept)
    assert shown["header"]["version"] == {"block": "0", "app": "0"}
    pool = ask(stakes, "Pool").pool
    assert (pool.bonded_tokens, pool.not_bonded_tokens) == (str(2 * STAKE + 1250), "250")
    assert ask(stakes, "Params").params == staking.params(stakes.ctx)


NOBODY = "akash1wzx503lp87luspmhy44zdkqgh725at6fdpuwqe"
NOWHERE = "akashvaloper1wzx503lp87luspmhy44zdkqgh725at6f8rjgsn"
SHORT = "decoding bech32 failed: invalid bech32 string length 1"
INVALID, MISSING, INSIDE = Status.INVALID_ARGUMENT, Status.NOT_FOUND, Status.INTERNAL
EMPTY_V, EMPTY_D = "validator address cannot be empty", "delegator address cannot be empty"
PAIR = {"delegator_addr": NOBODY, "validator_addr": NOWHERE}
REFUSALS: list[tuple[str, dict[str, Any], Status, str]] = [
    ("Validators", {"status": "x"}, INVALID, "invalid validator status x"),
    (
        "Validators",
        {"pagination": {"offset": 1, "key": b"k"}},
        INSIDE,
        "invalid request, either offset or key is expected, got both",
    ),
    ("Validator", {}, INVALID, EMPTY_V),
    ("Validator", {"validator_addr": "x"}, Status.UNKNOWN, SHORT),
    ("Validator", {"validator_addr": NOWHERE}, MISSING, f"validator {NOWHERE} not found"),
    ("ValidatorDelegations", {}, INVALID, EMPTY_V),
    ("ValidatorUnbondingDelegations", {}, INVALID, EMPTY_V),
    ("Delegation", {"validator_addr": NOWHERE}, INVALID, EMPTY_D),
    ("Delegation", {"delegator_addr": NOBODY}, INVALID, EMPTY_V),
    ("Delegation", {"delegator_addr": "x", "validator_addr": "x"}, Status.UNKNOWN, SHORT),
    (
        "Delegation",
        PAIR,
        MISSING,
        f"delegation with delegator {NOBODY} not found for validator {NOWHERE}",
    ),
    (
        "UnbondingDelegation",
        PAIR,
        MISSING,
        f"unbonding delegation with delegator {NOBODY} not found for validator {NOWHERE}",
    ),
    ("DelegatorDelegations", {}, INVALID, EMPTY_D),
    ("DelegatorUnbondingDelegations", {}, INVALID, EMPTY_D),
    ("DelegatorValidators", {}, INVALID, EMPTY_D),
    ("DelegatorValidator", PAIR, INSIDE, "no delegation for (address, validator) tuple"),
    ("Redelegations", {}, INSIDE, "empty address string is not allowed"),
    ("Redelegations", {"src_validator_addr": "x"}, INSIDE, SHORT),
    ("HistoricalInfo", {"height": -1}, INVALID, "height cannot be negative"),
    ("HistoricalInfo", {"height": 99}, MISSING, "historical info for height 99 not found"),
]


@pytest.mark.parametrize(("name", "fields", "status", "text"), REFUSALS)
def test_refusals(
    stakes: Stakes, name: str, fields: dict[str, Any], status: Status, text: str
) -> None:
    with pytest.raises(ChainError) as caught:
        ask(stakes, name, **fields)
    assert isinstance(caught.value, Refused | PlainError)
    assert (caught.value.status, str(caught.value)) == (status, text)


def test_a_redelegation_that_is_not_there(stakes: Stakes) -> None:
    with pytest.raises(Refused) as caught:
        ask(
            stakes,
            "Redelegations",
            delegator_addr=NOBODY,
            src_validator_addr=NOWHERE,
            dst_validator_addr=NOWHERE,
        )
    assert caught.value.status is INSIDE
    assert str(caught.value) == (
        "rpc error: code = NotFound desc = redelegation not found for delegator address "
        f"{NOBODY} from validator address {NOWHERE}"
    )


def test_every_query_of_the_service_answers() -> None:
    methods = {method.path for method in wire.service_methods("cosmos.staking.v1beta1.Query")}
    assert methods <= set(QUERIES)
    assert pb.QueryParamsRequest in {QUERIES[path].request for path in methods}
