"""One service of a Compose file: its keys to a draft of an SDL service.

A literal table says what happens to each key: a rule takes it over, it is harmless, or it is
dropped for a reason. Keys that the table lacks are dropped too: nothing is lost in silence.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from sdl.compose_file import ConvertError, Part, substitute, unset_variables
from sdl.compose_ports import LONG_PORT_KEYS, Port, read_ports, usual_ports
from sdl.compose_sizes import sdl_size
from sdl.compose_storage import (
    LONG_VOLUME_KEYS,
    VolumeDraft,
    read_shm,
    read_tmpfs,
    read_volumes,
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A key that did not carry over; `line` counts from 1."""

    line: int
    path: str
    reason: str


@dataclass(slots=True)
class ServiceDraft:
    """What is known of a service so far; "" and [] where Compose says nothing."""

    name: str
    image: str = ""
    command: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)
    env: list[str] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    volumes: list[VolumeDraft] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    cpu: str = ""
    memory: str = ""
    gpus: int = 0
    arch: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the rules for one service write to."""

    draft: ServiceDraft
    dropped: list[Dropped]
    notes: list[str]

    def drop(self, part: Part, reason: str) -> None:
        """Report a part that does not carry over."""
        self.dropped.append(Dropped(part.line, part.show_path(), reason))


def read_service(name: str, part: Part, dropped: list[Dropped], notes: list[str]) -> ServiceDraft:
    """Read one service. Raises ConvertError where no SDL could be made of it."""
    reading = Reading(ServiceDraft(name), dropped, notes)
    for key, value in part.fields().items():
        if value.is_null or key.startswith("x-"):
            continue
        if rule := _RULES.get(key):
            rule(reading, value)
        else:
            reading.drop(value, _REASONS.get(key, "SDL has nothing like it"))
    draft = reading.draft
    if not draft.image:
        draft.image = f"registry.example/{re.sub(r'[^a-z0-9-]+', '-', name.lower())}:1.0.0"
        notes.append(f"service {name} has no image: build one, push it, and replace {draft.image}")
    known = {port.target for port in draft.ports}
    draft.ports += [port for port in usual_ports(draft.image) if port.target not in known]
    return draft


def _read_image(reading: Reading, part: Part) -> None:
    _note_unset(reading, part)
    reading.draft.image = part.text()


def _note_unset(reading: Reading, part: Part) -> None:
    for name in unset_variables(part.raw()):
        reading.notes.append(
            f"line {part.line}: variable {name} has no value here; fill in {part.show_path()}"
        )


def _words(part: Part) -> list[str]:
    if part.is_list:
        return [item.text() for item in part.items()]
    try:
        return shlex.split(part.text())
    except ValueError as error:
        raise ConvertError(f"line {part.line}: {part.show_path()}: {error}") from error


def _read_command(reading: Reading, part: Part) -> None:
    reading.draft.args = _words(part)


def _read_entrypoint(reading: Reading, part: Part) -> None:
    reading.draft.command = _words(part)


def _read_environment(reading: Reading, part: Part) -> None:
    if part.is_list:
        entries = [
            (item, *item.raw().partition("=")[::2], "=" in item.raw()) for item in part.items()
        ]
    else:
        entries = [
            (value, key, value.raw(), not value.is_null) for key, value in part.fields().items()
        ]
    for value, key, raw, is_set in entries:
        if not is_set:
            reading.drop(value, f"{key} comes from the shell of whoever runs Compose")
            continue
        _note_unset(reading, value)
        reading.draft.env.append(f"{key}={substitute(raw)}")


def _read_ports(reading: Reading, part: Part) -> None:
    for item in part.items():
        ports, reason = read_ports(item)
        if reason:
            reading.drop(item, reason)
        _drop_unknown(reading, item, LONG_PORT_KEYS)
        reading.draft.ports += ports


def _drop_unknown(reading: Reading, part: Part, known: frozenset[str]) -> None:
    for key, value in part.fields().items():
        if key not in known:
            reading.drop(value, "SDL has nothing like it")


def _read_expose(reading: Reading, part: Part) -> None:
    known = {port.target for port in reading.draft.ports}
    for item in part.items():
        ports, reason = read_ports(item)
        if reason:
            reading.drop(item, reason)
        for port in ports:
            if port.target not in known:
                reading.draft.ports.append(
                    Port(port.target, 0, port.proto, is_global=False, internal=True)
                )


def _read_needs(reading: Reading, part: Part) -> None:
    names = list(part.fields()) or [item.text() for item in part.items()]
    reading.draft.needs += [name.partition(":")[0] for name in names]


def _read_depends_on(reading: Reading, part: Part) -> None:
    _read_needs(reading, part)
    reading.drop(part, "all services start at once; let them wait for each other themselves")


def _read_scale(reading: Reading, part: Part) -> None:
    text = part.text()
    if text.isdecimal() and text.isascii() and 0 < int(text[:9]) < 2**31:
        reading.draft.count = int(text[:9])
    else:
        reading.drop(part, "the number of replicas must be one or more")


def _read_cpus(reading: Reading, part: Part) -> None:
    text = part.text()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?|\.[0-9]+", text):
        reading.draft.cpu = text
    else:
        reading.drop(part, "this is no number of CPUs")


def _read_memory(reading: Reading, part: Part) -> None:
    if size := sdl_size(part.text()):
        reading.draft.memory = size
    else:
        reading.drop(part, "this is no size")


def _read_platform(reading: Reading, part: Part) -> None:
    match = re.fullmatch(r"linux/(amd64|arm64)(/v\d+)?", part.text())
    if match:
        reading.draft.arch = match[1]
    else:
        reading.drop(part, "only linux/amd64 and linux/arm64 are known")


def _read_volumes(reading: Reading, part: Part) -> None:
    for item in part.items():
        volume, reason = read_volumes(item, reading.draft.volumes)
        if volume:
            reading.draft.volumes.append(volume)
            _drop_unknown(reading, item, LONG_VOLUME_KEYS)
        if reason:
            reading.drop(item, reason)


def _read_tmpfs(reading: Reading, part: Part) -> None:
    for item in part.items() or [part]:
        reading.draft.volumes.append(read_tmpfs(item, reading.draft.volumes))


def _read_shm_size(reading: Reading, part: Part) -> None:
    if size := sdl_size(part.text()):
        reading.draft.volumes.append(read_shm(size))
    else:
        reading.drop(part, "this is no size")


def _read_gpus(reading: Reading, part: Part) -> None:
    text = part.text()
    if text == "all" or (text.isdecimal() and 0 < int(text[:4]) <= 24):
        reading.draft.gpus = 1 if text == "all" else int(text)
    else:
        reading.drop(part, "write all or a number of GPUs")


def _read_deploy(reading: Reading, part: Part) -> None:
    for key, value in part.fields().items():
        if key == "replicas":
            _read_scale(reading, value)
        elif key == "resources":
            for kind, resources in value.fields().items():
                _read_resources(reading, kind, resources)
        else:
            reading.drop(value, _DEPLOY_REASONS.get(key, "SDL has nothing like it"))


def _read_resources(reading: Reading, kind: str, part: Part) -> None:
    draft = reading.draft
    for key, value in part.fields().items():
        if key == "cpus" and not (kind == "reservations" and draft.cpu):
            _read_cpus(reading, value)
        elif key == "memory" and not (kind == "reservations" and draft.memory):
            _read_memory(reading, value)
        elif key == "devices":
            _read_devices(reading, value)
        elif key in ("cpus", "memory"):
            reading.drop(value, "there is one size: what is reserved is also the limit")
        else:
            reading.drop(value, "SDL has nothing like it")


def _read_devices(reading: Reading, part: Part) -> None:
    for item in part.items():
        fields = item.fields()
        capabilities = fields.get("capabilities")
        names = [name.text() for name in capabilities.items()] if capabilities else []
        driver = item.get("driver")
        if "gpu" not in names or (driver and driver.text() != "nvidia"):
            reading.drop(item, "the only devices on Akash are nvidia GPUs")
            continue
        count = item.get("count")
        ids = item.get("device_ids")
        number = count.text() if count else str(len(ids.items())) if ids else "1"
        reading.draft.gpus += int(number) if number.isdecimal() else 1


def _carry_nothing(reading: Reading, part: Part) -> None:
    """Compose's default, or what Akash does anyway."""


