"""Every rule: one file that breaks it, its identifier, its wording, and the place it names."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import sdl
from sdl import Code
from tests.sdl.catalogue import rows_of

DELETE = object()

BASE: dict[str, Any] = {
    "version": "2.1",
    "endpoints": {"pool": {"kind": "ip"}},
    "reclamation": {"min_window": "1h"},
    "services": {
        "web": {
            "image": "nginx:1.27",
            "env": ["A=b"],
            "credentials": {"host": "h", "username": "u", "password": "p"},
            "params": {"storage": {"data": {"mount": "/d"}}, "tee": "cpu"},
            "expose": [
                {
                    "port": 80,
                    "accept": ["a.com"],
                    "to": [{"global": True, "ip": "pool"}],
                    "http_options": {"next_cases": ["error"]},
                }
            ],
        }
    },
    "profiles": {
        "compute": {
            "p": {
                "resources": {
                    "cpu": {"units": 1, "attributes": {"arch": "amd64"}},
                    "memory": {"size": "1Gi"},
                    "gpu": {"units": 1, "attributes": {"vendor": {"nvidia": [{"model": "a100"}]}}},
                    "storage": [
                        {"name": "data", "size": "1Gi", "attributes": {"persistent": True}}
                    ],
                }
            }
        },
        "placement": {"dc": {"pricing": {"p": {"denom": "uact", "amount": "1"}}}},
    },
    "deployment": {"web": {"dc": {"profile": "p", "count": 1}}},
}

R = "profiles.compute.p.resources"
P = "profiles.placement.dc.pricing.p"
W = "services.web"
E = f"{W}.expose.0"
VOLUME = f"{R}.storage.0"
NVIDIA = f"{R}.gpu.attributes.vendor.nvidia"

Edit = tuple[str, Any]

BROKEN: list[tuple[Code, str, list[Edit]]] = [
    (Code.UNKNOWN_FIELD, "x-common", [("x-common", 1)]),
    (Code.VERSION_MISSING, "", [("version", DELETE)]),
    (Code.VERSION_UNSUPPORTED, "version", [("version", "1.9")]),
    (Code.VERSION_SYNTAX, "version", [("version", "two")]),
    (Code.VERSION_SYNTAX, "version", [("version", "2.0-x")]),
    (Code.UINT_SYNTAX, "version", [("version", "")]),
    (Code.YAML_TYPE, f"{W}.env", [(f"{W}.env", "A=b")]),
    (Code.YAML_TYPE, "deployment.web.dc.count", [("deployment.web.dc.count", "1")]),
    (Code.FLOAT_SYNTAX, f"{R}.cpu.units", [(f"{R}.cpu.units", "1k")]),
    (Code.FLOAT_RANGE, f"{R}.memory.size", [(f"{R}.memory.size", "1e400")]),
    (Code.UINT_SYNTAX, f"{R}.cpu.units", [(f"{R}.cpu.units", "1.5m")]),
    (Code.UINT_RANGE, f"{R}.cpu.units", [(f"{R}.cpu.units", "4294967296m")]),
    (Code.UINT_SYNTAX, f"{R}.gpu.units", [(f"{R}.gpu.units", "1.0")]),
    (Code.NEGATIVE, f"{R}.memory.size", [(f"{R}.memory.size", "-1Gi")]),
    (Code.PRICE_ZERO, f"{P}.amount", [(f"{P}.amount", "0")]),
    (Code.PRICE_NEGATIVE, f"{P}.amount", [(f"{P}.amount", "-1")]),
    (Code.PRICE_EMPTY, f"{P}.amount", [(f"{P}.amount", "")]),
    (Code.PRICE_EMPTY, P, [(f"{P}.amount", DELETE)]),
    (Code.PRICE_LENGTH, f"{P}.amount", [(f"{P}.amount", "5.")]),
    (Code.PRICE_SYNTAX, f"{P}.amount", [(f"{P}.amount", "1.2.3")]),
    (Code.PRICE_RANGE, f"{P}.amount", [(f"{P}.amount", "1" + "0" * 100)]),
    (Code.PRICE_PRECISION, f"{P}.amount", [(f"{P}.amount", "0." + "1" * 22)]),
    (Code.PRICE_BASE10, f"{P}.amount", [(f"{P}.amount", "1e5")]),
    (Code.PRICE_NULL, P, [(P, None)]),
    (Code.PRICE_DENOM, f"{P}.denom", [(f"{P}.denom", "ua")]),
    (Code.PRICE_DENOM, P, [(f"{P}.denom", DELETE)]),
    (Code.PRICE_LIMIT, f"{P}.amount", [(f"{P}.amount", "10000000.1")]),
    (
        Code.PRICE_OVERFLOW,
        f"{P}.amount",
        [(f"{P}.amount", "1" + "0" * 76), ("deployment.web.dc.count", 4294967295)],
    ),
    (Code.CPU_ATTRIBUTE, f"{R}.cpu.attributes.model", [(f"{R}.cpu.attributes.model", "x")]),
    (Code.GPU_FIELD, f"{R}.gpu.count", [(f"{R}.gpu.count", 1)]),
    (Code.GPU_ATTRIBUTE, f"{R}.gpu.attributes.model", [(f"{R}.gpu.attributes.model", 1)]),
    (Code.GPU_NO_ATTRIBUTES, f"{R}.gpu", [(f"{R}.gpu.attributes", DELETE)]),
    (Code.GPU_NO_VENDOR, f"{R}.gpu.attributes", [(f"{R}.gpu.attributes", {})]),
    (
        Code.GPU_BAD_ATTRIBUTES,
        f"{R}.gpu.attributes.vendor",
        [(NVIDIA, [{"model": "a100"}, {"model": "a100"}])],
    ),
    (
        Code.GPU_BAD_ATTRIBUTES,
        f"{R}.gpu.attributes.vendor",
        [(NVIDIA, [{"model": "a 100"}])],
    ),
    (
        Code.GPU_INTERFACE,
        f"{NVIDIA}[0].interface",
        [(f"{NVIDIA}.0.interface", "sxm5")],
    ),
    (Code.FLOAT_SYNTAX, f"{NVIDIA}[0].ram", [(f"{NVIDIA}.0.ram", "80G")]),
    (
        Code.STORAGE_ATTRIBUTE,
        f"{R}.storage[0].attributes.speed",
        [(f"{VOLUME}.attributes.speed", "fast")],
    ),
    (
        Code.STORAGE_DUPLICATE,
        f"{R}.storage[1]",
        [(f"{R}.storage", [{"name": "data", "size": "1Gi"}] * 2)],
    ),
    (
        Code.STORAGE_EPHEMERAL_CLASS,
        f"{R}.storage[0].attributes.class",
        [(f"{VOLUME}.attributes", {"class": "beta1"})],
    ),
    (
        Code.STORAGE_RAM_PERSISTENT,
        f"{R}.storage[0].attributes.persistent",
        [(f"{VOLUME}.attributes", {"class": "ram", "persistent": True})],
    ),
    (
        Code.STORAGE_PERSISTENT_VALUE,
        f"{R}.storage[0].attributes.persistent",
        [(f"{VOLUME}.attributes", {"persistent": "True"})],
    ),
    (
        Code.STORAGE_CLASS_VALUE,
        f"{R}.storage[0].attributes.class",
        [(f"{VOLUME}.attributes", {"persistent": True, "class": "beta9"})],
    ),
    (
        Code.NO_RESOURCES,
        f"{R}",
        [(R, DELETE), (f"{W}.params", DELETE)],
    ),
    (Code.PROTOCOL, f"{W}.expose[0].proto", [(f"{E}.proto", "http")]),
    (
        Code.HTTP_BODY_SIZE,
        f"{W}.expose[0].http_options.max_body_size",
        [(f"{E}.http_options.max_body_size", 104857601)],
    ),
    (
        Code.HTTP_PROXY_BUFFER,
        f"{W}.expose[0].http_options.proxy_buffer_size",
        [(f"{E}.http_options.proxy_buffer_size", 1048577)],
    ),
    (
        Code.HTTP_READ_TIMEOUT,
        f"{W}.expose[0].http_options.read_timeout",
        [(f"{E}.http_options.read_timeout", 60001)],
    ),
    (
        Code.HTTP_SEND_TIMEOUT,
        f"{W}.expose[0].http_options.send_timeout",
        [(f"{E}.http_options.send_timeout", 60001)],
    ),
    (
        Code.HTTP_NEXT_CASE,
        f"{W}.expose[0].http_options.next_cases",
        [(f"{E}.http_options.next_cases", ["400"])],
    ),
    (
        Code.HTTP_NEXT_OFF,
        f"{W}.expose[0].http_options.next_cases",
        [(f"{E}.http_options.next_cases", ["off", "error"])],
    ),
    (Code.HOST_URL, f"{W}.expose[0].accept[0]", [(f"{E}.accept", ["a b"])]),
    (Code.TEE_TYPE, f"{W}.params.tee", [(f"{W}.params.tee", "CPU")]),
    (
        Code.TEE_NEEDS_GPU,
        f"{W}.params.tee",
        [(f"{W}.params.tee", "cpu-gpu"), (f"{R}.gpu", DELETE)],
    ),
    (
        Code.TEE_CONFLICT,
        f"{W}.params.tee",
        [
            ("services.api", {"image": "a:1", "params": {"tee": "cpu-gpu"}}),
            ("deployment.api", {"dc": {"profile": "p", "count": 1}}),
        ],
    ),
    (
        Code.RECLAMATION_DURATION,
        "reclamation.min_window",
        [("reclamation.min_window", "1d")],
    ),
    (Code.RECLAMATION_DURATION, "reclamation.min_window", [("reclamation", {})]),
    (Code.RECLAMATION_POSITIVE, "reclamation.min_window", [("reclamation.min_window", "0")]),
    (Code.ENDPOINT_NAME, "endpoints.m", [("endpoints.m", {"kind": "ip"})]),
    (Code.ENDPOINT_NO_KIND, "endpoints.pool", [("endpoints.pool", {})]),
    (Code.ENDPOINT_KIND, "endpoints.pool.kind", [("endpoints.pool.kind", "dns")]),
    (Code.ENDPOINT_UNUSED, "endpoints.spare", [("endpoints.spare", {"kind": "ip"})]),
    (
        Code.NO_COMPUTE_PROFILE,
        "deployment.web.dc.profile",
        [("deployment.web.dc.profile", "q"), (f"{W}.params", DELETE)],
    ),
    (
        Code.NO_PLACEMENT_PROFILE,
        "deployment.web.eu",
        [("deployment.web", {"eu": {"profile": "p", "count": 1}})],
    ),
    (Code.NO_PRICING, "profiles.placement.dc.pricing", [("profiles.placement.dc.pricing", {})]),
    (Code.NO_SERVICE, "deployment.api", [("deployment.api", {"dc": {"profile": "p"}})]),
    (Code.CREDENTIALS_HOST, f"{W}.credentials.host", [(f"{W}.credentials.host", " ")]),
    (Code.CREDENTIALS_USERNAME, f"{W}.credentials.username", [(f"{W}.credentials.username", "")]),
    (
        Code.CREDENTIALS_PASSWORD,
        f"{W}.credentials.password",
        [(f"{W}.credentials.password", DELETE)],
    ),
    (Code.IP_NOT_GLOBAL, f"{W}.expose[0].to[0].ip", [(f"{E}.to.0.global", False)]),
    (Code.IP_UNDECLARED, f"{W}.expose[0].to[0].ip", [(f"{E}.to.0.ip", "pol")]),
    (
        Code.IP_COLLISION,
        f"{W}.expose[1].to[0].ip",
        [(f"{W}.expose", [{"port": p, "to": [{"global": True, "ip": "pool"}]} for p in (1, 2)])],
    ),
    (Code.VOLUME_UNKNOWN, f"{W}.params.storage.dta", [(f"{W}.params.storage.dta", {})]),
    (
        Code.VOLUME_MOUNT,
        f"{W}.params.storage.data.mount",
        [(f"{W}.params.storage.data.mount", "d")],
    ),
    (
        Code.VOLUME_MOUNT_TAKEN,
        f"{W}.params.storage.two.mount",
        [
            (f"{R}.storage.1", {"name": "two", "size": "1Gi"}),
            (f"{W}.params.storage.two", {"mount": "/d"}),
        ],
    ),
    (
        Code.VOLUME_NEEDS_MOUNT,
        f"{W}.params",
        [("version", "2.0"), (f"{W}.params", DELETE)],
    ),
    (
        Code.VOLUME_RAM_READONLY,
        f"{W}.params.storage.data.readOnly",
        [
            (f"{VOLUME}.attributes", {"class": "ram"}),
            (f"{W}.params.storage.data.readOnly", True),
        ],
    ),
    (Code.GROUPS_EMPTY, "deployment", [("deployment", {}), ("endpoints", DELETE)]),
    (
        Code.GROUP_DENOM,
        "profiles.placement.eu.pricing",
        [
            ("profiles.placement.eu", {"pricing": {"p": {"denom": "uakt", "amount": 1}}}),
            ("services.api", {"image": "a:1"}),
            ("deployment.api", {"eu": {"profile": "p", "count": 1}}),
        ],
    ),
    (
        Code.PRICE_DENOM_MIXED,
        "profiles.placement.dc.pricing.q.denom",
        [
            ("profiles.compute.q", copy.deepcopy(BASE["profiles"]["compute"]["p"])),
            ("profiles.placement.dc.pricing.q", {"denom": "uakt", "amount": 1}),
            ("services.zed", {"image": "a:1"}),
            ("deployment.zed", {"dc": {"profile": "q", "count": 1}}),
        ],
    ),
    (
        Code.GROUP_NAME,
        "profiles.placement",
        [
            ("profiles.placement", {"": {"pricing": {"p": {"denom": "uact", "amount": 1}}}}),
            ("deployment.web", {"": {"profile": "p", "count": 1}}),
        ],
    ),
    (Code.UNIT_NIL_CPU, f"{R}.cpu", [(f"{R}.cpu", None)]),
    (Code.UNIT_NIL_MEMORY, f"{R}.memory", [(f"{R}.memory", None)]),
    (
        Code.UNIT_NIL_STORAGE,
        f"{R}.storage",
        [(f"{R}.storage", []), (f"{W}.params", DELETE)],
    ),
    (Code.UNIT_CPU, f"{R}.cpu.units", [(f"{R}.cpu.units", "9m")]),
    (Code.UNIT_CPU, f"{R}.cpu.units", [(f"{R}.cpu.units", "384001m")]),
    (Code.UNIT_GPU, f"{R}.gpu.units", [(f"{R}.gpu.units", 25)]),
    (Code.UNIT_GPU_STATE, f"{R}.gpu.attributes", [(f"{R}.gpu.units", 0)]),
    (Code.UNIT_MEMORY, f"{R}.memory.size", [(f"{R}.memory.size", "1048575")]),
    (Code.UNIT_MEMORY, f"{R}.memory.size", [(f"{R}.memory.size", "3Ti")]),
    (Code.UNIT_STORAGE, f"{R}.storage[0].size", [(f"{VOLUME}.size", "5242879")]),
    (Code.UNIT_STORAGE, f"{R}.storage[0].size", [(f"{VOLUME}.size", "33Ti")]),
    (Code.TOTAL_CPU, "deployment.web.dc.count", [("deployment.web.dc.count", 0)]),
    (Code.TOTAL_CPU, "deployment.web.dc.count", [("deployment.web.dc.count", 19201)]),
    (Code.TOTAL_GPU, "deployment.web.dc.count", [("deployment.web.dc.count", 1201)]),
    (
        Code.TOTAL_MEMORY,
        "deployment.web.dc.count",
        [(f"{R}.memory.size", "2Ti"), ("deployment.web.dc.count", 51)],
    ),
    (
        Code.SERVICE_NAME,
        "services.Web",
        [
            ("services.Web", {"image": "a:1"}),
            ("deployment.Web", {"dc": {"profile": "p", "count": 1}}),
        ],
    ),
    (Code.SERVICE_IMAGE, f"{W}.image", [(f"{W}.image", "")]),
    (Code.SERVICE_ENV, f"{W}.env[0]", [(f"{W}.env", ["..A=b"])]),
    (Code.EXPOSE_PORT, f"{W}.expose[0].port", [(f"{E}.port", 0)]),
    (Code.EXPOSE_PORT, f"{W}.expose[0].port", [(f"{E}.port", 65536)]),
    (Code.HOST_INVALID, f"{W}.expose[0].accept", [(f"{E}.accept", ["*.a.com"])]),
    (Code.HOST_DUPLICATE, f"{W}.expose[0].accept", [(f"{E}.accept", ["a.com", "a.com"])]),
    (
        Code.MANIFEST_NO_GLOBAL,
        "services",
        [(f"{E}.to", []), ("endpoints", DELETE)],
    ),
]

ELSEWHERE = {
    # Raised while reading texts; tests/sdl/test_safety.py
    Code.UNREADABLE,
    Code.TOO_LARGE,
    Code.TOO_DEEP,
    Code.YAML_SYNTAX,
    Code.YAML_DUPLICATE_KEY,
    Code.YAML_VALUE,
    Code.YAML_ALIASES,
    Code.UNINITIALIZED,
    # Only in values that somebody else made; tests/sdl/test_crosscheck.py
    Code.MANIFEST_SHAPE,
    Code.MANIFEST_EMPTY,
    Code.MANIFEST_NO_SERVICES,
    Code.MANIFEST_UNSORTED,
    Code.MANIFEST_DUPLICATE_GROUP,
    Code.SERVICE_NO_NAME,
    Code.EXPOSE_UNSORTED,
    Code.EXPOSE_PROTO,
    Code.UNIT_ID,
    Code.UNIT_NIL_GPU,
    Code.UNIT_NIL_ENDPOINTS,
    *(code for code in Code if code.startswith("cross.")),
}


def edited(edits: list[Edit]) -> str:
    """The base document with some values replaced, as text."""
    document = copy.deepcopy(BASE)
    for path, value in edits:
        steps: list[Any] = [int(s) if s.isdecimal() else s for s in path.split(".")]
        holder: Any = document
        for step in steps[:-1]:
            holder = holder[step]
        if value is DELETE:
            del holder[steps[-1]]
        elif isinstance(holder, list) and steps[-1] == len(holder):
            holder.append(value)
        else:
            holder[steps[-1]] = value
    return json.dumps(document, indent=1)


def test_the_base_is_valid() -> None:
    assert sdl.problems_of(edited([])) == []


@pytest.mark.parametrize(
    ("code", "path", "edits"), BROKEN, ids=[f"{code}-{i}" for i, (code, _, _) in enumerate(BROKEN)]
)
def test_broken_rule(code: Code, path: str, edits: list[Edit]) -> None:
    text = edited(edits)
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(text)
    error = caught.value
    assert error.code is code
    assert error.path == path
    assert code in rows_of(error.text)
    assert error.remedy
    assert 1 <= error.line <= len(text.splitlines())
    assert str(error).startswith(error.text)


@pytest.mark.parametrize(
    ("code", "path", "edits"), BROKEN, ids=[f"{code}-{i}" for i, (code, _, _) in enumerate(BROKEN)]
)
def test_check_lists_the_broken_rule(code: Code, path: str, edits: list[Edit]) -> None:
    found = sdl.problems_of(edited(edits))
    assert (code, path) in {(error.code, error.path) for error in found}


def test_an_attribute_written_twice_is_refused() -> None:
    text = edited([]).replace('"arch": "amd64"', '"arch": "amd64", "arch": "arm64"')
    with pytest.raises(sdl.SdlError, match="attributes cannot have duplicate keys") as caught:
        sdl.load(text)
    assert caught.value.code is Code.UNIT_CPU_ATTRIBUTES


def test_every_rule_has_a_case() -> None:
    unreachable = {
        Code.UNIT_DUPLICATE_ID,
        Code.UNIT_GPU_ATTRIBUTES,
        Code.UNIT_MEMORY_ATTRIBUTES,
        Code.UNIT_STORAGE_ATTRIBUTES,
    }
    covered = {code for code, _, _ in BROKEN} | ELSEWHERE | {Code.UNIT_CPU_ATTRIBUTES}
    assert set(Code) - covered == unreachable
