"""Where objects lie in the API: path by version and kind; pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from provider.cluster.kubernetes.builder.given import Object


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object; `plural` is its name in paths."""

    api_version: str
    name: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str = "", name: str = "") -> str:
        """Path of all, of those of a namespace, or of one."""
        root = "/api/v1" if self.api_version == "v1" else f"/apis/{self.api_version}"
        parts = [root]
        if self.namespaced and namespace:
            parts.append(f"namespaces/{quote(namespace, safe='')}")
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=""))
        return "/".join(parts)


NAMESPACE = Kind("v1", "Namespace", "namespaces", namespaced=False)
NODE = Kind("v1", "Node", "nodes", namespaced=False)
POD = Kind("v1", "Pod", "pods")
SERVICE = Kind("v1", "Service", "services")
SECRET = Kind("v1", "Secret", "secrets")
SERVICE_ACCOUNT = Kind("v1", "ServiceAccount", "serviceaccounts")
EVENT = Kind("v1", "Event", "events")
ENDPOINTS = Kind("v1", "Endpoints", "endpoints")
CLAIM = Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
VOLUME = Kind("v1", "PersistentVolume", "persistentvolumes", namespaced=False)
DEPLOYMENT = Kind("apps/v1", "Deployment", "deployments")
STATEFUL_SET = Kind("apps/v1", "StatefulSet", "statefulsets")
REPLICA_SET = Kind("apps/v1", "ReplicaSet", "replicasets")
POLICY = Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies")
INGRESS = Kind("networking.k8s.io/v1", "Ingress", "ingresses")
HTTP_ROUTE = Kind("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes")
ROLE = Kind("rbac.authorization.k8s.io/v1", "Role", "roles")
BINDING = Kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings")
STORAGE_CLASS = Kind("storage.k8s.io/v1", "StorageClass", "storageclasses", namespaced=False)
DEFINITION = Kind(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
)
MANIFEST = Kind("akash.network/v2beta2", "Manifest", "manifests")
HOST = Kind("akash.network/v2beta2", "ProviderHost", "providerhosts")
LEASED_IP = Kind("akash.network/v2beta2", "ProviderLeasedIP", "providerleasedips")

ALL = {
    (kind.api_version, kind.name): kind
    for kind in (
        NAMESPACE, NODE, POD, SERVICE, SECRET, SERVICE_ACCOUNT, EVENT, ENDPOINTS, CLAIM,
        VOLUME, DEPLOYMENT, STATEFUL_SET, REPLICA_SET, POLICY, INGRESS, HTTP_ROUTE, ROLE, BINDING,
        STORAGE_CLASS, DEFINITION, MANIFEST, HOST, LEASED_IP,
    )
}  # fmt: skip


def kind_of(object: Object) -> Kind:
    """The kind of an object made here."""
    return ALL[object["apiVersion"], object["kind"]]


def path_of(object: Object) -> str:
    """Path of an object made here."""
    metadata = object["metadata"]
    return kind_of(object).path(metadata.get("namespace", ""), metadata["name"])
