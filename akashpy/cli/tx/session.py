"""One transaction of a command: who signs, what it costs, how it is sent, what is printed.

Flags become a `Session`; a command gives it messages. Must not know what messages mean.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from google.protobuf.message import Message

from akashpy import wire
from akashpy.cli.network import run, transport
from akashpy.cli.output import say, show
from akashpy.cli.tx.flags import GAS_PRICES, sign_mode
from akashpy.cli.tx.offline import Terms, as_json, auth_of, body_of, unsigned
from akashpy.cli.tx.sender import UNKNOWN_KEY, Account, open_account
from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.caller import Caller
from akashpy.client.client import Client
from akashpy.client.errors import Unreachable, of_simulation
from akashpy.client.fees import FeePolicy, fee
from akashpy.client.node import TX
from akashpy.client.outcome import TxOutcome
from akashpy.client.transport import Transport
from akashpy.tx import build
from akashpy.tx.modes import NAMES, NotSignable, Place, sign_bytes
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.types.errors import ChainError, rebuild
from akashpy.wire import tx as pb

PATIENCE = 60.0
"""Seconds to wait for a transaction whose terms the client does not renew."""
POLL = 0.25
Options = dict[str, Any]
Writer = Callable[["Session"], Awaitable[Sequence[Message]]]


@dataclass
class Session:
    """A command's account and connection; `client` is not there with --offline."""

    options: Options
    signer: Account | None
    _client: Client | None = None
    _transport: Transport | None = None

    @property
    def account(self) -> Account:
        """Who signs. Raises UsageError where nobody was named."""
        if self.signer is None:
            raise click.UsageError('required flag(s) "from" not set: name the key that signs')
        return self.signer

    @property
    def address(self) -> str:
        """The account that signs."""
        return str(self.account.address)

    @property
    def client(self) -> Client:
        """The node. Raises ClickException with --offline."""
        if self._client is None:
            raise click.ClickException(
                "this needs a node: leave --offline out, or give every value as a flag"
            )
        return self._client

    def _node(self) -> Transport:
        if self._transport is None:
            raise click.ClickException("this needs a node: leave --offline out")
        return self._transport

    async def submit(self, msgs: Sequence[Message]) -> dict[str, Any] | None:
        """Do with messages what the flags say; what to print, if anything.

        Raises ChainError when the chain refuses, before or in the block.
        """
        options = self.options
        self._require_signature(msgs)
        terms = await self._terms(msgs)
        if options["dry_run"]:
            say(f"gas estimate: {terms.gas}")
            return None
        if options["generate_only"]:
            return unsigned(msgs, terms)
        if not options["offline"]:
            await self._confirm(msgs, terms)
        if self._renewable:
            outcome = await self.client.send(
                msgs, self.account, gas=terms.gas, fees=Coins.of(terms.fee), memo=terms.memo
            )
            return await self._included(outcome)
        raw = await self._signed(msgs, terms)
        if options["offline"]:
            return as_json(raw)
        return await self.hand_over(raw)

    async def hand_over(self, raw: bytes) -> dict[str, Any]:
        """Send signed bytes once and follow them, as --broadcast-mode says."""
        is_async = self.options["broadcast_mode"] == "async"
        mode = (
            pb.BroadcastMode.BROADCAST_MODE_ASYNC
            if is_async
            else (pb.BroadcastMode.BROADCAST_MODE_SYNC)
        )
        answer = await Caller(self._node()).call_once(
            TX + "BroadcastTx",
            pb.BroadcastTxRequest(tx_bytes=raw, mode=mode),
            pb.BroadcastTxResponse,
        )
        found = answer.tx_response
        if is_async:
            return wire.to_json(found)
        if found.code:
            raise rebuild(found.codespace, found.code, found.raw_log)
        return await self._included(await self._follow(found.txhash))

    async def _follow(self, hash: str) -> TxOutcome:
        """The included result; an outage is sat out. Raises ClickException after PATIENCE."""
        ends = time.monotonic() + PATIENCE
        why = "it is in no block yet"
        while time.monotonic() < ends:
            try:
                outcome = await self.client.node.tx(hash)
            except Unreachable as error:
                why = str(error)
            else:
                if outcome is not None:
                    return outcome
            await asyncio.sleep(POLL)
        raise click.ClickException(
            f"transaction {hash}: outcome unknown after {PATIENCE:.0f} s ({why}); it may still be "
            f"included: look it up with `akashpy query tx {hash}` before sending it again"
        )

    async def _included(self, outcome: TxOutcome) -> dict[str, Any]:
        if outcome.error is not None:
            raise outcome.error
        found = await self.client.call(
            TX + "GetTx", pb.GetTxRequest(hash=outcome.hash), pb.GetTxResponse
        )
        return wire.to_json(found.tx_response)

    @property
    def _renewable(self) -> bool:
        """Whether the client may choose sequence and timeout, and choose anew."""
        options = self.options
        fixed = (
            "offline", "timeout_height", "timeout_duration", "unordered", "fee_granter",
            "fee_payer",
        )  # fmt: skip
        return (
            options["broadcast_mode"] != "async"
            and options["sign_mode"] == "direct"
            and not any(options[name] for name in fixed)
            and options["sequence"] is None
            and options["account_number"] is None
        )

    def _require_signature(self, msgs: Sequence[Message]) -> None:
        """Raises ClickException when somebody else has to sign."""
        needed = {Address.of_signer(text) for msg in msgs for text in wire.signers(msg)}
        missing = sorted(needed - {self.address})
        if missing and not self.options["generate_only"]:
            raise click.ClickException(
                f"the transaction needs the signature of {missing[0]}, and --from is "
                f"{self.address}: sign with that account's key"
            )

    async def _terms(self, msgs: Sequence[Message]) -> Terms:
        options = self.options
        timeout = 0
        if options["timeout_duration"]:
            timeout = time.time_ns() + options["timeout_duration"]
        terms = Terms(
            payer=options["fee_payer"],
            granter=options["fee_granter"],
            memo=options["note"],
            timeout_height=options["timeout_height"],
            timeout=timeout,
            unordered=options["unordered"],
        )
        gas = _gas(options["gas"])
        if gas is None or options["dry_run"]:
            if options["offline"]:
                raise click.ClickException(
                    "tx client: cannot simulate tx in offline mode: give --gas a number"
                )
            policy = FeePolicy(adjustment=options["gas_adjustment"])
            gas = policy.limit(await self._simulate(msgs, terms))
        return terms.with_gas(gas, self._fee(gas))

    async def _simulate(self, msgs: Sequence[Message], terms: Terms) -> int:
        if not terms.payer and not terms.unordered:
            return await self.client.simulate(msgs, self.account, granter=terms.granter)
        # these change what is checked, so such a transaction is tried as it will be
        _, _, sequence = await self.place()
        signers = [build.Signer(self.account.public, 0 if terms.unordered else sequence)]
        if terms.payer not in ("", self.address):
            payer = await self.client.query.auth.account(Address.parse(terms.payer))
            signers.append(build.Signer(UNKNOWN_KEY, 0 if terms.unordered else payer.sequence))
        tried = terms.with_gas(0, [Coin(coin.denom, 1) for coin in self._fee(1)][:1])
        raw = build.assemble(body_of(msgs, terms), auth_of(signers, tried), [b""] * len(signers))
        request = pb.SimulateRequest(tx_bytes=raw)
        try:
            found = await self.client.call(TX + "Simulate", request, pb.SimulateResponse)
        except ChainError as error:
            raise of_simulation(error) from error
        return found.gas_info.gas_used

    def _fee(self, gas: int) -> tuple[Coin, ...]:
        options = self.options
        if options["fees"] and options["gas_prices"]:
            raise click.UsageError("cannot provide both fees and gas prices")
        if options["fees"]:
            return tuple(Coins.parse(options["fees"]))
        return tuple(fee(DecCoins.parse(options["gas_prices"] or GAS_PRICES), gas))

    async def _confirm(self, msgs: Sequence[Message], terms: Terms) -> None:
        if self.options["yes"]:
            return
        say(json.dumps(unsigned(msgs, terms), indent=2, ensure_ascii=False))
        question = "confirm transaction before signing and broadcasting"
        if not await asyncio.to_thread(click.confirm, question, err=True):
            raise click.ClickException("transaction declined by user input")

    async def _signed(self, msgs: Sequence[Message], terms: Terms) -> bytes:
        """Signed bytes with the account number and sequence of the flags, or the chain's."""
        chain, number, sequence = await self.place()
        sequence = 0 if terms.unordered else sequence
        body = body_of(msgs, terms)
        mode = NAMES[self.options["sign_mode"]]
        signer = build.Signer(self.account.public, sequence, mode)
        auth = auth_of([signer], terms)
        packed = signer.to_wire().public_key.SerializeToString(deterministic=True)
        place = Place(chain, self.address, number, sequence, packed)
        try:
            document = sign_bytes(mode, body, auth, place)
        except NotSignable as error:
            raise click.ClickException(str(error)) from error
        return build.assemble(body, auth, [await self.account.sign(document)])

    async def place(self, address: Address | None = None) -> tuple[str, int, int]:
        """Chain id, account number and sequence to sign with, of --from unless another is named."""
        options = self.options
        if options["offline"]:
            if options["account_number"] is None or options["sequence"] is None:
                raise click.UsageError("--offline needs --account-number and --sequence")
            if not options["chain_id"]:
                raise click.UsageError("--offline needs --chain-id")
            return options["chain_id"], options["account_number"], options["sequence"]
        found = await self.client.query.auth.account(address or self.account.address)
        given, number = options["sequence"], options["account_number"]
        return (
            await self.client.node.chain_id(),
            found.number if number is None else number,
            found.sequence if given is None else given,
        )


