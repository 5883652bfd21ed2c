"""All objects of a lease, for every kind of SDL, as kept in golden/.

With AKASHPY_WRITE_GOLDEN=1 the files are written anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import sdl
from provider.cluster.kubernetes.builder.given import Given
from provider.cluster.kubernetes.settings import (
    Allowance,
    KubernetesSettings,
    Overcommit,
    Relaxation,
)
from provider.cluster.workload import Workload
from tests.provider.cluster.given import lease
from tests.provider.cluster.kubernetes.given import everything
from tests.provider.cluster.kubernetes.sdls import SDLS

GOLDEN = Path(__file__).parent / "golden"

SETTINGS = KubernetesSettings(
    ingress_domain="ingress.test",
    overcommit=Overcommit(cpu=50, memory=10, storage=25),
    allow=(Allowance("docker.io/relaxed/*", (Relaxation.ROOT, Relaxation.CAPABILITIES)),),
)
DEVICES = {"gpu-any": ((1, "vendor/nvidia/model/rtx4090"),)}


def given(name: str) -> Given:
    """An SDL of a name, ready to be built."""
    group = sdl.load(SDLS[name]).manifest()[0]
    workload = Workload.from_manifest(
        group,
        lease(1234),
        chain_id="local-1",
        height=7,
        public_hostname="provider.example.test",
        devices=DEVICES.get(name, ()),
    )
    return Given(
        workload,
        replace(SETTINGS, ingress_mode="gateway-api") if name == "gateway-api" else SETTINGS,
        version="100",
        api_servers=(("10.0.0.1", 6443), ("fd00::1", 6443)),
        machines=("10.0.0.1", "203.0.113.7", "2001:db8::7"),
    )


def readable(name: str) -> list[dict[str, Any]]:
    """The objects of an SDL; what is packed is left out, it has tests of its own."""
    found = json.loads(json.dumps(list(everything(given(name)))))
    for object in found:
        if object["kind"] == "Manifest":
            del object["metadata"]["annotations"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", SDLS)
def test_objects_are_as_kept(name: str) -> None:
    path = GOLDEN / f"{name}.yaml"
    made = readable(name)
    if os.environ.get("AKASHPY_WRITE_GOLDEN"):
        path.write_text(yaml.safe_dump_all(made, sort_keys=True))
    assert made == list(yaml.safe_load_all(path.read_text()))


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == SDLS.keys()


def pod(name: str) -> dict[str, Any]:
    """The first pod template of an SDL."""
    found = next(o for o in everything(given(name)) if o["kind"] in ("Deployment", "StatefulSet"))
    template: dict[str, Any] = found["spec"]["template"]["spec"]
    return template


def expressions(name: str) -> list[set[str]]:
    """Labels a machine must have, by alternative."""
    terms = pod(name)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return [{e["key"] for e in t["matchExpressions"]} for t in terms["nodeSelectorTerms"]]


def test_a_choice_of_devices_is_a_choice_of_machines() -> None:
    label = "akash.network/capabilities.gpu.vendor.nvidia.model"
    assert expressions("gpu") == [
        {"akash.network", f"{label}.a100", f"{label}.a100.ram.80Gi", f"{label}.a100.interface.sxm"},
        {"akash.network", f"{label}.h100"},
    ]


def test_any_device_is_the_one_the_bid_named() -> None:
    label = "akash.network/capabilities.gpu.vendor.nvidia.model.rtx4090"
    assert expressions("gpu-any") == [{"akash.network", label}]
    assert pod("gpu-any")["runtimeClassName"] == "nvidia"


def test_the_restricted_profile_holds_for_every_kind() -> None:
    for name in SDLS.keys() - {"allowed-root"}:
        spec = pod(name)
        container = spec["containers"][0]["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["allowPrivilegeEscalation"] is False
        assert container["capabilities"] == {"drop": ["ALL"]}


def test_an_allowed_image_is_relaxed_and_only_so_far() -> None:
    spec = pod("allowed-root")
    container = spec["containers"][0]["securityContext"]
    assert container["runAsNonRoot"] is False
    assert "capabilities" not in container
    assert container["allowPrivilegeEscalation"] is False
    levels = {
        o["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for o in everything(given("allowed-root"))
        if o["kind"] == "Namespace"
    }
    assert levels == {"baseline"}


def test_tokens_are_mounted_only_with_permissions() -> None:
    assert {n for n in SDLS if pod(n)["automountServiceAccountToken"]} == {"permissions"}


def test_metadata_and_machines_are_out_of_reach() -> None:
    policy = next(o for o in everything(given("simple")) if o["kind"] == "NetworkPolicy")
    blocks = [
        to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to
    ]
    assert [block["cidr"] for block in blocks] == ["0.0.0.0/0"]
    assert {"169.254.0.0/16", "100.64.0.0/10", "10.0.0.0/8", "203.0.113.7/32"} <= set(
        blocks[0]["except"]
    )
