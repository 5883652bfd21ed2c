"""The gRPC port: heights both ways, refusals as the SDK's with codes in their details, reflection,
health, and the services that need the node."""

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from akashpy.node.grpc import serve
from akashpy.tx import build
from akashpy.types.coin import Coin, Coins
from akashpy.wire import bank
from akashpy.wire import tx as tx_pb
from tests.node.realchain import CHAIN, address, key

BALANCE = "/cosmos.bank.v1beta1.Query/Balance"
TX = "/cosmos.tx.v1beta1.Service/"
COMET = "/cosmos.base.tendermint.v1beta1.Service/"
HEIGHT = "x-cosmos-block-height"


def send(sequence=0, amount=7, gas=200_000, sender="tenant", number=None):
    msg = bank.MsgSend(
        from_address=address(sender),
        to_address=address("other"),
        amount=Coins.of([Coin("uakt", amount)]).to_wire(),
    )
    return build.build(
        [msg],
        key(sender),
        chain_id=CHAIN,
        account_number=0 if number is None else number,
        sequence=sequence,
        fee=[Coin("uakt", 5000)],
        gas=gas,
    )


def info_of(error):
    metadata = dict(list(error.trailing_metadata()))
    status = Status.FromString(metadata["grpc-status-details-bin"])
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    return status, info


async def test_a_query_answers_at_the_latest_height_and_says_it(port):
    await port.chain.blocks(2)
    reply, height = await port.call(BALANCE, address=address("tenant"), denom="uakt")
    assert reply.balance.amount == "1000000000000"
    assert height == port.chain.core.height == 3


async def test_an_old_height_is_answered_as_it_was(port):
    found = await port.call(TX + "BroadcastTx", tx_bytes=send(), mode=2)
    assert found[0].tx_response.code == 0, found
    await port.chain.blocks(1)
    now, _ = await port.call(BALANCE, address=address("other"), denom="uakt")
    old, height = await port.call(
        BALANCE, address=address("other"), denom="uakt", metadata=((HEIGHT, "1"),)
    )
    assert (int(now.balance.amount) - int(old.balance.amount), height) == (7, 1)


@pytest.mark.parametrize(
    ("height", "text"),
    [
        (
            "x",
            "codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height "
            'header "x-cosmos-block-height": strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            "-1",
            "codespace sdk code 18: invalid request: cannot query with height < 0; please provide "
            "a valid height",
        ),
        (
            "99",
            "codespace sdk code 26: invalid height: cannot query with height in the future; please "
            "provide a valid height",
        ),
    ],
)
async def test_heights_that_cannot_be(port, height, text):
    error = await port.refused(
        BALANCE, address=address("other"), denom="uakt", metadata=((HEIGHT, height),)
    )
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, text)
    _, info = info_of(error)
    assert info.domain == "sdk"


async def test_a_bare_status(port):
    error = await port.refused("/akash.market.v1beta5.Query/Bids", filters={"state": "nope"})
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "invalid state value"
    assert not [k for k, _ in error.trailing_metadata() if k == "grpc-status-details-bin"]


async def test_a_registered_error_names_codespace_and_code(port):
    error = await port.refused(
        "/akash.deployment.v1beta4.Query/Deployment",
        id={"owner": address("tenant"), "dseq": 5},
    )
    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert error.details() == "codespace deployment code 4: Deployment not found"
    status, info = info_of(error)
    assert (status.code, status.message) == (5, error.details())
    assert (info.domain, info.metadata["code"]) == ("deployment", "4")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/akash.nope.v1.Query/Bids", "unknown service akash.nope.v1.Query"),
        (
            "/akash.market.v1beta5.Query/Nope",
            "unknown method Nope for service akash.market.v1beta5.Query",
        ),
        ("/odd", 'malformed method name: "/odd"'),
    ],
)
async def test_unknown_methods(port, path, text):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await port.channel.unary_unary(path)(b"", timeout=60)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.details() == text


