"""How long a provider of 200 machines with 8 GPUs each takes to find a place for an order.

From an empty cluster until every device is sold and some orders beyond, half of them for any model.
Aim: p99 below 10 ms.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from akashpy.types.market import OrderID
from provider.errors import NoRoom
from provider.inventory.nodes import Cluster, Gpu, Node
from provider.inventory.reserve import Inventory
from tests.provider.market import GIB, TENANT, group, unit

MACHINES, DEVICES, ORDERS = 200, 8, 2000
MODELS = ("a100", "h100", "rtx4090", "l40s")
WISHES = ("vendor/nvidia/model/*", "vendor/nvidia/model/h100")


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit)."""
    machines = tuple(
        Node(
            f"n{number}",
            96_000,
            768 * GIB,
            2048 * GIB,
            (),
            (Gpu("nvidia", MODELS[number % len(MODELS)], DEVICES, "80Gi"),),
        )
        for number in range(MACHINES)
    )
    inventory, taken = Inventory(Cluster(machines)), list[float]()
    for number in range(1, ORDERS + 1):
        asked = group(unit(gpu=1, wishes=(WISHES[number % 2],)))
        begun = process_time()
        try:
            inventory.take(OrderID(TENANT, number, 1, 1), asked)
        except NoRoom:
            pass
        taken.append((process_time() - begun) * 1000)
    taken.sort()
    what = f"placing an order, {MACHINES} machines of {DEVICES} GPUs"
    return [
        (f"{what}: p50", taken[len(taken) // 2], "ms"),
        (f"{what}: p99", taken[len(taken) * 99 // 100], "ms"),
    ]


if __name__ == "__main__":
    for name, value, unit_of in run():
        print(f"{name}  {value:.2f} {unit_of}")
