"""akashpy: a compute marketplace that speaks Akash's wire.

The public names below load on first use, so that importing the package costs nothing. This module
imports nothing itself.
"""

PUBLIC = {
    "Address": "akashpy.types.address",
    "BidID": "akashpy.types.market",
    "ChainError": "akashpy.types.errors",
    "Client": "akashpy.client.client",
    "Coin": "akashpy.types.coin",
    "Coins": "akashpy.types.coin",
    "Dec": "akashpy.types.dec",
    "DecCoin": "akashpy.types.coin",
    "DeploymentID": "akashpy.types.deployment",
    "GroupID": "akashpy.types.deployment",
    "Keyring": "akashpy.keys.ring",
    "LeaseID": "akashpy.types.market",
    "OrderID": "akashpy.types.market",
    "PrivateKey": "akashpy.keys.secp256k1",
}
"""Public name -> the module that holds it."""

__all__ = sorted(PUBLIC)  # noqa: PLE0605  # the names are a table on purpose


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"module 'akashpy' has no attribute {name!r}")
    from importlib import import_module  # the lazy door

    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
