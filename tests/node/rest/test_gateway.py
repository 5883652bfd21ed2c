"""The gateway over sockets: paths, bodies, heights, and a gateway's errors."""

from __future__ import annotations

from base64 import b64encode

import pytest

from akashpy.node.rest import HTTP_STATUS
from akashpy.tx import build
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import Status
from akashpy.wire import bank
from tests.node.realchain import CHAIN, address, key
from tests.node.rest.conftest import Port

TXS = "/cosmos/tx/v1beta1/txs"
HEIGHT = "X-Cosmos-Block-Height"
SAID = "Grpc-Metadata-X-Cosmos-Block-Height"
BALANCES = "/cosmos/bank/v1beta1/balances/"


def send(amount: int = 7) -> bytes:
    message = bank.MsgSend(
        from_address=address("tenant"),
        to_address=address("other"),
        amount=Coins.of([Coin("uakt", amount)]).to_wire(),
    )
    return build.build(
        [message],
        key("tenant"),
        chain_id=CHAIN,
        account_number=0,
        sequence=0,
        fee=[Coin("uakt", 5000)],
        gas=200_000,
    )


def text_of(raw: bytes) -> str:
    return b64encode(raw).decode()


async def test_a_transaction_is_simulated_sent_and_found(port: Port) -> None:
    raw = text_of(send())
    status, body, _ = await port.ask("/cosmos/tx/v1beta1/simulate", "POST", json={"tx_bytes": raw})
    assert (status, int(body["gas_info"]["gas_used"]) > 20_000) == (200, True)
    sync = {"tx_bytes": raw, "mode": "BROADCAST_MODE_SYNC"}
    status, body, _ = await port.ask(TXS, "POST", json=sync)
    hash = build.tx_hash(send())
    assert (status, body["tx_response"]["code"]) == (200, 0)
    assert body["tx_response"]["txhash"] == hash
    await port.chain.blocks(1)
    status, body, _ = await port.ask(f"{TXS}/{hash}")
    assert (status, body["tx_response"]["height"]) == (200, "2")
    event = f"tx.hash='{hash}'"
    status, body, _ = await port.ask(f"{TXS}?query={event}&order_by=ORDER_BY_DESC&limit=1")
    assert (status, body["total"]) == (200, "1"), body
    status, body, _ = await port.ask("/cosmos/tx/v1beta1/decode", "POST", json={"tx_bytes": raw})
    again, encoded, _ = await port.ask("/cosmos/tx/v1beta1/encode", "POST", json=body)
    assert (status, again, encoded["tx_bytes"]) == (200, 200, raw)


async def test_a_failed_simulation_says_why(port: Port) -> None:
    simulate = {"tx_bytes": text_of(send(10**15))}
    status, code, text = await port.refused("/cosmos/tx/v1beta1/simulate", "POST", json=simulate)
    assert (status, code) == (500, 2)
    assert "insufficient funds with gas used: '" in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "invalid empty tx"),
        (b"  ", "invalid empty tx"),
        (b"null", "invalid empty tx"),
        (b'{"nope": 1}', "invalid empty tx"),
        (b"{", "unexpected EOF"),
        (b"{a", "Expecting property name"),
        (b"a=1", "invalid character 'a' looking for beginning of value"),
        (b"[]", "json: cannot unmarshal array into Go value of type map[string]json.RawMessage"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'{"tx_bytes": 1}', "tx_bytes"),
        (b'{"tx_bytes": "*"}', "tx_bytes"),
        (b'{"mode": "NOPE"}', "NOPE"),
        (b"[" * 20_000, "exceeded max depth"),
    ],
)
async def test_bodies_that_are_no_request(port: Port, body: bytes, said: str) -> None:
    status, code, text = await port.refused(TXS, "POST", data=body)
    assert (status, code) == (400, 3)
    assert said in text
    assert len(port.chain.core.mempool) == 0


async def test_what_follows_a_body_is_ignored_as_go_does(port: Port) -> None:
    body = b'{"tx_bytes": "' + text_of(send()).encode() + b'"} and more'
    status, _, _ = await port.ask("/cosmos/tx/v1beta1/simulate", "POST", data=body)
    assert status == 200


@pytest.mark.parametrize(
    ("tx", "text"),
    [
        ({"body": {"messages": [{"@type": "/nope"}]}}, 'unknown message type "nope"'),
        ({"body": {"messages": [{}]}}, "Any JSON doesn't have '@type'"),
        ({"body": 1}, "expected an object"),
    ],
)
async def test_transactions_in_parts_that_cannot_be_read(
    port: Port, tx: dict[str, object], text: str
) -> None:
    status, code, said = await port.refused("/cosmos/tx/v1beta1/encode", "POST", json={"tx": tx})
    assert (status, code) == (400, 3)
    assert text in said


async def test_unknown_members_are_ignored_at_any_depth(port: Port) -> None:
    message = {"@type": "/cosmos.bank.v1beta1.MsgSend", "fromAddress": "a", "nope": 1}
    plain = {"@type": "/cosmos.bank.v1beta1.MsgSend", "from_address": "a"}
    encode = "/cosmos/tx/v1beta1/encode"
    odd = {"tx": {"body": {"messages": [message], "x": {}}, "authInfo": {"fee": {"y": []}}}}
    same = {"tx": {"body": {"messages": [plain]}, "auth_info": {"fee": {}}}}
    answers = [await port.ask(encode, "POST", json=body) for body in (odd, same)]
    assert [status for status, _, _ in answers] == [200, 200]
    assert answers[0][1] == answers[1][1]


async def test_a_client_may_have_less_patience(port: Port) -> None:
    path = "/cosmos/bank/v1beta1/supply"
    status, _, _ = await port.ask(path, headers={"Grpc-Timeout": "5S"})
    assert status == 200
    refused = await port.refused(path, headers={"Grpc-Timeout": "5"})
    assert refused == (400, 3, "invalid grpc-timeout: 5")


