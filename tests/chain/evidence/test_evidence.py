"""Validators who sign twice: proved by consensus, slashed, jailed and never back."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.chain import consensus, evidence, slashing, staking
from akashpy.state.context import Context
from akashpy.types.abci import Misbehavior
from akashpy.types.errors import ChainError, InvalidAddress, PlainError, TxDecode
from akashpy.types.evidence import (
    Equivocation,
    EvidenceExists,
    InvalidEvidence,
    NoEvidenceHandlerExists,
)
from akashpy.types.slashing import NEVER
from akashpy.wire import bank
from akashpy.wire import evidence as pb
from akashpy.wire.tendermint import ConsensusParams
from tests.chain.economy import Economy
from tests.chain.staking.conftest import UNBONDING

DUPLICATE, LUNATIC = 1, 2


def proof(chain: Economy, name: str, kind: int = DUPLICATE, age: int = 1) -> Misbehavior:
    """What consensus reports of a validator, `age` blocks ago."""
    height, time = chain.ctx.height - age, chain.ctx.time - age * 10**9
    return Misbehavior(kind, chain.consensus(name), 10, height, time, 20)


@pytest.mark.parametrize("kind", [DUPLICATE, LUNATIC])
def test_slashed_jailed_and_tombstoned(chain: Economy, kind: int) -> None:
    seen = proof(chain, "val2", kind)
    chain.block(proofs=[seen])
    value, info = chain.validator("val2"), chain.info("val2")
    assert int(value.tokens) == 9_500_000
    assert value.jailed
    assert (info.tombstoned, info.jailed_until) == (True, NEVER)
    text = chain.valcons("val2")
    assert chain.told("slash") == [
        {"address": text, "power": "10", "reason": "double_sign", "burned_coins": "500000"},
        {"jailed": text},
    ]
    assert evidence.EVIDENCE.get(chain.ctx, Equivocation.of(seen).hash) is not None
    chain.sound()


def test_once_only(chain: Economy) -> None:
    chain.block(proofs=[proof(chain, "val2"), proof(chain, "val2", age=0)])
    assert int(chain.validator("val2").tokens) == 9_500_000
    chain.block(proofs=[proof(chain, "val2")])
    assert int(chain.validator("val2").tokens) == 9_500_000
    assert len(list(evidence.EVIDENCE.under(chain.ctx))) == 1


def test_one_that_is_jailed_already_is_tombstoned(chain: Economy) -> None:
    slashing.jail(chain.ctx, chain.consensus("val2"))
    chain.block(proofs=[proof(chain, "val2")])
    assert chain.info("val2").tombstoned
    assert len(chain.told("slash")) == 2


def ignored(chain: Economy, seen: Misbehavior, **options: Any) -> None:
    """Nothing comes of it."""
    chain.block(proofs=[seen], **options)
    assert chain.told("slash") == []
    assert list(evidence.EVIDENCE.under(chain.ctx)) == []


def test_too_old_in_blocks_and_in_time(chain: Economy) -> None:
    params = ConsensusParams()
    params.CopyFrom(consensus.get(chain.ctx))
    allowed = params.evidence
    allowed.max_age_num_blocks = 3
    allowed.max_age_duration.FromSeconds(60)
    consensus.put(chain.ctx, params)
    for _ in range(6):
        chain.block()
    old = proof(chain, "val2", age=5)
    ignored(chain, old._replace(time=chain.ctx.time - 61 * 10**9))
    # only one of the two limits passed: punished
    chain.block(proofs=[old._replace(time=chain.ctx.time - 10**9)])
    assert chain.info("val2").tombstoned


def test_unknown_kinds_and_validators_are_passed_over(chain: Economy) -> None:
    ignored(chain, proof(chain, "val2", kind=0))
    ignored(chain, proof(chain, "nobody"))
    slashing.PUBLIC_KEYS.remove(chain.ctx, chain.consensus("val2"))
    ignored(chain, proof(chain, "val2"))


def test_unbonded_validators_are_passed_over(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val2", 1_000_000))
    chain.run(chain.undelegate("val2", "val2", 10_000_000))
    chain.block()
    chain.block(time=UNBONDING)
    chain.block()
    assert chain.validator("val2").status == staking.UNBONDED
    ignored(chain, proof(chain, "val2"))


def test_one_never_seen_signing_is_punished_as_well(chain: Economy) -> None:
    slashing.SIGNING.remove(chain.ctx, chain.consensus("val2"))
    chain.sets[-2].pop(chain.consensus("val2"))
    chain.block(proofs=[proof(chain, "val2")])
    assert chain.info("val2").tombstoned


# REPORTS


def report(chain: Economy, packed: Packed | None) -> pb.MsgSubmitEvidence:
    return pb.MsgSubmitEvidence(submitter=chain.address("ann"), evidence=packed)


GOOD = Equivocation(5, 10**18, 10, "akashvalcons1x")


def test_invalid_reports(chain: Economy) -> None:
    with chain.rejects(
        NoEvidenceHandlerExists, "equivocation: unregistered handler for evidence type"
    ):
        chain.run(report(chain, GOOD.to_any()))
    with chain.rejects(InvalidEvidence, "missing evidence: invalid evidence"):
        chain.run(report(chain, None))
    msg = report(chain, GOOD.to_any())
    msg.submitter = ""
    text = "invalid submitter address: empty address string is not allowed: invalid address"
    with chain.rejects(InvalidAddress, text):
        chain.run(msg)
    text = (
        "no concrete type registered for type URL /cosmos.bank.v1beta1.MsgSend against interface "
        "*exported.Evidence: tx parse error"
    )
    with chain.rejects(TxDecode, text):
        chain.run(report(chain, wire.pack(bank.MsgSend())))


def test_invalid_report_of_what_is_known(chain: Economy) -> None:
    seen = Equivocation.of(proof(chain, "val2"))
    evidence.records.put(chain.ctx, seen)
    with chain.rejects(EvidenceExists, f"{seen.hash.hex().upper()}: evidence already exists"):
        chain.run(report(chain, seen.to_any()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Equivocation(5, 0, 10, "x"), "invalid equivocation time: 1970-01-01 00:00:00 +0000 UTC"),
        (Equivocation(0, 10**18, 10, "x"), "invalid equivocation height: 0"),
        (Equivocation(5, 10**18, 0, "x"), "invalid equivocation validator power: 0"),
        (Equivocation(5, 10**18, 1, ""), "invalid equivocation validator consensus address: "),
    ],
)
def test_impossible_evidence(chain: Economy, value: Equivocation, text: str) -> None:
    with chain.rejects(InvalidEvidence, f"failed basic validation: {text}: invalid evidence"):
        chain.run(report(chain, value.to_any()))


def test_evidence_without_a_time_has_gos_zero_time(chain: Economy) -> None:
    packed = wire.pack(pb.Equivocation(height=1, power=1, consensus_address="x"))
    text = (
        "failed basic validation: invalid equivocation time: 0001-01-01 00:00:00 +0000 UTC: "
        "invalid evidence"
    )
    with chain.rejects(InvalidEvidence, text):
        chain.run(report(chain, packed))


# GENESIS


def test_genesis_comes_back(chain: Economy) -> None:
    chain.block(proofs=[proof(chain, "val2")])
    state = evidence.MODULE.export_genesis(chain.ctx)
    evidence.MODULE.validate_genesis(state)
    fresh = Context.scratch()
    evidence.MODULE.init_genesis(fresh, state)
    assert evidence.MODULE.export_genesis(fresh) == state
    assert len(state["evidence"]) == 1


def test_invalid_genesis() -> None:
    packed = wire.to_json(pb.GenesisState(evidence=[GOOD.to_any(), GOOD.to_any()]))
    with pytest.raises(PlainError, match="already exists"):
        evidence.MODULE.validate_genesis(packed)
    bad = wire.to_json(pb.GenesisState(evidence=[Equivocation(0, 10**18, 1, "x").to_any()]))
    with pytest.raises(ChainError, match="invalid equivocation height: 0"):
        evidence.MODULE.init_genesis(Context.scratch(), bad)
