"""Which messages may stand in which `Any` (cosmos.base.reflection.v1beta1).

Tools ask it to know what a transaction may hold. It answers from the router's own tables.
"""

from __future__ import annotations

from akashpy.chain import registry
from akashpy.node.core import Core
from akashpy.node.queries.refusal import invalid
from akashpy.types import authz, evidence, feegrant
from akashpy.wire import reflection as pb

ALLOWANCE = "cosmos.feegrant.v1beta1.FeeAllowanceI"
AUTHORIZATION = "cosmos.authz.v1beta1.Authorization"
EVIDENCE = "cosmos.evidence.v1beta1.Evidence"
MSG = "cosmos.base.v1beta1.Msg"
ACCOUNT = "cosmos.auth.v1beta1.AccountI"
PUBLIC_KEY = "cosmos.crypto.PubKey"


def _implementations() -> dict[str, tuple[str, ...]]:
    messages = sorted(url for module in registry.MODULES for url in module.handlers)
    return {
        ACCOUNT: (
            "/cosmos.auth.v1beta1.BaseAccount",
            "/cosmos.auth.v1beta1.ModuleAccount",
        ),
        ALLOWANCE: tuple(sorted(feegrant.KIND_URLS)),
        AUTHORIZATION: tuple(sorted(authz.KIND_URLS)),
        EVIDENCE: (evidence.URL,),
        MSG: tuple(messages),
        PUBLIC_KEY: ("/cosmos.crypto.ed25519.PubKey", "/cosmos.crypto.secp256k1.PubKey"),
    }


def all_interfaces(core: Core, req: pb.ListAllInterfacesRequest) -> pb.ListAllInterfacesResponse:
    """The names of interfaces."""
    del core, req
    return pb.ListAllInterfacesResponse(interface_names=sorted(_implementations()))


def implementations(
    core: Core, req: pb.ListImplementationsRequest
) -> pb.ListImplementationsResponse:
    """Type URLs of what may stand in for an interface; none for an unknown one."""
    del core
    if not req.interface_name:
        raise invalid("invalid interface name")
    return pb.ListImplementationsResponse(
        implementation_message_names=_implementations().get(req.interface_name, ())
    )
