"""What can never run on a cluster, and records that hold a workload without loss."""

from __future__ import annotations

from typing import Any

import pytest

from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Given
from provider.cluster.kubernetes.judge import declines
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload
from tests.provider.cluster.given import expose, lease, service, workload
from tests.provider.cluster.kubernetes.given import everything
from tests.provider.cluster.kubernetes.sdls import SDLS
from tests.provider.cluster.kubernetes.test_golden import given


def gpu(*keys: str) -> dict[str, Any]:
    made = service("web")
    attributes = [{"key": key, "value": "true"} for key in keys]
    made["resources"]["gpu"] = {"units": {"val": "1"}, "attributes": attributes}
    return made


def stored(**attributes: str) -> dict[str, Any]:
    made = service("web", params={"storage": [{"name": "data", "mount": "/data"}]})
    pairs = [{"key": key, "value": value} for key, value in attributes.items()]
    volume = {"name": "data", "size": {"val": "1"}, "attributes": pairs}
    made["resources"]["storage"].append(volume)
    return made


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (service("Web"), "service-name"),
        (service("akash.network"), "service-name"),
        (service("w" * 61), "service-name"),
        (service("web", env=["=x"]), "env-name"),
        (service("web", params={"tee": {"type": "cpu", "attestation": True}}), "no-tee"),
        (service("web", params={"storage": [{"name": "no", "mount": "/x"}]}), "no-volume"),
        (stored(), "not-mountable"),
        (stored(persistent="true"), "storage-class"),
        (stored(persistent="true", **{"class": "ram"}), "storage-class"),
        (gpu(), "gpu-unnamed"),
        (gpu("vendor/other/model/x"), "gpu-vendor"),
        (gpu("vendor/nvidia/model/a100", "vendor/amd/model/mi300x"), "gpu-vendor"),
        (service("web", expose=[expose(1, externalPort=9), expose(2, externalPort=9)]),
         "port-twice"),
        (service("web", env=[f"A={'x' * 10}{n}" for n in range(200_000)]), "manifest-too-large"),
    ],
)  # fmt: skip
def test_what_is_declined(made: dict[str, Any], code: str) -> None:
    found = declines(workload(made))
    assert found is not None
    assert found[0] == code


@pytest.mark.parametrize("name", SDLS)
def test_every_kind_of_sdl_runs(name: str) -> None:
    assert declines(given(name).workload) is None


@pytest.mark.parametrize("name", SDLS)
def test_a_record_holds_the_workload_exactly(name: str) -> None:
    of = given(name).workload
    assert records.unpack(records.manifest(of, "lease")) == of


def test_a_record_of_somebody_else_is_unreadable_and_says_which() -> None:
    record = records.manifest(workload(service("web")), "lease")
    del record["metadata"]["annotations"]
    with pytest.raises(records.RecordUnreadable, match=record["metadata"]["name"]):
        records.unpack(record)


def test_no_label_takes_its_value_from_what_a_tenant_writes_freely() -> None:
    """Everything a tenant may fill freely is filled with one word, which no label then holds."""
    word = "spoofed"
    made = service(
        "web",
        word,
        image=word,
        args=[word],
        env=[f"akash.network/namespace={word}", f"{word}=true"],
        expose=[expose(hosts=[f"{word}.example.test"])],
        credentials={"host": word, "email": word, "username": word, "password": word},
    )
    of = Workload.from_manifest(
        {"name": word, "services": [made]}, lease(), chain_id="local-1", height=1
    )
    for object in everything(Given(of, KubernetesSettings(), version="1")):
        labels = dict(object["metadata"].get("labels") or {})
        template = (object.get("spec") or {}).get("template") or {}
        labels |= (template.get("metadata") or {}).get("labels") or {}
        assert word not in " ".join([*labels, *labels.values()])