async def test_bytes_that_are_no_request(port):
    error = await port.refused(BALANCE, raw=b"\xff\xff")
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details().startswith("grpc: error unmarshalling request")


async def test_simulate_gives_gas_or_the_reason(port):
    reply, _ = await port.call(TX + "Simulate", tx_bytes=send())
    assert reply.gas_info.gas_used > 20_000
    assert reply.result.msg_responses[0].type_url == "/cosmos.bank.v1beta1.MsgSendResponse"
    error = await port.refused(TX + "Simulate", tx_bytes=send(amount=10**15))
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert "insufficient funds with gas used: '" in error.details()
    _, info = info_of(error)
    assert (info.domain, info.metadata["code"]) == ("sdk", "5")
    assert (await port.refused(TX + "Simulate")).code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_broadcast_find_and_search(port):
    raw = send()
    answer, _ = await port.call(TX + "BroadcastTx", tx_bytes=raw, mode=2)
    hash = build.tx_hash(raw)
    assert (answer.tx_response.code, answer.tx_response.txhash) == (0, hash)
    again, _ = await port.call(TX + "BroadcastTx", tx_bytes=raw, mode=2)
    assert (again.tx_response.codespace, again.tx_response.code) == ("sdk", 19)
    bad, _ = await port.call(TX + "BroadcastTx", tx_bytes=send(sequence=9), mode=2)
    assert (bad.tx_response.codespace, bad.tx_response.code) == ("sdk", 32)
    missing = await port.refused(TX + "GetTx", hash=hash)
    assert (missing.code(), missing.details()) == (
        grpc.StatusCode.NOT_FOUND,
        f"tx not found: {hash}",
    )
    await port.chain.blocks(1)
    found, _ = await port.call(TX + "GetTx", hash=hash)
    assert found.tx_response.height == 2
    assert found.tx.body.messages[0].type_url == "/cosmos.bank.v1beta1.MsgSend"
    assert tx_pb.Tx.FromString(found.tx_response.tx.value) == found.tx
    listed, _ = await port.call(TX + "GetTxsEvent", query=f"message.sender='{address('tenant')}'")
    assert (listed.total, [r.txhash for r in listed.tx_responses]) == (1, [hash])
    block, _ = await port.call(TX + "GetBlockWithTxs", height=2)
    assert [tx.signatures for tx in block.txs] == [found.tx.signatures]
    decoded, _ = await port.call(TX + "TxDecode", tx_bytes=raw)
    encoded, _ = await port.call(TX + "TxEncode", tx=decoded.tx)
    assert tx_pb.TxRaw.FromString(encoded.tx_bytes).signatures == found.tx.signatures


async def test_a_bad_query_of_a_search(port):
    error = await port.refused(TX + "GetTxsEvent", query="not a query")
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details().startswith("failed to search for txs: offset 4: got tag")
    empty = await port.refused(TX + "GetTxsEvent")
    assert empty.details() == "query cannot be empty"


async def test_blocks_and_the_node(port):
    await port.chain.blocks(2)
    latest, _ = await port.call(COMET + "GetLatestBlock")
    assert latest.block.header.height == 3
    assert latest.block_id.hash == port.chain.core.latest.id.hash
    assert latest.sdk_block.header.proposer_address.startswith("akashvalcons1")
    assert latest.sdk_block.header.app_hash == latest.block.header.app_hash
    second, _ = await port.call(COMET + "GetBlockByHeight", height=2)
    assert latest.block.header.last_block_id == second.block_id
    high = await port.refused(COMET + "GetBlockByHeight", height=50)
    assert high.details() == "requested block height is bigger then the chain length"
    info, _ = await port.call(COMET + "GetNodeInfo")
    assert info.default_node_info.network == CHAIN
    validators, _ = await port.call(COMET + "GetLatestValidatorSet")
    assert [v.voting_power for v in validators.validators] == [10**6]
    assert not (await port.call(COMET + "GetSyncing"))[0].syncing
    status, _ = await port.call("/cosmos.base.node.v1beta1.Service/Status")
    assert status.height == 3
    config, _ = await port.call("/cosmos.base.node.v1beta1.Service/Config")
    assert config.pruning_interval == "0"
    discovery, _ = await port.call("/akash.discovery.v1.Discovery/GetInfo")
    assert discovery.info.chain_id == CHAIN
    raw, _ = await port.call(COMET + "ABCIQuery", path="/app/version")
    assert (raw.code, bool(raw.value)) == (0, True)


