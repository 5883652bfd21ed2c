"""A life of the whole chain in which every message is also tried with extreme values first.

Before a message of the script runs, each of its fields is set to extremes, one at a time, on a
copy of the chain: a rule refuses that and nothing changes, or it is done and the next blocks end
with the books in order. Scripts are those that are also compared with a Go node.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import registry
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError
from akashpy.types.moment import timestamp
from akashpy.wire import bank, bme, gov, gov_v1beta1, oracle
from tests.chain.conftest import Given
from tests.chain.gov.conftest import Council
from tests.chain.gov.test_every_module import CHANGES, change
from tests.nodes import key_of
from tests.parity.gonode import test_economy_on_go as rewards
from tests.parity.gonode import test_governance as governance
from tests.parity.gonode import test_minting_on_go as minting
from tests.parity.gonode import test_staking_on_go as stake
from tests.parity.gonode import wholescript as steps

PEOPLE = ("validator", "tenant", "provider", "other", "house", "cli")
FUNDS = Coins.parse("100000000000000uact,100000000000000uakt")
TRIED_OF_A_KIND = 3
"""How many messages of one type are tried; the others only live."""
TEXTS = ("", "-1", "0", str(2**64), str(2**255), "9" * 100, "-" + "9" * 80, "1.5", "\0")
BYTES = (b"", b"-1", b"\xff" * 40, b"9" * 100)
NUMBERS: dict[int, tuple[int, ...]] = {
    FieldDescriptor.CPPTYPE_INT32: (0, -1, 2**31 - 1, -(2**31)),
    FieldDescriptor.CPPTYPE_INT64: (0, -1, 2**63 - 1, -(2**63)),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (0, -1, 99),
    FieldDescriptor.CPPTYPE_BOOL: (False, True),
}


def places(message: Message) -> Iterator[tuple[Message, FieldDescriptor, int | None]]:
    """Every scalar of a message and of its parts; a number counts into a list."""
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.label == FieldDescriptor.LABEL_REPEATED:
            for index in range(min(2, len(value))):
                if field.message_type is not None:
                    yield from places(value[index])
                else:
                    yield message, field, index
        elif field.message_type is None:
            yield message, field, None
        elif message.HasField(field.name):
            yield from places(value)


def extremes(field: FieldDescriptor) -> Sequence[Any]:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return BYTES
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return TEXTS
    return NUMBERS[field.cpp_type]


def variants(message: Message) -> Iterator[Message]:
    """Copies with one value changed."""
    for place, (_, field, index) in enumerate(list(places(message))):
        for value in extremes(field):
            made = type(message)()
            made.CopyFrom(message)
            part = list(places(made))[place][0]
            if index is None:
                setattr(part, field.name, value)
            else:
                getattr(part, field.name)[index] = value
            yield made


class Life(minting.Script):
    """Lives the script on our chain, trying extremes before each message."""

    def __init__(self, preset: str) -> None:
        self.given = Given(preset)
        self.given.ctx.time = time.time_ns()
        self.tried: Counter[str] = Counter()
        self.accepted = self.refused = 0
        for name in PEOPLE:
            self.given.fund(key_of(name).address, FUNDS)
        self._prepare()

    def _prepare(self) -> None:
        """The feed's sources, and coins in the vault."""
        found = registry.module("oracle").default_genesis(self.given.preset)["params"]
        found["sources"] = [steps.who(name) for name in minting.FEEDS]
        params = wire.from_json(oracle.Params, found)
        self.given.run(oracle.MsgUpdateParams(authority=steps.GOV, params=params))
        amount = Coin("uakt", minting.VAULT)
        source = self.given.account("community")
        self.given.fund(source, Coins.of([amount]))
        fill = bme.MsgFundVault(authority=steps.GOV, source=source, amount=amount.to_wire())
        self.given.run(fill)
        own = stake.create("validator", value=stake.uakt(10**12))
        self.given.run(own)
        self.end(self.given)

    async def send(self, name: str, *msgs: Message) -> int:
        self.extremes(*msgs)
        try:
            for msg in msgs:
                self.given.run(msg)
        except ChainError:
            return 0
        self.end(self.given)
        return self.given.ctx.height - 1

    async def __call__(self, name: str, *msgs: Message) -> int:
        return await self.send(name, *msgs)

    async def feed(self, price: str, *names: str, ago: int = 0, **id: str) -> None:
        for name in names or ("other",):
            pair = {"denom": "akt", "base_denom": "usd"} | id
            await self.send(
                name,
                oracle.MsgAddPriceEntry(
                    signer=steps.who(name),
                    id=pair,
                    price=minting.Dec.of(price).wire(),
                    timestamp=timestamp(self.given.ctx.time - ago * 10**9),
                ),
            )

    async def blocks(self, count: int) -> None:
        for _ in range(min(count, 3)):
            self.end(self.given)

    async def through(self, script: Sequence[tuple[str, Message]]) -> None:
        """Steps one after the other."""
        for name, msg in script:
            await self.send(name, msg)

    def end(self, given: Given) -> None:
        """End this block and begin the next."""
        given.end_block()
        for hook in registry.begin_block_hooks():
            hook(given.ctx)

    def extremes(self, *msgs: Message) -> None:
        """Each field of the first message with each extreme, on a copy of the chain."""
        kind = msgs[0].DESCRIPTOR.full_name
        if self.tried[kind] >= TRIED_OF_A_KIND:
            return
        self.tried[kind] += 1
        whole = self.given.ctx
        before = dict(whole.changes)
        for variant in variants(msgs[0]):
            trial = whole.fork()
            self.given.ctx = trial
            try:
                with trial.branch():
                    self.given.router.dispatch(trial, variant)
            except ChainError:
                self.refused += 1
            else:
                self.accepted += 1
                for _ in range(2):
                    self.end(self.given)
                self.given.holds()
        self.given.ctx = whole
        assert whole.changes == before


