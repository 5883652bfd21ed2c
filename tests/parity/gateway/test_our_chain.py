"""Go's tenant commands where all else is ours: chain, provider, workload."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from akashpy.keys.ring import Keyring
from akashpy.types.market import LeaseState, OrderID
from tests.parity.gonode.gochain import GoChain, GoFailed
from tests.parity.gonode.loop import HELLO, page
from tests.stories.people import key_of
from tests.stories.town import CHAIN_ID, Town


class OurChain(GoChain):
    """Our node, as the Go programs are told of it."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "AKASH_CHAIN_ID": CHAIN_ID, "PATH": os.environ["PATH"]}


async def test_a_go_tenant_on_our_chain(tmp_path_factory: pytest.TempPathFactory) -> None:
    root: Path = tmp_path_factory.mktemp("s")
    home = root / "tenant-home"
    home.mkdir()
    Keyring.open(home, "test").add("tenant", key_of("tenant"))
    text = HELLO.read_text()
    async with Town.start(root, ["tenant", "house"]) as town:
        go = OurChain(home, town.rpc, town.grpc)
        provider = await town.provider("house", price=1)
        id = await town.deploy("tenant", text, deposit="5000000uact")
        (bid,) = await town.bids(OrderID.of(id.with_gseq(1), 1))
        lease = await town.take("tenant", bid.bid.id)
        flags = ("--dseq", str(id.dseq), "--provider", provider.address, "--from", "tenant",
                 "--home", str(home), "--keyring-backend", "test", "--node", go.node)  # fmt: skip

        async def run(*arguments: str) -> str:
            return await go.ago("provider-services", *arguments, *flags)

        async def sent() -> bool:
            try:
                answer = json.loads(await run("send-manifest", str(HELLO), "-o", "json"))
            except GoFailed:
                return False
            return bool(answer == [{"provider": provider.address, "status": "PASS"}])

        await town.until("manifest taken", sent)

        async def where() -> str | None:
            uris = json.loads(await run("lease-status"))["services"]["web"]["uris"]
            return uris[0] if uris else None

        uri = await town.until("an address", where)
        assert "version 1" in await page(uri)
        assert '"GET / HTTP/1.1" 200' in await run("lease-logs", "--service", "web")
        assert await run("lease-shell", "web", "/bin/echo", "foo") == "foo\n"
        await town.close("tenant", id)
        await town.lease_in(lease, LeaseState.CLOSED)
        await town.gone(f"http://{uri}/")
        await town.books()
