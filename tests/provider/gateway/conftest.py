"""One gateway with a tenant who has published a certificate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from akashpy.keys.x509 import Certificate
from provider.gateway.server import Gateway
from tests.provider.gateway.fake import TENANT, FakeBackend, serving, session, tls


@pytest.fixture
def backend() -> FakeBackend:
    """The provider behind the gateway."""
    return FakeBackend()


@pytest.fixture
async def gateway(backend: FakeBackend) -> AsyncIterator[Gateway]:
    """An open gateway."""
    async with serving(backend) as gateway:
        yield gateway


@pytest.fixture
async def anyone(gateway: Gateway, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client without a certificate."""
    async with session(gateway, tls(tmp_path)) as client:
        yield client


@pytest.fixture
async def tenant(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client with the tenant's certificate."""
    certificate = backend.publish(Certificate.generate(TENANT))
    async with session(gateway, tls(tmp_path, certificate)) as client:
        yield client
