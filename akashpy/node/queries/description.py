"""What this application is, for tools that build themselves from it (reflection v2alpha1).

Interfaces, messages and queries come from the tables that the node runs on, so that nothing is said
that is not served. It must not know any transport.
"""

from __future__ import annotations

from functools import cache

from akashpy import wire
from akashpy.node.core import Core
from akashpy.node.queries import interfaces
from akashpy.types.address import PREFIX
from akashpy.wire import reflection as pb
from akashpy.wire import signing

TX = "cosmos.tx.v1beta1.Tx"
SIGN_MODES = ("SIGN_MODE_DIRECT", "SIGN_MODE_DIRECT_AUX", "SIGN_MODE_LEGACY_AMINO_JSON")


def authn(core: Core, req: pb.GetAuthnDescriptorRequest) -> pb.GetAuthnDescriptorResponse:
    """How transactions may be signed."""
    del core, req
    modes = [
        pb.SigningModeDescriptor(name=name, number=signing.SignMode.Value(name))
        for name in SIGN_MODES
    ]
    return pb.GetAuthnDescriptorResponse(authn=pb.AuthnDescriptor(sign_modes=modes))


def chain(core: Core, req: pb.GetChainDescriptorRequest) -> pb.GetChainDescriptorResponse:
    """Which chain this is."""
    del req
    return pb.GetChainDescriptorResponse(chain=pb.ChainDescriptor(id=core.chain_id))


def configuration(
    core: Core, req: pb.GetConfigurationDescriptorRequest
) -> pb.GetConfigurationDescriptorResponse:
    """How accounts are written."""
    del core, req
    config = pb.ConfigurationDescriptor(bech32_account_address_prefix=PREFIX)
    return pb.GetConfigurationDescriptorResponse(config=config)


@cache
def _codec() -> pb.CodecDescriptor:
    found = pb.CodecDescriptor()
    for name, urls in sorted(interfaces.implementations_by_name().items()):
        found.interfaces.add(
            fullname=name,
            interface_implementers=[
                pb.InterfaceImplementerDescriptor(fullname=url[1:], type_url=url) for url in urls
            ],
        )
    return found


def codec(core: Core, req: pb.GetCodecDescriptorRequest) -> pb.GetCodecDescriptorResponse:
    """Which messages may stand in which `Any`."""
    del core, req
    return pb.GetCodecDescriptorResponse(codec=_codec())


def transactions(core: Core, req: pb.GetTxDescriptorRequest) -> pb.GetTxDescriptorResponse:
    """What a transaction is and which messages it may hold."""
    del core, req
    urls = interfaces.implementations_by_name()[interfaces.MSG]
    msgs = [pb.MsgDescriptor(msg_type_url=url) for url in urls]
    return pb.GetTxDescriptorResponse(tx=pb.TxDescriptor(fullname=TX, msgs=msgs))


def described(paths: tuple[str, ...]) -> pb.QueryServicesDescriptor:
    """Services and their methods, from gRPC paths."""
    found: dict[str, list[pb.QueryMethodDescriptor]] = {}
    for path in paths:
        service, _, name = path[1:].rpartition("/")
        method = pb.QueryMethodDescriptor(name=name, full_query_path=path)
        found.setdefault(service, []).append(method)
    known = set(wire.service_names())
    return pb.QueryServicesDescriptor(
        query_services=[
            pb.QueryServiceDescriptor(fullname=service, methods=methods)
            for service, methods in sorted(found.items())
            if service in known
        ]
    )