async def test_a_broadcast_tells_no_height(port: Port) -> None:
    body = {"tx_bytes": "AAAA", "mode": "BROADCAST_MODE_SYNC"}
    status, answer, headers = await port.ask(TXS, "POST", json=body)
    assert (status, answer["tx_response"]["code"], SAID in headers) == (200, 2, False)


async def test_a_search_by_the_old_field(port: Port) -> None:
    status, body, _ = await port.ask(f"{TXS}?events=tx.height%3D1")
    assert (status, body["total"]) == (200, "0")


async def test_heights_in_and_out(port: Port) -> None:
    await port.chain.blocks(2)
    status, _, headers = await port.ask(BALANCES + address("tenant"))
    assert (status, headers[SAID], headers[HEIGHT]) == (200, "3", "3")
    assert headers["Grpc-Metadata-Content-Type"] == "application/grpc+cosmos-sdk-grpc-codec"
    for name in (HEIGHT, SAID):
        status, _, headers = await port.ask(BALANCES + address("tenant"), headers={name: "2"})
        assert (status, headers[SAID]) == (200, "2")


@pytest.mark.parametrize(
    ("height", "text"),
    [
        ("x", "codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height"),
        ("-1", "codespace sdk code 18: invalid request: cannot query with height < 0"),
        (
            "1_0",
            "codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height",
        ),
        (str(2**63), "codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer"),
        ("99", "codespace sdk code 26: invalid height: cannot query with height in the future"),
    ],
)
async def test_heights_that_cannot_be(port: Port, height: str, text: str) -> None:
    status, code, said = await port.refused(BALANCES + address("tenant"), headers={HEIGHT: height})
    assert (status, code) == (500, 2)
    assert said.startswith(text)


@pytest.mark.parametrize(
    ("verb", "path", "refusal"),
    [
        ("GET", "/", (501, 12, "Not Implemented")),
        ("GET", "/cosmos/bank/v1beta1/nope", (501, 12, "Not Implemented")),
        ("PUT", "/cosmos/bank/v1beta1/supply", (501, 12, "Not Implemented")),
        ("OPTIONS", "/cosmos/bank/v1beta1/supply", (501, 12, "Not Implemented")),
        ("POST", "/cosmos/bank/v1beta1/supply", (501, 12, "Not Implemented")),
        ("GET", TXS + "/%3C", (500, 2, "encoding/hex: invalid byte: U+003C '<'")),
        (
            "GET",
            "/cosmos/base/tendermint/v1beta1/blocks/x",
            (
                400,
                3,
                "type mismatch, parameter: height, error: "
                'strconv.ParseInt: parsing "x": invalid syntax',
            ),
        ),
        (
            "GET",
            "/cosmos/bank/v1beta1/supply?pagination.limit=x",
            (400, 3, 'strconv.ParseUint: parsing "x": invalid syntax'),
        ),
        ("GET", BALANCES, (400, 3, "invalid address: empty address string is not allowed")),
        (
            "GET",
            f"/akash/deployment/v1beta4/deployments/info?id.owner={address('tenant')}&id.dseq=5",
            (404, 5, "codespace deployment code 4: Deployment not found"),
        ),
    ],
)
async def test_refusals(port: Port, verb: str, path: str, refusal: tuple[int, int, str]) -> None:
    assert await port.refused(path, verb) == refusal


async def test_a_head_request_has_no_body(port: Port) -> None:
    status, body, _ = await port.ask("/cosmos/bank/v1beta1/supply", "HEAD")
    assert (status, body) == (501, b"")


async def test_a_method_without_parameters_ignores_the_query_string(port: Port) -> None:
    status, _, _ = await port.ask("/akash/market/v1beta5/params?%zz;=1")
    assert status == 200


async def test_paths_are_cleaned_by_a_redirect(port: Port) -> None:
    status, _, headers = await port.ask("/cosmos//bank/./x/../y z/?a=%20".replace(" ", "%20"))
    assert (status, headers["Location"]) == (301, "/cosmos/bank/y%20z/?a=%20")
    status, _, headers = await port.ask("//evil.example/x")
    assert (status, headers["Location"]) == (301, "/evil.example/x")


async def test_escaped_slashes_are_part_of_a_denomination(port: Port) -> None:
    status, _, text = await port.refused("/cosmos/bank/v1beta1/denoms_metadata/ibc%2FAB")
    assert (status, "ibc/AB" in text) == (404, True)


async def test_the_form_is_compact_and_only_answers_are_escaped_for_html(port: Port) -> None:
    async with port.session.get(f"{port.url}{TXS}/%3C") as response:
        assert await response.read() == (
            b'{"code":2,"message":"encoding/hex: invalid byte: U+003C \'<\'","details":[]}'
        )
        assert response.headers["Content-Type"] == "application/json"
    body = {"tx": {"body": {"memo": "<&>\u00e9"}}}
    _, encoded, _ = await port.ask("/cosmos/tx/v1beta1/encode", "POST", json=body)
    search = {"tx_bytes": encoded["tx_bytes"]}
    async with port.session.post(f"{port.url}/cosmos/tx/v1beta1/decode", json=search) as response:
        assert b'"memo":"\\u003c\\u0026\\u003e\xc3\xa9",' in await response.read()


async def test_a_broken_escape_in_a_path_is_no_request(port: Port) -> None:
    status, body, _ = await port.ask(BALANCES + "%zz")
    assert (status, body) == (400, b"400 Bad Request")


def test_every_status_has_an_http_status() -> None:
    assert set(HTTP_STATUS) == set(Status)
