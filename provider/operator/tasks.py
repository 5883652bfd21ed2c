"""The operators of host names and leased addresses, made of the driver's own rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.addresses import OURS, Addresses
from provider.cluster.kubernetes.api import Api, Transport
from provider.cluster.kubernetes.hostnames import Hostnames
from provider.cluster.kubernetes.http import HttpTransport
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.operator.keeper import Keeper, KeeperSettings

MANAGED = f"{names.MANAGED}=true"


@asynccontextmanager
async def connected(
    settings: KubernetesSettings, transport: Transport | None = None
) -> AsyncIterator[Api]:
    """A cluster's API. Raises NoCluster."""
    if transport is not None:
        yield Api(transport, settings.patience)
        return
    async with HttpTransport.open(settings) as opened:
        yield Api(opened, settings.patience)


def hostname_keeper(
    api: Api, settings: KubernetesSettings, pace: KeeperSettings | None = None
) -> Keeper:
    """Routes as ProviderHosts say."""
    gateway = settings.ingress_mode == "gateway-api"
    route = kinds.HTTP_ROUTE if gateway else kinds.INGRESS
    watched = (kinds.HOST, route, MANAGED)
    return Keeper("hostname", api, settings, Hostnames(api, settings), watched, pace)


def ip_keeper(api: Api, settings: KubernetesSettings, pace: KeeperSettings | None = None) -> Keeper:
    """Services of leased addresses as ProviderLeasedIPs say."""
    watched = (kinds.LEASED_IP, kinds.SERVICE, OURS)
    return Keeper("ip", api, settings, Addresses(api, settings), watched, pace)


@asynccontextmanager
async def keepers(settings: KubernetesSettings) -> AsyncIterator[tuple[Keeper, ...]]:
    """Both, as the daemon runs them. Raises NoCluster."""
    async with connected(settings) as api:
        yield hostname_keeper(api, settings), ip_keeper(api, settings)
