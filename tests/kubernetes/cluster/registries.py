"""Two image registries on the outside machine: an open one, and one that wants a password."""

from __future__ import annotations

import json
from pathlib import Path

import bcrypt

from tests.kubernetes.cluster import layout
from tests.kubernetes.cluster.client import authority
from tests.kubernetes.cluster.images import USER, Image, Registry, busybox
from tests.kubernetes.cluster.layout import Layout

COST = 4
"""Of a password's hash: the least, since the passwords are known to all."""
WEB = f"{layout.PUBLIC_REGISTRY}/web:1"
NEWER = f"{layout.PUBLIC_REGISTRY}/web:2"
ROOT = f"{layout.PUBLIC_REGISTRY}/root:1"
SHELL = f"{layout.PUBLIC_REGISTRY}/shell:1"
CRASHING = f"{layout.PUBLIC_REGISTRY}/crash:1"
SECRET = f"{layout.PRIVATE_REGISTRY}/secret:1"
MISSING = f"{layout.PUBLIC_REGISTRY}/missing:1"
"""No such image."""


def configure(place: Layout) -> None:
    """Write what the registries and the node are told of them."""
    passwords = place.home / "registry" / "passwords"
    if not passwords.exists():  # a registry that runs must not read half of it
        passwords.write_text("".join(_login(*each) for each in layout.USERS.items()))
    for name, port in (("public", layout.PUBLIC_PORT), ("private", layout.PRIVATE_PORT)):
        settings = _settings(place, name, port)
        (place.home / "registry" / f"{name}.json").write_text(json.dumps(settings))
        trust = place.home / "certs.d" / f"{layout.REGISTRY}:{port}"
        trust.mkdir(exist_ok=True)
        (trust / "hosts.toml").write_text(_trust(place, f"{layout.REGISTRY}:{port}"))


def words(place: Layout, name: str) -> tuple[str, ...]:
    """The command of one of the two."""
    return ("docker-registry", "serve", place.path("registry", f"{name}.json"))


def fill(place: Layout, program: Path) -> None:
    """Push the images of the tests. Raises OSError while a registry does not answer."""
    base = busybox(program)
    public = Registry(
        place.outside_namespace, layout.PUBLIC_REGISTRY, layout.OUTSIDE_IP, authority(place)
    )
    user, password = next(iter(layout.USERS.items()))
    private = Registry(
        place.outside_namespace,
        layout.PRIVATE_REGISTRY,
        layout.OUTSIDE_IP,
        authority(place),
        user,
        password,
    )
    serve, plain = ("/bin/app", "serve"), str(USER)
    public.push(Image(base, serve, ("APP_NAME=first",), plain), "web", "1")
    public.push(Image(base, serve, ("APP_NAME=second",), plain), "web", "2")
    public.push(Image(base, serve, ("APP_NAME=root",)), "root", "1")
    public.push(Image(base, ("/bin/app", "sleep"), (), plain), "shell", "1")
    public.push(Image(base, ("/bin/app", "crash", "7"), (), plain), "crash", "1")
    private.push(Image(base, serve, ("APP_NAME=secret",), plain), "secret", "1")


def _login(user: str, password: str) -> str:
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()
    return f"{user}:{hashed}\n"


def _settings(place: Layout, name: str, port: int) -> dict[str, object]:
    whole: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": False}},
        "storage": {"filesystem": {"rootdirectory": place.path("registry", f"{name}-data")}},
        "http": {
            "addr": f"{layout.OUTSIDE_IP}:{port}",
            "tls": {
                "certificate": place.path("pki/registry.crt"),
                "key": place.path("pki/registry.key"),
            },
        },
    }
    if name == "private":
        passwords = place.path("registry/passwords")
        whole["auth"] = {"htpasswd": {"realm": "private images", "path": passwords}}
    return whole


def _trust(place: Layout, name: str) -> str:
    return f"""server = "https://{name}"
[host."https://{name}"]
  capabilities = ["pull", "resolve"]
  ca = "{place.path("pki/ca.crt")}"
"""
