"""What a group would usually cost: resources times price scales.

Scales are monthly prices in US dollars, the way providers write them; the chain's uact is a
millionth of a dollar. All arithmetic is in integers or fractions. Knows no market: it is a
guide, not an offer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from sdl.build import LEASED_IP, Unit
from sdl.model import Resources
from sdl.remedy import did_you_mean

BLOCK_SECONDS = Fraction(6)
HOUR_SECONDS = 3600
MONTH_SECONDS = 30 * 24 * HOUR_SECONDS
_GIB = 2**30
_PRICE_ONE = 10**18
_MICRO = 10**6


class ScalesError(ValueError):
    """A text is no set of price scales."""


@dataclass(frozen=True, slots=True)
class Scales:
    """US dollars per month: `cpu` per core, sizes per GiB, the others each; `akt` per AKT."""

    cpu: Fraction = Fraction("1.60")
    memory: Fraction = Fraction("0.80")
    ephemeral: Fraction = Fraction("0.02")
    beta1: Fraction = Fraction("0.01")
    beta2: Fraction = Fraction("0.03")
    beta3: Fraction = Fraction("0.04")
    endpoint: Fraction = Fraction("0.05")
    ip: Fraction = Fraction("5")
    gpu: Fraction = Fraction("100")
    akt: Fraction = Fraction("1")
    block_seconds: Fraction = BLOCK_SECONDS
    gpu_models: dict[str, Fraction] = field(
        default_factory=lambda: {
            "t4": Fraction(80),
            "rtx4090": Fraction(200),
            "a100": Fraction(700),
            "h100": Fraction(1300),
            "h200": Fraction(1700),
        }
    )


def parse_scales(text: str) -> Scales:
    """Read scales from JSON, or from `cpu=1.6,memory=0.8,gpu.a100=700`.

    Raises ScalesError, which names the key.
    """
    values = _read_pairs(text)
    names = [f.name for f in fields(Scales) if f.name != "gpu_models"]
    numbers: dict[str, Fraction] = {}
    models = dict(Scales().gpu_models)
    for key, value in values.items():
        if key.startswith("gpu."):
            models[key.removeprefix("gpu.")] = _number(key, value)
        elif key in names:
            numbers[key] = _number(key, value)
        else:
            hint = did_you_mean(key, [*names, "gpu.MODEL"], limit=20)
            raise ScalesError(f"unknown price scale {key!r}; {hint}")
    scales = Scales(**numbers, gpu_models=models)
    if scales.block_seconds <= 0 or scales.akt <= 0:
        raise ScalesError("block_seconds and akt must be above 0")
    return scales


def _read_pairs(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise ScalesError(f"price scales are not JSON: {error}") from error
        if not isinstance(found, dict):
            raise ScalesError("price scales must be a JSON object")
        return found
    pairs: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            raise ScalesError(f"price scale {part!r} has no value; write {part}=1.5")
        pairs[key.strip()] = value.strip()
    return pairs


def _number(key: str, value: Any) -> Fraction:
    try:
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise ScalesError(f"price scale {key}={value} is no number") from error
    if number < 0:
        raise ScalesError(f"price scale {key}={value} is below 0")
    return number


@dataclass(frozen=True, slots=True)
class Estimate:
    """US dollars per month, by what they are for."""

    parts: dict[str, Fraction]

    @property
    def month(self) -> Fraction:
        """Dollars for 30 days."""
        return sum(self.parts.values(), Fraction(0))

    @property
    def hour(self) -> Fraction:
        """Dollars for an hour."""
        return self.month * HOUR_SECONDS / MONTH_SECONDS

    def per_block(self, denom: str, scales: Scales) -> int:
        """The amount per block in `denom` (uact or uakt), scaled by 10**18, rounded up."""
        rate = scales.akt if denom == "uakt" else Fraction(1)
        micro = self.month * _MICRO / rate * scales.block_seconds / MONTH_SECONDS
        return -int(-micro * _PRICE_ONE // 1)


def price_per_month(amount: int, denom: str, scales: Scales) -> Fraction:
    """What a price per block (scaled by 10**18) comes to in dollars for 30 days."""
    rate = scales.akt if denom == "uakt" else Fraction(1)
    blocks = Fraction(MONTH_SECONDS) / scales.block_seconds
    return Fraction(amount, _PRICE_ONE) * blocks * rate / _MICRO


def estimate_group(units: Iterable[Unit], scales: Scales) -> Estimate:
    """Sum up all replicas of some units."""
    parts: dict[str, Fraction] = {}
    for unit in units:
        for name, cost in _unit_parts(unit.resources, scales):
            parts[name] = parts.get(name, Fraction(0)) + cost * unit.count
        ips = {sequence for kind, sequence in unit.endpoints if kind == LEASED_IP}
        ports = sum(1 for kind, _ in unit.endpoints if kind != LEASED_IP)
        parts["endpoints"] = parts.get("endpoints", Fraction(0)) + scales.endpoint * ports
        parts["leased IPs"] = parts.get("leased IPs", Fraction(0)) + scales.ip * len(ips)
    return Estimate({name: cost for name, cost in parts.items() if cost})


def _unit_parts(resources: Resources, scales: Scales) -> Iterable[tuple[str, Fraction]]:
    if resources.cpu:
        yield "CPU", scales.cpu * resources.cpu.value / 1000
    if resources.memory:
        yield "memory", scales.memory * resources.memory.value / _GIB
    for volume in resources.storage or ():
        kind = volume.attribute("class") or "ephemeral"
        scale = {
            "beta1": scales.beta1,
            "beta2": scales.beta2,
            "beta3": scales.beta3,
            "default": scales.beta2,
            "ram": scales.memory,
        }.get(kind, scales.ephemeral)
        yield "storage", scale * volume.size / _GIB
    if resources.gpu:
        models = [key.split("/")[3] for key, _ in resources.gpu.attributes if key.count("/") >= 3]
        costs = [scales.gpu_models.get(model, scales.gpu) for model in models] or [scales.gpu]
        yield "GPU", min(costs) * resources.gpu.value
