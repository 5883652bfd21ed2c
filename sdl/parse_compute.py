"""`profiles.compute`: nodes to Resources, with the checks that Akash does while decoding.

CPU, GPU and storage attributes are read by hand there, child by child, without asking for the
kind of node; that is why `gpu: 1` means no GPU.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from yaml.nodes import MappingNode, SequenceNode

from sdl.decode import Decoder, is_null, raw_pairs, raw_text
from sdl.errors import Code
from sdl.model import Amount, Attributes, Resources, Volume
from sdl.quantity import (
    QuantityError,
    parse_bytes,
    parse_cpu,
    parse_gpu_ram,
    parse_uint,
)
from sdl.remedy import did_you_mean
from sdl.tree import Node
from sdl.volumes import sort_volumes

ATTRIBUTE_KEY = re.compile(r"[a-zA-Z][\w/.\-]{1,126}[\w*]?", re.ASCII)
STORAGE_CLASSES = ("default", "beta1", "beta2", "beta3", "ram")
_TRUE, _FALSE = ("true", "on", "yes"), ("false", "off", "no")
_GIB = 2**30


def compute_profiles(decoder: Decoder, node: Node) -> dict[str, Resources | None]:
    """Decode the map of compute profiles; a profile without `resources` is None."""
    found: dict[str, Resources | None] = {}
    for name, profile in decoder.fields(node, "map[string]sdl.v2ProfileCompute") or ():
        found[name] = None
        for key, value in decoder.fields(profile, "sdl.v2ProfileCompute") or ():
            if key == "resources":
                found[name] = _resources(decoder, value)
    return found


def _resources(decoder: Decoder, node: Node) -> Resources | None:
    pairs = decoder.fields(node, "sdl.v2ComputeResources")
    if pairs is None:
        return None
    cpu = memory = gpu = storage = None
    for key, value in pairs:
        if key == "cpu":
            cpu = _cpu(decoder, value)
        elif key == "memory":
            memory = _memory(decoder, value)
        elif key == "storage":
            storage = _storage(decoder, value)
        elif key == "gpu":
            gpu = _gpu(decoder, value)
    return Resources(cpu, memory, gpu, storage)


def _quantity(decoder: Decoder, node: Node, parse: Callable[[str], int], instead: int) -> int:
    """A quantity's raw text as a number; 0 for null. `instead` stands in while gathering."""
    if is_null(node):
        return 0
    try:
        return parse(raw_text(node))
    except QuantityError as error:
        decoder.problems.at_node(error.code, error.text, node, remedy=error.remedy)
        return instead


def _cpu(decoder: Decoder, node: Node) -> Amount | None:
    pairs = decoder.fields(node, "sdl.v2ResourceCPU")
    if pairs is None:
        return None
    units, attributes = 0, []
    for key, value in pairs:
        if key == "units":
            units = _quantity(decoder, value, parse_cpu, 1000)
        elif key == "attributes" and not is_null(value):
            attributes = _cpu_attributes(decoder, value)
    return Amount(units, attributes)


def _cpu_attributes(decoder: Decoder, node: Node) -> Attributes:
    found: Attributes = []
    before = decoder.problems.noted
    for key, key_node, value in raw_pairs(node):
        if key_node is value:  # a list's last item, which Akash leaves alone here
            break
        if key != "arch":
            decoder.problems.at_node(
                Code.CPU_ATTRIBUTE,
                f'unsupported cpu attribute "{key}"',
                key_node,
                remedy="the only CPU attribute is arch",
            )
            continue
        found.append((key, decoder.text(value) or ""))
        if decoder.problems.noted > before:
            return []
    return found


def _memory(decoder: Decoder, node: Node) -> Amount | None:
    pairs = decoder.fields(node, "sdl.v2ResourceMemory")
    if pairs is None:
        return None
    size = 0
    for key, value in pairs:
        if key == "size":
            size = _quantity(decoder, value, parse_bytes, _GIB)
    return Amount(size, [])


