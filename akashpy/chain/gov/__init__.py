"""Governance: proposals, deposits and votes, and who may change parameters.

A proposal's messages run through `ctx.dispatch` when it has passed. records: the tables; deposits,
proposals, votes: what messages do; tally: the count; queue: the end of a block; legacy: v1beta1.
It must not know any module that asks or whose messages it runs.
"""

from akashpy.chain.authority import AUTHORITY as AUTHORITY
from akashpy.chain.authority import require_authority as require_authority
from akashpy.chain.gov import genesis, legacy, messages
from akashpy.chain.gov.queue import end_block
from akashpy.chain.gov.records import params as params
from akashpy.chain.module import Handler, Module

_URL, _OLD = "/cosmos.gov.v1.", "/cosmos.gov.v1beta1."
MODULE = Module(
    name="gov",
    handlers={
        f"{_URL}MsgSubmitProposal": Handler(None, messages.submit_proposal),
        f"{_URL}MsgExecLegacyContent": Handler(legacy.validate_exec, legacy.exec_content),
        f"{_URL}MsgVote": Handler(None, messages.vote),
        f"{_URL}MsgVoteWeighted": Handler(None, messages.vote_weighted),
        f"{_URL}MsgDeposit": Handler(None, messages.deposit),
        f"{_URL}MsgUpdateParams": Handler(None, messages.update_params),
        f"{_URL}MsgCancelProposal": Handler(None, messages.cancel_proposal),
        f"{_OLD}MsgSubmitProposal": Handler(None, legacy.submit_proposal),
        f"{_OLD}MsgVote": Handler(None, legacy.vote),
        f"{_OLD}MsgVoteWeighted": Handler(None, legacy.vote_weighted),
        f"{_OLD}MsgDeposit": Handler(None, legacy.deposit),
    },
    init_genesis=genesis.init_genesis,
    export_genesis=genesis.export_genesis,
    default_genesis=genesis.default_genesis,
    validate_genesis=genesis.validate_genesis,
    end_block=(end_block,),
    invariants=(genesis.holds_deposits,),
)
