"""What a manifest must be by itself, whoever made it: the checks of Akash's manifest package.

Works on plain JSON values of the right shape, so that a provider can check what it was sent and
`load` what it built. Reports by paths within the manifest; knows no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sdl.errors import Code, Path
from sdl.gotext import quote
from sdl.hostname import is_hostname

JSON = dict[str, Any]
Report = Callable[[Code, str, Path, str, str], None]
"""Takes code, text, path, value, remedy; raises, or gathers and returns."""

_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*", re.ASCII)


def check_manifest_rules(manifest: list[JSON], report: Report) -> None:
    """Check names, images, env, ports and hosts, in Akash's order."""
    if not manifest:
        report(Code.MANIFEST_EMPTY, "invalid manifest: manifest is empty", (), "", "")
        return
    names: set[str] = set()
    hosts: set[str] = set()
    has_global = False
    for i, group in enumerate(manifest):
        has_global |= _check_group(group, (i,), hosts, report)
        if group["name"] in names:
            report(
                Code.MANIFEST_DUPLICATE_GROUP,
                f"invalid manifest: duplicate group {quote(group['name'])}",
                (i, "name"),
                group["name"],
                "give every group a name of its own",
            )
        names.add(group["name"])
    if not has_global:
        report(
            Code.MANIFEST_NO_GLOBAL,
            "invalid manifest: zero global services",
            (),
            "",
            "expose at least one port with to: [{global: true}]",
        )


def _check_group(group: JSON, path: Path, hosts: set[str], report: Report) -> bool:
    """Check one group; tell whether it has a global expose."""
    name = quote(group["name"])
    services = group["services"]
    if not services:
        report(
            Code.MANIFEST_NO_SERVICES,
            f"invalid manifest: group {name} contains no services",
            path,
            group["name"],
            "deploy a service to it",
        )
        return False
    names = [service["name"] for service in services]
    if names != sorted(names):
        report(
            Code.MANIFEST_UNSORTED,
            f"invalid manifest: group {name} services is not sorted",
            (*path, "services"),
            group["name"],
            "sort services by name",
        )
    has_global = False
    for i, service in enumerate(services):
        has_global |= _check_service(service, (*path, "services", i), hosts, report)
    return has_global


def _check_service(service: JSON, path: Path, hosts: set[str], report: Report) -> bool:
    name = service["name"]
    shown = quote(name)
    if not name:
        report(
            Code.SERVICE_NO_NAME,
            "invalid manifest: service name is empty",
            (*path, "name"),
            "",
            "name the service",
        )
    elif not _SERVICE_NAME.fullmatch(name):
        report(
            Code.SERVICE_NAME,
            f"invalid manifest: service {shown} name is invalid",
            (*path, "name"),
            name,
            _name_remedy(name),
        )
    if not service["image"]:
        report(
            Code.SERVICE_IMAGE,
            f"invalid manifest: service {shown} has empty image name",
            (*path, "image"),
            "",
            "add image: with a registry path and a tag",
        )
    _check_resources(service["resources"], (*path, "resources"), report)
    for i, entry in enumerate(service["env"] or ()):
        variable = entry.partition("=")[0]
        if not _ENV_NAME.fullmatch(variable) or variable == "." or variable.startswith(".."):
            report(
                Code.SERVICE_ENV,
                f"invalid manifest: service {shown} defines an env. var. with an invalid name "
                f"{quote(variable)}",
                (*path, "env", i),
                entry,
                "write NAME=value with a name of letters, digits, '_', '-' and '.'",
            )
    return _check_exposes(service, path, hosts, report)


def _name_remedy(name: str) -> str:
    fixed = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").lstrip("0123456789-")
    return f"did you mean {fixed}?" if fixed else "use a-z, 0-9 and '-', beginning with a letter"


def _check_resources(resources: JSON, path: Path, report: Report) -> None:
    if resources["id"] <= 0:
        report(Code.UNIT_ID, "resources ID must be > 0", (*path, "id"), str(resources["id"]), "")
    for code, key, word in (
        (Code.UNIT_NIL_CPU, "cpu", "CPU"),
        (Code.UNIT_NIL_GPU, "gpu", "GPU"),
        (Code.UNIT_NIL_MEMORY, "memory", "memory"),
        (Code.UNIT_NIL_STORAGE, "storage", "storage"),
        (Code.UNIT_NIL_ENDPOINTS, "endpoints", "endpoints"),
    ):
        if resources.get(key) is None:
            report(code, f"{word} must not be nil", (*path, key), "", f"add {key}")


def _check_exposes(service: JSON, path: Path, hosts: set[str], report: Report) -> bool:
    name = quote(service["name"])
    has_global = False
    last: tuple[str, int, str, bool] | None = None
    exposes = service["expose"] or ()
    for expose in exposes:
        key = (expose["service"], expose["port"], expose["proto"], not expose["global"])
        if last is not None and key < last:
            report(
                Code.EXPOSE_UNSORTED,
                f"invalid manifest: service {name}: expose is not sorted",
                (*path, "expose"),
                "",
                "sort exposes by service, port, protocol, global first",
            )
            break
        last = key
    for i, expose in enumerate(exposes):
        _check_expose(name, expose, (*path, "expose", i), hosts, report)
        has_global |= expose["global"]
    return has_global


def _check_expose(name: str, expose: JSON, path: Path, hosts: set[str], report: Report) -> None:
    if not 0 < expose["port"] <= 65535:
        report(
            Code.EXPOSE_PORT,
            f"invalid manifest: service {name}: port value must be 0 < value <= 65535 ",
            (*path, "port"),
            str(expose["port"]),
            "write the port that the container listens on",
        )
    if expose["proto"] not in ("TCP", "UDP"):
        report(
            Code.EXPOSE_PROTO,
            f"invalid manifest: service {name}: protocol {quote(expose['proto'])} unknown",
            (*path, "proto"),
            expose["proto"],
            "write TCP or UDP",
        )
    for host in expose["hosts"] or ():
        if not is_hostname(host):
            report(
                Code.HOST_INVALID,
                f"invalid manifest: service {name}: has invalid hostname {quote(host)}",
                (*path, "hosts"),
                host,
                _host_remedy(host),
            )
        elif host in hosts:
            report(
                Code.HOST_DUPLICATE,
                f"invalid manifest: service {name}: hostname {quote(host)} is duplicated, this is "
                "not allowed",
                (*path, "hosts"),
                host,
                "name every host once in the whole file (several `to` entries repeat it)",
            )
        hosts.add(host)


def _host_remedy(host: str) -> str:
    fixed = host.strip().lower().removeprefix("*.").partition(":")[0].replace("_", "-")
    if fixed != host and is_hostname(fixed):
        return f"did you mean {fixed}?"
    return "write a bare host name such as app.example.com"
