"""From messages to an included result: sign, hand over, follow, and never pay twice.

A transaction carries a height after which it cannot be included any more. Its bytes may be handed
over again until then, because the chain takes a sequence number only once; it is signed anew only
when it is proven that it will never be included. So a lost answer never makes a second payment,
deployment or bid. Must not know what messages mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from time import monotonic

from google.protobuf.message import Message

from akashpy.client.caller import Caller
from akashpy.client.errors import (
    NeverIncluded,
    OutcomeUnknown,
    Unreachable,
    of_simulation,
)
from akashpy.client.fees import FeePolicy, Gas, fee
from akashpy.client.node import TX, NodeReads
from akashpy.client.outcome import TxOutcome
from akashpy.client.query import AuthQueries
from akashpy.client.sender import Sender
from akashpy.client.signer import Signer
from akashpy.tx import build
from akashpy.tx.sign import sign_doc
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.types.errors import (
    ChainError,
    MempoolIsFull,
    TxInMempoolCache,
    WrongSequence,
    rebuild,
)
from akashpy.wire import tx as pb

INDEXING = 2.0
"""Seconds after a block for which its transactions may not be found yet."""


@dataclass(frozen=True, slots=True)
class BroadcastSettings:
    """`timeout_blocks`: how many blocks a transaction may wait for its inclusion.

    `patience`: seconds without any progress (the node does not answer, no block is made) after
    which the outcome is reported as unknown. `attempts`: how often a transaction is signed anew.
    `resend_blocks`: blocks after which a waiting transaction is handed over again, same bytes.
    """

    fees: FeePolicy = field(default_factory=FeePolicy)
    timeout_blocks: int = 30
    patience: float = 120.0
    attempts: int = 20
    resend_blocks: int = 3
    poll: float = 0.25


@dataclass(frozen=True, slots=True)
class Order:
    """What to send: messages, who signs, gas, fee (None: gas x price), memo, who grants the fee."""

    msgs: Sequence[Message]
    signer: Signer
    gas: Gas
    fees: Coins | None
    memo: str
    granter: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction; `first` is the earliest height at which it can be included."""

    raw: bytes
    hash: str
    sequence: int
    first: int
    until: int


class Fate(Enum):
    """What is certain about a transaction that was handed over."""

    OPEN = "open"
    INCLUDED = "included"
    DEAD = "dead"


class Offer(Enum):
    """What a node said about a transaction: it waits for a block, or its sequence is taken."""

    WAITING = "waiting"
    STALE = "stale"