def transact(options: Options, write: Writer) -> None:
    """Send what `write` says and print the result."""

    async def once(session: Session) -> dict[str, Any] | None:
        return await session.submit(await write(session))

    perform(options, once)


Act = Callable[[Session], Awaitable[dict[str, Any] | None]]


def perform(options: Options, act: Act, *, document: str = "") -> None:
    """Do something with a session and print the result, or write it into a file `document`.

    Ends the command with exit code 1 and one sentence when the chain or the keyring refuses.
    """
    _require_possible(options)
    options["sign_mode"] = sign_mode(options)
    _perform(options, open_account(options), act, document)


def perform_unsigned(
    options: Options, act: Act, *, document: str = "", needs_place: bool = True
) -> None:
    """As `perform`, where nobody signs; offline, `needs_place` asks for number and sequence."""
    if options["offline"] and needs_place and options["account_number"] is None:
        raise click.UsageError("--offline needs --account-number and --sequence")
    _perform(options, None, act, document)


def _perform(options: Options, account: Account | None, act: Act, document: str) -> None:
    async def main() -> dict[str, Any] | None:
        async with _session(options, account) as session:
            return await act(session)

    result = run(main)
    if result is not None and document:
        Path(document).write_text(json.dumps(result, ensure_ascii=False) + "\n")
    elif result is not None:
        print_result(result, options["output"])