def _storage(decoder: Decoder, node: Node) -> list[Volume] | None:
    """Decode one volume or a list of them, in the order that they are sent out in."""
    if is_null(node):
        return None
    if isinstance(node, MappingNode):
        volume = _volume(decoder, node, -1)
        return [Volume("default", volume.size, volume.attributes, -1)]
    found: list[Volume] = []
    if isinstance(node, SequenceNode):
        before = decoder.problems.noted
        for index, item in enumerate(decoder.items(node, "sdl.v2ResourceStorageArray") or ()):
            if is_null(item):
                found.append(Volume("default", 0, [], index))
                continue
            found.append(_volume(decoder, item, index))
            if decoder.problems.noted > before and not decoder.problems.gather:
                return None
        _check_volume_names(decoder, node, found)
    return sort_volumes(found) or None


def _volume(decoder: Decoder, node: Node, index: int) -> Volume:
    name, size = "", 0
    attributes: Attributes = []
    for key, value in decoder.fields(node, "sdl.v2ResourceStorage") or ():
        if key == "size":
            size = _quantity(decoder, value, parse_bytes, _GIB)
        elif key == "name":
            name = decoder.text(value) or ""
        elif key == "attributes":
            attributes = _storage_attributes(decoder, value)
    return Volume(name or "default", size, attributes, index)


def _check_volume_names(decoder: Decoder, node: SequenceNode, volumes: list[Volume]) -> None:
    seen: set[str] = set()
    for volume in volumes:
        if volume.name in seen:
            decoder.problems.at_node(
                Code.STORAGE_DUPLICATE,
                "sdl: duplicated volume name",
                node.value[volume.index],
                value=volume.name,
                remedy="give every volume a name of its own (a missing name means default)",
            )
        seen.add(volume.name)


def _storage_attributes(decoder: Decoder, node: Node) -> Attributes:
    before = decoder.problems.noted
    pairs = decoder.fields(node, "map[string]string")
    if pairs is None:
        return []
    nodes: dict[str, Node] = {}
    texts: dict[str, str] = {}
    for key, value in pairs:
        nodes[key] = value
        texts[key] = decoder.text(value) or ""
    if decoder.problems.noted > before:
        return []
    persistent = texts.setdefault("persistent", "false")
    storage_class = texts.get("class", "")
    place = nodes.get("class", node)
    if not storage_class:
        if persistent == "true":
            texts["class"] = "default"
    elif storage_class == "ram":
        if persistent != "false":
            decoder.problems.at_node(
                Code.STORAGE_RAM_PERSISTENT,
                "sdl: ram storage class cannot be persistent",
                nodes.get("persistent", place),
                remedy="write persistent: false for class ram",
            )
            return []
    elif persistent == "false":
        decoder.problems.at_node(
            Code.STORAGE_EPHEMERAL_CLASS,
            "sdl: ephemeral storage should not set attribute class",
            place,
            remedy="write persistent: true, or remove class",
        )
        return []
    return _checked_attributes(decoder, texts, nodes, node)


def _checked_attributes(
    decoder: Decoder, texts: dict[str, str], nodes: dict[str, Node], node: Node
) -> Attributes:
    found: Attributes = []
    for key in sorted(texts):
        value = texts[key]
        if key == "persistent":
            if value not in _TRUE + _FALSE:
                decoder.problems.at_node(
                    Code.STORAGE_PERSISTENT_VALUE,
                    'sdl: invalid value for attribute "persistent". expected bool',
                    nodes.get(key, node),
                    remedy=did_you_mean(value.lower(), _TRUE + _FALSE),
                )
            value = "true" if value in _TRUE else "false"
        elif key == "class":
            if value not in STORAGE_CLASSES:
                decoder.problems.at_node(
                    Code.STORAGE_CLASS_VALUE,
                    "sdl: invalid value for attribute class",
                    nodes.get(key, node),
                    remedy=did_you_mean(value, STORAGE_CLASSES),
                )
        else:
            decoder.problems.at_node(
                Code.STORAGE_ATTRIBUTE,
                f"sdl: unsupported storage attribute: {key}",
                nodes.get(key, node),
                value=key,
                remedy=did_you_mean(key, ("persistent", "class")),
            )
            continue
        found.append((key, value))
    return found


