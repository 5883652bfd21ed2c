"""Every module of the chain beside a Go node, in one script of some hundred transactions.

The script is lived on a Go chain whose periods are short; its blocks are then executed by our rules
from the same genesis, every fix off. Each transaction ends with the same code and words and tells
the same events, each block begins and ends with the same events, what the Go node did not take into
a block ours refuses in the same words, and in the end every query of every module answers alike.

Validators that sign nothing stand for absent ones, one whose key is known here signs two blocks.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import auth as auth_chain
from akashpy.chain.app import App
from akashpy.client.client import Client
from akashpy.client.outcome import TxOutcome
from akashpy.node.comet.keys import SigningKey
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError
from akashpy.wire import crypto, slashing
from tests.nodes import key_of
from tests.parity.gonode import test_economy_on_go as rewards
from tests.parity.gonode import test_governance as governance
from tests.parity.gonode import test_minting_on_go as minting
from tests.parity.gonode import test_staking_on_go as stake
from tests.parity.gonode import wholescript as steps
from tests.parity.gonode.allqueries import Answers, ask_all, compare
from tests.parity.gonode.doublesign import accuse
from tests.parity.gonode.gochain import CHAIN_ID, GoChain, go_chain, init_chain
from tests.parity.gonode.retold import Told, our_genesis, retell

GAS = 3_000_000
FEE = Coins.parse("7500uakt")
UNBONDING = 8
VOTING = 30.0
PERIODS = governance.PERIODS | {"max_deposit_period": "30s"}
SLASHING = {
    "signed_blocks_window": "150",
    "min_signed_per_window": "0.500000000000000000",
    "downtime_jail_duration": "4s",
}
TWICE = SigningKey(sha256(b"signs twice").digest())
YES, NO, VETO = 1, 3, 4
EVENTS = {
    "liveness", "complete_unbonding", "complete_redelegation", "active_proposal",
    "inactive_proposal", "update_consensus_params", "burn", "coinbase",
    "akash.bme.v1.EventLedgerRecordExecuted", "akash.bme.v1.EventLedgerRecordCanceled",
    "akash.oracle.v2.EventPriceStaled", "akash.market.v1.EventLeaseReclaimStarted",
}  # fmt: skip
"""What the script must have led to, among much else."""
FRONT = "failed to execute message; message index: 0: "
PRINTED = FRONT + "failed to execute message; message "
AUDITS = ("/akash.audit.v1.Query/AllProvidersAttributes", "/akash.audit.v1.Query/AuditorAttributes")


def row_of(where: str, mine: Any, theirs: Any) -> str | None:
    """The row of docs/differences.md that a difference belongs to; None: it has none."""
    if where.startswith(AUDITS):
        return "lists of the audit decode another message"
    if where.startswith("/cosmos.params.v1beta1.Query/Subspaces"):
        same = sorted(map(str, mine["subspaces"])) == sorted(map(str, theirs["subspaces"]))
        return "subspaces in another order" if same else None
    if where.startswith("/cosmos.auth.v1beta1.Query/ModuleAccounts"):
        rest = [one for one in theirs["accounts"] if one["name"] != "transfer"]
        return "no IBC" if mine["accounts"] == rest else None
    if not isinstance(mine, tuple) or not isinstance(theirs, tuple):
        return None
    if theirs[1] == 111222 and mine[:2] == ("feegrant", 5):
        return "an allowance that is none panics"
    if mine[:2] != theirs[:2]:
        return None
    words, others = mine[2], theirs[2]
    if "\ufffd" in others:
        return "raw bytes in texts of grants"
    if words.startswith(PRINTED) and others.startswith(PRINTED):
        return "a message in MsgExec is printed as JSON"
    if words.startswith(FRONT) and words.endswith(": " + others.removeprefix(FRONT)):
        return "the id or reason in front of a refusal"
    return None


@dataclass(frozen=True)
class Said:
    """One transaction as it was sent: at which height, by whom, and how it ended."""

    after: int
    who: str
    msgs: Sequence[Message]
    granter: str
    outcome: TxOutcome | ChainError

    @property
    def refusal(self) -> ChainError | None:
        """Why the node did not take it into a block; None when it did."""
        return self.outcome if isinstance(self.outcome, ChainError) else None


class Play(minting.Script):
    """Sends transactions to the Go chain one after the other and remembers how each ended."""

    def __init__(self, chain: GoChain, client: Client) -> None:
        super().__init__(chain, client)
        self.said: list[Said] = []

    async def send(self, name: str, *msgs: Message, granter: str = "") -> int:
        """One transaction; the height of its block, 0 when the node did not take it."""
        after = await self.client.node.height()
        outcome: TxOutcome | ChainError
        try:
            outcome = await self.client.send(
                msgs, self.chain.signer(name), gas=GAS, fees=FEE, granter=granter
            )
        except ChainError as error:
            outcome = error
        self.said.append(Said(after, name, msgs, granter, outcome))
        return 0 if isinstance(outcome, ChainError) else outcome.height

    async def __call__(self, name: str, *msgs: Message) -> int:
        return await self.send(name, *msgs)

    async def through(self, script: Sequence[tuple[str, Message]]) -> None:
        """Steps one after the other."""
        for name, msg in script:
            await self.send(name, msg)


def prepare(home: Path) -> None:
    """Short periods, a price feed, a filled vault."""
    minting.prepare(home)
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    state = document["app_state"]
    state["gov"]["params"] |= PERIODS
    state["slashing"]["params"] |= SLASHING
    state["staking"]["params"] |= {
        "unbonding_time": f"{UNBONDING}s", "max_entries": 3, "min_commission_rate": "0.05",
    }  # fmt: skip
    path.write_text(json.dumps(document))


# THE SCRIPT


async def accused(play: Play) -> None:
    """A validator bonds, signs twice, is judged, and cannot come back."""
    height = await play.client.node.height()
    answer = await asyncio.to_thread(accuse, play.chain.rpc, CHAIN_ID, TWICE, height - 1)
    assert "hash" in answer.get("result", {}), answer
    await play.blocks(4)
    for name in ("cli", "house", "other"):
        await play.send(name, slashing.MsgUnjail(validator_addr=stake.operator(name)))
    await play.send("cli", stake.delegate("cli", stake.operator("cli"), 5))
    await play.send("cli", stake.undelegate("cli", stake.operator("cli"), 1_000_000))
    await play.send("tenant", stake.undelegate("tenant", stake.operator("cli"), 1_000))


async def decided(play: Play) -> None:
    """Proposals of every module, voted on; each is decided when this ends."""
    height = await play.client.node.height() - 1
    lists = [[await steps.changed(play.client, each, height)] for each in steps.CHANGES]
    bad = await steps.changed(play.client, "/cosmos.staking.v1beta1", height, max_validators=0)
    good = await steps.changed(play.client, "/akash.market.v1beta5", height, order_max_bids=44)
    lists += [[good, bad], *map(list, steps.decrees())]
    number = 0
    for messages in lists:
        await play.send("tenant", governance.propose(*messages))
        outcome = play.said[-1].outcome
        if not isinstance(outcome, ChainError) and outcome.code == 0:
            told = [value for event in outcome.events for key, value in event.attributes
                    if key == "proposal_id"]  # fmt: skip
            number = int(told[0])
            await play.send("validator", governance.vote(number, "validator", YES))
    poor = governance.propose(
        governance.bank_params(), initial_deposit=governance.coins("4000000uakt")
    )
    await play.send("tenant", poor)
    await play.send("tenant", governance.propose(governance.bank_params()))
    await play.send("validator", governance.vote(number + 2, "validator", VETO))
    await asyncio.sleep(VOTING + 2)  # the Go chain's own clock decides
    await play.blocks(2)


async def live(play: Play) -> None:
    """The whole script."""
    await stake.validators_life(play)
    own = stake.create("cli", value=stake.uakt(5_000_000_000))
    own.pubkey.CopyFrom(wire.pack(crypto.Ed25519PubKey(key=TWICE.public)))
    await play.send("cli", own)
    await play.send("tenant", stake.delegate("tenant", stake.operator("cli"), 3_000_001))
    await stake.stakes_life(play)
    await play.through(rewards.STEPS)
    await accused(play)
    await play.send("other", stake.create("other", min_self_delegation="1"))  # absent from now on
    await play.send("house", stake.delegate("house", stake.operator("house"), 200_000_000))
    await play.send("house", slashing.MsgUnjail(validator_addr=stake.operator("house")))
    await play.through(governance.STEPS)
    for part in (minting.prices_and_requests, minting.halted, minting.paid_in_akt):
        await part(play)
    await play.send("other", slashing.MsgUnjail(validator_addr=stake.operator("other")))
    await play.send("tenant", stake.delegate("tenant", stake.operator("other"), 1_234_567))
    await play.through(steps.money())
    await play.through(steps.grants())
    await play.through(steps.allowances())
    for name, granter, msg in steps.PAID_BY:
        await play.send(name, msg, granter=steps.who(granter))
    await play.through(steps.certificates())
    await play.through(steps.providers())
    await play.through(steps.leases())
    await minting.silence(play)
    await play.through(steps.overdrawn())
    await decided(play)
    await play.through(rewards.STEPS[:9])
    await play.send("house", slashing.MsgUnjail(validator_addr=stake.operator("house")))


# THE COMPARISON


class Comparison:
    """What differs, and how much was looked at."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.waiting = [one for one in said if one.refusal]
        self.found: list[str] = []
        self.counts: Counter[str] = Counter()
        self.codes: Counter[tuple[str, int]] = Counter()
        self.kinds: set[str] = set()
        self.known: Counter[str] = Counter()
        self.reasons: set[str] = set()

    def differs(self, where: str, mine: Any, theirs: Any) -> None:
        """Note a difference, unless it has its row in docs/differences.md."""
        if row := row_of(where, mine, theirs):
            self.known[row] += 1
            return
        self.found.append(f"{where}\n    ours   {mine}\n    theirs {theirs}")

    def block(self, app: App, told: Told) -> None:
        """One block: its transactions, events and validators; then what was refused after it."""
        their_txs = told.theirs["txs_results"] or ()
        for mine, its in zip(told.ours.tx_results, their_txs, strict=True):
            self.transaction(f"block {told.height}", mine, its)
        events = _ours(told.ours.events)
        expected = _theirs(told.theirs["finalize_block_events"] or ())
        self.events(f"block {told.height}", events, expected)
        powers = [each.power for each in told.ours.validator_updates]
        wanted = [int(each.get("power", 0)) for each in told.theirs["validator_updates"] or ()]
        if powers != wanted:
            self.differs(f"validators of block {told.height}", powers, wanted)
        self.counts["blocks"] += 1
        while self.waiting and self.waiting[0].after <= told.height:
            self.refused(app, self.waiting.pop(0))

    def transaction(self, where: str, mine: Any, its: Any) -> None:
        """Code, words and events of one transaction."""
        self.counts["transactions in blocks"] += 1
        code = (its.get("codespace", ""), its.get("code", 0))
        self.codes[code] += 1
        found, wanted = (mine.codespace, mine.code, mine.log), (*code, its["log"])
        if found[:2] != wanted[:2] or (mine.code and found != wanted):
            self.differs(where, found, wanted)
        self.events(where, _ours(mine.events), _theirs(its["events"] or ()))

    def events(self, where: str, mine: list[Any], theirs: list[Any]) -> None:
        """Events in their order, with all they say."""
        self.counts["events"] += len(theirs)
        self.kinds |= {kind for kind, _ in theirs}
        self.reasons |= {
            value for kind, told in theirs if kind == "slash"
            for key, value in told if key == "reason"
        }  # fmt: skip
        if mine != theirs:
            lacking = [each for each in theirs if each not in mine]
            more = [each for each in mine if each not in theirs]
            self.differs(f"events of {where}", more or "in another order", lacking)

    def refused(self, app: App, one: Said) -> None:
        """What the Go node did not take into a block, ours does not take either."""
        self.counts["transactions refused before a block"] += 1
        key = key_of(one.who)
        account = auth_chain.account(app.query_context(), key.address.raw)
        assert account is not None
        raw = build(
            one.msgs, key, chain_id=CHAIN_ID, account_number=account.number,
            sequence=account.sequence, fee=[Coin(each.denom, each.amount) for each in FEE],
            gas=GAS, granter=one.granter,
        )  # fmt: skip
        mine = app.check_tx(raw)
        found = (mine.codespace, mine.code, mine.log)
        its = one.refusal
        assert its is not None
        self.codes[(its.codespace, its.code)] += 1
        if found != (its.codespace, its.code, str(its)):
            name = one.msgs[0].DESCRIPTOR.name
            self.differs(
                f"refusal of {name} after {one.after}", found, (its.codespace, its.code, str(its))
            )

    def summary(self) -> str:
        """What there was to compare, for people."""
        refusals = [f"{space}/{code}" for space, code in sorted(self.codes) if code]
        lines = [f"{number:>7} {what}" for what, number in self.counts.items()]
        lines += [
            f"{self.codes[('', 0)]:>7} transactions that succeeded",
            f"{len(self.kinds):>7} kinds of events",
            f"{len(refusals):>7} kinds of refusals: {', '.join(refusals)}",
            *(
                f"{number:>7} differences of a known kind: {row}"
                for row, number in self.known.items()
            ),
            f"{len(self.found):>7} other differences",
        ]
        return "\n".join([*lines, *self.found])


