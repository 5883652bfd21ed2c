"""Which GPU a service gets: read from its resources, or as the bid named it."""

from __future__ import annotations

from dataclasses import dataclass

from provider.cluster.service import Service
from provider.cluster.workload import Workload

LABEL = "akash.network/capabilities.gpu.vendor"


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of GPU that will do; an empty model is any."""

    vendor: str
    model: str = ""
    ram: str = ""
    interface: str = ""

    @classmethod
    def of(cls, key: str) -> Device | None:
        """Read `vendor/<v>/model/<m>[/ram/..][/interface/..]`; None when it is no such text."""
        parts = key.split("/")
        if len(parts) % 2 or len(parts) < 4:
            return None
        read = dict(zip(parts[::2], parts[1::2], strict=True))
        if "vendor" not in read or "model" not in read:
            return None
        model = "" if read["model"] == "*" else read["model"]
        return cls(read["vendor"], model, read.get("ram", ""), read.get("interface", ""))

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of a machine that has such a device."""
        if not self.model:
            return ()
        base = f"{LABEL}.{self.vendor}.model.{self.model}"
        found = [base]
        if self.ram:
            found.append(f"{base}.ram.{self.ram}")
        if self.interface:
            found.append(f"{base}.interface.{slot(self.interface)}")
        return tuple(found)


def slot(interface: str) -> str:
    """How a device sits in its machine, in one word: every kind of SXM is `sxm`."""
    text = interface.lower()
    return "sxm" if text.startswith("sxm") else text


def devices(workload: Workload, service: Service) -> tuple[Device, ...]:
    """The kinds of GPU that will do for a service: one where the bid named it."""
    if not service.resources.gpu:
        return ()
    named = dict(workload.devices).get(service.resources.id)
    keys = [named] if named else [a.key for a in service.resources.gpu_attributes if a.value]
    return tuple(found for key in keys if (found := Device.of(key)) is not None)
