"""Runs a fixed history and prints every hash and result: compared between processes.

The history touches every module that changes state by message, with refusals among them.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256

from google.protobuf.message import Message

from akashpy.types.abci import BlockResult
from akashpy.types.coin import Coins
from akashpy.wire import audit, bank, base, deployment, market, provider
from tests.chain.app.conftest import Chain, key, start


def main() -> None:
    """Print one JSON object about the whole history."""
    chain = start("alice", "bob", "tenant", "provider", "auditor")
    blocks, codes = [], []
    for txs in history(chain):
        result = chain.block(*txs)
        blocks.append(digest(result))
        codes += [each.code for each in result.tx_results]
    exported = json.dumps(chain.app.export(), sort_keys=True)
    answer = {
        "blocks": blocks,
        "succeeded": codes.count(0),
        "failed": len(codes) - codes.count(0),
        "export": sha256(exported.encode()).hexdigest(),
    }
    sys.stdout.write(json.dumps(answer))


def digest(result: BlockResult) -> str:
    """App hash, results and events of a block."""
    told = repr((result.tx_results, result.events, result.validator_updates))
    return result.app_hash.hex() + sha256(told.encode()).hexdigest()


def history(chain: Chain) -> Iterator[list[bytes]]:
    """The transactions of each block."""
    yield [chain.send("alice", "bob", f"{n}uakt") for n in range(1, 6)]
    yield [
        chain.tx("provider", [registration()]),
        chain.tx("auditor", [audited("region", "arch", "tier")]),
        chain.send("bob", "alice", "99000000000000uakt"),
        chain.tx("alice", [spread()]),
    ]
    yield [chain.tx("auditor", [audited("zone", "arch")]), b"garbage"]
    yield [chain.tx("tenant", [order(dseq)], gas=900_000) for dseq in (7, 8, 9)]
    yield [chain.tx("provider", [offer(dseq)], gas=900_000) for dseq in (7, 8)]
    yield [chain.tx("tenant", [lease(7)], gas=900_000)]
    for _ in range(5):
        yield []
    yield [chain.tx("provider", [withdrawal(7)], gas=900_000)]
    yield [chain.tx("tenant", [closing(dseq)], gas=900_000) for dseq in (7, 8, 9)]
    yield []


def registration() -> Message:
    """A provider with attributes."""
    pairs = {"region": "us", "arch": "x86", "tier": "community"}
    return provider.MsgCreateProvider(
        owner=key("provider").address,
        host_uri="https://provider.example:8443",
        attributes=[base.Attribute(key=name, value=value) for name, value in pairs.items()],
    )


def audited(*names: str) -> Message:
    """An auditor's word on the provider."""
    return audit.MsgSignProviderAttributes(
        owner=key("provider").address,
        auditor=key("auditor").address,
        attributes=[base.Attribute(key=name, value="x86") for name in names],
    )


def spread() -> Message:
    """One sender, several receivers."""
    part = Coins.parse("2uakt").to_wire()
    outputs = [bank.Output(address=key(name).address, coins=part) for name in "wxyz"]
    whole = Coins.parse("8uakt").to_wire()
    source = bank.Input(address=key("alice").address, coins=whole)
    return bank.MsgMultiSend(inputs=[source], outputs=outputs)


def order(dseq: int) -> Message:
    """A deployment of one group."""
    resources = base.Resources(id=1)
    resources.cpu.units.val = b"100"
    resources.memory.quantity.val = resources.storage.add(name="default").quantity.val = (
        b"134217728"
    )
    resources.gpu.units.val = b"0"
    group = deployment.GroupSpec(name="west")
    unit = group.resources.add(count=1, resource=resources)
    unit.price.denom, unit.price.amount = "uakt", str(10**21)
    group.requirements.attributes.add(key="arch", value="x86")
    msg = deployment.MsgCreateDeployment(groups=[group], hash=bytes(range(32)))
    msg.id.owner, msg.id.dseq = key("tenant").address, dseq
    msg.deposit.amount.denom, msg.deposit.amount.amount = "uakt", "5000000"
    msg.deposit.sources.append(1)
    return msg


def offer(dseq: int) -> Message:
    """The provider's bid."""
    msg = market.MsgCreateBid()
    fill(msg.id, dseq)
    msg.price.denom, msg.price.amount = "uakt", str(7 * 10**18)
    msg.deposit.amount.denom, msg.deposit.amount.amount = "uakt", "500000"
    msg.deposit.sources.append(1)
    return msg


def lease(dseq: int) -> Message:
    """The tenant takes the bid."""
    msg = market.MsgCreateLease()
    fill(msg.bid_id, dseq)
    return msg


def withdrawal(dseq: int) -> Message:
    """The provider takes what it earned."""
    msg = market.MsgWithdrawLease()
    fill(msg.id, dseq)
    return msg


def closing(dseq: int) -> Message:
    """The tenant ends it."""
    msg = deployment.MsgCloseDeployment()
    msg.id.owner, msg.id.dseq = key("tenant").address, dseq
    return msg


def fill(id: market.BidID | market.LeaseID, dseq: int) -> None:
    """The first bid on the first order of a deployment."""
    id.owner, id.dseq, id.gseq, id.oseq = key("tenant").address, dseq, 1, 1
    id.provider = key("provider").address


if __name__ == "__main__":
    main()