def print_result(result: dict[str, Any], output: str) -> None:
    """Print it; a table of a transaction's result has what fits a line."""
    if output != "table" or "txhash" not in result:
        show(result, output)
        return
    names = ("height", "txhash", "code", "gas_wanted", "gas_used", "timestamp")
    typed = [event["type"] for event in result["events"] if "." in event["type"]]
    show({name: result[name] for name in names} | {"events": ", ".join(typed)}, "table")


def broadcast_file(options: Options, raw: bytes) -> None:
    """Send signed bytes and print the result; no key is needed."""

    async def main() -> dict[str, Any]:
        async with _session(options, None) as session:
            return await session.hand_over(raw)

    print_result(run(main), options["output"])


@asynccontextmanager
async def _session(options: Options, account: Account | None) -> AsyncIterator[Session]:
    if options["offline"]:
        yield Session(options, account)
        return
    policy = FeePolicy(options["gas_prices"] or GAS_PRICES, options["gas_adjustment"])
    async with transport(options) as node:
        client = Client(node, settings=BroadcastSettings(fees=policy, poll=POLL))
        wanted = options["chain_id"]
        if wanted and wanted != (found := await client.node.chain_id()):
            raise click.ClickException(
                f"the node is of chain {found!r}, and --chain-id is {wanted!r}: name another node"
            )
        yield Session(options, account, client, node)


def _require_possible(options: Options) -> None:
    if options["ledger"]:
        raise click.UsageError("--ledger is not available: use a key of the keyring")
    if options["unordered"] and not options["timeout_duration"]:
        raise click.UsageError("--unordered needs --timeout-duration")
    payer = options["fee_payer"]
    if payer and payer != options["sender"] and not options["generate_only"]:
        raise click.UsageError(
            f"--fee-payer {payer} has to sign as well: use --generate-only and sign with both"
        )


def _gas(text: str) -> int | None:
    """A gas limit, or None for "auto"."""
    if text == "auto":
        return None
    if not text.isdecimal() or not int(text):
        raise click.UsageError(f'--gas {text!r} is neither "auto" nor a positive number')
    return int(text)