class Broadcaster:
    """Sends the transactions of any number of accounts over one connection."""

    def __init__(
        self, caller: Caller, node: NodeReads, accounts: AuthQueries, settings: BroadcastSettings
    ) -> None:
        self._caller = caller
        self._node = node
        self._accounts = accounts
        self._settings = settings
        self._senders: dict[Address, Sender] = {}
        self._prices: DecCoins | None = None

    async def send(self, order: Order) -> TxOutcome:
        """The included result.

        Raises ChainError when the chain refuses (before or in the block), NeverIncluded,
        OutcomeUnknown, Unreachable when nothing was handed over.
        """
        sender = self._senders.setdefault(
            order.signer.address, Sender(order.signer.address, self._accounts)
        )
        for _ in range(self._settings.attempts):
            signed = await self._hand_over(order, sender)
            outcome = await self._follow(signed, sender)
            if outcome is not None:
                return outcome
            sender.forget()
        raise NeverIncluded(
            f"{self._settings.attempts} transactions of {sender.address} were signed and none "
            "was included: another program may be using the account; try again"
        )

    async def simulate(self, order: Order) -> int:
        """Gas that the messages use now. Raises ChainError."""
        sender = Sender(order.signer.address, self._accounts)
        _, sequence = await sender.place()
        return await self._simulate(order, sequence)

    # handing over

    async def _hand_over(self, order: Order, sender: Sender) -> Signed:
        """Sign with the next sequence and get it into a mempool."""
        refused: ChainError | None = None
        async with sender.lock:
            for _ in range(self._settings.attempts):
                number, sequence = await sender.place()
                try:
                    signed = await self._sign(order, number, sequence)
                    offer = await self._offer(signed)
                except WrongSequence as error:
                    refused = error
                    sender.correct(error, sequence)
                    continue
                except BaseException:
                    sender.forget()
                    raise
                if offer is Offer.WAITING:
                    sender.used(sequence)
                    return signed
                sender.forget()
                await self._node.beyond(await self._node.height())
        raise refused or NeverIncluded(f"no sequence of {sender.address} was free; try again")

    async def _sign(self, order: Order, number: int, sequence: int) -> Signed:
        height = await self._node.height()
        until = height + self._settings.timeout_blocks
        gas = order.gas
        if gas == "auto":
            gas = self._settings.fees.limit(await self._simulate(order, sequence))
        fees = fee(await self._gas_prices(), gas) if order.fees is None else order.fees
        body = build.body(order.msgs, memo=order.memo, timeout_height=until)
        signer = build.Signer(order.signer.public, sequence)
        info = build.auth_info([signer], fee=fees, gas=gas, granter=order.granter)
        document = sign_doc(body, info, await self._node.chain_id(), number)
        raw = build.assemble(body, info, [await order.signer.sign(document)])
        hash = sha256(raw).hexdigest().upper()
        return Signed(raw, hash, sequence, height + 1, until)

    async def _simulate(self, order: Order, sequence: int) -> int:
        """Gas used with this sequence. The fee is a token one: paying it costs gas, too."""
        token = [Coin(price.denom, 1) for price in await self._gas_prices()][:1]
        body = build.body(order.msgs, memo=order.memo)
        info = build.auth_info(
            [build.Signer(order.signer.public, sequence)],
            fee=token if order.fees is None else order.fees,
            gas=0,
            granter=order.granter,
        )
        request = pb.SimulateRequest(tx_bytes=build.assemble(body, info, [b""]))
        try:
            found = await self._caller.call(TX + "Simulate", request, pb.SimulateResponse)
        except ChainError as error:
            raise of_simulation(error) from error
        return found.gas_info.gas_used

    async def _gas_prices(self) -> DecCoins:
        if self._prices is None:
            text = self._settings.fees.prices or await self._node.minimum_gas_price()
            self._prices = DecCoins.parse(text)
        return self._prices

    async def _offer(self, signed: Signed) -> Offer:
        """Hand the bytes over until a node has taken or refused them.

        Raises WrongSequence for a sequence that is not ours to use, other ChainErrors for other
        refusals, OutcomeUnknown when no answer came for too long.
        """
        lost, began = False, monotonic()
        while True:
            try:
                return await self._offer_once(signed, lost=lost)
            except MempoolIsFull:
                if monotonic() - began > self._settings.patience:
                    raise
                await self._node.beyond(await self._node.height())
            except Unreachable as error:
                lost = True
                if monotonic() - began > self._settings.patience:
                    raise OutcomeUnknown(signed.hash, signed.until, str(error)) from error
                await asyncio.sleep(self._settings.poll)
                if await self._is_known(signed.hash):
                    return Offer.WAITING

    async def _offer_once(self, signed: Signed, *, lost: bool) -> Offer:
        request = pb.BroadcastTxRequest(
            tx_bytes=signed.raw, mode=pb.BroadcastMode.BROADCAST_MODE_SYNC
        )
        reply = await self._caller.call_once(TX + "BroadcastTx", request, pb.BroadcastTxResponse)
        answer = reply.tx_response
        if answer.code == 0:
            return Offer.WAITING
        if lost:
            # an earlier copy may have arrived and be the reason: to be followed, never to be redone
            return Offer.WAITING
        refused = rebuild(answer.codespace, answer.code, answer.raw_log)
        if isinstance(refused, TxInMempoolCache):
            return Offer.STALE  # nothing was lost, so the same bytes are another program's
        raise refused

    async def _is_known(self, hash: str) -> bool:
        try:
            return await self._node.tx(hash) is not None
        except Unreachable:
            return False

    # following

    async def _follow(self, signed: Signed, sender: Sender) -> TxOutcome | None:
        """The included result, or None once it is certain that there will never be one.

        Raises OutcomeUnknown when the chain makes no progress, or proves nothing, for too long.
        """
        seen, offered, progress = signed.first - 1, signed.first, monotonic()
        why = f"no block after height {seen}"
        while monotonic() - progress <= self._settings.patience:
            try:
                height = await self._node.recent_height()
                if height > seen or monotonic() - progress < INDEXING:
                    outcome = await self._node.tx(signed.hash)
                    if outcome is not None:
                        return outcome
                if height > seen:
                    seen = height
                    if height <= signed.until + self._settings.timeout_blocks:
                        progress = monotonic()
                    fate = await self._fate(signed, sender, height)
                    if fate is Fate.DEAD:
                        return None
                    why = f"{fate.value} at height {height}"
                    if fate is Fate.OPEN and height >= offered + self._settings.resend_blocks:
                        offered = height
                        await self._offer_again(signed)
            except Unreachable as error:
                why = str(error)
            except ChainError as error:  # a node that lags or has forgotten proves nothing
                why = str(error)
            await asyncio.sleep(self._settings.poll)
        raise OutcomeUnknown(signed.hash, signed.until, why)

    async def _fate(self, signed: Signed, sender: Sender, height: int) -> Fate:
        """What the state at `height` proves about a transaction.

        It is dead when its sequence was not taken and its last height has passed, or when its
        sequence was taken and no block has it. Raises ChainError, Unreachable when a node cannot
        say, which proves nothing.
        """
        if await sender.committed(height) <= signed.sequence:
            return Fate.DEAD if height >= signed.until else Fate.OPEN
        for each in range(signed.first, min(height, signed.until) + 1):
            if await self._node.holds(each, signed.hash):
                return Fate.INCLUDED
        return Fate.DEAD

    async def _offer_again(self, signed: Signed) -> None:
        """Hand the same bytes over: a node that restarted has lost its mempool."""
        await self._offer_once(signed, lost=True)
