"""Requests to REST, good and bad, asked of a Go node and of ours: status, headers, refusals.

Bodies of answers are compared by tests/node/rest/test_recorded.py; here the words of refusals are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from akashpy.node.daemon import Node, NodeSettings
from tests.nodes import given_home, key_of
from tests.parity.gonode.gochain import NAMES, PRICES, free_ports, go_chain, init_chain

A = str(key_of("tenant").address)
NOBODY = "akash1wzx503lp87luspmhy44zdkqgh725at6fdpuwqe"
BANK = "/cosmos/bank/v1beta1/"
MINE = f"{BANK}balances/{A}"
COMET = "/cosmos/base/tendermint/v1beta1/"
TX = "/cosmos/tx/v1beta1/"
AUTH = "/cosmos/auth/v1beta1/"
HEIGHT = "X-Cosmos-Block-Height"
OTHERWISE = {"Date", "Content-Length", "X-Server-Time", "Server", "Trailer", "Transfer-Encoding",
             "Connection"}  # fmt: skip
"""Headers that are not compared: times, and how the bytes travel."""
Case = tuple[str, str, bytes | None, dict[str, str]]

GETS = (
    "/", "/nope", "/cosmos//bank/./x/../y%20z/?a=%20", "//evil.example/x",
    BANK + "balances/", BANK + "balances/x", BANK + "balances/%zz", MINE,
    MINE + "?pagination.limit=x", MINE + "?pagination.limit=-1", MINE + "?pagination.limit=0x10",
    MINE + "?pagination.limit=010", MINE + "?pagination.limit=1__0",
    MINE + "?pagination.limit=18446744073709551616", MINE + "?pagination=1",
    MINE + "?pagination.key=a*b", MINE + "?pagination.key=abcde", MINE + "?pagination.key=AA==",
    MINE + "?pagination.reverse=yes", MINE + "?pagination.nope=1", MINE + "?pagination.limit.x=1",
    MINE + "?pagination.countTotal=true", MINE + "?a=1;b=2", MINE + "?pagination.limit=%zz",
    MINE + "?address=zzz", MINE + "/by_denom?denom=uakt", MINE + "/by_denom",
    BANK + "denoms_metadata/ibc%2FAB", BANK + "denoms_metadata/ibc/AB",
    BANK + "denoms_metadata/uakt:x", BANK + "denoms_metadata/", BANK + "denoms_metadata/:x",
    COMET + "blocks/x", COMET + "blocks/99999999", COMET + "blocks/0",
    COMET + "validatorsets/latest", COMET + "validatorsets/1",
    "/akash/market/v1beta5/params?%zz;=1", "/akash/market/v1beta5/leases/list?filters.state=nope",
    "/akash/market/v1beta5/leases/list?filters.dseq=x",
    "/akash/market/v1beta5/leases/list?filters[a]=x",
    f"/akash/deployment/v1beta4/deployments/info?id.owner={A}&id.dseq=5",
    "/akash/deployment/v1beta4/deployments/info", "/akash/provider/v1beta4/providers/x",
    "/akash/audit/v1/audit/attributes/x/list", "/akash/escrow/v1/types/accounts?state=nope",
    TX + "txs/%3C", TX + "txs/ABC", TX + "txs/AB", TX + "txs/", TX + "txs", TX + "txs?query=nope",
    TX + "txs?query=tx.height=5&order_by=UP", TX + "txs?query=tx.height=5&order_by=9",
    TX + "txs?query=tx.height=5&order_by=ORDER_BY_DESC", TX + "txs?events.x=1",
    TX + "txs?query.x=1&query=tx.height=1", TX + "txs/block/x",
    AUTH + "accounts/" + A, AUTH + "accounts/" + NOBODY, AUTH + "bech32/" + A,
    AUTH + "bech32/AAAA", AUTH + "address_by_id/0", AUTH + "address_by_id/x",
    "/cosmos/staking/v1beta1/validators?status=nope",
)  # fmt: skip
HEIGHTS = ("x", "-1", "99999999", "1.5", "9223372036854775808", "2")
BODIES = (
    b"", b"  ", b"{", b"[]", b"null", b'"x"', b"a=1", b'{"nope": 1}',
    b'{"tx_bytes":"AAAA","mode":"BROADCAST_MODE_SYNC"}', b'{"txBytes":"AAAA","mode":2}',
    b'{"tx_bytes":"AAAA","mode":7}', b'{"tx_bytes":"AAAA"} junk', b"[" * 20_000,
)  # fmt: skip
TXS = (
    b"",
    b'{"tx":{"body":{"messages":[{"@type":"/nope"}]}}}',
    b'{"tx":{"body":{"messages":[{}]}}}',
)


def cases() -> Iterator[Case]:
    """Method, path, body, headers."""
    yield from (("GET", path, None, {}) for path in GETS)
    for verb in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST"):
        yield verb, BANK + "supply", None, {}
    for height in HEIGHTS:
        yield "GET", BANK + "supply", None, {HEIGHT: height}
    yield "GET", BANK + "supply", None, {f"Grpc-Metadata-{HEIGHT}": "99999999"}
    yield "GET", BANK + "supply", None, {"Grpc-Timeout": "x"}
    yield from (("POST", TX + "txs", body, {}) for body in BODIES)
    for body in TXS:
        for name in ("simulate", "decode", "encode"):
            yield "POST", TX + name, body, {}


async def ask(http: aiohttp.ClientSession, url: str, case: Case) -> tuple[Any, ...]:
    """What must be the same: status, names of headers, kind of body, and a refusal's words."""
    verb, path, body, headers = case
    target = URL(url + path, encoded=True)
    async with http.request(
        verb, target, data=body, headers=headers, allow_redirects=False
    ) as answer:
        names = sorted(set(answer.headers) - OTHERWISE)
        kinds = [answer.headers.get(name) for name in names if name.endswith("Content-Type")]
        said = "" if answer.status == 200 else await answer.text()
        return answer.status, names, kinds, said, answer.headers.get("Location")


@pytest.mark.timeout(180)
async def test_the_same_answers(tmp_path: Path) -> None:
    init_chain(tmp_path / "go")
    home = given_home(tmp_path / "ours", NAMES, preset="akash")
    port = free_ports(1)[0]
    flags = ("--api.enable=true", "--api.address", f"tcp://127.0.0.1:{port}")
    settings = NodeSettings(rpc_port=None, rest_port=0, block_interval=0.3, min_gas_prices=PRICES)
    different = []
    with go_chain(tmp_path / "go", flags=flags):
        async with Node.start(home, settings) as node, aiohttp.ClientSession() as http:
            await node.core.reached(3)
            for case in cases():
                theirs = await ask(http, f"http://127.0.0.1:{port}", case)
                ours = await ask(http, node.rest, case)
                if ours != theirs:
                    different.append((case, ours, theirs))
    assert different == []