async def test_validators_of_genesis(port):
    path = "/cosmos.staking.v1beta1.Query/"
    listed, _ = await port.call(path + "Validators", status="BOND_STATUS_BONDED")
    (validator,) = listed.validators
    pool, _ = await port.call(path + "Pool")
    assert pool.pool.bonded_tokens == validator.tokens == str(10**12)
    own, _ = await port.call(
        path + "Delegation",
        delegator_addr=address("validator"),
        validator_addr=validator.operator_address,
    )
    assert own.delegation_response.balance.amount == str(10**12)


@pytest.mark.parametrize("version", ["v1alpha", "v1"])
async def test_reflection_lists_what_is_served(port, version):
    path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
    call = port.channel.stream_stream(
        path,
        request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )(
        [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(
                file_containing_symbol="akash.market.v1beta5.Query"
            ),
            reflection_pb2.ServerReflectionRequest(file_by_filename="nope.proto"),
        ],
        timeout=60,
    )
    answers = [answer async for answer in call]
    names = [s.name for s in answers[0].list_services_response.service]
    assert "akash.market.v1beta5.Query" in names
    assert f"grpc.reflection.{version}.ServerReflection" in names
    assert answers[1].file_descriptor_response.file_descriptor_proto
    assert answers[2].error_response.error_code == 5


async def test_health(port):
    call = port.channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    answer = await call(health_pb2.HealthCheckRequest(), timeout=60)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_taken_port_is_an_error(port):
    async with serve(port.chain.core, "127.0.0.1", 0) as bound:
        number = int(bound.rpartition(":")[2])
        with pytest.raises(OSError, match="cannot be opened"):
            async with serve(port.chain.core, "127.0.0.1", number):
                raise AssertionError("two servers on one port")


REFUSED = [
    ("GetTx", {"hash": "xyz"}, "UNKNOWN", "encoding/hex: invalid byte: U+0078 'x'"),
    ("GetTx", {}, "INVALID_ARGUMENT", "tx hash cannot be empty"),
    (
        "BroadcastTx",
        {"tx_bytes": b"\1"},
        "UNKNOWN",
        "unsupported return type unspecified; supported types: sync, async",
    ),
    ("BroadcastTx", {"mode": 2}, "INVALID_ARGUMENT", "invalid empty tx"),
    (
        "TxDecode",
        {"tx_bytes": b"\1\2"},
        "UNKNOWN",
        "codespace sdk code 2: tx parse error: invalid length; proto: invalid field number",
    ),
    (
        "GetBlockWithTxs",
        {"height": 0},
        "UNKNOWN",
        "codespace sdk code 26: invalid height: requested height 0 but height must not be less "
        "than 1 or greater than the current height 1",
    ),
]
"""Refusals of the tx service, recorded from a Go node."""


@pytest.mark.parametrize(("method", "fields", "code", "text"), REFUSED)
async def test_refusals_of_the_tx_service(port, method, fields, code, text):
    error = await port.refused(TX + method, **fields)
    assert (error.code().name, error.details()) == (code, text)


@pytest.mark.parametrize(
    ("path", "text"), [("/nope", "unsupported ABCI query path: /nope"), ("", "empty query path")]
)
async def test_raw_queries_are_only_those_of_the_application(port, path, text):
    method = port.call(COMET + "ABCIQuery", path=path)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await method
    assert caught.value.details() == text
