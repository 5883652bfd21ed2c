"""What a tenant does in tests: an order, a lease, a manifest that is the one on chain."""

from __future__ import annotations

import asyncio
from typing import Any

import sdl
from akashpy.client.sdl import group_spec
from akashpy.types.deployment import DeploymentID, GroupSpec
from akashpy.types.market import LeaseID
from tests.provider.fakes import Durable, Running
from tests.provider.market import PROVIDER, SECONDS

TEXT = """
version: "2.0"
services:
  web:
    image: nginx
    command: [serve]
    env: ["PAGE=%s"]
    expose:
      - {port: 80, as: 80, accept: [%s], to: [{global: true}]}
profiles:
  compute:
    web:
      resources: {cpu: {units: 1}, memory: {size: 1Gi}, storage: {size: 1Gi}}
  placement:
    here:
      pricing: {web: {denom: uakt, amount: 1000}}
deployment:
  web: {here: {profile: web, count: 1}}
"""


def page(text: str = "one", host: str = "") -> sdl.Definition:
    """A service with a text in its environment."""
    return sdl.load(TEXT % (text, host))


def spec_of(definition: sdl.Definition) -> GroupSpec:
    """Its only group."""
    return GroupSpec.from_wire(group_spec(definition.groups()[0]))


async def blocks(count: float) -> None:
    """Let blocks pass."""
    await asyncio.sleep(count * SECONDS)


def deploy(given: Durable, definition: sdl.Definition, *, dseq: int = 1) -> DeploymentID:
    """An order for a definition, with its hash on chain and money in its escrow."""
    order = given.chain.open_order(spec_of(definition), dseq=dseq)
    given.chain.set_hash(order.deployment, definition.version())
    given.chain.fund(order.deployment, 10**9)
    return order.deployment


async def leased(given: Durable, definition: sdl.Definition, *, dseq: int = 1) -> LeaseID:
    """A lease that a running provider has won, without a manifest."""
    id = deploy(given, definition, dseq=dseq)
    await blocks(2.5)
    order = next(order for order in given.chain.orders if order.deployment == id)
    lease = given.chain.accept(order.with_provider(PROVIDER))
    await blocks(1.5)
    return lease


async def serving(
    given: Durable, provider: Running, definition: sdl.Definition, *, dseq: int = 1
) -> LeaseID:
    """A lease whose workload runs."""
    lease = await leased(given, definition, dseq=dseq)
    await put(provider, lease, definition.manifest())
    await blocks(1)
    assert lease in given.driver.workloads
    return lease


async def put(provider: Running, lease: LeaseID, manifest: list[Any]) -> None:
    """Send a manifest."""
    await provider.reception.submit(lease.owner, lease.dseq, manifest)
