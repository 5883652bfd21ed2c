"""The same proposals, votes and vesting accounts on a Go node and on ours: codes, words, events.

Both chains start with the same people and stake; what differs by nature (heights, times, gas) is
left out. Votes last seconds on both.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from google.protobuf.message import Message

from akashpy.chain import consensus, genesis
from akashpy.client.client import Client
from akashpy.client.signer import KeySigner
from akashpy.node.comet.keys import SigningKey
from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.home import init_home
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.wire import consensus as consensus_pb
from akashpy.wire import gov, gov_v1beta1, pack, to_json, upgrade, vesting
from akashpy.wire.bank import MsgSend
from akashpy.wire.bank import MsgUpdateParams as BankParams
from akashpy.wire.bank import Params as BankParamsValue
from akashpy.wire.distribution import CommunityPoolSpendProposal
from akashpy.wire.params import ParamChange, ParameterChangeProposal
from tests.nodes import key_of
from tests.parity.gonode.gochain import (
    CHAIN_ID,
    FUNDS,
    NAMES,
    QUICK,
    STAKE,
    go_chain,
    init_chain,
)

GOV = str(Address.of_module("gov"))
PERIODS = {"voting_period": "30s", "expedited_voting_period": "20s"}
VOTING = 30.0
VOTED_ON = 2
GAS = 3_000_000
FAR = 10_000_000
SIGNED = ("signature", "acc_seq", "gas")
"""What transactions differ in by nature: account numbers are signed, Go's validator sent one."""
TOLD = ("active_proposal", "inactive_proposal", "update_consensus_params")
Step = tuple[str, Message]


def who(name: str) -> str:
    return str(key_of(name).address)


def coins(text: str) -> Any:
    return Coins.parse(text).to_wire()


def propose(*messages: Message, **fields: Any) -> gov.MsgSubmitProposal:
    found: dict[str, Any] = {
        "proposer": who("tenant"),
        "title": "A title",
        "summary": "A summary",
        "metadata": "ipfs://CID",
        "initial_deposit": coins("10000000uakt"),
        "messages": [pack(each) for each in messages],
    }
    return gov.MsgSubmitProposal(**(found | fields))


def legacy(content: Message | None, deposit: str = "10000000uakt") -> Any:
    made = gov_v1beta1.MsgSubmitProposal(proposer=who("tenant"), initial_deposit=coins(deposit))
    if content is not None:
        made.content.CopyFrom(pack(content))
    return made


def text(title: str = "T", description: str = "D") -> gov_v1beta1.TextProposal:
    return gov_v1beta1.TextProposal(title=title, description=description)


def changes(*found: tuple[str, str, str]) -> ParameterChangeProposal:
    parts = [ParamChange(subspace=s, key=k, value=v) for s, k, v in found]
    return ParameterChangeProposal(title="T", description="D", changes=parts)


def bank_params(authority: str = GOV) -> BankParams:
    return BankParams(authority=authority, params=BankParamsValue(default_send_enabled=True))


def block_params() -> consensus_pb.MsgUpdateParams:
    value = consensus.default()
    made = consensus_pb.MsgUpdateParams(authority=GOV, block=value.block)
    made.evidence.CopyFrom(value.evidence)
    made.validator.CopyFrom(value.validator)
    made.block.max_gas = 500_000_000
    return made


def plan(name: str = "v99", height: int = FAR) -> upgrade.MsgSoftwareUpgrade:
    return upgrade.MsgSoftwareUpgrade(
        authority=GOV, plan=upgrade.Plan(name=name, height=height, info="none")
    )


def send(sender: str, to: str, amount: str) -> MsgSend:
    return MsgSend(from_address=sender, to_address=to, amount=coins(amount))


def vote(number: int, voter: str, option: int) -> gov.MsgVote:
    return gov.MsgVote(proposal_id=number, voter=who(voter), option=option)  # type: ignore[arg-type]


def split(number: int, voter: str, *parts: tuple[int, str]) -> gov.MsgVoteWeighted:
    options = [gov.WeightedVoteOption(option=o, weight=w) for o, w in parts]  # type: ignore[arg-type]
    return gov.MsgVoteWeighted(proposal_id=number, voter=who(voter), options=options)


def deposit(number: int, amount: str) -> gov.MsgDeposit:
    return gov.MsgDeposit(proposal_id=number, depositor=who("other"), amount=coins(amount))


