"""Type URLs, `Any`, plain names, services and signers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.wire import bank, chain, deployment, escrow, gov, market

FACTS = json.loads((Path(__file__).parents[1] / "vectors" / "wire.json").read_text())


def test_pack_and_unpack() -> None:
    bid = market.MsgCreateBid(id=market.BidID(owner="a", dseq=1))
    packed = wire.pack(bid)
    assert packed.type_url == "/akash.market.v1beta5.MsgCreateBid"
    assert wire.unpack(packed) == bid


def test_unpack_of_an_unknown_type() -> None:
    with pytest.raises(wire.UnknownType, match=r"unable to resolve type URL /no\.such\.Message"):
        wire.unpack(Any(type_url="/no.such.Message"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "akash.market.v1beta5.MsgCreateBid",
        "type.googleapis.com/akash.market.v1beta5.MsgCreateBid",
        "/akash.market.v1beta5.Nothing",
        "/akash.market.v1.Lease.State",
        "/akash.market.v1.Lease.nothing",
    ],
)
def test_no_message_has_this_url(url: str) -> None:
    with pytest.raises(wire.UnknownType, match="unable to resolve type URL"):
        wire.message_class(url)


def test_unpack_of_bytes_that_are_no_message() -> None:
    with pytest.raises(wire.MalformedMessage, match=r"cosmos\.bank\.v1beta1\.MsgSend"):
        wire.unpack(Any(type_url="/cosmos.bank.v1beta1.MsgSend", value=b"\xff"))


def test_a_nested_message_by_name() -> None:
    assert wire.class_named("cosmos.tx.v1beta1.ModeInfo.Single").__name__ == "Single"


def test_plain_names_are_the_same_classes() -> None:
    assert wire.MsgCreateBid is market.MsgCreateBid
    assert wire.Coin is bank.MsgSend().amount.add().__class__
    assert wire.market is market


def test_an_ambiguous_plain_name_says_which_there_are() -> None:
    with pytest.raises(AttributeError, match=r"market\.MsgUpdateParams"):
        _ = wire.MsgUpdateParams  # type: ignore[unused-ignore]  # not a plain name


def test_no_such_name() -> None:
    with pytest.raises(AttributeError, match="MsgNothing"):
        _ = wire.MsgNothing


def test_ids_of_escrow_have_their_own_names() -> None:
    assert wire.type_url(escrow.AccountID) == "/akash.escrow.id.v1.Account"
    assert wire.type_url(escrow.Account) == "/akash.escrow.types.v1.Account"


def test_methods_of_our_own_service() -> None:
    (method,) = wire.service_methods("akashpy.chain.v1.Query")
    assert method.path == "/akashpy.chain.v1.Query/Params"
    assert (method.input, method.output) == (chain.QueryParamsRequest, chain.QueryParamsResponse)
    assert method.http == (wire.HttpRule("GET", "/akashpy/chain/v1/params"),)


def test_additional_bindings_are_routes_too() -> None:
    methods = {method.name: method for method in wire.service_methods("cosmos.bank.v1beta1.Query")}
    assert [rule.verb for rule in methods["SpendableBalances"].http] == ["GET"]
    paths = [rule.path for rule in methods["DenomMetadata"].http]
    assert paths == ["/cosmos/bank/v1beta1/denoms_metadata/{denom=**}"]


def test_unknown_service() -> None:
    with pytest.raises(wire.UnknownService, match=r"no\.such\.Query"):
        wire.service_methods("no.such.Query")


def test_every_message_of_every_akash_msg_service_names_its_signer() -> None:
    services = [name for name in FACTS["services"] if name.endswith(".Msg")]
    for service in services:
        for method in wire.service_methods(service):
            (path,) = wire.signer_paths(wire.type_url(method.input))
            assert path in {
                "owner",
                "auditor",
                "authority",
                "signer",
                "id.owner",
                "id.provider",
            } | {"bid_id.owner"}


@pytest.mark.parametrize(
    ("url", "paths"),
    [
        ("/akash.deployment.v1beta4.MsgCreateDeployment", ("id.owner",)),
        ("/akash.market.v1beta5.MsgCreateBid", ("id.provider",)),
        ("/akash.market.v1beta5.MsgCreateLease", ("bid_id.owner",)),
        ("/akash.market.v1beta5.MsgCloseLease", ("id.owner",)),
        ("/akash.market.v1beta5.MsgWithdrawLease", ("id.provider",)),
        ("/akash.cert.v1.MsgRevokeCertificate", ("id.owner",)),
        ("/akash.escrow.v1.MsgAccountDeposit", ("signer",)),
        ("/akash.audit.v1.MsgSignProviderAttributes", ("auditor",)),
        ("/akashpy.chain.v1.MsgUpdateParams", ("authority",)),
        ("/cosmos.bank.v1beta1.MsgSend", ("from_address",)),
        ("/cosmos.bank.v1beta1.MsgMultiSend", ("inputs.address",)),
    ],
)
def test_signer_paths(url: str, paths: tuple[str, ...]) -> None:
    assert wire.signer_paths(url) == paths


def test_signers_are_named_once_and_in_order() -> None:
    many = bank.MsgMultiSend(inputs=[{"address": "b"}, {"address": "a"}, {"address": "b"}])
    assert wire.signers(many) == ("b", "a")
    close = deployment.MsgCloseDeployment(id=deployment.DeploymentID(owner="o"))
    assert wire.signers(close) == ("o",)
    assert wire.signers(gov.MsgSubmitProposal(proposer="p")) == ("p",)


def test_a_message_that_nobody_signs() -> None:
    with pytest.raises(wire.UnknownType, match="names no signer"):
        wire.signers(market.Lease())
