"""MsgCreateValidator: a record, its first stake, and every refusal."""

from hashlib import sha256
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import consensus, staking
from akashpy.types.dec import Dec
from akashpy.types.errors import (
    ChainError,
    InsufficientFunds,
    InvalidAddress,
    InvalidRequest,
    InvalidType,
    Panic,
)
from akashpy.types.staking import (
    CommissionChangeRateGTMaxRate,
    CommissionChangeRateNegative,
    CommissionGTMaxRate,
    CommissionHuge,
    CommissionLTMinRate,
    CommissionNegative,
    EmptyValidatorPubKey,
    SelfDelegationBelowMinimum,
    ValidatorOwnerExists,
    ValidatorPubKeyExists,
    ValidatorPubKeyTypeNotSupported,
)
from akashpy.wire import crypto
from akashpy.wire import staking as pb
from tests.chain.staking.conftest import STAKE, Stakes, dec, uakt


def rates(rate: str, most: str, change: str) -> pb.CommissionRates:
    return pb.CommissionRates(rate=dec(rate), max_rate=dec(most), max_change_rate=dec(change))


def test_a_validator_waits_and_is_bonded_when_the_block_ends(stakes: Stakes) -> None:
    stakes.run(stakes.create("ann"))
    made = stakes.validator("ann")
    assert (made.status, made.tokens) == (staking.UNBONDED, str(STAKE))
    assert made.delegator_shares == dec("10000000")
    assert made.commission.update_time.ToNanoseconds() == stakes.ctx.time
    assert stakes.shares("ann", "ann") == Dec.of(STAKE)
    found = staking.validator_by_consensus(stakes.ctx, stakes.consensus("ann"))
    assert found == made
    assert stakes.told("create_validator") == [
        {"validator": str(stakes.operator("ann")), "amount": "10000000uakt"}
    ]
    (update,) = stakes.turn()
    assert (update.pub_key, update.power) == (sha256(b"ann").digest(), 10)
    assert stakes.validator("ann").status == staking.BONDED
    stakes.sound()


CASES: list[tuple[dict[str, Any], type[ChainError], str | None]] = [
    ({"pubkey": None}, EmptyValidatorPubKey, None),
    ({"value": uakt(0)}, InvalidRequest, "invalid delegation amount: invalid request"),
    ({"value": uakt(-5)}, InvalidRequest, "invalid delegation amount: invalid request"),
    ({"value": None}, InvalidRequest, "invalid delegation amount: invalid request"),
    ({"description": None}, InvalidRequest, "empty description: invalid request"),
    ({"commission": None}, InvalidRequest, "empty commission: invalid request"),
    ({"commission": pb.CommissionRates(rate="1")}, Panic, None),
    ({"commission": rates("0.1", "-0.1", "0")}, CommissionNegative, None),
    ({"commission": rates("0.1", "1.1", "0")}, CommissionHuge, None),
    ({"commission": rates("-0.1", "1", "0")}, CommissionNegative, None),
    ({"commission": rates("0.3", "0.2", "0")}, CommissionGTMaxRate, None),
    ({"commission": rates("0.1", "0.2", "-0.1")}, CommissionChangeRateNegative, None),
    ({"commission": rates("0.1", "0.2", "0.3")}, CommissionChangeRateGTMaxRate, None),
    ({"min_self_delegation": None}, Panic, None),
    (
        {"min_self_delegation": "0"},
        InvalidRequest,
        "minimum self delegation must be a positive integer: invalid request",
    ),
    ({"min_self_delegation": str(STAKE + 1)}, SelfDelegationBelowMinimum, None),
    (
        {"commission": rates("0.04", "0.2", "0")},
        CommissionLTMinRate,
        "cannot set validator commission to less than minimum rate of 0.050000000000000000: "
        "commission cannot be less than min rate",
    ),
    (
        {"value": uakt(STAKE, "uact")},
        InvalidRequest,
        "invalid coin denomination: got uact, expected uakt: invalid request",
    ),
    (
        {"pubkey": wire.pack(crypto.Ed25519PubKey(key=sha256(b"val1").digest()))},
        ValidatorPubKeyExists,
        None,
    ),
    ({"pubkey": wire.pack(crypto.Ed25519PubKey(key=b"short"))}, Panic, None),
    (
        {"pubkey": wire.pack(pb.Description())},
        InvalidType,
        "Expecting cryptotypes.PubKey, got <nil>: invalid type",
    ),
    (
        {"pubkey": wire.pack(crypto.Secp256k1PubKey(key=b"\x02" * 33))},
        ValidatorPubKeyTypeNotSupported,
        "got: secp256k1, expected: [ed25519]: validator pubkey type is not supported",
    ),
    (
        {"description": pb.Description(moniker="m" * 71)},
        InvalidRequest,
        "invalid moniker length; got: 71, max: 70: invalid request",
    ),
    (
        {"description": pb.Description(moniker="m", details="é" * 141)},
        InvalidRequest,
        "invalid details length; got: 282, max: 280: invalid request",
    ),
    ({"value": uakt(10**12)}, InsufficientFunds, None),
]


@pytest.mark.parametrize(("changes", "error", "text"), CASES)
def test_refused(
    stakes: Stakes, changes: dict[str, Any], error: type[ChainError], text: str | None
) -> None:
    consensus.put(stakes.ctx, consensus.default())
    stakes.set_params(min_commission_rate=dec("0.05"))
    msg = stakes.create("ann", **changes)
    with stakes.rejects(error, text):
        stakes.run(msg)


def test_an_operator_has_one_validator(stakes: Stakes) -> None:
    key = wire.pack(crypto.Ed25519PubKey(key=b"k" * 32))
    with stakes.rejects(ValidatorOwnerExists):
        stakes.run(stakes.create("val1", pubkey=key))


def test_a_bad_address(stakes: Stakes) -> None:
    msg = stakes.create("ann")
    msg.validator_address = stakes.address("ann")
    with stakes.rejects(InvalidAddress):
        stakes.run(msg)


def test_other_kinds_of_keys_are_refused_even_if_consensus_allows_them(stakes: Stakes) -> None:
    agreed = consensus.default()
    agreed.validator.pub_key_types.append("secp256k1")
    consensus.put(stakes.ctx, agreed)
    with stakes.rejects(
        ValidatorPubKeyTypeNotSupported,
        "got: secp256k1, expected: [ed25519 secp256k1]: validator pubkey type is not supported",
    ):
        stakes.run(stakes.create("ann", pubkey=wire.pack(crypto.Secp256k1PubKey(key=b"\x02" * 33))))