_RULES: dict[str, Callable[[Reading, Part], None]] = {
    "image": _read_image,
    "command": _read_command,
    "entrypoint": _read_entrypoint,
    "environment": _read_environment,
    "ports": _read_ports,
    "expose": _read_expose,
    "depends_on": _read_depends_on,
    "links": _read_needs,
    "scale": _read_scale,
    "cpus": _read_cpus,
    "mem_limit": _read_memory,
    "deploy": _read_deploy,
    "platform": _read_platform,
    "volumes": _read_volumes,
    "tmpfs": _read_tmpfs,
    "shm_size": _read_shm_size,
    "gpus": _read_gpus,
}

_REASONS = {
    "build": "Akash runs images only: build it, push it and name it under image",
    "restart": "containers on Akash are always restarted",
    "healthcheck": "SDL has no health checks",
    "networks": "services of one deployment share one network",
    "network_mode": "services of one deployment share one network",
    "container_name": "the service's name is its host name",
    "hostname": "the service's name is its host name",
    "env_file": "put the variables under environment",
    "labels": "containers on Akash carry no labels",
    "logging": "the provider keeps the logs",
    "secrets": "the provider can read all that it is sent",
    "configs": "put configuration into the image or into env",
    "privileged": "containers on Akash are never privileged",
    "cap_add": "containers on Akash get no more capabilities",
    "cap_drop": "the provider sets the capabilities",
    "devices": "the only devices on Akash are GPUs",
    "user": "set the user in the image",
    "working_dir": "set the directory in the image or in the command",
    "profiles": "a deployment runs all its services",
    "extends": "write the other service's keys here",
    "pull_policy": "the provider pulls as its cluster decides",
    "extra_hosts": "use names that DNS knows",
    "dns": "the provider sets the resolver",
    "mem_reservation": "there is one size: what is reserved is also the limit",
    "runtime": "ask for GPUs under deploy.resources.reservations.devices",
    "stop_grace_period": "the provider sets it",
    "stop_signal": "set it in the image",
}

_DEPLOY_REASONS = {
    "restart_policy": "containers on Akash are always restarted",
    "placement": "choose providers by attributes of the placement",
    "update_config": "the provider decides how to update",
    "rollback_config": "the provider decides how to update",
    "labels": "containers on Akash carry no labels",
    "mode": "services on Akash are always replicated",
    "endpoint_mode": "the provider decides",
}
