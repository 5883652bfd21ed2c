"""Every query that reads committed state and nothing else, by its gRPC path.

One table serves gRPC, REST and abci_query. Queries that need the node (blocks, transactions) are in
`services.py`. It must not know any transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.message import Message

from akashpy import wire
from akashpy.node.queries import (
    audit,
    auth,
    authz,
    bank,
    bme,
    cert,
    chainparams,
    consensus,
    deployment,
    distribution,
    epochs,
    escrow,
    evidence,
    feegrant,
    gov,
    market,
    mint,
    oracle,
    provider,
    slashing,
    staking,
    subspaces,
    upgrade,
)
from akashpy.node.queries.method import Methods, Respond


@dataclass(frozen=True, slots=True)
class Query:
    """One query: the class of its request and the function that answers it."""

    request: type[Message]
    respond: Respond


SERVICES: Mapping[str, Methods] = {
    "akash.audit.v1.Query": audit.METHODS,
    "akash.bme.v1.Query": bme.METHODS,
    "akash.cert.v1.Query": cert.METHODS,
    "akash.deployment.v1beta4.Query": deployment.METHODS,
    "akash.epochs.v1beta1.Query": epochs.METHODS,
    "akash.escrow.v1.Query": escrow.METHODS,
    "akash.market.v1beta5.Query": market.METHODS,
    "akash.oracle.v2.Query": oracle.METHODS,
    "akash.provider.v1beta4.Query": provider.METHODS,
    "akashpy.chain.v1.Query": chainparams.METHODS,
    "cosmos.auth.v1beta1.Query": auth.METHODS,
    "cosmos.authz.v1beta1.Query": authz.METHODS,
    "cosmos.bank.v1beta1.Query": bank.METHODS,
    "cosmos.consensus.v1.Query": consensus.METHODS,
    "cosmos.distribution.v1beta1.Query": distribution.METHODS,
    "cosmos.evidence.v1beta1.Query": evidence.METHODS,
    "cosmos.feegrant.v1beta1.Query": feegrant.METHODS,
    "cosmos.gov.v1.Query": gov.METHODS,
    "cosmos.gov.v1beta1.Query": gov.OLD_METHODS,
    "cosmos.mint.v1beta1.Query": mint.METHODS,
    "cosmos.slashing.v1beta1.Query": slashing.METHODS,
    "cosmos.params.v1beta1.Query": subspaces.METHODS,
    "cosmos.staking.v1beta1.Query": staking.METHODS,
    "cosmos.upgrade.v1beta1.Query": upgrade.METHODS,
}
"""Service -> method -> function. A later module adds one line."""


def _table() -> dict[str, Query]:
    table = {}
    for service, methods in SERVICES.items():
        known = {method.name: method for method in wire.service_methods(service)}
        for name, respond in methods.items():
            method = known[name]
            table[method.path] = Query(method.input, respond)
    return table


QUERIES: dict[str, Query] = _table()
