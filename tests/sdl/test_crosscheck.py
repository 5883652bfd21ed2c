"""A manifest that somebody else made: its own rules, and the groups it must use up."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import sdl
from sdl import Code
from tests.sdl.catalogue import rows_of

WORKED = Path(__file__).parent / "worked"
RICH = sdl.load(WORKED / "b-rich.yaml")
PREFIX = 'manifest cross-validation error: group "eu": '

Edit = list[tuple[str, Any]]
DELETE = object()


def _edit(value: Any, edits: Edit) -> Any:
    value = copy.deepcopy(value)
    for path, new in edits:
        steps: list[Any] = [int(s) if s.isdecimal() else s for s in path.split(".")]
        holder = value
        for step in steps[:-1]:
            holder = holder[step]
        if new is DELETE:
            del holder[steps[-1]]
        else:
            holder[steps[-1]] = new
    return value


def _refused(manifest: Edit, groups: Edit | None = None) -> sdl.SdlError:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(
            _edit(RICH.manifest(), manifest),
            None if groups is None else _edit(RICH.groups(), groups),
        )
    return caught.value


def test_a_manifest_fits_its_own_groups() -> None:
    sdl.check_manifest(RICH.manifest())
    sdl.check_manifest(RICH.manifest(), RICH.groups())


TRAINER = "0.services.1"
CACHE = "0.services.0"
UNIT = "0.resources.0"
MORE = "over-utilized"

SELF: list[tuple[Code, str, Edit]] = [
    (Code.MANIFEST_NO_SERVICES, "[0]", [("0.services", [])]),
    (Code.MANIFEST_NO_SERVICES, "[0]", [("0.services", None)]),
    (Code.SERVICE_NO_NAME, "[0].services[0].name", [(f"{CACHE}.name", "")]),
    (Code.SERVICE_NAME, "[0].services[0].name", [(f"{CACHE}.name", "a_b")]),
    (Code.SERVICE_IMAGE, "[0].services[0].image", [(f"{CACHE}.image", "")]),
    (Code.SERVICE_ENV, "[0].services[1].env[1]", [(f"{TRAINER}.env", ["A=b", "1=2"])]),
    (Code.UNIT_ID, "[0].services[0].resources.id", [(f"{CACHE}.resources.id", 0)]),
    (Code.UNIT_NIL_CPU, "[0].services[0].resources.cpu", [(f"{CACHE}.resources.cpu", None)]),
    (Code.UNIT_NIL_GPU, "[0].services[0].resources.gpu", [(f"{CACHE}.resources.gpu", DELETE)]),
    (
        Code.UNIT_NIL_MEMORY,
        "[0].services[0].resources.memory",
        [(f"{CACHE}.resources.memory", None)],
    ),
    (
        Code.UNIT_NIL_STORAGE,
        "[0].services[0].resources.storage",
        [(f"{CACHE}.resources.storage", None)],
    ),
    (
        Code.UNIT_NIL_ENDPOINTS,
        "[0].services[0].resources.endpoints",
        [(f"{CACHE}.resources.endpoints", None)],
    ),
    (Code.EXPOSE_PORT, "[0].services[0].expose[0].port", [(f"{CACHE}.expose.0.port", 0)]),
    (Code.EXPOSE_PROTO, "[0].services[0].expose[0].proto", [(f"{CACHE}.expose.0.proto", "SCTP")]),
    (Code.HOST_INVALID, "[0].services[0].expose[0].hosts", [(f"{CACHE}.expose.0.hosts", ["A"])]),
    (
        Code.HOST_DUPLICATE,
        "[0].services[1].expose[0].hosts",
        [(f"{CACHE}.expose.0.hosts", ["a.b"]), (f"{TRAINER}.expose.0.hosts", ["a.b"])],
    ),
    (Code.MANIFEST_SHAPE, "[0].services[0].count", [(f"{CACHE}.count", "1")]),
    (Code.MANIFEST_SHAPE, "[0].services[0].count", [(f"{CACHE}.count", True)]),
    (Code.MANIFEST_SHAPE, "[0].services[0].count", [(f"{CACHE}.count", -1)]),
    (Code.SERVICE_IMAGE, "[0].services[0].image", [(f"{CACHE}.image", DELETE)]),
    (
        Code.MANIFEST_SHAPE,
        "[0].services[0].resources.cpu.units.val",
        [(f"{CACHE}.resources.cpu.units.val", "1.5")],
    ),
    (Code.MANIFEST_SHAPE, "[0].services", [("0.services", {})]),
]


@pytest.mark.parametrize(("code", "path", "edit"), SELF)
def test_a_manifest_against_its_own_rules(code: Code, path: str, edit: Edit) -> None:
    error = _refused(edit)
    assert (error.code, error.path) == (code, path)
    assert error.line == 0


@pytest.mark.parametrize("value", [None, {}, "x", [1], [{"name": 1, "services": []}]])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(value)
    assert caught.value.code is Code.MANIFEST_SHAPE


def test_an_empty_manifest_is_refused() -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest([])
    assert caught.value.code is Code.MANIFEST_EMPTY
    assert caught.value.code in rows_of(caught.value.text)


def test_services_and_exposes_must_be_sorted() -> None:
    manifest = RICH.manifest()
    manifest[0]["services"].reverse()
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(manifest)
    assert caught.value.code is Code.MANIFEST_UNSORTED
    manifest = RICH.manifest()
    manifest[0]["services"][1]["expose"].reverse()
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(manifest)
    assert caught.value.code is Code.EXPOSE_UNSORTED


def test_a_group_must_not_come_twice() -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest([*RICH.manifest(), *RICH.manifest()])
    assert caught.value.code is Code.MANIFEST_DUPLICATE_GROUP


def test_one_port_must_be_global() -> None:
    manifest = RICH.manifest()
    for service in manifest[0]["services"]:
        service["expose"] = [e for e in service["expose"] if not e["global"]]
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(manifest)
    assert caught.value.code is Code.MANIFEST_NO_GLOBAL


CROSS: list[tuple[Code, str, Edit, Edit]] = [
    (
        Code.CROSS_GROUP_UNKNOWN,
        "invalid manifest: unknown deployment group ('eu')",
        [],
        [("0.name", "us")],
    ),
    (
        Code.CROSS_NO_UNIT,
        f'{PREFIX}service "cache": not found deployment group resources with ID = 7',
        [(f"{CACHE}.resources.id", 7)],
        [],
    ),
    (
        Code.CROSS_REPLICAS,
        f'{PREFIX}service "cache": over-utilized replicas (9) > group spec resources count (3)',
        [(f"{CACHE}.count", 9)],
        [],
    ),
    (
        Code.CROSS_CPU,
        f'{PREFIX}service "cache": CPU resources mismatch for ID 1',
        [(f"{CACHE}.resources.cpu.units.val", "1")],
        [],
    ),
    (
        Code.CROSS_CPU,
        f'{PREFIX}service "cache": CPU resources mismatch for ID 1',
        [(f"{CACHE}.resources.cpu.attributes", DELETE)],
        [],
    ),
    (
        Code.CROSS_GPU,
        f'{PREFIX}service "cache": GPU resources mismatch for ID 1',
        [(f"{CACHE}.resources.gpu.units.val", "1")],
        [],
    ),
    (
        Code.CROSS_MEMORY,
        f'{PREFIX}service "cache": Memory resources mismatch for ID 1',
        [(f"{CACHE}.resources.memory.size.val", "1")],
        [],
    ),
    (
        Code.CROSS_STORAGE,
        f'{PREFIX}service "cache": Storage resources mismatch for ID 1',
        [(f"{CACHE}.resources.storage.0.name", "x")],
        [],
    ),
    (
        Code.CROSS_STORAGE,
        f'{PREFIX}service "cache": Storage resources mismatch for ID 1',
        [],
        [(f"{UNIT}.resource.storage", RICH.groups()[0]["resources"][0]["resource"]["storage"][:1])],
    ),
    (
        Code.CROSS_OVER_HTTP,
        f'{PREFIX}service "trainer": resource ID 1: over-utilized HTTP endpoints',
        [(f"{TRAINER}.expose.0.externalPort", 80)],
        [],
    ),
    (
        Code.CROSS_OVER_PORT,
        f'{PREFIX}service "trainer": resource ID 1: over-utilized PORT endpoints',
        [(f"{CACHE}.expose.0.externalPort", 81)],
        [],
    ),
    (
        Code.CROSS_OVER_IP,
        f'{PREFIX}service "trainer": resource ID 1: over-utilized IP endpoints',
        [(f"{CACHE}.expose.0.ip", "pool")],
        [],
    ),
    (
        Code.CROSS_UNDER_HTTP,
        f"{PREFIX}resources ID (1): under-utilized (1) HTTP endpoints",
        [(f"{CACHE}.expose.0.global", False)],
        [],
    ),
    (
        Code.CROSS_UNDER_PORT,
        f"{PREFIX}resources ID (1): under-utilized (1) PORT endpoints",
        [],
        [
            (
                f"{UNIT}.resource.endpoints",
                [
                    *RICH.groups()[0]["resources"][0]["resource"]["endpoints"],
                    {"kind": 1, "sequence_number": 0},
                ],
            )
        ],
    ),
    (
        Code.CROSS_UNDER_IP,
        f"{PREFIX}resources ID (1): under-utilized (1) IP endpoints",
        [(f"{TRAINER}.expose.0.ip", "")],
        [],
    ),
    (
        Code.CROSS_UNDER_UNITS,
        f"{PREFIX}resources ID (1): under-utilized (1) resources",
        [(f"{TRAINER}.count", 1)],
        [],
    ),
]


@pytest.mark.parametrize(("code", "text", "manifest", "groups"), CROSS)
def test_a_manifest_against_its_groups(code: Code, text: str, manifest: Edit, groups: Edit) -> None:
    error = _refused(manifest, groups)
    assert (error.code, error.text) == (code, text)


def test_the_number_of_groups_must_agree() -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.check_manifest(RICH.manifest(), [])
    assert caught.value.code is Code.CROSS_GROUP_COUNT
    assert caught.value.text == "invalid manifest: group count mismatch (1 != 0)"


def test_what_is_not_compared_may_differ() -> None:
    sdl.check_manifest(
        _edit(RICH.manifest(), [(f"{TRAINER}.expose.0.endpointSequenceNumber", 9)]),
        _edit(
            RICH.groups(),
            [
                (f"{UNIT}.price", {"denom": "x", "amount": "1"}),
                (
                    f"{UNIT}.resource.storage",
                    [
                        *RICH.groups()[0]["resources"][0]["resource"]["storage"],
                        {"name": "extra", "size": {"val": "1"}},
                    ],
                ),
            ],
        ),
    )


def test_an_unknown_endpoint_kind_is_refused() -> None:
    error = _refused([], [(f"{UNIT}.resource.endpoints.0", {"kind": 9, "sequence_number": 0})])
    assert error.code is Code.MANIFEST_SHAPE


def test_missing_fields_count_as_gos_zero_values() -> None:
    sdl.check_manifest(
        _edit(
            RICH.manifest(),
            [
                (f"{CACHE}.expose.0.httpOptions", DELETE),
                (f"{CACHE}.expose.0.ip", None),
                (f"{CACHE}.credentials", DELETE),
            ],
        ),
        RICH.groups(),
    )


def test_values_given_out_can_be_changed_without_harm() -> None:
    definition = sdl.load(WORKED / "b-rich.yaml")
    before = definition.version()
    definition.manifest()[0]["services"][0]["expose"][0]["httpOptions"]["nextCases"].clear()
    definition.groups()[0]["requirements"]["signed_by"]["any_of"].clear()
    assert definition.version() == before == sdl.version(definition.manifest())
    assert definition.groups() == RICH.groups()
