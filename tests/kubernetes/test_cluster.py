"""The test cluster is a real one: what the driver's tests build on is shown here first."""

from __future__ import annotations

import pytest

from tests.kubernetes import objects
from tests.kubernetes.cluster import Cluster, fakes, layout
from tests.kubernetes.cluster.programs import POD_PIDS
from tests.kubernetes.cluster.registries import MISSING, ROOT, SECRET, SHELL, WEB
from tests.kubernetes.cluster.waiting import wait_for
from tests.kubernetes.looking import SOON_S, get, page, reaches, ready, says, waiting_reason


@pytest.fixture
def web(cluster: Cluster, namespace: str) -> str:
    """A pod `web` with a service, and a pod `client`; the namespace they are in."""
    cluster.apply(
        objects.pod(namespace, "web"),
        objects.service(namespace, "web"),
        objects.pod(namespace, "client", SHELL),
    )
    ready(cluster, namespace, "web", "client")
    return namespace


def address_of(cluster: Cluster, namespace: str, pod: str) -> str:
    return str(get(cluster, namespace, "pod", pod)["status"]["podIP"])


def test_the_node_is_what_it_says(cluster: Cluster) -> None:
    about = get(cluster, "default", "node", layout.NODE)["status"]
    assert about["nodeInfo"]["kubeletVersion"] == "v1.34.4"
    assert about["nodeInfo"]["containerRuntimeVersion"].startswith("containerd://")
    assert cluster.api.call("GET", "/version")["gitVersion"] == "v1.34.4"


def test_services_are_found_by_name(cluster: Cluster, web: str) -> None:
    assert "hello web" in says(cluster, web, "client", "/bin/app", "get", "http://web/")
    whole = f"http://web.{web}.svc.cluster.local/"
    assert "hello web" in says(cluster, web, "client", "/bin/app", "get", whole)
    answer = says(cluster, web, "client", "/bin/app", "get", "http://outside.example.test/")
    assert layout.OUTSIDE_IP in answer


def test_a_dead_container_comes_back(cluster: Cluster, web: str) -> None:
    assert cluster.fetch("", f"/api/v1/{web}").status == 404
    code, _ = cluster.run_in(web, "client", "/bin/app", "get", "http://web/kill")
    assert code == 1

    def back() -> bool:
        [state] = get(cluster, web, "pod", "web")["status"]["containerStatuses"]
        return bool(state["restartCount"] == 1 and state["ready"])

    wait_for(back, "the container to come back", limit_s=SOON_S)


def test_ingress_by_host_name(cluster: Cluster, web: str) -> None:
    cluster.apply(objects.ingress(web, "page.example.test", "web"))
    page(cluster, "page.example.test", "hello web")
    assert cluster.fetch("other.example.test").status == 404


def test_gateway_route_by_host_name(cluster: Cluster, web: str) -> None:
    cluster.apply(objects.route(web, "route.example.test", "web"))
    page(cluster, "route.example.test", "hello web", port=layout.GATEWAY_PORT)
    assert cluster.fetch("other.example.test", port=layout.GATEWAY_PORT).status == 404
    assert cluster.fetch("route.example.test").status == 404


def test_policies_are_enforced(cluster: Cluster, web: str) -> None:
    cluster.apply(objects.pod(web, "stranger", SHELL))
    ready(cluster, web, "stranger")
    target = f"{address_of(cluster, web, 'web')}:{objects.PORT}"
    assert reaches(cluster, web, "stranger", target)
    allowed = {"from": [{"podSelector": {"matchLabels": {"app": "client"}}}]}
    selected = {"matchLabels": {"app": "web"}}
    only = objects.policy(
        web, "only-client", podSelector=selected, policyTypes=["Ingress"], ingress=[allowed]
    )
    cluster.apply(only)
    wait_for(lambda: not reaches(cluster, web, "stranger", target), "the policy", limit_s=SOON_S)
    assert not reaches(cluster, web, "stranger", "web:80")
    assert reaches(cluster, web, "client", target)
    assert reaches(cluster, web, "client", "web:80")


