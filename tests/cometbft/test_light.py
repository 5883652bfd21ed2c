"""CometBFT's own light client verifies our chain; our proofs hold against headers it verified."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from akashpy.chain.bank import BALANCES
from akashpy.client.proofs import ProvenReads
from akashpy.client.rpc import RpcTransport
from tests.cometbft.net import ANSWER_S, LIMIT_S, Net, deliver, until
from tests.nodes import CHAIN_ID, FUNDS, key_of
from tests.ports import free_port


def verified_header(net: Net, height: int, place: Path) -> dict[str, Any]:
    """A signed header as the light client, which trusts block 2, gives it."""
    peer = net.peers[0]
    trusted = peer.ask("block", height=2)["block_id"]["hash"]
    proxy = f"127.0.0.1:{free_port()}"
    with (place / "light.log").open("w") as log:
        client = subprocess.Popen(
            [net.program, "light", CHAIN_ID, "--primary", peer.rpc, "--witnesses", peer.rpc,
             "--height", "2", "--hash", trusted, "--laddr", f"tcp://{proxy}",
             "--home-dir", str(place / "light")],
            stdout=log, stderr=log,
        )  # fmt: skip

    def verified() -> dict[str, Any]:
        with urlopen(f"http://{proxy}/commit?height={height}", timeout=ANSWER_S) as answer:
            found: dict[str, Any] = json.load(answer)["result"]["signed_header"]
        return found

    try:
        return until(verified, "the light client's header")
    finally:
        client.terminate()
        client.wait(timeout=LIMIT_S)


async def test_headers_and_proofs_are_verified(one: Net, tmp_path: Path) -> None:
    peer = one.peers[0]
    landed = deliver(peer, one.accounts["alice"].pay("bob", 11))
    height = int(landed["height"])
    peer.reach(height + 3)
    header = verified_header(one, height + 1, tmp_path)
    assert header == peer.ask("commit", height=height + 1)["signed_header"]
    app_hash = bytes.fromhex(header["header"]["app_hash"])

    async def trust(at: int) -> bytes:
        assert at == height + 1
        return app_hash

    transport = RpcTransport(peer.rpc)
    try:
        key = BALANCES.key((key_of("bob").address.raw, "uakt")).removeprefix(b"bank/")
        found = await ProvenReads(transport, app_hash=trust).read("bank", key, height=height)
    finally:
        await transport.close()
    assert found.value == str(int(FUNDS.partition("uakt")[0]) + 11).encode()
    assert found.app_hash == app_hash
