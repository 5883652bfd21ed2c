"""An SDL file in plain words: what will be asked for, where, and for how much.

Pure text from a Definition; prices come from sdl.estimate.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sdl.build import Group, Placed, Port, Unit
from sdl.definition import Definition
from sdl.estimate import (
    HOUR_SECONDS,
    MONTH_SECONDS,
    Estimate,
    Scales,
    estimate_group,
    price_per_month,
)
from sdl.model import Resources, Volume
from sdl.quantity import BINARY, show_price

_CLASSES = {"beta1": "HDD", "beta2": "SSD", "beta3": "NVMe", "default": "default class"}


def describe(definition: Definition, scales: Scales) -> str:
    """Describe a file in words, ending with what it may cost."""
    lines: list[str] = []
    for group in definition.built:
        lines += _describe_group(group, scales)
    if window := definition.reclamation():
        hours = Fraction(window["min_window"], 3600 * 10**9)
        lines.append(f"Providers must give notice of {float(hours):g} hours before reclaiming.")
    offered, usual = _totals(definition.built, scales)
    if len(definition.built) > 1:
        lines.append(f"In all: {_money(offered)} at most; usually about {_money(usual)}.")
    lines.append(f"Version hash: {definition.version().hex()}")
    return "\n".join(lines) + "\n"


def describe_values(definition: Definition, scales: Scales) -> dict[str, Any]:
    """The same as plain values: dollars as decimal strings, amounts per block in their denom."""
    groups = []
    for group in definition.built:
        usual = estimate_group(group.units, scales)
        groups.append(
            {
                "name": group.name,
                "services": [
                    {"name": placed.name, "image": placed.service.image, "count": placed.count}
                    for placed in group.services
                ],
                "offered_per_block": [
                    {"denom": denom, "amount": show_price(amount)}
                    for denom, amount in _offers(group.units)
                ],
                "offered_month": _dollars(_offered(group.units, scales)),
                "estimate_hour": _dollars(usual.hour),
                "estimate_month": _dollars(usual.month),
                "estimate_parts": {name: _dollars(cost) for name, cost in usual.parts.items()},
            }
        )
    return {"groups": groups, "version": definition.version().hex()}


def _describe_group(group: Group, scales: Scales) -> list[str]:
    lines = [f"Placement {group.name}: {_providers(group)}"]
    for placed in group.services:
        lines += _describe_service(placed)
    for denom, amount in _offers(group.units):
        month = price_per_month(amount, denom, scales)
        lines.append(
            f"  You would pay at most {_number(Fraction(amount, 10**18))} {denom} per block: "
            f"{_money(month)}."
        )
    lines.append(f"  Such resources usually cost about {_describe_estimate(group.units, scales)}.")
    lines.append("")
    return lines


def _providers(group: Group) -> str:
    wanted = [f"{key}={value}" for key, value in group.attributes or ()]
    text = "any provider" if not wanted else "providers with " + ", ".join(wanted)
    if group.placement.any_of:
        text += ", audited by any of " + ", ".join(group.placement.any_of)
    if group.placement.all_of:
        text += ", audited by all of " + ", ".join(group.placement.all_of)
    return text


def _describe_service(placed: Placed) -> list[str]:
    replicas = "1 replica" if placed.count == 1 else f"{placed.count} replicas"
    lines = [
        f"  {placed.name}: {replicas} of {placed.service.image}",
        f"    each with {_resources(placed.resources)}",
    ]
    lines += [f"    {_port(port)}" for port in placed.ports]
    params = placed.service.params
    for name, mount in sorted(params.storage.items()) if params else ():
        mode = ", read-only" if mount.read_only else ""
        lines.append(f"    volume {name} at {mount.mount}{mode}")
    if params and params.tee:
        lines.append(f"    in a trusted execution environment ({params.tee})")
    return lines


def _resources(resources: Resources) -> str:
    parts = []
    if resources.cpu:
        parts.append(f"{_number(Fraction(resources.cpu.value, 1000))} CPU")
    if resources.memory:
        parts.append(f"{size(resources.memory.value)} memory")
    if resources.gpu and resources.gpu.value:
        models = [_gpu_model(key) for key, _ in resources.gpu.attributes]
        parts.append(f"{resources.gpu.value} GPU ({' or '.join(models)})")
    parts += [_volume(volume) for volume in resources.storage or ()]
    return ", ".join(parts)


def _gpu_model(key: str) -> str:
    words = key.split("/")[1:]
    shown = "any " + words[0] if words[2:3] == ["*"] else " ".join(words[0:1] + words[2:3])
    return shown + "".join(f" {value}" for value in words[4::2])


def _volume(volume: Volume) -> str:
    kind = volume.attribute("class") or ""
    if kind == "ram":
        return f"{size(volume.size)} shared memory ({volume.name})"
    if volume.attribute("persistent") == "true":
        return f"{size(volume.size)} persistent {_CLASSES.get(kind, kind)} ({volume.name})"
    return f"{size(volume.size)} ephemeral storage"


def _port(port: Port) -> str:
    outside = port.external or port.port
    number = f"port {port.port}" + (f" as {outside}" if outside != port.port else "")
    if not port.is_global:
        return f"{number} {port.proto.lower()} for service {port.service or '(none)'}"
    if port.ip:
        return f"{number} {port.proto.lower()} for the internet at leased IP {port.ip}"
    if port.proto == "TCP" and outside == 80:
        hosts = " at " + ", ".join(port.hosts) if port.hosts else " at a host of the provider"
        return f"{number} http for the internet{hosts}"
    return f"{number} {port.proto.lower()} for the internet at a port that the provider picks"


def _offers(units: list[Unit]) -> list[tuple[str, int]]:
    offers: dict[str, int] = {}
    for unit in units:
        if unit.price:
            amount = unit.price.amount * unit.count
            offers[unit.price.denom] = offers.get(unit.price.denom, 0) + amount
    return sorted(offers.items())


def _offered(units: list[Unit], scales: Scales) -> Fraction:
    return sum(
        (price_per_month(amount, denom, scales) for denom, amount in _offers(units)), Fraction(0)
    )


def _totals(groups: list[Group], scales: Scales) -> tuple[Fraction, Fraction]:
    offered = sum((_offered(group.units, scales) for group in groups), Fraction(0))
    usual = sum((estimate_group(group.units, scales).month for group in groups), Fraction(0))
    return offered, usual


def _describe_estimate(units: list[Unit], scales: Scales) -> str:
    usual: Estimate = estimate_group(units, scales)
    parts = ", ".join(f"{name} ${_dollars(cost)}" for name, cost in usual.parts.items())
    return _money(usual.month) + (f" ({parts} a month)" if parts else "")


def _money(month: Fraction) -> str:
    hour = month * HOUR_SECONDS / MONTH_SECONDS
    return f"${_dollars(hour, 4)} an hour, ${_dollars(month)} a month"


def _dollars(amount: Fraction, places: int = 2) -> str:
    scaled = round(amount * 10**places)
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}"


def _number(value: Fraction) -> str:
    text = f"{float(value):.6f}" if value < 10**9 else str(int(value))
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(count: int) -> str:
    """Write a number of bytes with the largest fitting binary unit."""
    for suffix, factor in reversed(BINARY.items()):
        if count >= factor:
            return f"{_number(Fraction(count, factor))} {suffix}B"
    return f"{count} bytes"