def test_policies_hold_for_the_door_too(cluster: Cluster, web: str) -> None:
    """The door keeps its connections and a policy spares those, so the policy is there first."""
    shut = objects.policy(web, "shut", podSelector={}, policyTypes=["Ingress"])
    cluster.apply(shut)
    cluster.apply(objects.ingress(web, "shut.example.test", "web"))
    wait_for(lambda: _is_known_but_shut(cluster, "shut.example.test"), "the door", limit_s=SOON_S)
    named = {"matchLabels": {"app.kubernetes.io/name": "ingress-nginx"}}
    door = {"from": [{"namespaceSelector": named, "podSelector": named}]}
    cluster.apply(shut | {"spec": shut["spec"] | {"ingress": [door]}})
    page(cluster, "shut.example.test", "hello web")


def _is_known_but_shut(cluster: Cluster, host: str) -> bool:
    """True when the door knows the host and does not get through to its pod."""
    try:
        return cluster.fetch(host, timeout_s=3).status in {502, 504}
    except TimeoutError:
        return True


def test_egress_policies_hold_for_outside_and_node(cluster: Cluster, web: str) -> None:
    outside, node = f"{layout.OUTSIDE_IP}:80", f"{layout.NODE_IP}:{layout.API_PORT}"
    metadata = f"{layout.METADATA_IPS[0]}:80"
    assert all(reaches(cluster, web, "client", each) for each in (outside, node, metadata))
    anywhere = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "169.254.0.0/16"]}
    some = objects.policy(
        web,
        "outside-only",
        podSelector={},
        policyTypes=["Egress"],
        egress=[{"to": [{"ipBlock": anywhere}]}],
    )
    cluster.apply(some)
    wait_for(lambda: not reaches(cluster, web, "client", node), "the policy", limit_s=SOON_S)
    assert not reaches(cluster, web, "client", metadata)
    assert reaches(cluster, web, "client", outside)


@pytest.mark.parametrize(("user", "password"), [("", ""), ("alice", "guess")])
def test_a_private_image_needs_its_password(
    cluster: Cluster, namespace: str, user: str, password: str
) -> None:
    spec = {}
    if user:
        cluster.apply(
            objects.image_secret(namespace, "pull", layout.PRIVATE_REGISTRY, user, password)
        )
        spec = {"imagePullSecrets": [{"name": "pull"}]}
    always = {"imagePullPolicy": "Always"}
    cluster.apply(objects.pod(namespace, "thief", SECRET, container=always, **spec))

    def refused() -> bool:
        return "ImagePull" in waiting_reason(cluster, namespace, "thief")

    wait_for(refused, "the pull to be refused", limit_s=SOON_S)


def test_a_private_image_is_pulled_with_its_password(cluster: Cluster, namespace: str) -> None:
    user, password = next(iter(layout.USERS.items()))
    secret = objects.image_secret(namespace, "pull", layout.PRIVATE_REGISTRY, user, password)
    pulling = [{"name": "pull"}]
    cluster.apply(secret, objects.pod(namespace, "owner", SECRET, imagePullSecrets=pulling))
    ready(cluster, namespace, "owner")


def test_a_missing_image_is_said(cluster: Cluster, namespace: str) -> None:
    cluster.apply(objects.pod(namespace, "lost", MISSING))

    def refused() -> bool:
        return "ImagePull" in waiting_reason(cluster, namespace, "lost")

    wait_for(refused, "the pull to fail", limit_s=SOON_S)


def test_ports_of_the_node_and_leased_addresses(cluster: Cluster, web: str) -> None:
    cluster.apply(objects.service(web, "web", "NodePort"))
    port = get(cluster, web, "service", "web")["spec"]["ports"][0]["nodePort"]
    page(cluster, "", "hello web", port=port)
    leased = objects.service(web, "leased", "LoadBalancer", 81)
    leased["spec"]["selector"] = {"app": "web"}
    cluster.apply(leased)
    ip = layout.LEASED_CIDR.replace("0/24", "7")
    given = {"status": {"loadBalancer": {"ingress": [{"ip": ip}]}}}
    path = f"/api/v1/namespaces/{web}/services/leased/status"
    cluster.api.call("PATCH", path, given, kind="application/merge-patch+json")
    local = cluster.lead_to(ip, 81)
    assert local > 0

    def answers() -> bool:
        return cluster.ask_outside(f"http://{ip}:81/").status == 200

    wait_for(answers, "the leased address", limit_s=SOON_S)


