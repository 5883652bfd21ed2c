"""cosmpy's own client, from PyPI, over REST: it reads and sends unchanged."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cosmpy.aerial.client import LedgerClient
from cosmpy.aerial.config import NetworkConfig
from cosmpy.aerial.wallet import LocalWallet
from cosmpy.crypto.keypairs import PrivateKey

from akashpy.node.rest import serve
from tests.node.realchain import CHAIN, address, key, real_chain


def _use(url: str) -> tuple[str, int, int]:
    """A balance read, a transfer made and waited for; address, height and code."""
    ledger = LedgerClient(
        NetworkConfig(
            chain_id=CHAIN,
            url=f"rest+{url}",
            fee_minimum_gas_price=0.0025,
            fee_denomination="uakt",
            staking_denomination="uakt",
        ),
        query_interval_secs=0.05,
    )
    wallet = LocalWallet(PrivateKey(key("tenant").secret), prefix="akash")
    before = ledger.query_bank_balance(str(address("other")), "uakt")
    sent = ledger.send_tokens(str(address("other")), 5, "uakt", wallet).wait_to_complete(timeout=20)
    assert ledger.query_bank_balance(str(address("other")), "uakt") == before + 5
    assert ledger.query_account(wallet.address()).sequence == 1
    assert ledger.query_validators()[0].status.name == "BONDED"
    assert sent.response is not None
    return str(wallet.address()), sent.response.height, sent.response.code


async def test_cosmpy_reads_and_sends(tmp_path: Path) -> None:
    async with (
        real_chain(tmp_path, interval=0.05) as chain,
        chain.running(),
        serve(chain.core, "127.0.0.1", 0) as url,
    ):
        owner, height, code = await asyncio.to_thread(_use, url)
        assert (owner, code) == (str(address("tenant")), 0)
        assert 1 < height <= chain.core.height
