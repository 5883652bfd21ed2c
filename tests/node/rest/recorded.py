"""What a Go node answered, and our node's answers to the same requests.

`answers` lives through a deployment on Akash's rules, as the recording's chain did, and asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.fees import FeePolicy
from akashpy.client.signer import KeySigner
from akashpy.keys.x509 import Certificate
from akashpy.node import local
from akashpy.node.queries.table import QUERIES
from akashpy.node.rest import serve
from akashpy.types.deployment import DeploymentID
from akashpy.wire import (
    audit,
    authz,
    bank,
    base,
    cert,
    deployment,
    distribution,
    market,
    pack,
    provider,
)
from tests.chain.bazaar import HASH, deposit, first_order, price_of, spec, unit
from tests.node.realchain import RealChain, address, key, real_chain

VECTORS = Path(__file__).parents[2] / "vectors" / "rest.json"
GRANTS = "/cosmos.authz.v1beta1.Query/GranterGrants"
DSEQ = 1185
DENOM = "uact"
QUICK = BroadcastSettings(
    poll=0.005, patience=60.0, timeout_blocks=300, fees=FeePolicy(prices="0.0025uakt")
)
REGION = [{"key": "region", "value": "us-west"}]


@dataclass(frozen=True)
class Entry:
    """One recorded answer. `waits_for` names the module that must exist before it can be asked."""

    request: str
    status: int
    shape: Any
    code: int = 0
    text: str = ""
    waits_for: str = ""


def entries() -> list[Entry]:
    """Everything recorded."""
    return [Entry(**entry) for entry in json.loads(VECTORS.read_text())["entries"]]


def shape_of(value: Any) -> Any:
    """Types instead of values: what a recording and our answer must have in common."""
    if isinstance(value, dict):
        return {
            name: f"={item}" if name == "@type" else shape_of(item) for name, item in value.items()
        }
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    if value is None:
        return "null"
    return {bool: "boolean", str: "string"}.get(type(value), "number")


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Paths of the fields where our shape is not the recorded one, with what is there."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in [*theirs, *(name for name in ours if name not in theirs)]:
            inner = f"{path}.{name}".lstrip(".")
            if name not in ours or name not in theirs:
                yield f"{inner}: {'absent' if name not in ours else 'not recorded'}"
            else:
                yield from differences(ours[name], theirs[name], inner)
    elif isinstance(theirs, list) and isinstance(ours, list):
        if theirs and not ours:
            yield f"{path}: empty"
        for item in ours if theirs else ():
            found = [list(differences(item, form, f"{path}[]")) for form in theirs]
            yield from min(found, key=len)
    elif ours != theirs:
        yield f"{path}: {ours} instead of {theirs}"


async def answers(root: Path) -> dict[str, tuple[int, Any]]:
    """HTTP status and JSON that our node gives to each request."""
    async with (
        real_chain(root, interval=0.01, gas_prices="0.0025uakt", preset="akash") as chain,
        chain.running(),
        serve(chain.core, "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as http,
    ):
        names = await _live(chain)
        found = {}
        for entry in entries():
            async with http.get(url + entry.request.format(**names)) as response:
                found[entry.request] = (response.status, await response.json())
        return found


async def _live(chain: RealChain) -> dict[str, Any]:
    """Two deployments' lives, as far as recorded; gives what the placeholders stand for."""
    people = People(chain)
    await people.register()
    await people.deploy(DSEQ - 1)
    hashes = await people.deploy(DSEQ)
    return {"tenant": people.tenant, "provider": people.host, "dseq": DSEQ, **hashes}


class People:
    """A tenant and a provider who trade on a chain."""

    def __init__(self, chain: RealChain) -> None:
        self._chain = chain
        self._client = Client(
            local.transport(chain.core), events=local.LocalEvents(chain.core), settings=QUICK
        )
        self.tenant, self.host = str(address("tenant")), str(address("provider"))

    async def register(self) -> None:
        """Certificate, provider, audit and, where there are any, a grant."""
        published = Certificate.generate(address("tenant"))
        await self._send(
            "tenant",
            cert.MsgCreateCertificate(
                owner=self.tenant, cert=published.cert_pem, pubkey=published.pubkey_pem
            ),
        )
        host_uri = "https://provider.localhost:8443"
        await self._send(
            "provider",
            provider.MsgCreateProvider(owner=self.host, host_uri=host_uri, attributes=REGION),
        )
        await self._send(
            "tenant",
            audit.MsgSignProviderAttributes(
                owner=self.host, auditor=self.tenant, attributes=REGION
            ),
        )
        # the recorded chain taxes fees, the preset does not
        await self._send(
            "tenant",
            distribution.MsgFundCommunityPool(
                depositor=self.tenant, amount=[{"denom": "uakt", "amount": "1000"}]
            ),
        )
        if GRANTS in QUERIES:
            allowed = bank.SendAuthorization(spend_limit=[{"denom": "uakt", "amount": "1000"}])
            grant = authz.Grant(authorization=pack(allowed))
            other = str(address("other"))
            await self._send(
                "tenant", authz.MsgGrant(granter=self.tenant, grantee=other, grant=grant)
            )

    async def deploy(self, dseq: int) -> dict[str, str]:
        """A deployment from order to close; gives the hashes of its transactions by name."""
        id = DeploymentID(self.tenant, dseq)
        bid = first_order(id).with_provider(self.host)
        resources = unit(denom=DENOM)
        resources.resource.endpoints.add(kind=base.Endpoint.Kind.SHARED_HTTP)
        steps = [
            (
                "create_deployment",
                deployment.MsgCreateDeployment(
                    id=id.to_wire(),
                    groups=[spec(resources, attributes=[("region", "us-west")])],
                    hash=HASH,
                    deposit=deposit(5_000_000, DENOM),
                ),
            ),
            (
                "create_bid",
                market.MsgCreateBid(
                    id=bid.to_wire(),
                    price=price_of(500, DENOM).to_wire(),
                    deposit=deposit(500_000, DENOM),
                ),
            ),
            ("create_lease", market.MsgCreateLease(bid_id=bid.to_wire())),
            ("withdraw_lease", market.MsgWithdrawLease(id=bid.lease.to_wire())),
            ("close_deployment", deployment.MsgCloseDeployment(id=id.to_wire())),
        ]
        by_provider = ("create_bid", "withdraw_lease")
        return {
            name: await self._send("provider" if name in by_provider else "tenant", message)
            for name, message in steps
        }

    async def _send(self, name: str, message: Any) -> str:
        """The hash of the transaction."""
        # an account settles once in a block
        await self._chain.core.reached(self._chain.core.height + 2)
        return (await self._client.broadcast([message], KeySigner(key(name)))).hash
