"""Gives every claim of the test storage classes a folder of the node, and takes it back.

Run as a program beside the node. Folders have no quota: the size of a claim is recorded only.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any

from tests.kubernetes.cluster import layout
from tests.kubernetes.cluster.client import Api, Refused
from tests.kubernetes.cluster.layout import Layout

PROVISIONER = "akashpy.test/folder"
LOOK_S = 0.5
VOLUMES = "/api/v1/persistentvolumes"


def volume(claim: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The volume for one claim: a folder of the only real node, bound to that claim alone."""
    about, wanted = claim["metadata"], claim["spec"]
    host = {"key": "kubernetes.io/hostname", "operator": "In", "values": [layout.NODE]}
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": [host]}]}}
    holder = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "namespace": about["namespace"],
        "name": about["name"],
        "uid": about["uid"],
    }
    notes = {"pv.kubernetes.io/provisioned-by": PROVISIONER}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{about['uid']}", "annotations": notes},
        "spec": {
            "capacity": {"storage": wanted["resources"]["requests"]["storage"]},
            "accessModes": wanted["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": wanted["storageClassName"],
            "volumeMode": "Filesystem",
            "claimRef": holder,
            "local": {"path": str(folder)},
            "nodeAffinity": affinity,
        },
    }


def look(api: Api, home: Path) -> None:
    """Bring volumes to what the claims ask for now. Raises OSError, Refused."""
    listed = api.call("GET", "/apis/storage.k8s.io/v1/storageclasses")["items"]
    ours = {each["metadata"]["name"] for each in listed if each["provisioner"] == PROVISIONER}
    for claim in api.call("GET", "/api/v1/persistentvolumeclaims")["items"]:
        waiting = claim["status"].get("phase") == "Pending"
        if waiting and claim["spec"].get("storageClassName") in ours:
            folder = home / f"pvc-{claim['metadata']['uid']}"
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
            try:
                api.call("POST", VOLUMES, volume(claim, folder))
            except Refused as error:
                if error.status != 409:
                    raise
    for each in api.call("GET", VOLUMES)["items"]:
        if each["status"].get("phase") in {"Released", "Failed"} and "local" in each["spec"]:
            folder = Path(each["spec"]["local"]["path"])
            if folder.parent == home and folder.exists():
                shutil.rmtree(folder)
            api.call("DELETE", f"{VOLUMES}/{urllib.parse.quote(each['metadata']['name'])}")


def main() -> None:
    """Look until ended; an API server that does not answer is asked again."""
    place = Layout(Path(sys.argv[1]))
    api = Api(place)
    while True:
        try:
            look(api, place.home / "volumes")
        except (OSError, Refused, json.JSONDecodeError) as error:
            print(f"volumes: {error}", flush=True)
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main()