def cancel(number: int, proposer: str) -> gov.MsgCancelProposal:
    return gov.MsgCancelProposal(proposal_id=number, proposer=who(proposer))


def locked(to: str, amount: str, end: int, **fields: Any) -> vesting.MsgCreateVestingAccount:
    return vesting.MsgCreateVestingAccount(
        from_address=who("tenant"), to_address=to, amount=coins(amount), end_time=end, **fields
    )


def periodic(to: str, start: int, *periods: tuple[int, str]) -> Any:
    return vesting.MsgCreatePeriodicVestingAccount(
        from_address=who("tenant"),
        to_address=to,
        start_time=start,
        vesting_periods=[vesting.Period(length=n, amount=coins(c)) for n, c in periods],
    )


def permanent(to: str, amount: str) -> vesting.MsgCreatePermanentLockedAccount:
    return vesting.MsgCreatePermanentLockedAccount(
        from_address=who("tenant"), to_address=to, amount=coins(amount)
    )


STEPS: Sequence[Step] = (
    ("tenant", propose(bank_params(), title="")),
    ("tenant", propose(bank_params(), summary="")),
    ("tenant", propose(metadata="")),
    ("tenant", propose(metadata='{"title":"x"}')),
    ("tenant", propose(bank_params(who("tenant")))),
    ("tenant", propose(bank_params(), initial_deposit=coins("99999uakt"))),
    ("tenant", propose(bank_params(), initial_deposit=coins("10000000uact"))),
    ("tenant", propose(bank_params(), initial_deposit=coins(""))),
    ("tenant", propose(bank_params(), title="t" * 10_201)),
    ("tenant", propose(bank_params(), initial_deposit=coins("4000000uakt"))),  # 1
    ("other", deposit(1, "5uakt")),
    ("other", deposit(1, "10000000uact")),
    ("other", deposit(77, "10000000uakt")),
    ("tenant", vote(1, "tenant", 1)),
    ("other", deposit(1, "6000000uakt")),
    ("validator", vote(1, "validator", 1)),
    ("tenant", split(1, "tenant", (1, "0.7"), (3, "0.3"))),
    ("tenant", split(1, "tenant", (1, "0.7"), (3, "0.4"))),
    ("tenant", split(1, "tenant", (1, "0.7"), (1, "0.3"))),
    ("tenant", split(1, "tenant", (1, "0.7"))),
    ("tenant", split(1, "tenant", (9, "1"))),
    ("tenant", split(1, "tenant", (1, "1.5"))),
    ("tenant", split(1, "tenant")),
    ("tenant", vote(1, "tenant", 0)),
    ("tenant", vote(1, "tenant", 9)),
    ("tenant", vote(77, "tenant", 1)),
    ("tenant", legacy(text())),  # 2
    ("tenant", legacy(text(title=" "))),
    ("tenant", legacy(text(description=""))),
    ("tenant", legacy(text(), "99uakt")),
    ("tenant", legacy(changes(("staking", "MaxValidators", "105")))),  # 3
    ("tenant", legacy(changes())),
    ("tenant", legacy(CommunityPoolSpendProposal(
        title="T", description="D", recipient=who("other"), amount=coins("1uakt")))),
    ("tenant", propose(block_params())),  # 4
    ("tenant", propose(plan())),  # 5
    ("tenant", propose(send(GOV, who("other"), "900000000000000uakt"))),  # 6
    ("tenant", propose(bank_params(), expedited=True, initial_deposit=coins("50000000uakt"))),  # 7
    ("tenant", propose(bank_params())),  # 8
    ("other", cancel(8, "other")),
    ("other", cancel(77, "other")),
    ("tenant", cancel(8, "tenant")),
    ("validator", vote(2, "validator", 2)),
    ("validator", vote(3, "validator", 1)),
    ("validator", vote(4, "validator", 1)),
    ("validator", vote(5, "validator", 1)),
    ("validator", vote(6, "validator", 1)),
    ("validator", vote(7, "validator", 4)),
    ("tenant", locked(who("late"), "5000000uakt", 4_000_000_000)),
    ("tenant", locked(who("late"), "5000000uakt", 4_000_000_000)),
    ("tenant", locked(who("later"), "5000000uakt", 4_000_000_000, delayed=True)),
    ("tenant", locked(who("never"), "5000000uakt", 0)),
    ("tenant", locked(who("never"), "", 4_000_000_000)),
    ("tenant", locked(who("never"), "5uact", 4_000_000_000)),
    ("tenant", locked(GOV, "5uakt", 4_000_000_000)),
    ("tenant", permanent(who("bound"), "5000000uakt")),
    ("tenant", permanent("akash1", "5000000uakt")),
    ("tenant", periodic(who("parts"), 1, (3_000_000_000, "5000000uakt"), (7, "1uakt"))),
    ("tenant", periodic(who("none"), 0, (5, "5uakt"))),
    ("tenant", periodic(who("none"), 1, (0, "5uakt"))),
    ("tenant", periodic(who("none"), 1)),
    ("tenant", send(who("tenant"), who("later"), "30000uakt")),
    ("later", send(who("later"), who("other"), "25000uakt")),
    ("later", send(who("later"), who("other"), "1uakt")),
)  # fmt: skip


