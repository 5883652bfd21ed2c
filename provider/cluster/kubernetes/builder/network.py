"""Services, and the policies that say who reaches a lease's pods and what they reach.

Source: facts of the provider, services and network policies (4.6, 4.7). Egress is closed to more
than Akash closes: link-local (metadata), shared address space, the machines themselves; IPv6 is
closed altogether, since no rule opens it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from akashpy.types.market import LeaseID
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.service import Expose, Service
from provider.cluster.workload import namespace

EVERYWHERE = "0.0.0.0/0"
CLOSED = (
    "10.0.0.0/8",
    "192.168.0.0/16",
    "172.16.0.0/12",
    "169.254.0.0/16",
    "100.64.0.0/10",
)
"""Networks of clusters and clouds: private, link-local with its metadata, shared."""


def numbered(service: Service, *, node_port: bool) -> list[tuple[int, Expose]]:
    """The exposes of a service's one or other Kubernetes service, with their place in the SDL."""
    found: dict[tuple[int, str], tuple[int, Expose]] = {}
    for index, expose in enumerate(service.exposes):
        if (expose.is_global and not expose.is_ingress) == node_port:
            found.setdefault((expose.number, expose.proto or "TCP"), (index, expose))
    return list(found.values())


def services(given: Given, service: Service) -> list[Object]:
    """The services of one service: inside the cluster, and on ports of the machines."""
    made = []
    if inner := numbered(service, node_port=False):
        made.append(_service(given, service, service.name, "ClusterIP", inner))
    if outer := numbered(service, node_port=True):
        name = names.node_port_name(service.name)
        made.append(_service(given, service, name, "NodePort", outer))
    return made


def _service(
    given: Given, service: Service, name: str, kind: str, exposes: Iterable[tuple[int, Expose]]
) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": given.namespace,
            "labels": names.service_labels(given.lease, given.version, service.name),
        },
        "spec": {
            "type": kind,
            "selector": names.selector(given.lease, service.name),
            "ports": [
                {
                    "name": f"{index}-{expose.number}",
                    "port": expose.number,
                    "protocol": expose.proto or "TCP",
                    "targetPort": expose.port,
                }
                for index, expose in exposes
            ],
        },
    }


def leased(service: Service) -> list[Expose]:
    """The exposes of a service that have an address of their own."""
    return [e for e in service.exposes if e.is_global and e.ip]


def leased_service(lease: LeaseID, service: Service, expose: Expose) -> Object:
    """The service of type LoadBalancer behind one port of a leased address.

    Source: facts of the provider, IP operator (5.3).
    """
    proto = expose.proto or "TCP"
    labels = names.lease_labels(lease) | {
        names.SERVICE: service.name,
        names.SERVICE_TARGET: "metal-lb",
    }
    selector = {names.MANAGED: "true", names.SERVICE: service.name}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": f"{service.name}-ip-{expose.number}-{proto}".lower(),
            "namespace": namespace(lease),
            "labels": labels,
            "annotations": {names.SHARED_IP: names.sharing_key(lease, expose.ip)},
        },
        "spec": {
            "type": "LoadBalancer",
            "selector": selector,
            "ports": [
                {
                    "name": f"{expose.number}-{proto}".lower(),
                    "port": expose.number,
                    "protocol": proto,
                    "targetPort": expose.port,
                }
            ],
        },
    }


def policies(given: Given) -> list[Object]:
    """All policies of a lease; none when the settings switch them off."""
    if not given.settings.network_policies:
        return []
    made = [_restrictions(given)]
    for service in given.workload.services:
        made.extend(_policies_of(given, service))
    return made


def _restrictions(given: Given) -> Object:
    same = {"namespaceSelector": {"matchLabels": {names.NAMESPACE: given.namespace}}}
    nginx = {"matchLabels": {"app.kubernetes.io/name": "ingress-nginx"}}
    ingress: list[Object] = [
        {"from": [same]},
        {"from": [{"namespaceSelector": nginx, "podSelector": nginx}]},
    ]
    if given.settings.ingress_mode == "gateway-api":
        ingress.append({"from": [_namespace_named(given.settings.gateway.namespace)]})
    dns = _namespace_named("kube-system")
    dns["podSelector"] = {"matchLabels": {"k8s-app": "kube-dns"}}
    egress: list[Object] = [
        {"to": [same]},
        {
            "to": [dns],
            "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
        },
        {"to": [{"ipBlock": {"cidr": EVERYWHERE, "except": list(_closed(given))}}]},
    ]
    spec = {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": ingress,
        "egress": egress,
    }
    return _policy(given, "akash-deployment-restrictions", spec)


def _closed(given: Given) -> tuple[str, ...]:
    """Networks no tenant reaches: machines with public addresses are named one by one."""
    networks = [ipaddress.ip_network(n) for n in (*CLOSED, *given.settings.closed_networks)]
    alone = []
    for text in sorted(given.machines):
        address = ipaddress.ip_address(text)
        if address.version == 4 and not any(address in network for network in networks):
            alone.append(f"{address}/32")
    return (*(str(network) for network in networks), *alone)


def _policies_of(given: Given, service: Service) -> list[Object]:
    made = []
    ports = _ports(e for e in service.exposes if e.is_global and not e.is_ingress)
    if ports:
        spec: Object = {"ingress": [{"ports": ports}], "policyTypes": ["Ingress"]}
        made.append(_policy(given, f"akash-{service.name}-np", spec, service))
    ports = _ports(e for e in service.exposes if e.is_global and e.ip)
    if ports:
        rule = {"from": [{"ipBlock": {"cidr": EVERYWHERE}}], "ports": ports}
        spec = {"ingress": [rule], "policyTypes": ["Ingress"]}
        made.append(_policy(given, f"akash-{service.name}-ip", spec, service))
    if service.params and service.params.permissions and given.api_servers:
        rules = [
            {
                "to": [{"ipBlock": {"cidr": _single(address)}}],
                "ports": [{"port": port, "protocol": "TCP"}],
            }
            for address, port in given.api_servers
        ]
        spec = {"egress": rules, "policyTypes": ["Egress"]}
        made.append(_policy(given, f"akash-apiserver-{service.name}", spec, service))
    return made


def _ports(exposes: Iterable[Expose]) -> list[Object]:
    found = dict.fromkeys((expose.port, expose.proto or "TCP") for expose in exposes)
    return [{"port": port, "protocol": proto} for port, proto in found]


def _policy(given: Given, name: str, spec: Object, service: Service | None = None) -> Object:
    labels = {} if service is None else {"matchLabels": {names.SERVICE: service.name}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": name,
            "namespace": given.namespace,
            "labels": names.object_labels(given.lease, given.version),
        },
        "spec": {"podSelector": labels, **spec},
    }


def _namespace_named(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _single(address: str) -> str:
    found = ipaddress.ip_address(address)
    return f"{found}/{found.max_prefixlen}"
