"""cosmpy's own client, from PyPI, over REST and gRPC: it reads and sends unchanged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from cosmpy.aerial.client import LedgerClient
from cosmpy.aerial.config import NetworkConfig
from cosmpy.aerial.wallet import LocalWallet
from cosmpy.crypto.keypairs import PrivateKey

from akashpy.node.grpc import serve as serve_grpc
from akashpy.node.rest import serve as serve_rest
from tests.node.realchain import CHAIN, address, key, real_chain


def _use(url: str) -> tuple[str, int, int]:
    """A balance read, a transfer made and waited for; address, height and code.

    `url` says the protocol as cosmpy does, "rest+http://..." or "grpc+http://...".
    """
    ledger = LedgerClient(
        NetworkConfig(
            chain_id=CHAIN,
            url=url,
            fee_minimum_gas_price=0.0025,
            fee_denomination="uakt",
            staking_denomination="uakt",
        ),
        query_interval_secs=0.05,
    )
    wallet = LocalWallet(PrivateKey(key("tenant").secret), prefix="akash")
    before = ledger.query_bank_balance(str(address("other")), "uakt")
    sent = ledger.send_tokens(str(address("other")), 5, "uakt", wallet).wait_to_complete(timeout=90)
    assert ledger.query_bank_balance(str(address("other")), "uakt") == before + 5
    assert ledger.query_account(wallet.address()).sequence == 1
    assert ledger.query_validators()[0].status.name == "BONDED"
    assert sent.response is not None
    return str(wallet.address()), sent.response.height, sent.response.code


@pytest.mark.parametrize("over", ["rest", "grpc"])
async def test_cosmpy_reads_and_sends(tmp_path: Path, over: str) -> None:
    serve: Any = serve_rest if over == "rest" else serve_grpc
    async with (
        real_chain(tmp_path, interval=0.05) as chain,
        chain.running(),
        serve(chain.core, "127.0.0.1", 0) as place,
    ):
        url = f"{over}+http://{place.removeprefix('http://')}"
        owner, height, code = await asyncio.to_thread(_use, url)
        assert (owner, code) == (str(address("tenant")), 0)
        assert 1 < height <= chain.core.height
