"""What a hostile tenant tries from inside its own pod: each try is refused or contained.

Two leases of two tenants run on the real cluster, deployed by the driver with its defaults; every
target is first reached by somebody who may, so that a refusal is the policy's and not an accident.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace
from tests.kubernetes.cluster import Cluster, layout, network
from tests.kubernetes.cluster.client import authority, request
from tests.kubernetes.cluster.programs import POD_PIDS
from tests.kubernetes.cluster.registries import ROOT, SECRET, SHELL, WEB
from tests.kubernetes.cluster.waiting import wait_for
from tests.kubernetes.leaving import Leaving
from tests.kubernetes.looking import SOON_S, get, reaches, ready, says
from tests.provider.cluster.given import PROVIDER, expose, service, workload

VICTIM, ATTACKER = (Address.of(bytes([n] * 20)) for n in (7, 8))
LEASED_IP = layout.LEASED_CIDR.replace("0/24", "9")
WEB_PORT = 8080
AT_ONCE = 4
"""Connections tried side by side: each that is dropped takes its whole time limit."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pod of a lease: what commands run in."""

    cluster: Cluster
    namespace: str
    pod: str

    @property
    def address(self) -> str:
        """The pod's own address."""
        return str(get(self.cluster, self.namespace, "pod", self.pod)["status"]["podIP"])

    def reaches(self, target: str) -> bool:
        """True when a TCP connection opens."""
        return reaches(self.cluster, self.namespace, self.pod, target)

    def says(self, *words: str) -> str:
        """What a command prints that must succeed."""
        return says(self.cluster, self.namespace, self.pod, *words)

    def tries(self, script: str) -> tuple[int, str]:
        """Exit code and output of a shell script."""
        return self.cluster.run_in(self.namespace, self.pod, "/bin/sh", "-c", script)


@dataclass(frozen=True, slots=True)
class Houses:
    """Both tenants."""

    victim: Place
    secret: Place
    attacker: Place
    helper: Place
    """A pod of the attacker that asked for permission to read logs and events."""

    @property
    def all(self) -> tuple[Place, ...]:
        """Every pod."""
        return self.victim, self.secret, self.attacker, self.helper


def of(owner: Address, dseq: int, *services: dict[str, Any]) -> Workload:
    """A lease of a tenant; all leases of a test fit on a node of two processors."""
    lease = LeaseID(owner, dseq, 1, 1, PROVIDER)
    for each in services:
        each["resources"] |= {
            "cpu": {"units": {"val": "100"}},
            "memory": {"size": {"val": str(64 << 20)}},
        }
    return replace(workload(*services), lease=lease, public_hostname=layout.NODE_IP)


def login() -> dict[str, str]:
    """The victim's login at the private registry."""
    user, password = next(iter(layout.USERS.items()))
    return {
        "host": layout.PRIVATE_REGISTRY,
        "email": "",
        "username": user,
        "password": password,
    }


def victims() -> Workload:
    """A page on a host name and on a port of the node, and a private image."""
    web = service(
        "web",
        image=WEB,
        expose=[
            expose(WEB_PORT, externalPort=80),
            expose(WEB_PORT, externalPort=WEB_PORT, proto="TCP", httpOptions={}),
        ],
    )
    return of(VICTIM, 1, web, service("secret", image=SECRET, credentials=login()))


def attackers() -> Workload:
    """A shell, and a program with all the permissions that can be asked for."""
    reading = {"permissions": {"read": ["logs", "events"]}}
    return of(
        ATTACKER,
        2,
        service("shell", image=SHELL),
        service("helper", image=SHELL, params=reading),
    )


@pytest.fixture(scope="module")
def settings(cluster: Cluster) -> KubernetesSettings:
    """The defaults; the node has a public address, which its operator names."""
    return KubernetesSettings(
        kubeconfig=cluster.kubeconfig,
        public_hostname=layout.NODE_IP,
        ingress_domain="attack.test",
        closed_networks=(f"{layout.UPLINK_IP}/32", layout.LEASED_CIDR),
        grace=1,
    )


