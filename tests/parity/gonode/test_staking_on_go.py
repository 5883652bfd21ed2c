"""Stake on a Go node and on our chain: the same transactions, codes, words, events and records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.client.client import Client
from akashpy.node.queries.table import QUERIES
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coins
from akashpy.types.dec import Dec
from akashpy.wire import crypto
from akashpy.wire import staking as pb
from akashpy.wire.base import Coin
from tests.nodes import key_of
from tests.parity.gonode.gochain import GoChain, go_chain, init_chain
from tests.parity.gonode.retold import our_genesis, retell

UNBONDING = 6
"""Seconds of both chains' unbonding time: shorter than the script, longer than most steps."""
FEES = Coins.parse("3000uakt")
NOBODY = Address.of(b"\x07" * 20, prefix=VALOPER)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoChain]:
    home = tmp_path_factory.mktemp("go-stake")
    init_chain(home)
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    state = document["app_state"]
    state["staking"]["params"] |= {
        "unbonding_time": f"{UNBONDING}s", "max_entries": 3, "min_commission_rate": "0.05",
    }  # fmt: skip
    state["slashing"]["params"]["signed_blocks_window"] = "100000"
    path.write_text(json.dumps(document))
    with go_chain(home, interval="250ms") as found:
        yield found


def operator(name: str) -> Address:
    return key_of(name).address.with_prefix(VALOPER)


def consensus(name: str) -> Any:
    return wire.pack(crypto.Ed25519PubKey(key=sha256(name.encode()).digest()))


def dec(text: str) -> str:
    return Dec.of(text).wire()


def uakt(amount: int, denom: str = "uakt") -> Coin:
    return Coin(denom=denom, amount=str(amount))


def create(name: str, **changes: Any) -> pb.MsgCreateValidator:
    msg = pb.MsgCreateValidator(
        description=pb.Description(moniker=name),
        commission=pb.CommissionRates(
            rate=dec("0.1"), max_rate=dec("0.2"), max_change_rate=dec("0.01")
        ),
        min_self_delegation="1000000",
        validator_address=operator(name),
        pubkey=consensus(name),
        value=uakt(2_000_000_000),
    )
    msg.MergeFrom(pb.MsgCreateValidator(**changes))
    return msg


def delegate(who: str, to: str, amount: int, denom: str = "uakt") -> pb.MsgDelegate:
    return pb.MsgDelegate(
        delegator_address=key_of(who).address, validator_address=to, amount=uakt(amount, denom)
    )


def undelegate(who: str, to: str, amount: int, denom: str = "uakt") -> pb.MsgUndelegate:
    return pb.MsgUndelegate(
        delegator_address=key_of(who).address, validator_address=to, amount=uakt(amount, denom)
    )


def redelegate(who: str, source: str, to: str, amount: int) -> pb.MsgBeginRedelegate:
    return pb.MsgBeginRedelegate(
        delegator_address=key_of(who).address,
        validator_src_address=source,
        validator_dst_address=to,
        amount=uakt(amount),
    )


def cancel(who: str, at: str, amount: int, height: int) -> pb.MsgCancelUnbondingDelegation:
    return pb.MsgCancelUnbondingDelegation(
        delegator_address=key_of(who).address,
        validator_address=at,
        amount=uakt(amount),
        creation_height=height,
    )


def edit(name: str, **changes: Any) -> pb.MsgEditValidator:
    keep = "[do-not-modify]"
    description = pb.Description(
        moniker=keep, identity=keep, website=keep, security_contact=keep, details=keep
    )
    msg = pb.MsgEditValidator(validator_address=operator(name), description=description)
    for field, value in changes.items():
        if isinstance(value, Message):
            getattr(msg, field).CopyFrom(value)
        else:
            setattr(msg, field, value)
    return msg


class Script:
    """Sends transactions to the Go node one after the other and remembers their outcomes."""

    def __init__(self, chain: GoChain, client: Client) -> None:
        self.chain = chain
        self.client = client
        self.codes: list[tuple[str, int]] = []

    async def __call__(self, who: str, *msgs: Message) -> int:
        """Send; the height it was included at."""
        outcome = await self.client.send(
            list(msgs), self.chain.signer(who), gas=1_000_000, fees=FEES
        )
        error = outcome.error
        self.codes.append(("", 0) if error is None else (error.codespace, error.code))
        return outcome.height