def _ours(events: Sequence[Any]) -> list[Any]:
    return [(event.type, [list(pair) for pair in event.attributes]) for event in events]


def _theirs(events: Sequence[dict[str, Any]]) -> list[Any]:
    return [
        (event["type"], [[each["key"], each["value"]] for each in event["attributes"]])
        for event in events
    ]


async def lived(chain: GoChain) -> tuple[list[Said], int, Answers]:
    """The script on the Go chain: what was sent, the last height, all answers at it."""
    async with chain.client() as client:
        play = Play(chain, client)
        await live(play)
        await play.blocks(2)
        last = await client.node.height() - 1
        return play.said, last, await ask_all(client, last)


@pytest.mark.timeout(1800)
async def test_every_module_goes_as_on_go(tmp_path: Path) -> None:
    home = tmp_path / "go"
    init_chain(home)
    prepare(home)
    with go_chain(home, interval="200ms") as chain:
        said, last, answers = await lived(chain)
        result = Comparison(said)
        document = our_genesis(json.loads((home / "config/genesis.json").read_text()))
        app = None
        for app, told in retell(chain.rpc, document, last):
            result.block(app, told)
        assert app is not None
    compare(app.query_context(), answers, result)
    print(result.summary())
    assert not result.found, result.summary()
    assert result.counts["transactions in blocks"] >= 150
    assert not result.waiting
    assert result.reasons == {"double_sign", "missing_signature"}
    assert result.kinds >= EVENTS
