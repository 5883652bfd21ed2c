"""Advice on files that work: what will disappoint or surprise, though no rule forbids it.

Each kind of advice is one function over the tree or the document; `advise` runs them all. Knows
nothing of output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sdl.build import Group
from sdl.errors import Path, show_path
from sdl.estimate import Scales, estimate_group
from sdl.model import Document
from sdl.remedy import did_you_mean
from sdl.schema import Schema, json_schema
from sdl.source import Source
from sdl.tree import Node, locate


class Advice(StrEnum):
    """Identifier of a kind of advice."""

    IMAGE_UNTAGGED = "lint.image-untagged"
    NO_HEALTH = "lint.no-health"
    LOW_PRICE = "lint.low-price"
    SECRET_IN_ENV = "lint.secret-in-env"
    DEPRECATED_KEY = "lint.deprecated-key"
    UNKNOWN_KEY = "lint.unknown-key"
    GPU_VENDOR = "lint.gpu-vendor-ignored"
    DENOM = "lint.denom"
    UNUSED_SERVICE = "lint.service-not-deployed"
    UNKNOWN_RECEIVER = "lint.unknown-receiver"
    TEXT_AFTER_DOCUMENT = "lint.text-after-document"


@dataclass(frozen=True, slots=True)
class Warned:
    """One piece of advice with its place; lines and columns count from 1."""

    code: Advice
    text: str
    file: str
    line: int
    column: int
    path: str
    value: str
    remedy: str


_ABOUT_KEYS = (Advice.UNKNOWN_KEY, Advice.DEPRECATED_KEY, Advice.GPU_VENDOR)

_Found = tuple[Advice, Path, str, str, str]
"""Code, path, text, value, remedy."""

_SECRET_NAME = re.compile(
    r"(passw(or)?d|passphrase|secret|token|api_?key|private_?key|access_?key|mnemonic|credential)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|xox[abp]-[\w-]{10,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_NOT_SECRET = re.compile(r"(_FILE|_PATH|_URL|_TTL|_EXPIRY|_EXPIRES.*|_LENGTH|_NAME)$", re.I)
_DENOMS = ("uact", "uakt")
_LOW_SHARE = 10
"""A price below one tenth of the estimate is very low."""


def advise(
    source: Source, root: Node, document: Document, groups: list[Group], scales: Scales
) -> list[Warned]:
    """Everything worth a warning, in the order of the file's lines."""
    found: list[_Found] = []
    found += _images(document)
    found += _health(document)
    found += _secrets(document)
    found += _prices(document, groups, scales)
    found += _deployments(document)
    found += _keys(root)
    placed = [_place(source, root, item) for item in found]
    placed += _trailing_text(source, root)
    return sorted(set(placed), key=lambda item: (item.line, item.column, item.code))


def _place(source: Source, root: Node, item: _Found) -> Warned:
    code, path, text, value, remedy = item
    line, column = locate(root, path, at_key=code in _ABOUT_KEYS)
    return Warned(code, text, source.name, line + 1, column + 1, show_path(path), value, remedy)


def _images(document: Document) -> Iterator[_Found]:
    for name, service in document.services.items():
        image = service.image
        tag = image.rpartition("/")[2].partition(":")[2]
        if not image or "@" in image or (tag and tag != "latest"):
            continue
        yield (
            Advice.IMAGE_UNTAGGED,
            ("services", name, "image"),
            f"image {image} has no fixed tag, so a restart may run another version",
            image,
            f"name a version, such as {image.removesuffix(':latest')}:1.2.3, or a digest",
        )


def _health(document: Document) -> Iterator[_Found]:
    for name, service in document.services.items():
        if name in document.deployment and not service.expose:
            yield (
                Advice.NO_HEALTH,
                ("services", name),
                f"service {name} exposes no port, so nothing can tell whether it is healthy",
                name,
                "expose a port to another service or global: true",
            )


def _secrets(document: Document) -> Iterator[_Found]:
    for name, service in document.services.items():
        for i, entry in enumerate(service.env or ()):
            variable, _, value = entry.partition("=")
            named = _SECRET_NAME.search(variable) and not _NOT_SECRET.search(variable)
            if value and (named or _SECRET_VALUE.search(value)):
                yield (
                    Advice.SECRET_IN_ENV,
                    ("services", name, "env", i),
                    f"{variable} of service {name} looks like a secret; the provider can read it",
                    variable,
                    "fetch secrets at start-up, or use one that you can revoke",
                )


