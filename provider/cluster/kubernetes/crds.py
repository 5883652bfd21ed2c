"""The definitions of Akash's own kinds, installed when the cluster does not have them; pure.

Source: facts of the provider, CRDs (4.11). The schema of a Manifest's group is left open: what is
in it is written by us alone.
"""

from __future__ import annotations

from provider.cluster.kubernetes.builder.given import Object

GROUP = "akash.network"
VERSION = "v2beta2"

_TEXT: Object = {"type": "string"}
_NUMBER: Object = {"type": "integer"}
_OPEN: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _members(**members: Object) -> Object:
    return {"type": "object", "properties": members}


_LEASE = _members(
    owner=_TEXT,
    dseq={"type": "string", "format": "uint64"},
    gseq=_NUMBER,
    oseq=_NUMBER,
    provider=_TEXT,
)

SPECS = {
    ("manifests", "manifest", "Manifest", "mani"): _members(
        lease_id=_LEASE,
        group=_members(name=_TEXT, services={"type": "array", "items": _OPEN}),
    ),
    ("providerhosts", "providerhost", "ProviderHost", "ph"): _members(
        owner=_TEXT,
        provider=_TEXT,
        hostname=_TEXT,
        dseq={"type": "integer", "format": "uint64"},
        gseq=_NUMBER,
        oseq=_NUMBER,
        service_name=_TEXT,
        external_port=_NUMBER,
    ),
    ("providerleasedips", "providerleasedip", "ProviderLeasedIP", "plip"): _members(
        lease_id=_LEASE,
        service_name=_TEXT,
        port=_NUMBER,
        external_port=_NUMBER,
        sharing_key=_TEXT,
        protocol=_TEXT,
    ),
}


def definitions() -> list[Object]:
    """All definitions."""
    return [_definition(*words, spec) for words, spec in SPECS.items()]


def _definition(plural: str, singular: str, kind: str, short: str, spec: Object) -> Object:
    schema = {"type": "object", "properties": {"spec": spec}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{GROUP}",
            # A chart that is removed must not take every lease's record with it.
            "annotations": {"helm.sh/resource-policy": "keep"},
        },
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "plural": plural,
                "singular": singular,
                "kind": kind,
                "shortNames": [short],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }
