"""Proof that a validator signed twice, and what follows from it.

Consensus gives the proof with a block; reports by message have no handler, as on Akash. It must
not know how much a validator loses: slashing does.
Source of rules and texts: cosmossdk.io/x/evidence, wired as in node v2.1.
"""

from akashpy.chain.evidence.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.evidence.handling import begin_block, punish, submit_evidence
from akashpy.chain.evidence.records import EVIDENCE
from akashpy.chain.module import Handler, Module

__all__ = ["EVIDENCE", "MODULE", "punish"]

MODULE = Module(
    name="evidence",
    handlers={"/cosmos.evidence.v1beta1.MsgSubmitEvidence": Handler(None, submit_evidence)},
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(begin_block,),
)
