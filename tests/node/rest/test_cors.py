"""CORS: nothing by default; named origins, with any port, or all."""

from __future__ import annotations

import pytest

from akashpy.node.rest_settings import LOCALHOST
from tests.node.rest.conftest import Open, Port

SUPPLY = "/cosmos/bank/v1beta1/supply"
ORIGIN = "Access-Control-Allow-Origin"
PAGE = "https://app.example"


async def test_none_by_default(port: Port) -> None:
    status, _, headers = await port.ask(SUPPLY, headers={"Origin": PAGE})
    assert (status, ORIGIN in headers) == (200, False)
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    status, _, headers = await port.ask(SUPPLY, "OPTIONS", headers=asked)
    assert (status, ORIGIN in headers) == (501, False)


@pytest.mark.parametrize(
    ("origins", "origin", "said"),
    [
        ((PAGE,), PAGE, PAGE),
        ((PAGE,), "https://other.example", None),
        ((PAGE,), "https://app.example:8443", None),
        (("*",), PAGE, "*"),
        (LOCALHOST, "http://localhost:5173", "http://localhost:5173"),
        (LOCALHOST, "http://localhost", "http://localhost"),
        (LOCALHOST, "https://127.0.0.1:1", "https://127.0.0.1:1"),
        (LOCALHOST, "http://localhost.evil.example", None),
        (LOCALHOST, "http://localhost:80.evil.example", None),
        (LOCALHOST, "null", None),
    ],
)
async def test_origins(
    opened: Open, origins: tuple[str, ...], origin: str, said: str | None
) -> None:
    async with opened(cors_origins=origins) as port:
        status, _, headers = await port.ask(SUPPLY, headers={"Origin": origin})
        assert (status, headers.get(ORIGIN)) == (200, said)
        assert (
            "Grpc-Metadata-X-Cosmos-Block-Height"
            in headers.get("Access-Control-Expose-Headers", "")
        ) is (said is not None)
        assert headers.get("Vary") == ("Origin" if said not in (None, "*") else None)
        status, _, headers = await port.ask("/nope", headers={"Origin": origin})
        assert (status, headers.get(ORIGIN)) == (501, said)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"Access-Control-Request-Method": "POST"}, 200),
        (
            {
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "content-type, x-cosmos-block-height",
            },
            200,
        ),
        (
            {
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "content-type,authorization",
            },
            403,
        ),
        ({"Access-Control-Request-Method": "DELETE"}, 405),
        ({}, 400),
    ],
)
async def test_a_browser_that_asks_beforehand(
    opened: Open, asked: dict[str, str], status: int
) -> None:
    async with opened(cors_origins=(PAGE,)) as port:
        found, body, headers = await port.ask(SUPPLY, "OPTIONS", headers={"Origin": PAGE, **asked})
        assert (found, body) == (status, b"")
        if status == 200:
            assert headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
            allowed = headers.get("Access-Control-Allow-Headers", "").replace(" ", "")
            wanted = asked.get("Access-Control-Request-Headers", "").replace(" ", "")
            assert allowed == wanted
