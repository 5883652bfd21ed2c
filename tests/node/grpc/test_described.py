"""What the node says of itself: interfaces, messages, services, files; beside a Go node's answers.

tests/vectors/node/reflection.json holds the names that a Go node answered with, without those of
CosmWasm and IBC.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import grpc
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

V2 = "/cosmos.base.reflection.v2alpha1.ReflectionService/"
FILES = "/cosmos.reflection.v1.ReflectionService/FileDescriptors"
OPTIONS = "/cosmos.autocli.v1.Query/AppOptions"
ENCODE = "/cosmos.tx.v1beta1.Service/TxEncodeAmino"
DECODE = "/cosmos.tx.v1beta1.Service/TxDecodeAmino"
GO = json.loads(
    (Path(__file__).parents[2] / "vectors" / "node" / "reflection.json").read_text("utf-8")
)
OLD = re.compile(r"/(akash\.deployment\.v1beta3|akash\.wasm|cosmos\.crisis)\.")
"""Messages that a Go node can read and does not run, and those of CosmWasm's settings."""
OURS = re.compile(r"/akashpy\.|/cosmos\.auth\.v1beta1\.MsgUpdateParamsResponse")
"""Our own, and an answer that a Go node gives without naming it here."""
UNSERVED_FILES = re.compile(
    r"akash/(wasm/|.*/v1beta3/|market/v1beta4/)"
    r"|cosmos/(app|crisis|group|protocolpool|store/internal|store/streaming|.*/module)/"
    r"|cosmos/store/v1beta1/listening"
    r"|tendermint/(blocksync|consensus|mempool|privval|rpc|state|statesync|store)/"
    r"|tendermint/(p2p/(conn|pex)|types/(canonical|events))"
)
"""Older versions, modules that no node wires, and what CometBFT's processes say to each other."""


async def test_interfaces_are_those_of_a_go_node(port):
    found, _ = await port.call(f"{V2}GetCodecDescriptor")
    ours = {
        one.fullname: [made.type_url for made in one.interface_implementers]
        for one in found.codec.interfaces
    }
    assert list(ours) == list(GO["interfaces"])
    for name, urls in ours.items():
        assert [url for url in urls if not OURS.match(url)] == [
            url for url in GO["interfaces"][name] if not OLD.match(url)
        ], name


async def test_messages_of_a_transaction(port):
    found, _ = await port.call(f"{V2}GetTxDescriptor")
    assert found.tx.fullname == "cosmos.tx.v1beta1.Tx"
    assert [one.msg_type_url for one in found.tx.msgs if not OURS.match(one.msg_type_url)] == [
        url for url in GO["messages"] if not OLD.match(url)
    ]


async def test_sign_modes_chain_and_addresses(port):
    modes = (await port.call(f"{V2}GetAuthnDescriptor"))[0].authn.sign_modes
    assert {mode.name: mode.number for mode in modes} == GO["sign_modes"]
    chain, _ = await port.call(f"{V2}GetChainDescriptor")
    assert chain.chain.id == port.chain.core.chain_id
    config, _ = await port.call(f"{V2}GetConfigurationDescriptor")
    assert config.config.bech32_account_address_prefix == "akash"


async def test_services_contain_those_of_a_go_node_and_answer(port):
    found, _ = await port.call(f"{V2}GetQueryServicesDescriptor")
    ours = {one.fullname: {m.name for m in one.methods} for one in found.queries.query_services}
    for service, methods in GO["services"].items():
        if service not in ("akash.wasm.v1.Query", "grpc.reflection.v1alpha.ServerReflection"):
            assert set(methods) <= ours.get(service, set()), service
    for service in found.queries.query_services:
        for method in service.methods:
            assert method.full_query_path == f"/{service.fullname}/{method.name}"


async def test_files_build_a_pool_with_everything_in_it(port):
    found, _ = await port.call(FILES, timeout=60)
    names = {file.name for file in found.files}
    assert {name for name in GO["files"] if not UNSERVED_FILES.match(name)} <= names
    pool = DescriptorPool()
    waiting = list(FileDescriptorSet(file=found.files).file)
    while waiting:
        ready = [file for file in waiting if not set(file.dependency) & {f.name for f in waiting}]
        assert ready, "files import what was not sent"
        for file in ready:
            pool.Add(file)
        waiting = [file for file in waiting if file not in ready]
    for service in GO["services"]:
        if service.startswith(("akash.", "cosmos.")) and service != "akash.wasm.v1.Query":
            assert pool.FindServiceByName(service).full_name == service
    for url in GO["messages"]:
        if not OLD.match(url):
            assert pool.FindMessageTypeByName(url[1:]).full_name == url[1:]


async def test_modules_and_their_services(port):
    found, _ = await port.call(OPTIONS)
    ours = {
        name: [one.query.service, one.tx.service, sorted(one.query.sub_commands)]
        for name, one in found.module_options.items()
    }
    assert ours.pop("chain") == ["akashpy.chain.v1.Query", "akashpy.chain.v1.Msg", []]
    assert ours == {name: one for name, one in GO["modules"].items() if name != "awasm"}


async def test_old_transactions_are_converted(port):
    text = '{"fee":{"amount":[{"denom":"uakt","amount":"5"}],"gas":"7"},"memo":"hi"}'
    made, _ = await port.call(ENCODE, amino_json=text)
    shown, _ = await port.call(DECODE, amino_binary=made.amino_binary)
    assert json.loads(shown.amino_json)["fee"] == json.loads(text)["fee"]
    empty = await port.refused(ENCODE)
    assert (empty.code(), empty.details()) == (
        grpc.StatusCode.INVALID_ARGUMENT, "invalid empty tx json",
    )  # fmt: skip
    empty = await port.refused(DECODE)
    assert (empty.code(), empty.details()) == (
        grpc.StatusCode.INVALID_ARGUMENT, "invalid empty tx bytes",
    )  # fmt: skip
    message = await port.refused(ENCODE, amino_json='{"msg":[{"type":"x","value":{}}]}')
    assert message.code() is grpc.StatusCode.UNKNOWN
    assert message.details() == "unrecognized concrete type name x"