async def play(client: Client) -> list[Any]:
    """What every step of the script led to."""
    said = []
    for name, message in STEPS:
        outcome = await client.send(
            [message], KeySigner(key_of(name)), gas=GAS, fees=Coins.parse("7500uakt")
        )
        events = [
            (event.type, event.attributes)
            for event in outcome.events
            if event.type != "tx" or event.attributes[0][0] not in SIGNED
        ]
        said.append((message.DESCRIPTOR.name, outcome.codespace, outcome.code, outcome.log, events))
    return said


async def proposals(client: Client) -> Any:
    """All proposals once none is being voted on, without their times."""
    until = time.monotonic() + 8 * VOTING
    while True:
        answer = await client.call(
            "/cosmos.gov.v1.Query/Proposals",
            gov.QueryProposalsRequest(),
            gov.QueryProposalsResponse,
        )
        if all(each.status != VOTED_ON for each in answer.proposals):
            break
        assert time.monotonic() < until, "still being voted on"
        await asyncio.sleep(0.5)
    shown: Any = to_json(answer)
    for each in shown["proposals"]:
        for name in [name for name in each if name.endswith("_time")]:
            del each[name]
    return shown


def ends_of_blocks(rpc: str) -> list[Any]:
    """What the ends of blocks told about proposals, in order."""
    with urlopen(f"{rpc}/status", timeout=10) as response:
        latest = int(json.load(response)["result"]["sync_info"]["latest_block_height"])
    told = []
    for height in range(1, latest + 1):
        with urlopen(f"{rpc}/block_results?height={height}", timeout=10) as response:
            events = json.load(response)["result"]["finalize_block_events"] or []
        for event in events:
            if event["type"] in TOLD:
                told.append((event["type"], [(a["key"], a["value"]) for a in event["attributes"]]))
    return told


async def on_go(home: Path) -> tuple[list[Any], Any, list[Any]]:
    init_chain(home)
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    document["app_state"]["gov"]["params"].update(PERIODS)
    path.write_text(json.dumps(document))
    with go_chain(home) as chain:
        async with chain.client() as client:
            said = await play(client)
            found = await proposals(client)
        return said, found, await asyncio.to_thread(ends_of_blocks, chain.rpc)


async def on_ours(home: Path) -> tuple[list[Any], Any, list[Any]]:
    key = SigningKey(b"v" * 32)
    funds = Coins.parse(f"{FUNDS}uakt,{FUNDS}uact")
    accounts = [
        (who(name), funds.subtract(Coins.parse(f"{STAKE}uakt")) if name == "validator" else funds)
        for name in NAMES
    ]
    document = genesis.default(
        "akash", CHAIN_ID, time.time_ns(), accounts, (key.public, who("validator"), STAKE)
    )
    base = document["app_state"]["gov"]["params"]
    base.update(genesis.default("default", CHAIN_ID, 0)["app_state"]["gov"]["params"])
    base.update(PERIODS)
    root = init_home(home, document, validator_key=key).root
    settings = NodeSettings(rpc_port=0, grpc_port=0, block_interval=0.1)
    async with Node.start(root, settings) as node:
        async with Client.connect(node.grpc, node.rpc, settings=QUICK) as client:
            said = await play(client)
            found = await proposals(client)
        return said, found, await asyncio.to_thread(ends_of_blocks, node.rpc)


async def test_governance_is_the_same(tmp_path: Path) -> None:
    theirs = await on_go(tmp_path / "go")
    ours = await on_ours(tmp_path / "ours")
    differing = [(a, b) for a, b in zip(theirs[0], ours[0], strict=True) if a != b]
    assert differing == []
    assert ours[1] == theirs[1]
    assert sorted(map(str, ours[2])) == sorted(map(str, theirs[2]))
