"""Services by module, for tools that make commands of them (cosmos.autocli.v1).

Such a tool finds every method of a named service in the descriptors and gives it a command of its
own name. It must not know any transport.
"""

from __future__ import annotations

from functools import cache

from akashpy import wire
from akashpy.node.core import Core
from akashpy.wire import reflection as pb

MODULES = {
    "audit": "akash.audit.v1",
    "auth": "cosmos.auth.v1beta1",
    "authz": "cosmos.authz.v1beta1",
    "bank": "cosmos.bank.v1beta1",
    "bme": "akash.bme.v1",
    "cert": "akash.cert.v1",
    "chain": "akashpy.chain.v1",
    "consensus": "cosmos.consensus.v1",
    "deployment": "akash.deployment.v1beta4",
    "distribution": "cosmos.distribution.v1beta1",
    "epochs": "akash.epochs.v1beta1",
    "escrow": "akash.escrow.v1",
    "evidence": "cosmos.evidence.v1beta1",
    "feegrant": "cosmos.feegrant.v1beta1",
    "gov": "cosmos.gov.v1",
    "market": "akash.market.v1beta5",
    "mint": "cosmos.mint.v1beta1",
    "oracle": "akash.oracle.v2",
    "params": "cosmos.params.v1beta1",
    "provider": "akash.provider.v1beta4",
    "slashing": "cosmos.slashing.v1beta1",
    "staking": "cosmos.staking.v1beta1",
    "upgrade": "cosmos.upgrade.v1beta1",
    "vesting": "cosmos.vesting.v1beta1",
}
"""Module -> the package of its services."""
WITHOUT_COMMANDS = frozenset({"cosmos.evidence.v1beta1.Msg"})
"""Messages that nobody writes by hand."""
SUBCOMMANDS = {"consensus": {"comet": "cosmos.base.tendermint.v1beta1.Service"}}


@cache
def _options() -> pb.AppOptionsResponse:
    known = set(wire.service_names()) - WITHOUT_COMMANDS
    found = pb.AppOptionsResponse()
    for module, package in MODULES.items():
        options = found.module_options[module]
        if f"{package}.Query" in known:
            options.query.service = f"{package}.Query"
        if f"{package}.Msg" in known:
            options.tx.service = f"{package}.Msg"
        for name, service in SUBCOMMANDS.get(module, {}).items():
            options.query.sub_commands[name].service = service
    return found


def app_options(core: Core, req: pb.AppOptionsRequest) -> pb.AppOptionsResponse:
    """The services of every module."""
    del core, req
    return _options()