@pytest.mark.parametrize("storage_class", [None, "beta2"])
def test_volumes_outlive_pods(cluster: Cluster, namespace: str, storage_class: str | None) -> None:
    user = {"runAsUser": 1000, "fsGroup": 1000}
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    container = {
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        "env": [{"name": "APP_DATA", "value": "/data"}],
    }
    cluster.apply(objects.claim(namespace, "data", storage_class))
    for ask, expected in (("SET/color/blue", "OK"), ("GET/color", "blue")):
        keeper = objects.pod(
            namespace, "keeper", volumes=volumes, container=container, securityContext=user
        )
        cluster.apply(keeper)
        ready(cluster, namespace, "keeper")
        url = f"http://127.0.0.1:{objects.PORT}/{ask}"
        assert expected in says(cluster, namespace, "keeper", "/bin/app", "get", url)
        cluster.kubectl("-n", namespace, "delete", "pod", "keeper")


def test_limits_are_enforced(cluster: Cluster, namespace: str) -> None:
    small = {"limits": {"memory": "32Mi", "cpu": "200m"}}
    eater = {"command": ["/bin/app", "eat", "64"], "resources": small}
    cluster.apply(
        objects.pod(namespace, "eater", container=eater, restartPolicy="Never"),
        objects.pod(namespace, "forker", SHELL),
    )
    ready(cluster, namespace, "forker")
    code, text = cluster.run_in(namespace, "forker", "/bin/app", "forks", str(POD_PIDS * 4))
    assert code == 1
    assert text.startswith("contained at")

    def killed() -> bool:
        [state] = get(cluster, namespace, "pod", "eater")["status"]["containerStatuses"]
        return bool(state["state"].get("terminated", {}).get("reason") == "OOMKilled")

    wait_for(killed, "the kernel to end the container", limit_s=SOON_S)


def test_restricted_namespaces_refuse_root(cluster: Cluster, namespace: str) -> None:
    level = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", namespace, level)
    with pytest.raises(RuntimeError, match="violates PodSecurity"):
        cluster.apply(objects.pod(namespace, "root", ROOT))


def test_runtime_classes_are_used(cluster: Cluster, namespace: str) -> None:
    cluster.apply(objects.pod(namespace, "boxed", WEB, runtimeClassName="sandboxed"))
    ready(cluster, namespace, "boxed")
    with pytest.raises(RuntimeError, match='RuntimeClass "absent" not found'):
        cluster.apply(objects.pod(namespace, "lost", WEB, runtimeClassName="absent"))


def test_fake_nodes_are_scheduled_by_model_and_never_oversold(
    cluster: Cluster, namespace: str
) -> None:
    nodes = [fakes.nvidia("gpu-a", "a100", 4), fakes.nvidia("gpu-h", "h100", 4)]
    nodes.append(fakes.amd("gpu-m", "mi300", 4))
    try:
        fakes.add(cluster, nodes)
        label = "akash.network/capabilities.gpu.vendor.nvidia.model.h100"
        wanted = {
            "nodeSelector": {label: "4"},
            "container": {"resources": {"limits": {"nvidia.com/gpu": "2"}}},
            "tolerations": [{"key": fakes.ANNOTATION, "operator": "Exists"}],
        }
        names = ["job-0", "job-1", "job-2"]
        for name in names:
            cluster.apply(objects.pod(namespace, name, WEB, **_copy(wanted)))

        def placed() -> list[str]:
            found = [get(cluster, namespace, "pod", name) for name in names]
            return [p["spec"]["nodeName"] for p in found if p["status"]["phase"] == "Running"]

        wait_for(lambda: len(placed()) == 2, "two pods to run", limit_s=SOON_S)
        assert placed() == ["gpu-h", "gpu-h"]
        left = next(
            n for n in names if not get(cluster, namespace, "pod", n)["spec"].get("nodeName")
        )
        conditions = get(cluster, namespace, "pod", left)["status"]["conditions"]
        assert any("Insufficient nvidia.com/gpu" in c.get("message", "") for c in conditions)
    finally:
        fakes.remove(cluster)


def _copy(spec: dict[str, object]) -> dict[str, object]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in spec.items()}
