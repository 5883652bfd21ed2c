"""Services as data: methods, their messages and their REST routes, read from the descriptors.

Client and server register methods by path from here, so there is no generated gRPC code. It knows
no transport.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from google.api.annotations_pb2 import http as http_option
from google.api.http_pb2 import HttpRule as HttpRuleOption
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from akashpy.proto.index import SERVICES
from akashpy.wire._errors import UnknownService
from akashpy.wire._registry import class_named

_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class HttpRule:
    """One REST route: `verb` in upper case, `path` with {field.path} parts, `body` "*" or empty."""

    verb: str
    path: str
    body: str = ""
    response_body: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """One remote call; `path` is the gRPC path `/package.Service/Name`."""

    name: str
    path: str
    input: type[Message]
    output: type[Message]
    client_streaming: bool
    server_streaming: bool
    http: tuple[HttpRule, ...]


def service_names() -> tuple[str, ...]:
    """Full names of all services that our files define, sorted."""
    return tuple(sorted(SERVICES))


@cache
def service_methods(service: str) -> tuple[Method, ...]:
    """Methods of a service in the order of its file.

    Raises UnknownService.
    """
    if service not in SERVICES:
        raise UnknownService(f"unknown service {service!r}: no .proto file of ours defines it")
    file = import_module(f"akashpy.proto.{SERVICES[service]}").DESCRIPTOR
    found = file.services_by_name[service.rpartition(".")[2]]
    return tuple(_method(service, method) for method in found.methods)


def _method(service: str, method: MethodDescriptor) -> Method:
    options = method.GetOptions()
    rules = options.Extensions[http_option] if options.HasExtension(http_option) else None
    return Method(
        name=method.name,
        path=f"/{service}/{method.name}",
        input=class_named(method.input_type.full_name),
        output=class_named(method.output_type.full_name),
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        http=tuple(_routes(rules)) if rules is not None else (),
    )


def _routes(rule: HttpRuleOption) -> list[HttpRule]:
    verb = rule.WhichOneof("pattern")
    if verb not in _VERBS:
        raise ValueError(f"HTTP rule with pattern {verb!r}; expected one of {_VERBS}")
    path: str = getattr(rule, verb)
    routes = [HttpRule(verb.upper(), path, rule.body, rule.response_body)]
    for more in rule.additional_bindings:
        routes += _routes(more)
    return routes
