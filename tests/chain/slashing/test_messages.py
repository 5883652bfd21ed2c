"""MsgUnjail and MsgUpdateParams, the hooks and the genesis of slashing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from akashpy.chain import slashing, staking
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, InvalidAddress, PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.types.slashing import (
    NEVER,
    Params,
    SelfDelegationTooLowToUnjail,
    ValidatorJailed,
    ValidatorNotJailed,
    ValidatorTombstoned,
)
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import slashing as pb
from tests.chain.economy import Economy
from tests.chain.staking.conftest import UNBONDING

GOV = Address.of_module("gov")


def unjail(chain: Economy, name: str) -> pb.MsgUnjail:
    return pb.MsgUnjail(validator_addr=chain.operator(name))


def jailed(chain: Economy, name: str, seconds: int = 60) -> None:
    """Put a validator into jail for so long."""
    consensus = chain.consensus(name)
    slashing.jail(chain.ctx, consensus)
    until = chain.ctx.time + seconds * 10**9
    slashing.SIGNING.put(chain.ctx, consensus, replace(chain.info(name), jailed_until=until))
    chain.block()


def test_unjail(chain: Economy) -> None:
    jailed(chain, "val2", 6)
    assert chain.validator("val2").status == staking.UNBONDING
    chain.run(unjail(chain, "val2"))
    chain.block()
    assert not chain.validator("val2").jailed
    assert chain.validator("val2").status == staking.BONDED
    # bonded at the end of the block before
    assert chain.info("val2").start_height == chain.ctx.height - 1
    chain.sound()


def test_a_validator_that_never_bonded_has_no_time_to_serve(chain: Economy) -> None:
    slashing.jail(chain.ctx, chain.consensus("val2"))
    slashing.SIGNING.remove(chain.ctx, chain.consensus("val2"))
    chain.run(unjail(chain, "val2"))
    assert not chain.validator("val2").jailed


def test_invalid_unjail(chain: Economy) -> None:
    with chain.rejects(NoValidatorFound, "validator does not exist"):
        chain.run(unjail(chain, "ann"))
    text = "validator not jailed; cannot be unjailed"
    with chain.rejects(ValidatorNotJailed, text):
        chain.run(unjail(chain, "val1"))
    text = "validator input address: empty address string is not allowed: invalid address"
    with chain.rejects(InvalidAddress, text):
        chain.run(pb.MsgUnjail())
    jailed(chain, "val2")
    with chain.rejects(ValidatorJailed, "validator still jailed; cannot be unjailed"):
        chain.run(unjail(chain, "val2"))


def test_invalid_unjail_of_a_tombstoned_validator(chain: Economy) -> None:
    slashing.tombstone(chain.ctx, chain.consensus("val2"), NEVER)
    slashing.jail(chain.ctx, chain.consensus("val2"))
    with chain.rejects(ValidatorJailed):
        chain.run(unjail(chain, "val2"))
    text = "cannot tombstone validator that is already tombstoned: validator already tombstoned"
    with chain.rejects(ValidatorTombstoned, text):
        slashing.tombstone(chain.ctx, chain.consensus("val2"), NEVER)


def test_invalid_unjail_with_too_little_of_its_own(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val2", 5_000_000))
    chain.run(chain.undelegate("val2", "val2", 9_500_000))
    assert chain.validator("val2").jailed
    text = (
        "500000 less than 1000000: validator's self delegation less than minimum; "
        "cannot be unjailed"
    )
    with chain.rejects(SelfDelegationTooLowToUnjail, text):
        chain.run(unjail(chain, "val2"))
    chain.run(chain.undelegate("val2", "val2", 500_000))
    with chain.rejects(NoDelegation, "no delegation for (address, validator) tuple"):
        chain.run(unjail(chain, "val2"))


# HOOKS


def test_a_removed_validators_tombstone_stays(chain: Economy) -> None:
    slashing.tombstone(chain.ctx, chain.consensus("val2"), NEVER)
    chain.run(chain.undelegate("val2", "val2", 10_000_000))
    chain.block()
    chain.block(time=UNBONDING)
    chain.block()
    assert slashing.PUBLIC_KEYS.get(chain.ctx, chain.consensus("val2")) is None
    assert chain.info("val2").tombstoned
    chain.sound()


# PARAMETERS


def message(**changes: Any) -> pb.MsgUpdateParams:
    value = Params().to_wire()
    for name, new in changes.items():
        if isinstance(new, Duration):
            value.downtime_jail_duration.CopyFrom(new)
        else:
            setattr(value, name, new)
    return pb.MsgUpdateParams(authority=GOV, params=value)


def test_update_params(chain: Economy) -> None:
    chain.run(message(signed_blocks_window=77))
    assert slashing.PARAMS.get(chain.ctx) == Params(window=77)


BIG, BELOW = str(10**18 + 1).encode(), b"-1"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"signed_blocks_window": 0}, "signed blocks window must be positive: 0"),
        ({"signed_blocks_window": -(2**63)}, f"signed blocks window must be positive: {-(2**63)}"),
        ({"min_signed_per_window": b""}, "min signed per window cannot be nil: <nil>"),
        (
            {"min_signed_per_window": BELOW},
            "min signed per window cannot be negative: -0.000000000000000001",
        ),
        ({"min_signed_per_window": BIG}, "min signed per window too large: 1.000000000000000001"),
        (
            {"downtime_jail_duration": Duration()},
            "downtime jail duration must be positive: 0s",
        ),
        (
            {"downtime_jail_duration": Duration(seconds=-90)},
            "downtime jail duration must be positive: -1m30s",
        ),
        ({"slash_fraction_double_sign": b""}, "double sign slash fraction cannot be nil: <nil>"),
        (
            {"slash_fraction_double_sign": BIG},
            "double sign slash fraction too large: 1.000000000000000001",
        ),
        (
            {"slash_fraction_downtime": BELOW},
            "downtime slash fraction cannot be negative: -0.000000000000000001",
        ),
    ],
)
def test_invalid_params(chain: Economy, changes: dict[str, Any], text: str) -> None:
    with chain.rejects(PlainError, text):
        chain.run(message(**changes))


def test_invalid_params_of_a_stranger(chain: Economy) -> None:
    msg = message()
    msg.authority = chain.address("ann")
    with chain.rejects(InvalidSigner):
        chain.run(msg)


# GENESIS


def test_export_and_import_give_the_same_rows(chain: Economy) -> None:
    for _ in range(3):
        chain.block(absent=["val2"])
    state = slashing.MODULE.export_genesis(chain.ctx)
    slashing.MODULE.validate_genesis(state)
    fresh = Context.scratch()
    for each in staking.validators(chain.ctx):
        staking.VALIDATORS.put(fresh, staking.operator_of(each), each)
    slashing.MODULE.init_genesis(fresh, state)
    old, new = (dict(ctx.iterate(b"slashing/", b"slashing0")) for ctx in (chain.ctx, fresh))
    assert old == new
    assert len(old) == 1 + 2 + 1 + 2


def test_presets() -> None:
    akash = slashing.MODULE.default_genesis("akash")["params"]
    assert akash == {
        "signed_blocks_window": "30000",
        "min_signed_per_window": "0.050000000000000000",
        "downtime_jail_duration": "60s",
        "slash_fraction_double_sign": "0.050000000000000000",
        "slash_fraction_downtime": "0.000000000000000000",
    }
    ours = slashing.MODULE.default_genesis("default")["params"]
    assert (ours["signed_blocks_window"], ours["downtime_jail_duration"]) == ("100", "600s")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("signed_blocks_window", "9", "signed blocks window must be at least 10, is 9"),
        (
            "downtime_jail_duration",
            "59s",
            "downtime unjail duration must be at least 1 minute, is 59s",
        ),
        (
            "slash_fraction_downtime",
            "2.0",
            "slashing fraction downtime should be less than or equal to one",
        ),
    ],
)
def test_invalid_genesis(field: str, value: str, text: str) -> None:
    state = slashing.MODULE.default_genesis("default")
    state["params"][field] = value
    with pytest.raises(ChainError, match=text):
        slashing.MODULE.validate_genesis(state)


def test_how_many_blocks_may_be_missed() -> None:
    assert Params(window=11, min_signed=Dec.of("0.5")).max_missed == 5  # 5.5 rounds to even: 6
    assert Params(window=13, min_signed=Dec.of("0.5")).max_missed == 7  # 6.5 rounds to even: 6
