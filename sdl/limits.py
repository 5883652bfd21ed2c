"""What the chain asks of deployment groups: sizes of units and totals, prices, denominations.

The numbers are Akash's constants; so is the order of the checks. Knows groups, not files.
"""

from __future__ import annotations

from sdl.build import Group, Unit
from sdl.errors import Code, Path
from sdl.model import Amount, Attributes
from sdl.parse_compute import ATTRIBUTE_KEY
from sdl.problems import Problems
from sdl.quantity import DECIMAL_ONE, show_price

CPU_MIN, CPU_MAX, CPU_TOTAL = 10, 384_000, 19_200_000
"""Thousandths of a core."""
GPU_MAX, GPU_TOTAL = 24, 1_200
MEMORY_MIN, MEMORY_MAX, MEMORY_TOTAL = 2**20, 2 * 2**40, 100 * 2**40
STORAGE_MIN, STORAGE_MAX = 5 * 2**20, 32 * 2**40
PRICE_MAX = 10_000_000 * DECIMAL_ONE
_DECIMAL_BITS = 315


def check_groups(groups: list[Group], problems: Problems) -> None:
    """Check groups as the chain does. Raises SdlError unless gathering."""
    if not groups:
        problems.at_path(
            Code.GROUPS_EMPTY,
            "Invalid groups",
            ("deployment",),
            remedy="deploy at least one service: deployment: {SERVICE: {PLACEMENT: {...}}}",
        )
        return
    denom: str | None = None
    for group in groups:
        own = _denom(group, problems)
        if denom is None:
            denom = own
        elif own is not None and own != denom:
            problems.at_path(
                Code.GROUP_DENOM,
                f"inconsistent group denomination: {denom} != {own}: invalid price",
                ("profiles", "placement", group.name, "pricing"),
                value=own,
                remedy=f"price everything in {denom}",
            )
        _check_group(group, problems)


def _denom(group: Group, problems: Problems) -> str | None:
    """The one denomination of a group; reports prices that cannot be summed."""
    denom: str | None = None
    total = 0
    for unit in group.units:
        path = ("profiles", "placement", group.name, "pricing", unit.profile)
        if unit.price is None:
            if unit.profile in group.placement.pricing:
                problems.at_path(
                    Code.PRICE_NULL,
                    f"sdl: price of profile {unit.profile} is empty",
                    path,
                    remedy="write {denom: uact, amount: ...}",
                )
            continue
        if denom is not None and unit.price.denom != denom and unit.price.denom:
            problems.at_path(
                Code.PRICE_DENOM_MIXED,
                f"coin denom different: {denom} {unit.price.denom}\n",
                (*path, "denom"),
                value=unit.price.denom,
                remedy=f"price everything in {denom}",
            )
        denom = denom or unit.price.denom
        total += unit.price.amount * unit.count
        if (
            total.bit_length() > _DECIMAL_BITS
            or (unit.price.amount * unit.count * DECIMAL_ONE).bit_length() > _DECIMAL_BITS + 60
        ):
            problems.at_path(
                Code.PRICE_OVERFLOW, "Int overflow", (*path, "amount"), remedy="write a lower price"
            )
    return denom


def _check_group(group: Group, problems: Problems) -> None:
    if not group.name:
        problems.at_path(
            Code.GROUP_NAME,
            "empty group spec name denomination",
            ("profiles", "placement"),
            remedy="name the placement",
        )
    for unit in group.units:
        _check_unit(unit, problems)
    _check_totals(group, problems)
    for unit in group.units:
        if unit.price is not None and unit.price.amount > PRICE_MAX:
            problems.at_path(
                Code.PRICE_LIMIT,
                f"group {group.name}: error: invalid unit price "
                f"(10000000 > {show_price(unit.price.amount)}{unit.price.denom} fails)",
                ("profiles", "placement", group.name, "pricing", unit.profile, "amount"),
                value=show_price(unit.price.amount),
                remedy="write at most 10000000",
            )


