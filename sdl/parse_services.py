"""The `services` section: nodes to Service values.

Only what Akash decides while decoding is decided here: types, and that `accept` holds URLs'
hosts. Services that nothing deploys are decoded too, and then forgotten.
"""

from __future__ import annotations

from sdl.decode import Decoder, is_null
from sdl.errors import Code
from sdl.hostname import url_problem
from sdl.model import Credentials, Expose, HTTPOptions, Mount, Params, Service, To
from sdl.tree import Node


def services(decoder: Decoder, node: Node) -> dict[str, Service] | None:
    """Decode the map of services; None for null."""
    pairs = decoder.fields(node, "map[string]sdl.v2Service")
    if pairs is None:
        return None
    return {name: _service(decoder, value) for name, value in pairs}


def _service(decoder: Decoder, node: Node) -> Service:
    image = ""
    command = args = env = None
    expose: list[Expose] = []
    params = credentials = None
    for key, value in decoder.fields(node, "sdl.v2Service") or ():
        if key == "image":
            image = decoder.text(value) or ""
        elif key == "expose":
            expose = _exposes(decoder, value)
        elif key == "env":
            env = decoder.strings(value)
        elif key == "command":
            command = decoder.strings(value)
        elif key == "args":
            args = decoder.strings(value)
        elif key == "params":
            params = _params(decoder, value)
        elif key == "credentials":
            credentials = _credentials(decoder, value)
        elif key == "dependencies":
            _check_dependencies(decoder, value)
    return Service(image, command, args, env, expose, params, credentials)


def _exposes(decoder: Decoder, node: Node) -> list[Expose]:
    items = decoder.items(node, "sdl.v2Exposes") or ()
    return [_expose(decoder, item, i) for i, item in enumerate(items) if not is_null(item)]


def _expose(decoder: Decoder, node: Node, index: int) -> Expose:
    port = as_port = 0
    proto = ""
    to: list[To] = []
    accept: list[str] | None = None
    http: HTTPOptions | None = None
    for key, value in decoder.fields(node, "sdl.v2Expose") or ():
        if key == "port":
            port = decoder.uint32(value)
        elif key == "to":
            to = _receivers(decoder, value)
        elif key == "as":
            as_port = decoder.uint32(value)
        elif key == "proto":
            proto = decoder.text(value) or ""
        elif key == "accept":
            accept = _accept(decoder, value)
        elif key == "http_options":
            http = _http_options(decoder, value)
    return Expose(port, as_port, proto, to, accept, http, index)


def _receivers(decoder: Decoder, node: Node) -> list[To]:
    found: list[To] = []
    for index, item in enumerate(decoder.items(node, "[]sdl.v2ExposeTo") or ()):
        if is_null(item):
            continue
        service = ip = ""
        is_global = False
        for key, value in decoder.fields(item, "sdl.v2ExposeTo") or ():
            if key == "global":
                is_global = decoder.boolean(value)
            elif key == "service":
                service = decoder.text(value) or ""
            elif key == "ip":
                ip = decoder.text(value) or ""
            elif key == "http_options":
                _http_options(decoder, value)  # typed, then ignored, as in Akash
        found.append(To(service, is_global, ip, index))
    return found


def _accept(decoder: Decoder, node: Node) -> list[str] | None:
    before = decoder.problems.noted
    hosts = decoder.strings(node)
    if hosts is None or decoder.problems.noted > before:
        return hosts
    for index, host in enumerate(hosts):
        if problem := url_problem(host):
            decoder.problems.at_node(
                Code.HOST_URL,
                problem,
                _nth_text(decoder, node, index),
                remedy="write a bare host name such as app.example.com",
            )
    return hosts


def _nth_text(decoder: Decoder, node: Node, index: int) -> Node:
    """The item that became the index-th host; nulls did not."""
    items = [item for item in decoder.items(node, "[]string") or () if not is_null(item)]
    return items[index] if index < len(items) else node


def _http_options(decoder: Decoder, node: Node) -> HTTPOptions | None:
    pairs = decoder.fields(node, "sdl.v2HTTPOptions")
    if pairs is None:
        return None
    numbers: dict[str, int] = {}
    next_cases: list[str] = []
    for key, value in pairs:
        if key in _HTTP_NUMBERS:
            numbers[key] = decoder.uint32(value)
        elif key == "next_cases":
            next_cases = decoder.strings(value) or []
    return HTTPOptions(**numbers, next_cases=next_cases)


_HTTP_NUMBERS = frozenset(
    (
        "max_body_size",
        "read_timeout",
        "send_timeout",
        "next_tries",
        "next_timeout",
        "proxy_buffer_size",
    )
)


def _params(decoder: Decoder, node: Node) -> Params | None:
    pairs = decoder.fields(node, "sdl.v2ServiceParams")
    if pairs is None:
        return None
    storage: dict[str, Mount] = {}
    permissions: list[str] | None = None
    tee = ""
    for key, value in pairs:
        if key == "storage":
            mounts = decoder.fields(value, "map[string]sdl.v2ServiceStorageParams") or ()
            storage = {name: _mount(decoder, mount) for name, mount in mounts}
        elif key == "permissions":
            permissions = _permissions(decoder, value)
        elif key == "tee":
            tee = decoder.text(value) or ""
    return Params(storage, permissions, tee)


def _mount(decoder: Decoder, node: Node) -> Mount:
    mount, read_only = "", False
    for key, value in decoder.fields(node, "sdl.v2ServiceStorageParams") or ():
        if key == "mount":
            mount = decoder.text(value) or ""
        elif key == "readOnly":
            read_only = decoder.boolean(value)
    return Mount(mount, read_only)


def _permissions(decoder: Decoder, node: Node) -> list[str] | None:
    pairs = decoder.fields(node, "sdl.v2ServicePermissions")
    if pairs is None:
        return None
    read: list[str] = []
    for key, value in pairs:
        if key == "read":
            read = decoder.strings(value) or []
    return read


def _credentials(decoder: Decoder, node: Node) -> Credentials | None:
    pairs = decoder.fields(node, "sdl.v2ServiceCredentials")
    if pairs is None:
        return None
    texts = {"host": "", "email": "", "username": "", "password": ""}
    for key, value in pairs:
        if key in texts:
            texts[key] = decoder.text(value) or ""
    return Credentials(**texts)


def _check_dependencies(decoder: Decoder, node: Node) -> None:
    """Dependencies are typed and then unused, as in Akash."""
    for item in decoder.items(node, "[]sdl.v2Dependency") or ():
        for key, value in decoder.fields(item, "sdl.v2Dependency") or ():
            if key == "service":
                decoder.text(value)
