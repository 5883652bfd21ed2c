"""A lease's namespace, its registry logins, and the rights its programs are given.

A tenant's program gets a token only where the manifest asks for permissions, and these read pods,
logs, deployments or events of its own namespace and nothing else.
Source: facts of the provider, permissions and image credentials (4.8, 4.9).
"""

from __future__ import annotations

import base64
import json

from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.builder.isolation import LEVEL, level
from provider.cluster.service import Credentials, Service

READ = ["get", "list", "watch"]
RULES: dict[str, list[Object]] = {
    "logs": [
        {"apiGroups": [""], "resources": ["pods"], "verbs": READ},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": READ},
    ],
    "events": [{"apiGroups": [""], "resources": ["events"], "verbs": READ}],
}


def namespace_object(given: Given) -> Object:
    """The namespace of a lease."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": given.namespace,
            "labels": names.object_labels(given.lease, given.version)
            | names.lease_labels(given.lease)
            | names.origin_labels(given.workload)
            | {LEVEL: level(given)},
        },
    }


def login(given: Given, service: Service) -> Object | None:
    """The secret with which a service's image is pulled."""
    if service.credentials is None:
        return None
    content = json.dumps(_logins(service.credentials), separators=(",", ":"))
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": names.secret_name(service.name),
            "namespace": given.namespace,
            "labels": names.service_labels(given.lease, given.version, service.name),
        },
        "data": {".dockerconfigjson": base64.b64encode(content.encode()).decode()},
    }


def rights(given: Given, service: Service) -> list[Object]:
    """Service account, role and binding of a service that asked for permissions."""
    asked = service.params.permissions if service.params else None
    if not asked:
        return []
    labels = names.service_labels(given.lease, given.version, service.name)
    metadata = {
        "name": service.name,
        "namespace": given.namespace,
        "labels": labels | names.lease_labels(given.lease),
    }
    rbac = "rbac.authorization.k8s.io"
    rules = [rule for name in dict.fromkeys(asked) for rule in RULES.get(name, ())]
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": service.name},
            "subjects": [
                {
                    "kind": "ServiceAccount",
                    "name": service.name,
                    "namespace": given.namespace,
                }
            ],
        },
    ]


def _logins(given: Credentials) -> Object:
    user, password = given.username.strip(), given.password.strip()
    members = {
        "username": user,
        "password": password,
        "email": given.email.strip(),
        "auth": base64.b64encode(f"{user}:{password}".encode()).decode(),
    }
    return {"auths": {given.host.strip(): {k: v for k, v in members.items() if v}}}
