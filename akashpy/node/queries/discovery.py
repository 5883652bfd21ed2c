"""Which versions of Akash's modules this chain speaks (akash.discovery.v1).

The JSON-RPC method `akash` answers the same. Source: facts of the network, section "Discovery".
"""

from __future__ import annotations

from akashpy.node.core import Core
from akashpy.wire import discovery as pb

MODULES = (
    ("audit", "v1"),
    ("bme", "v1"),
    ("cert", "v1"),
    ("deployment", "v1beta4"),
    ("escrow", "v1"),
    ("market", "v1beta5"),
    ("oracle", "v2"),
    ("provider", "v1beta4"),
    ("take", "v1"),
    ("wasm", "v1"),
)
API_VERSIONS = ("v1beta4", "v1beta3")
OLDEST = "v1beta3"


def get_info(core: Core, req: pb.GetInfoRequest) -> pb.GetInfoResponse:
    """Supported versions and the chain's id."""
    del req
    modules = [pb.ModuleVersion(module=name, version=version) for name, version in MODULES]
    return pb.GetInfoResponse(
        info=pb.Akash(
            client_info=pb.ClientInfo(api_version=OLDEST),
            supported_versions=[
                pb.VersionInfo(api_version=version, modules=modules) for version in API_VERSIONS
            ],
            chain_id=core.chain_id,
        )
    )
