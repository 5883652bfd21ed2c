"""Tests of leases run in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from tests.provider.clock import VirtualPolicy
from tests.provider.fakes import Durable


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """A clock that waits for nobody."""
    return VirtualPolicy()


@pytest.fixture
def given() -> Durable:
    """A chain, a cluster and a disk."""
    return Durable()
