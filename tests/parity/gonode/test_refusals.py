"""Bad requests, asked of a Go node and of ours: the same status, the same words.

Only texts that name a place in Go's sources, a gas amount or the present height are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from akashpy.node.grpc import serve
from akashpy.wire import (
    audit,
    auth,
    bank,
    cert,
    cmtservice,
    deployment,
    escrow,
    market,
    provider,
    staking,
    tx,
)
from tests.node.realchain import real_chain
from tests.nodes import key_of
from tests.parity.gonode.gochain import GoChain

A = str(key_of("tenant").address)
NOBODY = "akash1wzx503lp87luspmhy44zdkqgh725at6fdpuwqe"
Case = tuple[str, Message, tuple[tuple[str, str], ...]]
CASES: list[Case] = [
    (
        "/akash.deployment.v1beta4.Query/Deployment",
        deployment.QueryDeploymentRequest(id={"owner": A, "dseq": 5}),
        (),
    ),
    (
        "/akash.deployment.v1beta4.Query/Group",
        deployment.QueryGroupRequest(id={"owner": A, "dseq": 5, "gseq": 1}),
        (),
    ),
    (
        "/akash.deployment.v1beta4.Query/Deployments",
        deployment.QueryDeploymentsRequest(pagination={"offset": 1}),
        (),
    ),
    (
        "/akash.deployment.v1beta4.Query/Deployments",
        deployment.QueryDeploymentsRequest(pagination={"key": b"abc"}),
        (),
    ),
    (
        "/akash.deployment.v1beta4.Query/Deployments",
        deployment.QueryDeploymentsRequest(pagination={"key": b"abcdefgh"}),
        (),
    ),
    ("/akash.market.v1beta5.Query/Bids", market.QueryBidsRequest(filters={"state": "nope"}), ()),
    ("/akash.market.v1beta5.Query/Bids", market.QueryBidsRequest(filters={"owner": "bad"}), ()),
    (
        "/akash.market.v1beta5.Query/Order",
        market.QueryOrderRequest(id={"owner": A, "dseq": 5, "gseq": 1, "oseq": 1}),
        (),
    ),
    (
        "/akash.market.v1beta5.Query/Lease",
        market.QueryLeaseRequest(id={"owner": A, "dseq": 5, "gseq": 1, "oseq": 1, "provider": "x"}),
        (),
    ),
    ("/akash.provider.v1beta4.Query/Provider", provider.QueryProviderRequest(owner="bad"), ()),
    (
        "/akash.audit.v1.Query/ProviderAttributes",
        audit.QueryProviderAttributesRequest(owner="bad"),
        (),
    ),
    (
        "/akash.cert.v1.Query/Certificates",
        cert.QueryCertificatesRequest(filter={"owner": "bad"}),
        (),
    ),
    (
        "/akash.cert.v1.Query/Certificates",
        cert.QueryCertificatesRequest(filter={"state": "nope"}),
        (),
    ),
    (
        "/akash.cert.v1.Query/Certificates",
        cert.QueryCertificatesRequest(pagination={"offset": 1}),
        (),
    ),
    ("/akash.escrow.v1.Query/Accounts", escrow.QueryAccountsRequest(state="nope"), ()),
    (
        "/akash.escrow.v1.Query/Accounts",
        escrow.QueryAccountsRequest(pagination={"key": b"abc"}),
        (),
    ),
    ("/cosmos.bank.v1beta1.Query/Balance", bank.QueryBalanceRequest(address="x", denom="uakt"), ()),
    ("/cosmos.bank.v1beta1.Query/Balance", bank.QueryBalanceRequest(address=A, denom=""), ()),
    (
        "/cosmos.bank.v1beta1.Query/AllBalances",
        bank.QueryAllBalancesRequest(address=A, pagination={"offset": 1, "key": b"u"}),
        (),
    ),
    ("/cosmos.bank.v1beta1.Query/DenomMetadata", bank.QueryDenomMetadataRequest(denom="unope"), ()),
    ("/cosmos.bank.v1beta1.Query/SupplyOf", bank.QuerySupplyOfRequest(denom="unope"), ()),
    ("/cosmos.auth.v1beta1.Query/Account", auth.QueryAccountRequest(address=""), ()),
    ("/cosmos.auth.v1beta1.Query/Account", auth.QueryAccountRequest(address="bad"), ()),
    ("/cosmos.auth.v1beta1.Query/Account", auth.QueryAccountRequest(address=NOBODY), ()),
    ("/cosmos.auth.v1beta1.Query/AccountInfo", auth.QueryAccountInfoRequest(address=NOBODY), ()),
    (
        "/cosmos.auth.v1beta1.Query/AccountAddressByID",
        auth.QueryAccountAddressByIDRequest(account_id=99999),
        (),
    ),
    (
        "/cosmos.auth.v1beta1.Query/ModuleAccountByName",
        auth.QueryModuleAccountByNameRequest(name="x"),
        (),
    ),
    ("/cosmos.auth.v1beta1.Query/AddressBytesToString", auth.AddressBytesToStringRequest(), ()),
    ("/cosmos.auth.v1beta1.Query/AddressStringToBytes", auth.AddressStringToBytesRequest(), ()),
    ("/cosmos.staking.v1beta1.Query/Validators", staking.QueryValidatorsRequest(status="x"), ()),
    (
        "/cosmos.staking.v1beta1.Query/Validator",
        staking.QueryValidatorRequest(validator_addr="x"),
        (),
    ),
    (
        "/cosmos.staking.v1beta1.Query/Validator",
        staking.QueryValidatorRequest(validator_addr=""),
        (),
    ),
    ("/cosmos.tx.v1beta1.Service/GetTx", tx.GetTxRequest(hash=""), ()),
    ("/cosmos.tx.v1beta1.Service/GetTx", tx.GetTxRequest(hash="xyz"), ()),
    ("/cosmos.tx.v1beta1.Service/GetTx", tx.GetTxRequest(hash="00" * 32), ()),
    ("/cosmos.tx.v1beta1.Service/GetTxsEvent", tx.GetTxsEventRequest(), ()),
    ("/cosmos.tx.v1beta1.Service/GetTxsEvent", tx.GetTxsEventRequest(query="not a query"), ()),
    ("/cosmos.tx.v1beta1.Service/Simulate", tx.SimulateRequest(), ()),
    ("/cosmos.tx.v1beta1.Service/BroadcastTx", tx.BroadcastTxRequest(tx_bytes=b"\1\2", mode=2), ()),
    ("/cosmos.tx.v1beta1.Service/BroadcastTx", tx.BroadcastTxRequest(tx_bytes=b"\1\2"), ()),
    ("/cosmos.tx.v1beta1.Service/BroadcastTx", tx.BroadcastTxRequest(mode=2), ()),
    ("/cosmos.tx.v1beta1.Service/TxDecode", tx.TxDecodeRequest(tx_bytes=b"\1\2"), ()),
    ("/cosmos.tx.v1beta1.Service/TxDecode", tx.TxDecodeRequest(), ()),
    (
        "/cosmos.tx.v1beta1.Service/GetBlockWithTxs",
        tx.GetBlockWithTxsRequest(height=2, pagination={"offset": 5}),
        (),
    ),
    (
        "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight",
        cmtservice.GetBlockByHeightRequest(height=10**7),
        (),
    ),
    (
        "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight",
        cmtservice.GetBlockByHeightRequest(height=0),
        (),
    ),
    (
        "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight",
        cmtservice.GetBlockByHeightRequest(height=-1),
        (),
    ),
    (
        "/cosmos.base.tendermint.v1beta1.Service/GetValidatorSetByHeight",
        cmtservice.GetValidatorSetByHeightRequest(height=10**7),
        (),
    ),
    (
        "/cosmos.base.tendermint.v1beta1.Service/ABCIQuery",
        cmtservice.ABCIQueryRequest(path="/nope"),
        (),
    ),
    ("/cosmos.base.tendermint.v1beta1.Service/ABCIQuery", cmtservice.ABCIQueryRequest(path=""), ()),
    (
        "/cosmos.bank.v1beta1.Query/SupplyOf",
        bank.QuerySupplyOfRequest(denom="uakt"),
        (("x-cosmos-block-height", "x"),),
    ),
    (
        "/cosmos.bank.v1beta1.Query/SupplyOf",
        bank.QuerySupplyOfRequest(denom="uakt"),
        (("x-cosmos-block-height", "-1"),),
    ),
    (
        "/cosmos.bank.v1beta1.Query/SupplyOf",
        bank.QuerySupplyOfRequest(denom="uakt"),
        (("x-cosmos-block-height", "9999999"),),
    ),
    ("/nope.X/Y", bank.QuerySupplyOfRequest(), ()),
    ("/cosmos.bank.v1beta1.Query/Y", bank.QuerySupplyOfRequest(), ()),
    ("/cosmos.bank.v1beta1.Msg/Send", bank.QuerySupplyOfRequest(), ()),
    ("bad", bank.QuerySupplyOfRequest(), ()),
]


async def answer(endpoint: str, case: Case) -> tuple[str, str]:
    """Status and text of the answer; text is empty when it is not a refusal."""
    path, request, metadata = case
    async with grpc.aio.insecure_channel(endpoint) as channel:
        call = channel.unary_unary(path)
        try:
            await call(request.SerializeToString(), timeout=10, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return error.code().name, error.details()
    return "OK", ""


def shown(case: Any) -> str:
    return f"{case[0].rsplit('.', 1)[-1]} {str(case[1]).strip()[:40]!r} {case[2]}"


async def test_the_same_refusals(go: GoChain, tmp_path: Path) -> None:
    async with real_chain(tmp_path) as chain, serve(chain.core, "127.0.0.1", 0) as ours:
        await chain.blocks(3)
        theirs = {shown(case): await answer(go.grpc, case) for case in CASES}
        found = {shown(case): await answer(ours, case) for case in CASES}
    assert found == theirs
    assert sum(1 for status, _ in theirs.values() if status != "OK") > 45
