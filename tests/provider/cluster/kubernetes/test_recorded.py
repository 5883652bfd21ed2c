"""Our objects beside those a real Akash provider made for the same manifests.

Every place where they are not equal is named here with its reason; anything else fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.provider.cluster.kubernetes.given import RECORDED, everything, recorded, recorded_given

DEFAULTS = {
    # What the API server fills in by itself.
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "internalTrafficPolicy": "Cluster",
    "externalTrafficPolicy": "Cluster",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
    "sessionAffinity": "None",
    "podManagementPolicy": "OrderedReady",
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    "spec": {"finalizers": ["kubernetes"]},
}
BY_SERVER = {
    "clusterIP",
    "status",
    "clusterIPs",
    "nodePort",
    "serviceAccount",
    "deployment.kubernetes.io/revision",
    "kubernetes.io/metadata.name",
}

POD = r"(Deployment|StatefulSet)\.spec\.template\.spec"
DIFFERENCES = {
    rf"{POD}\.securityContext\..*": "restricted profile",
    rf"{POD}\.containers\.0\.securityContext\..*": "restricted profile",
    rf"{POD}\.containers\.0\.imagePullPolicy": "no start of another tenant's private image",
    rf"{POD}\.containers\.0\.ports\..*": "UDP is said to be UDP, and no port is named twice",
    r"(Deployment|StatefulSet)\.metadata\.annotations.*": "which pods need not be replaced",
    r"Namespace\.metadata\.labels\.pod-security.*": "restricted profile",
    r"(Namespace|Manifest)\.metadata\.labels\.akashpy\.network/.*": "chain and height of the lease",
    r"Manifest\.metadata\.annotations.*": "the accepted workload, exactly",
    r"ProviderHost\.metadata\.annotations\..*": "the time of the recording",
    r"NetworkPolicy\.spec\.egress\.2\.to\.0\.ipBlock\.except.*": "metadata and machines",
    r"Service\.spec\.ports\..*": "UDP beside TCP on one number",
}


def differences(ours: Any, theirs: Any, path: str) -> Iterator[str]:
    """Paths at which two objects differ, the API server's own doing left out."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() | theirs.keys():
            here = f"{path}.{key}"
            if key not in ours:
                if key not in BY_SERVER and DEFAULTS.get(key) != theirs[key]:
                    yield here
            elif key not in theirs:
                yield here
            else:
                yield from differences(ours[key], theirs[key], here)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for index in range(max(len(ours), len(theirs))):
            here = f"{path}.{index}"
            if index >= len(ours) or index >= len(theirs):
                yield here
            else:
                yield from differences(ours[index], theirs[index], here)
    elif ours != theirs:
        yield path


def by_name(objects: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(o["kind"], o["metadata"]["name"]): o for o in objects}


@pytest.mark.parametrize("name", RECORDED)
def test_the_same_objects_are_made(name: str) -> None:
    ours = by_name(list(everything(recorded_given(name))))
    theirs = by_name(recorded(name)["objects"])
    assert ours.keys() == theirs.keys()


@pytest.mark.parametrize("name", RECORDED)
def test_they_are_equal_but_for_the_named_differences(name: str) -> None:
    ours = by_name(list(everything(recorded_given(name))))
    for (kind, called), object in by_name(recorded(name)["objects"]).items():
        for path in differences(ours[kind, called], object, kind):
            assert any(re.fullmatch(p, path) for p in DIFFERENCES), f"{called}: {path}"


def test_every_named_difference_is_one() -> None:
    seen: set[str] = set()
    for name in RECORDED:
        ours = by_name(list(everything(recorded_given(name))))
        for key, object in by_name(recorded(name)["objects"]).items():
            for path in differences(ours[key], object, key[0]):
                seen.update(p for p in DIFFERENCES if re.fullmatch(p, path))
    assert seen == DIFFERENCES.keys()