@pytest.fixture(scope="module")
def houses(cluster: Cluster, settings: KubernetesSettings, leaving: Leaving) -> Iterator[Houses]:
    """Both leases, running."""
    leases = (victims(), attackers())
    asyncio.run(_deploy(settings, leases))
    try:
        found = {}
        for lease in leases:
            where = namespace(lease.lease)
            for named in lease.services:
                found[named.name] = Place(cluster, where, _pod(cluster, where, named.name))
        made = Houses(found["web"], found["secret"], found["shell"], found["helper"])
        wait_for(partial(_is_walled, made), "the policies to be enforced", limit_s=SOON_S)
        yield made
    finally:
        leaving.end(*(each.lease for each in leases))


def _is_walled(houses: Houses) -> bool:
    """True once the enforcing program knows all pods: what is open is, what is closed is."""
    return (
        houses.attacker.reaches(f"{layout.OUTSIDE_IP}:80")
        and houses.victim.reaches(f"{houses.secret.address}:{WEB_PORT}")
        and houses.victim.reaches("web:80")
        and not any(each.reaches(f"{layout.NODE_IP}:10250") for each in houses.all)
    )


async def _deploy(settings: KubernetesSettings, leases: tuple[Workload, ...]) -> None:
    async with KubernetesDriver.open(settings) as driver:
        for lease in leases:
            await driver.deploy(lease)


def _pods(cluster: Cluster, where: str, name: str) -> list[Any]:
    chosen = f"akash.network/manifest-service={name}"
    return list(
        json.loads(cluster.kubectl("-n", where, "get", "pods", "-l", chosen, "-o", "json"))["items"]
    )


def _pod(cluster: Cluster, where: str, name: str) -> str:
    """The name of a service's pod, once it can be used."""
    [found] = wait_for(lambda: _pods(cluster, where, name), f"a pod of {name}", limit_s=SOON_S)
    pod = str(found["metadata"]["name"])
    ready(cluster, where, pod)
    return pod


# -- the network (needs 43) -----------------------------------------------------------------


def test_the_outside_and_its_own_services_are_reached(houses: Houses) -> None:
    """The policies close what they should, not everything."""
    assert houses.attacker.reaches(f"{layout.OUTSIDE_IP}:80")
    assert layout.OUTSIDE_IP in houses.attacker.says("nslookup", "outside.example.test")
    assert houses.victim.reaches(f"{houses.secret.address}:{WEB_PORT}")
    assert houses.victim.reaches("web:80")


TARGETS = {
    "metadata": f"{layout.METADATA_IPS[0]}:80",
    "metadata in shared address space": f"{layout.METADATA_IPS[1]}:80",
    "kubelet": f"{layout.NODE_IP}:10250",
    "API server": f"{layout.NODE_IP}:{layout.API_PORT}",
    "API server by the public address": f"{layout.UPLINK_IP}:{layout.API_PORT}",
    "API server by its service": f"{layout.API_SERVICE_IP}:443",
    "etcd": f"{layout.NODE_IP}:2379",
    "ingress of the node": f"{layout.NODE_IP}:{layout.INGRESS_PORT}",
    "ingress by the public address": f"{layout.UPLINK_IP}:{layout.INGRESS_PORT}",
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_nothing_of_the_provider_is_reached(cluster: Cluster, houses: Houses, target: str) -> None:
    host, _, port = target.rpartition(":")
    network.connect(cluster.place.node_namespace, host, int(port)).close()
    assert not houses.attacker.reaches(target)


def test_nothing_of_another_tenant_is_reached(cluster: Cluster, houses: Houses) -> None:
    where = houses.victim.namespace
    listed = json.loads(cluster.kubectl("-n", where, "get", "services", "-o", "json"))["items"]
    assert {each["spec"]["type"] for each in listed} == {"ClusterIP", "NodePort"}
    targets = [f"{houses.victim.address}:{WEB_PORT}", f"web.{where}.svc.cluster.local:80"]
    for each in listed:
        for port in each["spec"]["ports"]:
            targets.append(f"{each['spec']['clusterIP']}:{port['port']}")
            if "nodePort" in port:
                targets += [
                    f"{address}:{port['nodePort']}"
                    for address in (layout.NODE_IP, layout.UPLINK_IP)
                ]
    assert len(targets) >= 5
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reached = list(pool.map(houses.attacker.reaches, targets))
    assert [target for target, is_open in zip(targets, reached, strict=True) if is_open] == []
    assert houses.victim.reaches(f"{houses.victim.address}:{WEB_PORT}")


def test_a_leased_address_of_another_tenant_is_not_reached(
    cluster: Cluster, houses: Houses
) -> None:
    where = houses.victim.namespace
    selector = {"akash.network/manifest-service": "web"}
    leased = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web-ip", "namespace": where},
        "spec": {
            "type": "LoadBalancer",
            "selector": selector,
            "ports": [{"port": WEB_PORT, "targetPort": WEB_PORT}],
        },
    }
    cluster.apply(leased)
    status = {"status": {"loadBalancer": {"ingress": [{"ip": LEASED_IP}]}}}
    path = f"/api/v1/namespaces/{where}/services/web-ip/status"
    cluster.api.call("PATCH", path, status, kind="application/merge-patch+json")

    def open_to_the_world() -> bool:
        return cluster.ask_outside(f"http://{LEASED_IP}:{WEB_PORT}/", timeout_s=2).status == 200

    wait_for(open_to_the_world, "the leased address", limit_s=SOON_S)
    assert not houses.attacker.reaches(f"{LEASED_IP}:{WEB_PORT}")


def test_ipv6_leads_nowhere(houses: Houses) -> None:
    table = houses.victim.says("cat", "/proc/net/if_inet6")
    found = [line.split()[0] for line in table.splitlines() if line.endswith("eth0")]
    for raw in found:
        parts = ":".join(raw[i : i + 4] for i in range(0, 32, 4))
        assert not houses.attacker.reaches(f"[{parts}%eth0]:{WEB_PORT}")
    assert houses.victim.reaches(f"{houses.victim.address}:{WEB_PORT}")


# -- the pod (needs 44) ---------------------------------------------------------------------