async def validators_life(send: Script) -> None:
    first = operator("validator")
    await send("house", create("house"))
    await send("house", create("house"))
    await send("provider", create("provider", pubkey=consensus("house")))
    await send("provider", create("provider", value=uakt(5, "uact")))
    foreign = wire.pack(crypto.Secp256k1PubKey(key=key_of("house").public))
    wrong = create("provider")
    wrong.pubkey.CopyFrom(foreign)
    await send("provider", wrong)
    rates = pb.CommissionRates(rate=dec("0.3"), max_rate=dec("0.2"), max_change_rate=dec("0.1"))
    await send("provider", create("provider", commission=rates))
    rates = pb.CommissionRates(rate=dec("0.01"), max_rate=dec("0.2"), max_change_rate=dec("0.1"))
    await send("provider", create("provider", commission=rates))
    await send("provider", create("provider", min_self_delegation="3000000000"))
    await send("provider", create("provider", description=pb.Description(moniker="m" * 71)))
    await send("house", edit("house", description=pb.Description(moniker="House", details="d")))
    await send("house", edit("house", commission_rate=dec("0.11")))
    await send("house", edit("house", commission_rate=dec("0.01")))
    await send("house", edit("house", commission_rate=dec("1.5")))
    await send("house", edit("house", min_self_delegation="1"))
    await send("house", edit("house", min_self_delegation="9000000000"))
    await send("house", edit("house", min_self_delegation="1500000000"))
    await send("provider", edit("provider", commission_rate=dec("0.1")))
    empty = edit("house")
    empty.description.Clear()
    await send("house", empty)
    await send("tenant", delegate("tenant", first, 7_000_001))


async def stakes_life(send: Script) -> None:
    first, second = operator("validator"), operator("house")
    for amount, denom in ((5, "uact"), (0, "uakt"), (10**20, "uakt")):
        await send("tenant", delegate("tenant", first, amount, denom))
    await send("tenant", delegate("tenant", NOBODY, 5))
    await send("tenant", delegate("tenant", "akashvaloper1qqqq", 5))
    await send("tenant", delegate("tenant", key_of("house").address, 5))
    await send("tenant", delegate("tenant", second, 3_000_000))
    await send("other", undelegate("other", first, 5))
    await send("tenant", undelegate("tenant", first, 8_000_000))
    await send("tenant", undelegate("tenant", first, 5, "uact"))
    heights = [await send("tenant", undelegate("tenant", first, 1_000_000 + n)) for n in range(3)]
    await send("tenant", undelegate("tenant", first, 1))
    await send("tenant", cancel("tenant", first, 400_000, heights[0]))
    await send("tenant", cancel("tenant", first, 1_000_001, heights[1]))
    await send("tenant", cancel("tenant", first, 9_000_000, heights[2]))
    await send("tenant", cancel("tenant", first, 1, heights[2] + 1000))
    await send("tenant", cancel("tenant", first, 1, 0))
    await send("tenant", cancel("tenant", second, 1, heights[0]))
    await send("tenant", redelegate("tenant", first, second, 1_000_000))
    await send("tenant", redelegate("tenant", second, first, 1_000_000))
    await send("tenant", redelegate("tenant", first, first, 1))
    await send("tenant", redelegate("tenant", first, NOBODY, 1))
    await send("tenant", redelegate("tenant", NOBODY, first, 1))
    await send("tenant", redelegate("tenant", first, second, 10**12))
    await send("tenant", delegate("tenant", first, 1), undelegate("tenant", first, 2))
    await send("house", undelegate("house", second, 600_000_000))
    await send("tenant", redelegate("tenant", second, first, 5))
    await send("other", delegate("other", second, 1_000_000))
    await send("other", redelegate("other", second, first, 400_000))
    await send("other", undelegate("other", second, 600_000))
    await asyncio.sleep(UNBONDING + 2)  # both chains' clocks run: what unbonds has to end
    await send("tenant", undelegate("tenant", second, 1_000_000))
    await send("house", undelegate("house", second, 100))


def theirs(events: Sequence[dict[str, Any]]) -> list[Any]:
    """Go's events as (type, attributes), without the message's index."""
    return [
        (
            event["type"],
            [(a["key"], a["value"]) for a in event["attributes"] if a["key"] != "msg_index"],
        )
        for event in events
    ]