def _check_unit(unit: Unit, problems: Problems) -> None:
    resources = unit.resources
    path: Path = ("profiles", "compute", unit.profile, "resources")
    if resources.cpu is None:
        _report_missing(problems, Code.UNIT_NIL_CPU, "CPU", (*path, "cpu"), "cpu: {units: 0.5}")
    elif not CPU_MIN <= resources.cpu.value <= CPU_MAX:
        problems.at_path(
            Code.UNIT_CPU,
            f"error: invalid unit CPU ({CPU_MAX} > {resources.cpu.value} > {CPU_MAX} fails)",
            (*path, "cpu", "units"),
            value=f"{resources.cpu.value}m",
            remedy="ask for 10m to 384 cores",
        )
    if resources.cpu is not None:
        _check_attributes(
            problems, Code.UNIT_CPU_ATTRIBUTES, "CPU", resources.cpu.attributes, (*path, "cpu")
        )
    _check_gpu(problems, resources.gpu, (*path, "gpu"))
    if resources.memory is None:
        _report_missing(
            problems, Code.UNIT_NIL_MEMORY, "memory", (*path, "memory"), "memory: {size: 512Mi}"
        )
    elif not MEMORY_MIN <= resources.memory.value <= MEMORY_MAX:
        problems.at_path(
            Code.UNIT_MEMORY,
            f"error: invalid unit memory ({MEMORY_MAX} > {resources.memory.value} > "
            f"{MEMORY_MAX} fails)",
            (*path, "memory", "size"),
            value=str(resources.memory.value),
            remedy="ask for 1Mi to 2Ti",
        )
    _check_storage(unit, problems, (*path, "storage"))


def _check_gpu(problems: Problems, gpu: Amount | None, path: Path) -> None:
    if gpu is None:
        return
    if gpu.value > GPU_MAX:
        problems.at_path(
            Code.UNIT_GPU,
            f"error: invalid unit GPU ({GPU_MAX} > {gpu.value} > {GPU_MAX} fails)",
            (*path, "units"),
            value=str(gpu.value),
            remedy="ask for 0 to 24 GPUs for each replica",
        )
    if gpu.value == 0 and gpu.attributes:
        problems.at_path(
            Code.UNIT_GPU_STATE,
            "error: invalid GPU state. attributes cannot be present if units == 0",
            (*path, "attributes"),
            remedy="write how many: units: 1, or remove gpu",
        )
    _check_attributes(problems, Code.UNIT_GPU_ATTRIBUTES, "GPU", gpu.attributes, path)


def _check_storage(unit: Unit, problems: Problems, path: Path) -> None:
    if unit.resources.storage is None:
        _report_missing(problems, Code.UNIT_NIL_STORAGE, "storage", path, "storage: {size: 1Gi}")
        return
    for volume in unit.resources.storage:
        own = (*path, "size") if volume.index < 0 else (*path, volume.index, "size")
        if not STORAGE_MIN <= volume.size <= STORAGE_MAX:
            problems.at_path(
                Code.UNIT_STORAGE,
                f"error: invalid unit storage ({STORAGE_MAX} > {volume.size} > {STORAGE_MIN} "
                "fails)",
                own,
                value=str(volume.size),
                remedy="ask for 5Mi to 32Ti for each volume",
            )


def _check_attributes(
    problems: Problems, code: Code, name: str, attributes: Attributes, path: Path
) -> None:
    keys = [key for key, _ in attributes]
    problem = ""
    if len(set(keys)) < len(keys):
        problem = "attributes cannot have duplicate keys"
    elif not all(ATTRIBUTE_KEY.fullmatch(key) for key in keys):
        problem = "attribute key does not match regexp"
    if problem:
        problems.at_path(
            code,
            f"error: invalid {name} attributes: {problem}",
            (*path, "attributes"),
            value=", ".join(keys),
            remedy="write every attribute once",
        )


def _report_missing(problems: Problems, code: Code, name: str, path: Path, remedy: str) -> None:
    problems.at_path(
        code, f"error: invalid unit {name}, cannot be nil", path, remedy=f"add {remedy}"
    )


def _check_totals(group: Group, problems: Problems) -> None:
    cpu = gpu = memory = 0
    for unit in group.units:
        resources = unit.resources
        cpu += resources.cpu.value * unit.count if resources.cpu else 0
        gpu += resources.gpu.value * unit.count if resources.gpu else 0
        memory += resources.memory.value * unit.count if resources.memory else 0
    path: Path = group.units[0].path if group.units else ("deployment",)
    for code, name, total, limit, needed in (
        (Code.TOTAL_CPU, "CPU", cpu, CPU_TOTAL, True),
        (Code.TOTAL_GPU, "GPU", gpu, GPU_TOTAL, False),
        (Code.TOTAL_MEMORY, "memory", memory, MEMORY_TOTAL, True),
    ):
        if total > limit or (needed and total <= 0):
            problems.at_path(
                code,
                f"invalid total {name} ({limit} > {total} > 0 fails)",
                (*path, "count"),
                value=str(total),
                remedy=f"ask for less {name} or fewer replicas in placement {group.name}"
                if total > limit
                else "deploy at least one replica: count: 1",
            )
