"""Which messages may stand in which `Any` (cosmos.base.reflection.v1beta1).

Tools ask it to know what a transaction may hold. It answers from the router's own tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from akashpy import wire
from akashpy.chain import registry
from akashpy.node.core import Core
from akashpy.node.queries.refusal import invalid
from akashpy.types import authz, evidence, feegrant
from akashpy.wire import reflection as pb

MSG = "cosmos.base.v1beta1.Msg"
_VESTING = tuple(
    f"/cosmos.vesting.v1beta1.{kind}"
    for kind in (
        "ContinuousVestingAccount",
        "DelayedVestingAccount",
        "PeriodicVestingAccount",
        "PermanentLockedAccount",
    )
)
_ACCOUNTS = (
    "/cosmos.auth.v1beta1.BaseAccount",
    "/cosmos.auth.v1beta1.ModuleAccount",
    "/cosmos.vesting.v1beta1.BaseVestingAccount",
    *_VESTING,
)
_PUBLIC_KEYS = (
    "/cosmos.auth.v1beta1.ModuleCredential",
    "/cosmos.crypto.ed25519.PubKey",
    "/cosmos.crypto.multisig.LegacyAminoPubKey",
    "/cosmos.crypto.secp256k1.PubKey",
    "/cosmos.crypto.secp256r1.PubKey",
)


@cache
def implementations_by_name() -> Mapping[str, tuple[str, ...]]:
    """Interface -> sorted type URLs of what may stand in for it."""
    handled = {url for module in registry.MODULES for url in module.handlers}
    answers = {
        wire.type_url(method.output)
        for service in wire.service_names()
        if service.endswith(".Msg")
        for method in wire.service_methods(service)
        if wire.type_url(method.input) in handled
    }
    return {
        "cosmos.auth.v1.ModuleCredential": _PUBLIC_KEYS,
        "cosmos.auth.v1beta1.AccountI": _ACCOUNTS,
        "cosmos.auth.v1beta1.GenesisAccount": _ACCOUNTS,
        "cosmos.authz.v1beta1.Authorization": tuple(sorted(authz.KIND_URLS)),
        "cosmos.bank.v1beta1.SupplyI": ("/cosmos.bank.v1beta1.Supply",),
        MSG: tuple(sorted(handled)),
        "cosmos.crypto.PrivKey": (
            "/cosmos.crypto.ed25519.PrivKey",
            "/cosmos.crypto.secp256k1.PrivKey",
        ),
        "cosmos.crypto.PubKey": _PUBLIC_KEYS,
        "cosmos.evidence.v1beta1.Evidence": (evidence.URL,),
        "cosmos.feegrant.v1beta1.FeeAllowanceI": tuple(sorted(feegrant.KIND_URLS)),
        "cosmos.gov.v1beta1.Content": (
            "/cosmos.distribution.v1beta1.CommunityPoolSpendProposal",
            "/cosmos.gov.v1beta1.TextProposal",
            "/cosmos.params.v1beta1.ParameterChangeProposal",
            "/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal",
            "/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal",
        ),
        "cosmos.tx.v1beta1.MsgResponse": tuple(sorted(answers)),
        "cosmos.tx.v1beta1.Tx": ("/cosmos.tx.v1beta1.Tx",),
        "cosmos.tx.v1beta1.TxExtensionOptionI": (),
        "cosmos.vesting.v1beta1.VestingAccount": _VESTING,
    }


def all_interfaces(core: Core, req: pb.ListAllInterfacesRequest) -> pb.ListAllInterfacesResponse:
    """The names of interfaces."""
    del core, req
    return pb.ListAllInterfacesResponse(interface_names=sorted(implementations_by_name()))


def implementations(
    core: Core, req: pb.ListImplementationsRequest
) -> pb.ListImplementationsResponse:
    """Type URLs of what may stand in for an interface; none for an unknown one."""
    del core
    if not req.interface_name:
        raise invalid("invalid interface name")
    return pb.ListImplementationsResponse(
        implementation_message_names=implementations_by_name().get(req.interface_name, ())
    )