def test_the_pod_has_no_privileges(houses: Houses) -> None:
    status = dict(
        line.split(":", 1) for line in houses.attacker.says("cat", "/proc/self/status").splitlines()
    )
    capabilities = {status[name].strip() for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")}
    assert capabilities == {"0" * 16}
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    assert status["Uid"].split()[0] != "0"
    assert houses.attacker.tries("ls /var/run/secrets/kubernetes.io")[0] != 0


ESCAPES = {
    "mount": "mount -t tmpfs none /tmp",
    "namespace": "unshare -U -r true",
    "other root": "mkdir -p /tmp/r && chroot /tmp/r /bin/sh",
    "device": "mknod /tmp/disk b 8 0",
    "kernel setting": "echo 1 > /proc/sys/kernel/panic",
    "sysrq": "echo b > /proc/sysrq-trigger",
    "cgroup": "mkdir /sys/fs/cgroup/memory/mine",
    "host name": "hostname owned",
    "owner": "touch /tmp/f && chown root /tmp/f",
    "other user": "su root -c true",
    "time of the kernel": "adjtimex -t 9000",
    "low level network": "ping -c 1 127.0.0.1",
    "kernel log": "dmesg",
    "module": "insmod /bin/app",
    "program": "touch /bin/other",
}


@pytest.mark.parametrize("script", ESCAPES.values(), ids=ESCAPES)
def test_no_way_out_of_the_pod(houses: Houses, script: str) -> None:
    code, text = houses.attacker.tries(script)
    assert code != 0, text


def test_a_fork_bomb_is_contained(cluster: Cluster, houses: Houses) -> None:
    end = "trap 'kill 0' EXIT"  # of this command's own group
    loop = f"i=0; while [ $i -lt {POD_PIDS * 2} ]; do sleep 60 & i=$((i+1)); done; echo all"
    script = f"{end}; {loop}"
    _, text = houses.attacker.tries(script)
    assert "Resource temporarily unavailable" in text or "can't fork" in text
    assert "all" not in text.split()
    assert houses.victim.says("/bin/app", "echo", "alive") == "alive\n"
    assert cluster.node_ready()


def test_an_image_that_wants_root_does_not_start(
    cluster: Cluster, settings: KubernetesSettings, leaving: Leaving
) -> None:
    """And the tenant reads why."""
    lease = of(ATTACKER, 3, service("root", image=ROOT))
    asyncio.run(_deploy(settings, (lease,)))
    try:
        where = namespace(lease.lease)
        [pod] = wait_for(lambda: _pods(cluster, where, "root"), "a pod", limit_s=SOON_S)
        name = pod["metadata"]["name"]
        wait_for(lambda: _refused_as(cluster, where, name, "Config"), "refusal", limit_s=SOON_S)
        assert "root" in asyncio.run(_reason(settings, lease))
    finally:
        leaving.end(lease.lease)


def _refused_as(cluster: Cluster, where: str, pod: str, word: str) -> bool:
    """True when the container waits for that reason."""
    states = get(cluster, where, "pod", pod)["status"].get("containerStatuses", [])
    return bool(states) and word in states[0]["state"].get("waiting", {}).get("reason", "")


async def _reason(settings: KubernetesSettings, lease: Workload) -> str:
    async with KubernetesDriver.open(settings) as driver:
        return (await driver.status(lease.lease)).services[0].reason


# -- images (needs 45) ----------------------------------------------------------------------


def test_a_private_image_does_not_start_from_the_cache(
    cluster: Cluster, houses: Houses, settings: KubernetesSettings, leaving: Leaving
) -> None:
    """The victim's private image is on the node; the attacker names it without a login."""
    assert "serving secret" in cluster.kubectl(
        "-n", houses.secret.namespace, "logs", houses.secret.pod
    )
    wrong = login() | {"password": "guessed"}
    lease = of(
        ATTACKER,
        4,
        service("none", image=SECRET),
        service("wrong", image=SECRET, credentials=wrong),
    )
    asyncio.run(_deploy(settings, (lease,)))
    try:
        where = namespace(lease.lease)
        for name in ("none", "wrong"):
            [pod] = wait_for(partial(_pods, cluster, where, name), "a pod", limit_s=SOON_S)
            at = pod["metadata"]["name"]
            refused = partial(_refused_as, cluster, where, at, "ImagePull")
            wait_for(refused, "the refusal", limit_s=SOON_S)
    finally:
        leaving.end(lease.lease)


# -- permissions (needs 47) -----------------------------------------------------------------

ALLOWED = {
    ("", "pods", "", "get"),
    ("", "pods", "", "list"),
    ("", "pods", "", "watch"),
    ("", "pods", "log", "get"),
    ("", "events", "", "get"),
    ("", "events", "", "list"),
    ("", "events", "", "watch"),
    ("apps", "deployments", "", "get"),
    ("apps", "deployments", "", "list"),
    ("apps", "deployments", "", "watch"),
}
RESOURCES = (
    ("", "pods", ""),
    ("", "pods", "log"),
    ("", "pods", "exec"),
    ("", "pods", "attach"),
    ("", "pods", "portforward"),
    ("", "pods", "ephemeralcontainers"),
    ("", "secrets", ""),
    ("", "configmaps", ""),
    ("", "serviceaccounts", "token"),
    ("", "events", ""),
    ("", "namespaces", ""),
    ("", "nodes", "proxy"),
    ("apps", "deployments", ""),
    ("apps", "deployments", "scale"),
    ("networking.k8s.io", "networkpolicies", ""),
    ("rbac.authorization.k8s.io", "rolebindings", ""),
    ("akash.network", "manifests", ""),
)
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def _may(cluster: Cluster, user: str, where: str, asked: tuple[str, str, str, str]) -> bool:
    group, resource, part, verb = asked
    attributes = {
        "namespace": where,
        "group": group,
        "resource": resource,
        "subresource": part,
        "verb": verb,
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    spec = {"user": user, "groups": ["system:authenticated"], "resourceAttributes": attributes}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": spec,
    }
    return bool(cluster.api.call("POST", path, body)["status"]["allowed"])


def test_permissions_are_what_was_asked_and_no_more(cluster: Cluster, houses: Houses) -> None:
    own = houses.helper.namespace
    every = {(*resource, verb) for resource in RESOURCES for verb in VERBS}
    helper = f"system:serviceaccount:{own}:helper"
    assert {each for each in every if _may(cluster, helper, own, each)} == ALLOWED
    plain = f"system:serviceaccount:{own}:default"
    assert {each for each in ALLOWED if _may(cluster, plain, own, each)} == set()
    for other in (houses.victim.namespace, "kube-system", ""):
        assert {each for each in ALLOWED if _may(cluster, helper, other, each)} == set()


def test_a_stolen_token_reads_one_namespace_only(cluster: Cluster, houses: Houses) -> None:
    place = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    bearer = {"Authorization": f"Bearer {houses.helper.says('cat', place).strip()}"}
    assert houses.attacker.tries(f"cat {place}")[0] != 0

    def status(path: str) -> int:
        url = f"https://{layout.NODE_IP}:{layout.API_PORT}{path}"
        tls = authority(cluster.place)
        away = cluster.place.node_namespace
        return request(away, "GET", url, headers=bearer, tls=tls).status

    own, other = houses.helper.namespace, houses.victim.namespace
    assert status(f"/api/v1/namespaces/{own}/pods") == 200
    assert status(f"/api/v1/namespaces/{own}/secrets") == 403
    assert status(f"/api/v1/namespaces/{other}/pods") == 403
    assert status("/api/v1/nodes") == 403
    assert status("/apis/akash.network/v2beta2/manifests") == 403


# -- labels (needs 51) ----------------------------------------------------------------------


def test_labels_come_from_no_field_of_the_manifest(
    cluster: Cluster, houses: Houses, settings: KubernetesSettings, leaving: Leaving
) -> None:
    """A policy chooses by labels; whoever could set them would be let in."""
    victim = houses.victim.namespace
    label = f"akash.network/namespace={victim}"
    spoof = service(
        "web",
        image=SHELL,
        env=[f"{label}", f"AKASH_OWNER={VICTIM}", "labels={akash.network: true}"],
        labels={"akash.network/namespace": victim},
        metadata={"labels": {"akash.network/namespace": victim}, "namespace": victim},
        expose=[expose(WEB_PORT, service=victim)],
    )
    lease = replace(of(ATTACKER, 5, spoof), group=victim)
    own = namespace(lease.lease)
    asyncio.run(_deploy(settings, (lease,)))
    try:
        place = Place(cluster, own, _pod(cluster, own, "web"))
        pod = get(cluster, own, "pod", place.pod)
        assert pod["metadata"]["labels"]["akash.network/namespace"] == own
        objects = json.loads(
            cluster.kubectl("-n", own, "get", "all,networkpolicies,secrets", "-o", "json")
        )["items"]
        labels = [each["metadata"].get("labels", {}) for each in objects]
        assert victim not in {value for each in labels for value in each.values()}
        assert {str(VICTIM)} & {value for each in labels for value in each.values()} == set()
        closed = f"{houses.victim.address}:{WEB_PORT}"
        wait_for(lambda: not place.reaches(closed), "the policies", limit_s=SOON_S)
    finally:
        leaving.end(lease.lease)