async def without_waiting(seconds: float) -> None:
    """Nothing here needs the clock."""


def old_ways() -> list[tuple[str, Message]]:
    """Governance's older messages, on the proposal that waits for more of a deposit or votes."""
    whole = gov_v1beta1.WeightedVoteOption(option=1, weight="1000000000000000000")  # type: ignore[arg-type]  # a number
    voter = {"proposal_id": 2, "voter": steps.who("validator")}
    content = wire.pack(governance.text())
    return [
        ("other", gov_v1beta1.MsgDeposit(
            proposal_id=2, depositor=steps.who("other"), amount=steps.coins("5000000uakt"))),
        ("validator", gov_v1beta1.MsgVote(option=1, **voter)),  # type: ignore[arg-type]  # a number
        ("validator", gov_v1beta1.MsgVoteWeighted(options=[whole], **voter)),
        ("tenant", gov.MsgExecLegacyContent(content=content, authority=steps.GOV)),
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["default", "akash"])
async def test_every_message_takes_extremes(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "sleep", without_waiting)
    life = Life(preset)
    await stake.validators_life(life)  # type: ignore[arg-type]  # sends as a Script does
    await stake.stakes_life(life)  # type: ignore[arg-type]  # sends as a Script does
    await life.through(rewards.STEPS)
    await life.through(governance.STEPS)
    await life.through(old_ways())
    for part in (minting.prices_and_requests, minting.halted, minting.paid_in_akt):
        await part(life)
    for script in (
        steps.money, steps.grants, steps.allowances, steps.certificates, steps.providers,
        steps.leases, steps.overdrawn,
    ):  # fmt: skip
        await life.through(script())
    for decree in steps.decrees():
        for message in decree:
            if not isinstance(message, bank.MsgSend):  # governance's own coins are not sent so
                await life.send("tenant", message)
    for package in sorted(CHANGES):
        await life.send("tenant", change(Council(life.given), package))
    assert set(life.tried) == {url[1:] for url in registry.router().handlers}
    assert life.accepted > 100
    assert life.refused > 2_000
