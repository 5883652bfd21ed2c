"""These tests run in virtual time over a cluster in memory."""

from __future__ import annotations

import asyncio

import pytest

from tests.provider.clock import VirtualPolicy


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    return VirtualPolicy()
