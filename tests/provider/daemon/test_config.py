"""Layers of settings, and what provider.yaml may say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akashpy.config import ConfigError, Layers, Setting
from provider.config import layers, settings
from provider.inventory.nodes import Gpu


def made(content: dict[str, object], environ: dict[str, str] | None = None) -> Layers:
    """The provider's layers with a file and an environment."""
    found = layers()
    found.add_file(content, "provider.yaml")
    found.add_environment(environ or {}, "AP_")
    return found


def test_each_layer_lies_on_the_one_before_and_is_remembered() -> None:
    found = Layers({"bid.timeout": Setting(1, int), "name": Setting("x", str)})
    assert (found["bid.timeout"], found.origin("bid.timeout")) == (1, "default")
    found.add_file({"bid": {"timeout": 2}}, "a.yaml")
    assert (found["bid.timeout"], found.origin("bid.timeout")) == (2, "a.yaml")
    found.add_environment({"AP_BID_TIMEOUT": "3"}, "AP_")
    assert (found["bid.timeout"], found.origin("bid.timeout")) == (3, "AP_BID_TIMEOUT")
    found.add_flags({"bid.timeout": "4", "name": None})
    assert (found["bid.timeout"], found.origin("bid.timeout")) == (4, "--bid-timeout")
    assert found["name"] == "x"


def test_an_unknown_key_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match=r"bid\.timout is not .*did you mean bid\.timeout"):
        made({"bid": {"timout": 5}})


def test_a_bad_value_names_key_value_and_remedy() -> None:
    with pytest.raises(ConfigError, match=r"provider\.yaml: bid\.timeout is 'soon'"):
        made({"bid": {"timeout": "soon"}})


def test_akashs_own_file_is_understood(tmp_path: Path) -> None:
    found = settings(
        made(
            {
                "host": "https://provider.example:8443",
                "owner": "akash1anything",
                "info": {"email": "a@example", "website": "https://example"},
                "attributes": [{"key": "region", "value": "us-west"}],
            }
        ),
        tmp_path,
    )
    assert found.listen == ("provider.example", 8443)
    assert found.info.email == "a@example"
    assert [(a.key, a.value) for a in found.attributes] == [("region", "us-west")]


def test_declared_machines_and_devices(tmp_path: Path) -> None:
    found = settings(
        made(
            {
                "nodes": [
                    {
                        "name": "n1", "cpu": 8, "memory": "32Gi", "storage": "100Gi",
                        "gpus": [{"model": "A100", "ram": "80Gi", "count": 2}],
                    }
                ],
                "storage": {"beta2": "1Ti"},
            }
        ),
        tmp_path,
    )  # fmt: skip
    assert found.cluster is not None
    (node,) = found.cluster.nodes
    assert (node.cpu, node.memory, node.classes) == (8000, 32 * 2**30, ("beta2",))
    assert node.gpus == (Gpu("nvidia", "a100", 2, "80Gi"),)


def test_a_machine_without_memory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nodes: 'memory' is missing"):
        settings(made({"nodes": [{"cpu": 1, "storage": "1Gi"}]}), tmp_path)


def test_storage_without_machines_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="declare those"):
        settings(made({"storage": {"beta2": "1Ti"}}), tmp_path)


def test_times_are_texts_or_seconds(tmp_path: Path) -> None:
    found = settings(made({"bid": {"timeout": "5m"}, "manifest": {"timeout": 30}}), tmp_path)
    assert found.auction.patience == 300.0
    assert found.manifest_timeout == 30.0


def test_prices_without_a_file_are_in_both_tokens(tmp_path: Path) -> None:
    found = settings(made({}), tmp_path)
    assert found.prices["uakt"].cpu == found.prices["uact"].cpu == Decimal("0.01")


def test_a_place_to_listen_needs_a_port(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="write host:port"):
        settings(made({"gateway": {"listen": "localhost"}}), tmp_path)


def test_kubernetes_settings_are_read(tmp_path: Path) -> None:
    found = layers()
    found.add_file(
        {
            "driver": "kubernetes",
            "cluster_public_hostname": "provider.example",
            "storage": {"beta2": "1Gi"},
            "kubernetes": {
                "kubeconfig": "kubeconfig",
                "ingress_domain": "ingress.example",
                "ingress_mode": "gateway-api",
                "gateway": {"name": "door"},
                "allow": [{"images": "docker.io/*", "relax": ["root", "capabilities"]}],
                "overcommit": {"cpu": 50},
                "grace": "5s",
                "addresses": ["198.51.100.1"],
            },
        },
        "provider.yaml",
    )
    made = settings(found, tmp_path)
    kubernetes = made.kubernetes
    assert made.cluster is None
    assert kubernetes.kubeconfig == tmp_path / "kubeconfig"
    assert kubernetes.public_hostname == "provider.example"
    assert kubernetes.gateway.name == "door"
    assert kubernetes.relaxations("docker.io/nginx:1") == {"root", "capabilities"}
    assert kubernetes.relaxations("ghcr.io/nginx:1") == frozenset()
    assert (kubernetes.grace, kubernetes.overcommit.cpu) == (5, 50)
    assert kubernetes.storage_classes == (("beta2", 1 << 30),)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kubeconf": "x"}, "'kubeconf'] not known"),
        ({"ingress_mode": "nginx"}, "write ingress or gateway-api"),
        ({"image_pull": "Never"}, "write Always or IfNotPresent"),
        ({"allow": [{"images": "*", "relax": ["privileged"]}]}, "privileged"),
    ],
)
def test_wrong_kubernetes_settings_name_themselves(
    table: dict[str, Any], said: str, tmp_path: Path
) -> None:
    found = layers()
    found.add_file({"driver": "kubernetes", "kubernetes": table}, "provider.yaml")
    with pytest.raises(ConfigError, match="kubernetes: ") as refused:
        settings(found, tmp_path)
    assert said in str(refused.value)
