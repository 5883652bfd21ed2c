"""What a group of resources costs per block, from a declared list of prices.

Prices are declared in base units per block, or as dollars per month with a rate for each token;
both become one list per settlement denomination. Exact decimals throughout, rounded once, at the
end, to the chain's 18 digits. Source of the units: facts of the provider, strategy `scale` (2.5);
prices of GPUs are ours, Akash's strategy has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.resources import Resources, ResourceUnit
from provider.errors import GiveUp, ProviderError
from provider.inventory.place import volume_class

MIB = 2**20
CORE = 1000
MEBIBYTES = 1024
MONTH_SECONDS = Decimal(365 * 24 * 3600) / 12
BASE_UNITS = 10**6
DIGITS = 18
EPHEMERAL = "ephemeral"
ANY = "*"


class NoPrice(ProviderError):
    """A price cannot be made; `reason` is a stable code."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PriceList:
    """Base units per block: for a thousandth of a core, a MiB, a device, an endpoint, an address.

    `storage` is by class (`ephemeral` for the rest), `gpu` by `model`, `model.ram` or
    `model.ram.interface`, with `*` for all others.
    """

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    storage: Mapping[str, Decimal] = field(default_factory=dict)
    gpu: Mapping[str, Decimal] = field(default_factory=dict)
    endpoint: Decimal = Decimal(0)
    ip: Decimal = Decimal(0)

    def validate(self) -> None:
        """Raises GiveUp for a negative price, or when nothing has one."""
        flat = [self.cpu, self.memory, self.endpoint, self.ip]
        prices = [*flat, *self.storage.values(), *self.gpu.values()]
        if any(price < 0 for price in prices):
            raise GiveUp("pricing: a price is negative; prices are 0 or more")
        if not any(prices):
            raise GiveUp("pricing: every price is 0; give at least one, for example cpu: 0.01")


@dataclass(frozen=True, slots=True)
class Monthly:
    """Dollars per month: for a core, a GiB, a device, an endpoint, an address."""

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    storage: Mapping[str, Decimal] = field(default_factory=dict)
    gpu: Mapping[str, Decimal] = field(default_factory=dict)
    endpoint: Decimal = Decimal(0)
    ip: Decimal = Decimal(0)

    def per_block(self, dollars: Decimal, block_seconds: Decimal) -> PriceList:
        """The same in base units per block, a token being worth `dollars`."""
        if dollars <= 0 or block_seconds <= 0:
            raise GiveUp("pricing: rates and block_seconds must be above 0")
        with localcontext(prec=60):
            unit = block_seconds / MONTH_SECONDS / dollars * BASE_UNITS
            return PriceList(
                cpu=self.cpu * unit / CORE,
                memory=self.memory * unit / MEBIBYTES,
                storage={k: v * unit / MEBIBYTES for k, v in self.storage.items()},
                gpu={k: v * unit for k, v in self.gpu.items()},
                endpoint=self.endpoint * unit,
                ip=self.ip * unit,
            )


class Pricing:
    """One list of prices for each denomination that is accepted."""

    def __init__(self, lists: Mapping[str, PriceList]) -> None:
        for prices in lists.values():
            prices.validate()
        self._lists = dict(lists)

    @property
    def denoms(self) -> tuple[str, ...]:
        """The denominations that have prices."""
        return tuple(self._lists)

    def quote(self, units: Iterable[ResourceUnit], denom: str) -> DecCoin:
        """The price of a group per block; GPU models must be concrete. Raises NoPrice."""
        prices = self._lists.get(denom)
        if prices is None:
            accepted = ", ".join(self._lists)
            raise NoPrice("denom_unpriced", f"no prices in {denom}; there are some in {accepted}")
        addresses: set[int] = set()
        with localcontext(prec=60):
            total = sum((_unit(unit, prices, addresses) for unit in units), start=Decimal(0))
            total += len(addresses) * prices.ip
            raw = int((total * 10**DIGITS).to_integral_value())
        if raw <= 0:
            raise NoPrice("price_zero", "the price would be 0, which the chain refuses")
        return DecCoin(denom, Dec(raw))


def _unit(unit: ResourceUnit, prices: PriceList, addresses: set[int]) -> Decimal:
    resources, count = unit.resources, unit.count
    cpu = resources.cpu.units if resources.cpu else 0
    memory = resources.memory.quantity if resources.memory else 0
    cost = cpu * prices.cpu + Decimal(memory) / MIB * prices.memory
    cost += _storage(resources, prices) + _gpu(resources, prices)
    addresses.update(e.sequence_number for e in resources.endpoints if e.sequence_number)
    return cost * count + len(resources.endpoints) * prices.endpoint


def _storage(resources: Resources, prices: PriceList) -> Decimal:
    cost = Decimal(0)
    for volume in resources.storage:
        name, lasting = volume_class(volume.attributes)
        key = name if lasting else EPHEMERAL
        if key not in prices.storage:
            if not prices.storage and key == EPHEMERAL:
                continue
            raise NoPrice("storage_unpriced", f"storage class {key!r} has no price")
        cost += Decimal(volume.quantity) / MIB * prices.storage[key]
    return cost


def _gpu(resources: Resources, prices: PriceList) -> Decimal:
    gpu = resources.gpu
    if gpu is None or not gpu.units:
        return Decimal(0)
    key = gpu.attributes[0].key if gpu.attributes else ""
    parts = key.split("/")
    named = dict(zip(parts[::2], parts[1::2], strict=False))
    model, ram, slot = named.get("model", ""), named.get("ram"), named.get("interface")
    keys = [".".join(x for x in (model, ram, slot) if x), ".".join(x for x in (model, ram) if x)]
    for candidate in (*keys, model, ANY):
        if candidate in prices.gpu:
            return gpu.units * prices.gpu[candidate]
    raise NoPrice("gpu_unpriced", f"GPU {model or 'of any model'!r} has no price")
