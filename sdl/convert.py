"""Docker Compose to SDL: what carries over, and a report of every key that does not.

One pass over each service; whatever no rule takes is reported with its line. The result is text
that passes `check`. Knows nothing of output or prompts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from sdl.check import check
from sdl.compose_file import ConvertError, Part, read_compose
from sdl.compose_ports import Port
from sdl.compose_service import Dropped, ServiceDraft, read_service
from sdl.emit import emit
from sdl.estimate import Scales, estimate_group

_PLACEMENT = "akash"
_FIRST_PRICE = 1
_MARGIN = 2
_PRICE_ONE = 10**18

_TOP_LEVEL = {
    "networks": "services of one deployment share one network",
    "secrets": "there are no secrets on Akash: the provider can read all that it is sent",
    "configs": "put configuration into the image or into env",
    "name": "a deployment is named when it is created",
    "include": "convert the other files too, and join the results",
    "models": "run a model as a service with a GPU",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What Compose does not say. Sizes as SDL texts."""

    denom: str = "uact"
    cpu: str = "0.5"
    memory: str = "512Mi"
    storage: str = "1Gi"
    volume: str = "10Gi"
    scales: Scales = field(default_factory=Scales)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The SDL text, what was left out of it, and what the author should look at."""

    text: str
    dropped: list[Dropped]
    notes: list[str]


def convert(source: FilePath | str, options: Options | None = None) -> Conversion:
    """Convert a Compose file.

    Raises SdlError if it is not YAML, ConvertError if it cannot become a valid SDL file.
    """
    options = options or Options()
    root = read_compose(source)
    dropped: list[Dropped] = []
    notes: list[str] = []
    services = root.get("services")
    if services is None or not services.fields():
        raise ConvertError("this is no Compose file: it has no services")
    for key, part in root.fields().items():
        _read_top(key, part, dropped)
    drafts = [read_service(name, part, dropped, notes) for name, part in services.fields().items()]
    drafts = _rename(drafts, notes)
    _connect(drafts, notes)
    text = _priced(drafts, options)
    dropped.sort(key=lambda item: (item.line, item.path))
    return Conversion(text, dropped, notes)


def _read_top(key: str, part: Part, dropped: list[Dropped]) -> None:
    if key in ("services", "version") or key.startswith("x-"):
        return
    if key == "volumes":
        for volume in part.fields().values():
            for option in volume.fields().values():
                reason = "volumes on Akash have a size and a class only"
                dropped.append(Dropped(option.line, option.show_path(), reason))
        return
    dropped.append(
        Dropped(part.line, part.show_path(), _TOP_LEVEL.get(key, "unknown to Compose and to SDL"))
    )


def _rename(drafts: list[ServiceDraft], notes: list[str]) -> list[ServiceDraft]:
    """Give services names that Akash takes, and follow them in references."""
    names: dict[str, str] = {}
    for draft in drafts:
        name = re.sub(r"[^a-z0-9]+", "-", draft.name.lower()).strip("-")
        name = name if name[:1].isalpha() else f"s-{name}".rstrip("-")
        while name in names.values():
            name += "-2"
        names[draft.name] = name
        if name != draft.name:
            notes.append(
                f"service {draft.name} is called {name}; change host names that refer to it"
            )
    return [
        replace(draft, name=names[draft.name], needs=[names.get(n, n) for n in draft.needs])
        for draft in drafts
    ]


def _connect(drafts: list[ServiceDraft], notes: list[str]) -> None:
    """Let services reach each other's ports: those that depend on them, else all."""
    for draft in drafts:
        wanting = [other.name for other in drafts if draft.name in other.needs]
        others = wanting or [other.name for other in drafts if other.name != draft.name]
        for port in draft.ports:
            port.services += [name for name in others if port.internal and name != draft.name]
        if wanting and not any(port.services for port in draft.ports):
            published = [port for port in draft.ports if port.is_global]
            for port in published:
                port.services += wanting
            if not published:
                notes.append(
                    f"service {draft.name} is used by {', '.join(wanting)}, but no port of it is "
                    "known: add one to its expose list"
                )
    for draft in drafts:
        draft.ports[:] = [port for port in draft.ports if port.is_global or port.services]
    if not any(port.is_global for draft in drafts for port in draft.ports):
        raise ConvertError(
            "no service publishes a port, and Akash wants one that the internet can reach: add "
            "`ports:` to a service"
        )


def _priced(drafts: list[ServiceDraft], options: Options) -> str:
    """Write the file with prices from an estimate of what it asks for."""
    prices = {draft.name: _FIRST_PRICE for draft in drafts}
    report = check(emit(_document(drafts, options, prices)), options.scales)
    if report.definition is None:
        problem = report.errors[0]
        raise ConvertError(f"{problem.text.rstrip()}: {problem.path}; {problem.remedy}")
    for group in report.definition.built:
        for unit in group.units:
            usual = estimate_group([unit], options.scales)
            block = usual.per_block(options.denom, options.scales) // max(unit.count, 1)
            prices[unit.profile] = max(_FIRST_PRICE, -(-block * _MARGIN // _PRICE_ONE))
    return emit(_document(drafts, options, prices))


Tree = dict[str, object]


def _document(drafts: list[ServiceDraft], options: Options, prices: dict[str, int]) -> Tree:
    return {
        "version": "2.0",
        "services": {draft.name: _service(draft) for draft in drafts},
        "profiles": {
            "compute": {draft.name: {"resources": _resources(draft, options)} for draft in drafts},
            "placement": {
                _PLACEMENT: {
                    "pricing": {
                        draft.name: {"denom": options.denom, "amount": prices[draft.name]}
                        for draft in drafts
                    }
                }
            },
        },
        "deployment": {
            draft.name: {_PLACEMENT: {"profile": draft.name, "count": draft.count}}
            for draft in drafts
        },
    }


def _service(draft: ServiceDraft) -> Tree:
    service: Tree = {"image": draft.image}
    for key in ("command", "args", "env"):
        if value := getattr(draft, key):
            service[key] = value
    if draft.ports:
        service["expose"] = [_expose(port) for port in draft.ports]
    mounts = {
        volume.name: {"mount": volume.mount} | ({"readOnly": True} if volume.read_only else {})
        for volume in draft.volumes
    }
    if mounts:
        service["params"] = {"storage": mounts}
    return service


def _expose(port: Port) -> Tree:
    expose: Tree = {"port": port.target}
    if port.published and port.published != port.target:
        expose["as"] = port.published
    if port.proto != "tcp":
        expose["proto"] = port.proto
    to: list[Tree] = [{"global": True}] if port.is_global else []
    expose["to"] = to + [{"service": name} for name in sorted(set(port.services))]
    return expose


def _resources(draft: ServiceDraft, options: Options) -> Tree:
    cpu: Tree = {"units": draft.cpu or options.cpu}
    if draft.arch:
        cpu["attributes"] = {"arch": draft.arch}
    resources: Tree = {"cpu": cpu, "memory": {"size": draft.memory or options.memory}}
    if draft.gpus:
        resources["gpu"] = {
            "units": draft.gpus,
            "attributes": {"vendor": {"nvidia": [{"model": "*"}]}},
        }
    storage: list[Tree] = [{"size": options.storage}]
    for volume in draft.volumes:
        attributes: Tree = {"persistent": True, "class": "beta2"}
        if volume.in_memory:
            attributes = {"persistent": False, "class": "ram"}
        storage.append(
            {
                "name": volume.name,
                "size": volume.size or options.volume,
                "attributes": attributes,
            }
        )
    resources["storage"] = storage if len(storage) > 1 else storage[0]
    return resources