def ours(events: Sequence[Any]) -> list[Any]:
    return [
        (event.type, [(key, value) for key, value in event.attributes if key != "msg_index"])
        for event in events
    ]


READS: tuple[tuple[str, Any], ...] = (
    ("Validators", pb.QueryValidatorsRequest()),
    ("Pool", pb.QueryPoolRequest()),
    ("Params", pb.QueryParamsRequest()),
    ("DelegatorDelegations", pb.QueryDelegatorDelegationsRequest),
    ("DelegatorUnbondingDelegations", pb.QueryDelegatorUnbondingDelegationsRequest),
    ("Redelegations", pb.QueryRedelegationsRequest),
    ("DelegatorValidators", pb.QueryDelegatorValidatorsRequest),
    ("ValidatorDelegations", pb.QueryValidatorDelegationsRequest),
    ("ValidatorUnbondingDelegations", pb.QueryValidatorUnbondingDelegationsRequest),
)


def requests() -> Iterator[tuple[str, Message]]:
    """Every list of staking, for every account and validator of the script."""
    for name, request in READS:
        if isinstance(request, Message):
            yield f"/cosmos.staking.v1beta1.Query/{name}", request
            continue
        for who in ("validator", "tenant", "provider", "other", "house"):
            fields = {field.name for field in request.DESCRIPTOR.fields}
            if "delegator_addr" in fields:
                made = request(delegator_addr=key_of(who).address)
            else:
                made = request(validator_addr=operator(who))
            yield f"/cosmos.staking.v1beta1.Query/{name}", made


async def test_a_script_of_stake_goes_as_on_go(chain: GoChain) -> None:
    async with chain.client() as client:
        send = Script(chain, client)
        await validators_life(send)
        await stakes_life(send)
        last = await client.node.height()
        await client.node.beyond(last)
        answers = [
            (path, request, await _answer(client, path, request, last))
            for path, request in requests()
        ]
        history = await _answer(
            client,
            "/cosmos.staking.v1beta1.Query/HistoricalInfo",
            pb.QueryHistoricalInfoRequest(height=last - 1),
            last,
        )
    assert len(send.codes) >= 50
    assert sum(code == 0 for _, code in send.codes) >= 15
    document = our_genesis(json.loads((chain.home / "config/genesis.json").read_text()))
    differences: list[Any] = []
    compared = 0
    for app, told in retell(chain.rpc, document, last):
        ctx = app.query_context()
        their_txs = told.theirs["txs_results"] or ()
        compared += len(their_txs)
        for result, other in zip(told.ours.tx_results, their_txs, strict=True):
            found = (result.code, result.codespace, ours(result.events))
            wanted = (
                other["code"], other["codespace"], theirs(other["events"] or ()),
            )  # fmt: skip
            if found != wanted or (result.code and result.log != other["log"]):
                differences.append((told.height, found, result.log, wanted, other["log"]))
        block = theirs(told.theirs["finalize_block_events"] or ())
        mode = [(kind, [a for a in attrs if a[0] != "mode"]) for kind, attrs in block]
        own = ours(told.ours.events)
        if [(kind, [a for a in attrs if a[0] != "mode"]) for kind, attrs in own] != mode:
            differences.append((told.height, own, block))
        if _updates(told.theirs) != [u.power for u in told.ours.validator_updates]:
            differences.append((told.height, told.theirs["validator_updates"], told.ours))
    assert not differences, "\n".join(str(each) for each in differences)
    assert compared == len(send.codes)
    for path, request, answer in answers:
        assert wire.to_json(QUERIES[path].respond(ctx, request)) == wire.to_json(answer), path
    kept = QUERIES["/cosmos.staking.v1beta1.Query/HistoricalInfo"].respond(
        ctx, pb.QueryHistoricalInfoRequest(height=last - 1)
    )
    shown: Any = wire.to_json(kept)
    wanted_history: Any = wire.to_json(history)
    wanted_history["hist"]["header"]["app_hash"] = shown["hist"]["header"]["app_hash"]
    assert shown == wanted_history


def _updates(results: dict[str, Any]) -> list[int]:
    return [int(each.get("power", 0)) for each in results["validator_updates"] or ()]


async def _answer(client: Client, path: str, request: Message, height: int) -> Message:
    response = next(
        method.output
        for method in wire.service_methods(path[1:].rpartition("/")[0])
        if method.path == path
    )
    return await client.call(path, request, response, height=height)