def _gpu(decoder: Decoder, node: Node) -> Amount | None:
    if is_null(node):
        return None
    units = 0
    attributes: Attributes = []
    before = decoder.problems.noted
    for key, key_node, value in raw_pairs(node):
        if key == "units":
            units = _quantity(decoder, value, _parse_units, 1)
        elif key == "attributes":
            attributes = [] if is_null(value) else _gpu_attributes(decoder, value)
        else:
            decoder.problems.at_node(
                Code.GPU_FIELD,
                f"sdl: unsupported field ({key}) for GPU resource",
                key_node,
                value=key,
                remedy=did_you_mean(key, ("units", "attributes")),
            )
        if decoder.problems.noted > before:
            return Amount(0, [])
    if units > 0 and not attributes:
        decoder.problems.at_node(
            Code.GPU_NO_ATTRIBUTES,
            "sdl: GPU attributes must be present if units > 0",
            node,
            value=str(units),
            remedy="add attributes: {vendor: {nvidia: [{model: ...}]}}, or nvidia: for any model",
        )
    return Amount(units, attributes)


def _parse_units(text: str) -> int:
    return parse_uint(text, 64, "write how many GPUs, as a whole number")


def _gpu_attributes(decoder: Decoder, node: Node) -> Attributes:
    keys: list[str] | None = None
    place = node
    for key, key_node, value in raw_pairs(node):
        if key != "vendor":
            decoder.problems.at_node(
                Code.GPU_ATTRIBUTE,
                f"sdl: unsupported attribute ({key}) for GPU resource",
                key_node,
                value=key,
                remedy="the only GPU attribute is vendor",
            )
            continue
        before = decoder.problems.noted
        keys, place = _gpu_models(decoder, value), value
        if decoder.problems.noted > before:
            return []
    if keys is None:
        decoder.problems.at_node(
            Code.GPU_NO_VENDOR,
            "sdl: invalid GPU attributes. at least one vendor must be set",
            node,
            remedy="add vendor: {nvidia: [{model: ...}]}",
        )
        return []
    keys = sorted(keys or ["vendor/nvidia/model/*"])
    problem = ""
    if len(set(keys)) < len(keys):
        problem = "attributes cannot have duplicate keys"
    elif not all(ATTRIBUTE_KEY.fullmatch(key) for key in keys):
        problem = "attribute key does not match regexp"
    if problem:
        decoder.problems.at_node(
            Code.GPU_BAD_ATTRIBUTES,
            f"sdl: invalid GPU attributes: {problem}",
            place,
            value=", ".join(keys),
            remedy="list every model once, in letters, digits, '.', '-' and '_'",
        )
    return [(key, "true") for key in keys]


def _gpu_models(decoder: Decoder, node: Node) -> list[str] | None:
    """Attribute keys of the wanted models; None without a vendor, [] for any model."""
    pairs = decoder.fields(node, "sdl.gpuVendor")
    if pairs is None:
        return None
    keys: list[str] = []
    for vendor, value in pairs:
        if vendor != "nvidia":
            continue
        for item in decoder.items(value, "sdl.v2GPUsNvidia") or ():
            if not is_null(item):
                keys.append(_gpu_model(decoder, item))
    return keys


def _gpu_model(decoder: Decoder, node: Node) -> str:
    model = interface = ""
    ram: int | None = None
    for key, value in decoder.fields(node, "sdl.v2GPUNvidia") or ():
        if key == "model":
            model = decoder.text(value) or ""
        elif key == "ram" and not is_null(value):
            ram = _quantity(decoder, value, parse_gpu_ram, _GIB)
        elif key == "interface" and not is_null(value):
            interface = raw_text(value)
            if interface not in ("pcie", "sxm"):
                decoder.problems.at_node(
                    Code.GPU_INTERFACE,
                    f'sdl: invalid GPU interface {interface}. expected "pcie|sxm"',
                    value,
                    remedy="write pcie or sxm"
                    + (" (sxm covers every SXM generation)" if "sxm" in interface else ""),
                )
    key = f"vendor/nvidia/model/{model}"
    if ram is not None:
        key += f"/ram/{ram // _GIB}Gi"
    return key + (f"/interface/{interface}" if interface else "")
