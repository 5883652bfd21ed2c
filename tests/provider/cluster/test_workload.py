"""A workload is its manifest: nothing is lost on the way in and out, nothing wrong gets in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from akashpy.types.market import LeaseID
from provider.cluster.workload import ManifestMalformed, Workload, environment, namespace
from tests.provider.cluster.given import TENANT, expose, lease, service, workload

VECTORS = Path(__file__).parents[2] / "sdl" / "vectors" / "cases.jsonl"


def _read(group: dict[str, Any]) -> Workload:
    return Workload.from_manifest(group, lease(), chain_id="local-1", height=1)


def test_every_known_manifest_comes_back_as_it_was() -> None:
    count = 0
    for line in VECTORS.read_text().splitlines():
        for group in json.loads(line).get("manifest") or ():
            assert _read(group).to_manifest() == group
            count += 1
    assert count > 100


def test_null_and_empty_lists_stay_apart() -> None:
    given = service("web", env=[], expose=[expose(hosts=[])]) | {"command": []}
    other = service("web")
    for one in (given, other):
        assert workload(one).to_manifest()["services"] == [one]


def test_unknown_members_are_dropped() -> None:
    assert workload(service("web") | {"novel": 1}) == workload(service("web"))


def test_a_quantity_may_be_a_number() -> None:
    plain = service("web")
    plain["resources"] = plain["resources"] | {"cpu": {"units": {"val": 500}}}
    assert workload(plain).services[0].resources.cpu == 500


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"name": 1}, "json: cannot unmarshal number into Go struct field name of type string"),
        ({"count": -1}, "json: cannot unmarshal number into Go struct field count of type uint32"),
        (
            {"command": "ls"},
            "json: cannot unmarshal string into Go struct field command of type []",
        ),
        (
            {"expose": [1]},
            "json: cannot unmarshal number into Go struct field expose of type struct",
        ),
        ({"env": [1]}, "json: cannot unmarshal number into Go struct field env of type string"),
        (
            {"credentials": []},
            "json: cannot unmarshal array into Go struct field credentials of type struct",
        ),
    ],
)
def test_a_member_of_the_wrong_type_is_named(wrong: dict[str, Any], text: str) -> None:
    with pytest.raises(ManifestMalformed) as error:
        workload(service("web") | wrong)
    assert str(error.value) == text


def test_the_environment_is_the_tenants_then_ours() -> None:
    given = workload(service("web", env=["A=1", "AKASH_OWNER=mine", "BARE"]), dseq=7)
    names = environment(given, given.services[0])
    assert names[:3] == (("A", "1"), ("AKASH_OWNER", "mine"), ("BARE", ""))
    assert names[3:] == (
        ("AKASH_GROUP_SEQUENCE", "1"),
        ("AKASH_DEPLOYMENT_SEQUENCE", "7"),
        ("AKASH_ORDER_SEQUENCE", "1"),
        ("AKASH_PROVIDER", str(lease().provider)),
        ("AKASH_CLUSTER_PUBLIC_HOSTNAME", "localhost"),
    )
    assert str(TENANT) not in dict(names).values()


def test_the_namespace_is_the_known_one() -> None:
    known = LeaseID(
        "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63",
        1234,
        1,
        1,
        "akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh",
    )
    assert namespace(known) == "57r7gr9g518kkt81v82s32g31rp60c2bq4gain9tjrook"


@pytest.mark.parametrize(
    ("port", "is_ingress"),
    [
        (expose(80), True),
        (expose(8080, externalPort=80), True),
        (expose(80, externalPort=8080), False),
        (expose(80, proto="UDP"), False),
        (expose(80, **{"global": False}), False),
    ],
)
def test_ingress_is_tcp_global_port_80(port: dict[str, Any], is_ingress: bool) -> None:
    assert workload(service("web", expose=[port])).services[0].exposes[0].is_ingress is is_ingress
