"""Our .proto text against the network's wire: tests/vectors/wire.json holds the exact facts.

Every message, field number, name, type, label and gogoproto option; every enum value; every
service method with its messages, streams and REST routes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from akashpy import wire
from akashpy.proto.amino import amino_pb2 as amino
from akashpy.proto.cosmos.msg.v1 import msg_pb2 as msg
from akashpy.proto.cosmos_proto import cosmos_pb2 as cosmos_proto
from akashpy.proto.gogoproto import gogo_pb2 as gogo
from akashpy.proto.index import MESSAGES

FACTS = json.loads((Path(__file__).parents[1] / "vectors" / "wire.json").read_text())
# Later than the release that the facts describe: SDL files may already ask for the first two, and a
# later provider answers attestation.
NEWER_FIELDS = {
    "akash.manifest.v2beta3.ServiceExposeHTTPOptions": {"proxy_buffer_size"},
    "akash.manifest.v2beta3.ServiceParams": {"tee"},
}
NEWER_MESSAGES = {
    "akash.manifest.v2beta3.TEEParams",
    "akash.provider.lease.v1.AttestationGPUReport",
    "akash.provider.lease.v1.AttestationQuoteRequest",
    "akash.provider.lease.v1.AttestationQuoteResponse",
}
NEWER_METHODS = {("akash.provider.lease.v1.LeaseRPC", "AttestationQuote")}
FIELD_OPTIONS = {
    "nullable": gogo.nullable,
    "embed": gogo.embed,
    "stdtime": gogo.stdtime,
    "stdduration": gogo.stdduration,
    "customtype": gogo.customtype,
    "customname": gogo.customname,
    "casttype": gogo.casttype,
    "castrepeated": gogo.castrepeated,
    "jsontag": gogo.jsontag,
    "scalar": cosmos_proto.scalar,
    "dont_omitempty": amino.dont_omitempty,
    "encoding": amino.encoding,
}
TYPE_NAMES = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}


@pytest.fixture(scope="module", autouse=True)
def all_files_loaded() -> None:
    wire.load_all()


def pool() -> Any:
    return descriptor_pool.Default()  # type: ignore[no-untyped-call]  # untyped in its stubs


def type_name(field: FieldDescriptor) -> str:
    kind = field.message_type or field.enum_type
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = field.message_type.fields
        return f"map<{type_name(key)},{type_name(value)}>"
    return str(kind.full_name) if kind is not None else TYPE_NAMES[field.type]


def described(field: FieldDescriptor) -> dict[str, Any]:
    found: dict[str, Any] = {
        "number": field.number,
        "name": field.name,
        "type": type_name(field),
    }
    if field.label == FieldDescriptor.LABEL_REPEATED and not found["type"].startswith("map<"):
        found["label"] = "repeated"
    options = field.GetOptions()
    for name, extension in FIELD_OPTIONS.items():
        if options.HasExtension(extension):
            found[name] = options.Extensions[extension]
    if field.containing_oneof is not None:
        found["oneof"] = field.containing_oneof.name
    return found


def described_message(descriptor: Descriptor) -> dict[str, Any]:
    found: dict[str, Any] = {"fields": [described(field) for field in descriptor.fields]}
    options = descriptor.GetOptions()
    if signer := list(options.Extensions[msg.signer]):
        found["signer"] = signer
    if options.HasExtension(amino.name):
        found["amino_name"] = options.Extensions[amino.name]
    if interfaces := list(options.Extensions[cosmos_proto.implements_interface]):
        found["implements_interface"] = interfaces
    return found


def described_enum(descriptor: EnumDescriptor) -> dict[str, int]:
    return {value.name: value.number for value in descriptor.values}


@pytest.mark.parametrize("name", FACTS["messages"])
def test_message(name: str) -> None:
    expected = FACTS["messages"][name]
    found = described_message(pool().FindMessageTypeByName(name))
    newer = NEWER_FIELDS.get(name, set())
    fields = {field["name"]: field for field in found.pop("fields")}
    assert fields.keys() >= newer
    known = [field for field in fields.values() if field["name"] not in newer]
    by_number = sorted(expected["fields"], key=lambda field: field["number"])
    assert sorted(known, key=lambda field: field["number"]) == by_number
    assert found == {key: value for key, value in expected.items() if key != "fields"}


@pytest.mark.parametrize("name", FACTS["enums"])
def test_enum(name: str) -> None:
    assert described_enum(pool().FindEnumTypeByName(name)) == FACTS["enums"][name]


@pytest.mark.parametrize("service", FACTS["services"])
def test_service(service: str) -> None:
    found = {}
    for method in wire.service_methods(service):
        entry: dict[str, Any] = {
            "input": method.input.DESCRIPTOR.full_name,
            "output": method.output.DESCRIPTOR.full_name,
        }
        if method.client_streaming:
            entry["client_stream"] = True
        if method.server_streaming:
            entry["server_stream"] = True
        if method.http:
            entry["http"] = {}
            for rule in method.http:
                entry["http"][rule.verb.lower()] = rule.path
                for key in ("body", "response_body"):
                    if value := getattr(rule, key):
                        entry["http"][key] = value
        if (service, method.name) not in NEWER_METHODS:
            found[method.name] = entry
    assert found == FACTS["services"][service]


def test_no_akash_message_beyond_the_facts() -> None:
    ours = {name for name in MESSAGES if name.startswith("akash.")}
    known = FACTS["messages"].keys()
    top_level = {name for name in known if name.rpartition(".")[0] not in known}
    assert ours == top_level | NEWER_MESSAGES


def test_no_akash_service_beyond_the_facts() -> None:
    ours = {name for name in wire.service_names() if name.startswith("akash.")}
    assert ours == FACTS["services"].keys()