def _prices(document: Document, groups: list[Group], scales: Scales) -> Iterator[_Found]:
    for placement, profile in document.placement.items():
        for name, price in profile.pricing.items():
            if price is not None and price.denom and price.denom not in _DENOMS:
                yield (
                    Advice.DENOM,
                    ("profiles", "placement", placement, "pricing", name, "denom"),
                    f"no chain takes prices in {price.denom}",
                    price.denom,
                    did_you_mean(price.denom, _DENOMS),
                )
    for group in groups:
        for unit in group.units:
            if unit.price is None or unit.price.denom not in _DENOMS:
                continue
            usual = estimate_group([unit], scales).per_block(unit.price.denom, scales)
            offered = unit.price.amount * unit.count
            if 0 < offered * _LOW_SHARE < usual:
                yield (
                    Advice.LOW_PRICE,
                    ("profiles", "placement", group.name, "pricing", unit.profile, "amount"),
                    f"the price for {unit.profile} is far below what such resources usually cost, "
                    "so no provider may bid",
                    f"{unit.price.amount / 10**18:g}",
                    f"offer around {-(-usual // (max(unit.count, 1) * 10**18))} {unit.price.denom}",
                )


def _deployments(document: Document) -> Iterator[_Found]:
    for name, service in document.services.items():
        if name not in document.deployment:
            yield (
                Advice.UNUSED_SERVICE,
                ("services", name),
                f"service {name} is not deployed, so it is ignored",
                name,
                f"add {name} to deployment, or remove it",
            )
        for expose in service.expose:
            for to in expose.to:
                if to.service and to.service not in document.services:
                    yield (
                        Advice.UNKNOWN_RECEIVER,
                        ("services", name, "expose", expose.index, "to", to.index, "service"),
                        f"no service named {to.service} exists, so nothing can connect",
                        to.service,
                        did_you_mean(to.service, document.services),
                    )


def _keys(root: Node) -> Iterator[_Found]:
    """Keys that are ignored: unknown ones, and known ones without effect."""
    stack: list[tuple[Node, Schema, Path]] = [(root, json_schema(), ())]
    seen: set[tuple[int, int]] = set()
    while stack:
        node, schema, path = stack.pop()
        if (id(node), id(schema)) in seen:
            continue
        seen.add((id(node), id(schema)))
        if isinstance(node, SequenceNode):
            if items := _branch(schema, "items"):
                stack += [(child, items, (*path, i)) for i, child in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            known = _branch(schema, "properties") or {}
            named = schema.get("additionalProperties")
            for key, child in node.value:
                if not isinstance(key, ScalarNode) or key.value == "<<":
                    continue
                below = (*path, str(key.value))
                if key.value in known:
                    inner = known[key.value]
                    if inner.get("deprecated"):
                        yield _deprecated(below, str(key.value))
                    stack.append((child, inner, below))
                elif isinstance(named, dict):
                    stack.append((child, named, below))
                elif known and named is None and "propertyNames" not in schema:
                    yield _unknown(below, str(key.value), known)


def _branch(schema: Schema, name: str) -> Schema | None:
    """A part of a schema, or of the first of its alternatives that has it."""
    for candidate in (schema, *schema.get("oneOf", ())):
        if name in candidate:
            found: Schema = candidate[name]
            return found
    return None


def _deprecated(path: Path, key: str) -> _Found:
    return (
        Advice.DEPRECATED_KEY,
        path,
        f"{key} has no effect here",
        key,
        "move it up to the expose entry" if key == "http_options" else "remove it",
    )


def _unknown(path: Path, key: str, known: Schema) -> _Found:
    if path[-2:-1] == ("vendor",):
        return (
            Advice.GPU_VENDOR,
            path,
            f"GPU vendor {key} is ignored, and any nvidia GPU will do",
            key,
            "only nvidia is supported",
        )
    return (
        Advice.UNKNOWN_KEY,
        path,
        f"key {key} is unknown here and is ignored",
        key,
        did_you_mean(key, known),
    )


def _trailing_text(source: Source, root: Node) -> Iterator[Warned]:
    """Text after the first document, which is not read: more documents, or a bad outdent."""
    lines = source.lines()
    start = root.end_mark.line + (1 if root.end_mark.column else 0)
    for number in range(start, len(lines)):
        text = lines[number].strip()
        if text and not text.startswith("#") and text not in ("---", "..."):
            yield Warned(
                Advice.TEXT_AFTER_DOCUMENT,
                "the text from here on is not read: it lies outside of the first document",
                source.name,
                number + 1,
                1,
                "",
                text[:60],
                "remove it, or indent all top-level keys alike",
            )
            return
