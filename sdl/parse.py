"""A YAML tree to a Document: the root of the file, its sections in the order they are written.

Akash decodes one top-level key after the other and stops at the first that fails, so the order
of the keys decides which problem is the first. Knows no rule that spans two sections.
"""

from __future__ import annotations

from sdl.decode import Decoder, is_null, raw_pairs
from sdl.edition import read_version
from sdl.errors import Code
from sdl.model import Attributes, Deploy, Document, Placement, Price
from sdl.parse_compute import compute_profiles
from sdl.parse_services import services
from sdl.problems import Problems
from sdl.quantity import QuantityError, parse_price, show_price
from sdl.remedy import did_you_mean
from sdl.tree import Node

ROOT_KEYS = (
    "version",
    "include",
    "services",
    "profiles",
    "deployment",
    "endpoints",
    "reclamation",
)
_PRICE = 'struct { Amount string "yaml:\\"amount\\""; Denom string "yaml:\\"denom\\"" }'


def parse(problems: Problems, root: Node) -> Document:
    """Decode a whole file. Raises SdlError unless `problems` gathers."""
    document = Document(read_version(problems, root))
    decoder = Decoder(problems)
    for key, key_node, value in raw_pairs(root):
        # A key that is written twice adds to what the first one said, and null forgets it.
        if key == "services":
            kept = {} if is_null(value) else document.services
            document.services = kept | (services(decoder, value) or {})
        elif key == "profiles":
            _profiles(decoder, value, document)
        elif key == "deployment":
            kept_deployments = {} if is_null(value) else document.deployment
            document.deployment = kept_deployments | _deployments(decoder, value)
        elif key == "endpoints":
            kept_endpoints = {} if is_null(value) else document.endpoints
            document.endpoints = kept_endpoints | _endpoints(decoder, value)
        elif key == "reclamation":
            document.reclamation = _reclamation(decoder, value)
        elif key == "include":
            decoder.strings(value)
        elif key != "version":
            problems.at_node(
                Code.UNKNOWN_FIELD,
                f"sdl: unexpected field {key}",
                key_node,
                value=key,
                remedy=did_you_mean(key, ROOT_KEYS),
            )
        problems.end_key()
    return document


def _profiles(decoder: Decoder, node: Node, document: Document) -> None:
    for key, value in decoder.fields(node, "sdl.v2profiles") or ():
        if key == "compute":
            document.compute |= compute_profiles(decoder, value)
        elif key == "placement":
            for name, placement in decoder.fields(value, "map[string]sdl.v2ProfilePlacement") or ():
                document.placement[name] = _placement(decoder, placement)


def _placement(decoder: Decoder, node: Node) -> Placement:
    attributes: Attributes | None = None
    all_of = any_of = None
    pricing: dict[str, Price | None] = {}
    for key, value in decoder.fields(node, "sdl.v2ProfilePlacement") or ():
        if key == "attributes":
            attributes = sorted((decoder.string_map(value) or {}).items()) or None
        elif key == "signedBy":
            for name, auditors in decoder.fields(value, "v1.SignedBy") or ():
                if name == "allOf":
                    all_of = decoder.strings(auditors)
                elif name == "anyOf":
                    any_of = decoder.strings(auditors)
        elif key == "pricing":
            for name, price in decoder.fields(value, "sdl.v2PlacementPricing") or ():
                pricing[name] = _price(decoder, price)
    return Placement(attributes, all_of, any_of, pricing)


def _price(decoder: Decoder, node: Node) -> Price | None:
    before = decoder.problems.noted
    pairs = decoder.fields(node, _PRICE)
    if pairs is None:
        return None
    nodes: dict[str, Node] = {}
    denom = text = ""
    for key, value in pairs:
        nodes[key] = value
        if key == "denom":
            denom = decoder.text(value) or ""
        elif key == "amount":
            text = decoder.text(value) or ""
    if decoder.problems.noted > before:
        return Price("", 1)
    amount = _amount(decoder, text, nodes.get("amount", node))
    if not _is_denom(denom):
        decoder.problems.at_node(
            Code.PRICE_DENOM,
            f"invalid denom: {denom}",
            nodes.get("denom", node),
            value=denom,
            remedy="write denom: uact (or uakt)",
        )
        denom = ""
    return Price(denom, amount)


def _amount(decoder: Decoder, text: str, node: Node) -> int:
    try:
        amount = parse_price(text)
    except QuantityError as error:
        decoder.problems.at_node(error.code, error.text, node, remedy=error.remedy)
        return 1
    if amount == 0:
        decoder.problems.at_node(
            Code.PRICE_ZERO,
            "invalid coin amount: amount is zero",
            node,
            remedy="write the highest price per block that you would pay",
        )
    elif amount < 0:
        decoder.problems.at_node(
            Code.PRICE_NEGATIVE,
            f'invalid: negative value not allowed: amount "{show_price(amount)}" is negative',
            node,
            remedy="write a positive amount",
        )
    return max(amount, 1)


_DENOM_REST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:._-")


def _is_denom(text: str) -> bool:
    return (
        3 <= len(text) <= 128
        and text[0].isascii()
        and text[0].isalpha()
        and _DENOM_REST.issuperset(text)
    )


def _deployments(decoder: Decoder, node: Node) -> dict[str, dict[str, Deploy]]:
    found: dict[str, dict[str, Deploy]] = {}
    for service, placements in decoder.fields(node, "sdl.v2Deployments") or ():
        found[service] = {}
        for placement, value in decoder.fields(placements, "sdl.v2Deployment") or ():
            profile, count = "", 0
            for key, field in decoder.fields(value, "sdl.v2ServiceDeployment") or ():
                if key == "profile":
                    profile = decoder.text(field) or ""
                elif key == "count":
                    count = decoder.uint32(field)
            found[service][placement] = Deploy(profile, count)
    return found


def _endpoints(decoder: Decoder, node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in decoder.fields(node, "map[string]sdl.v2Endpoint") or ():
        found[name] = ""
        for key, field in decoder.fields(value, "sdl.v2Endpoint") or ():
            if key == "kind":
                found[name] = decoder.text(field) or ""
    return found


def _reclamation(decoder: Decoder, node: Node) -> str | None:
    # The key alone asks for a window: null and {} fail later, as a blank duration.
    if is_null(node):
        return ""
    window = ""
    for key, value in decoder.fields(node, "sdl.v2Reclamation") or ():
        if key == "min_window":
            window = decoder.text(value) or ""
    return window
