"""Container images made by hand, since the machine can reach no registry but its own.

An image is a layer of files and a configuration; it is written as an archive that containerd
imports, or pushed to a registry, from which a node then really pulls it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import ssl
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.kubernetes.cluster.client import Answer, request

PLATFORM = {"architecture": "amd64", "os": "linux"}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
PATH = "PATH=/bin"
USER = 1000
"""Whom the images that need no special rights run as."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A compressed archive of files, and the digest of what it unpacks to."""

    blob: bytes
    unpacked: str


@dataclass(frozen=True, slots=True)
class Image:
    """One image of one layer. `user` is empty for root."""

    layer: Layer
    entrypoint: tuple[str, ...]
    environment: tuple[str, ...] = ()
    user: str = ""

    def configuration(self) -> bytes:
        """The image's configuration blob."""
        settings = {
            "Env": [PATH, *self.environment],
            "Entrypoint": list(self.entrypoint),
            "WorkingDir": "/",
            "User": self.user,
        }
        parts = {"type": "layers", "diff_ids": [self.layer.unpacked]}
        return json.dumps({**PLATFORM, "config": settings, "rootfs": parts}).encode()

    def manifest(self) -> bytes:
        """The manifest that names the two blobs."""
        configuration = self.configuration()
        whole = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _named(CONFIGURATION, configuration),
            "layers": [_named(LAYER, self.layer.blob)],
        }
        return json.dumps(whole).encode()

    def archive(self, name: str) -> bytes:
        """An OCI layout in a tar archive, under a full name with a tag."""
        manifest = self.manifest()
        notes = {
            "io.containerd.image.name": name,
            "org.opencontainers.image.ref.name": name.rpartition(":")[2],
        }
        entry = _named(MANIFEST, manifest) | {"platform": PLATFORM, "annotations": notes}
        files = {
            "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
            "index.json": json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode(),
        }
        for blob in (self.configuration(), manifest, self.layer.blob):
            files[f"blobs/{digest(blob).replace(':', '/')}"] = blob
        return _tar(files, {}, mode=0o644)


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry to push to; `address` is where its name leads."""

    namespace: Path
    name: str
    address: str
    tls: ssl.SSLContext
    user: str = ""
    password: str = field(default="", repr=False)

    def push(self, image: Image, repository: str, tag: str) -> None:
        """Store the image under `repository:tag`. Raises OSError, RuntimeError."""
        for blob in (image.layer.blob, image.configuration()):
            if self._ask("HEAD", f"/v2/{repository}/blobs/{digest(blob)}").status != 200:
                self._upload(repository, blob)
        kind = {"Content-Type": MANIFEST}
        self._must("PUT", f"/v2/{repository}/manifests/{tag}", image.manifest(), kind)

    def _upload(self, repository: str, blob: bytes) -> None:
        begun = self._must("POST", f"/v2/{repository}/blobs/uploads/", b"", {})
        where = begun.headers["Location"].removeprefix(f"https://{self.name}")
        kind = {"Content-Type": "application/octet-stream"}
        self._must("PUT", f"{where}&digest={digest(blob)}", blob, kind)

    def _must(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = self._ask(method, path, body, headers)
        if answer.status not in {201, 202}:
            raise RuntimeError(f"{method} {self.name}{path}: {answer.status} {answer.text}")
        return answer

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        own = dict(headers or {})
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            own["Authorization"] = f"Basic {pair}"
        url = f"https://{self.name}{path}"
        return request(
            self.namespace,
            method,
            url,
            body=body,
            headers=own,
            address=self.address,
            tls=self.tls,
        )


def layer(files: Mapping[str, bytes], links: Mapping[str, str]) -> Layer:
    """A layer of programs and of links to them."""
    plain = _tar(files, links, mode=0o755)
    return Layer(gzip.compress(plain, 1, mtime=0), digest(plain))


def busybox(program: Path) -> Layer:
    """A shell with the usual small tools, and one program of ours as /bin/app."""
    tools = shutil.which("busybox")
    if tools is None:
        raise RuntimeError("busybox: not found; install busybox-static")
    asked = subprocess.run(
        [tools, "--list"], capture_output=True, text=True, timeout=30, check=True
    )
    users = f"root:x:0:0::/:/bin/sh\nuser:x:{USER}:{USER}::/tmp:/bin/sh\n"
    files = {
        "bin/busybox": Path(tools).read_bytes(),
        "bin/app": program.read_bytes(),
        "etc/passwd": users.encode(),
        "etc/group": f"root:x:0:\nuser:x:{USER}:\n".encode(),
        "tmp/.keep": b"",
    }
    names = [name for name in asked.stdout.split() if name != "busybox"]
    return layer(files, {f"bin/{name}": "busybox" for name in names})


def digest(data: bytes) -> str:
    """The name of a blob."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _named(kind: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": digest(blob), "size": len(blob)}


def _tar(files: Mapping[str, bytes], links: Mapping[str, str], *, mode: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in sorted({part for path in (*files, *links) for part in _parents(path)}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            archive.addfile(entry)
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
        for path, target in sorted(links.items()):
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return out.getvalue()


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]
