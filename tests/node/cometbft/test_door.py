"""The door before CometBFT's RPC while CometBFT is away; with it: tests/cometbft/test_door.py."""

from __future__ import annotations

from unittest.mock import Mock

import aiohttp
import pytest

from akashpy.node.cometbft import door
from tests.ports import free_port


async def test_a_cometbft_that_is_away_is_said() -> None:
    away = f"http://127.0.0.1:{free_port()}"
    async with (
        door.serve(Mock(), away, "127.0.0.1", 0) as url,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{url}/status") as answer:
            assert answer.status == 502
            assert (await answer.text()).startswith("CometBFT does not answer: ")
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(f"{url}/websocket")
        assert caught.value.status == 502
