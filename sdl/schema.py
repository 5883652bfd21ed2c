"""SDL as a JSON Schema (draft 2020-12): for editors' completion, and as the list of known keys.

It says what a file may contain, not what must fit together; whatever Akash's parser accepts
passes, so unknown keys pass where Akash ignores them. `known_keys` walks the same text for the
warnings. Plain data and one builder for each part.
"""

from __future__ import annotations

from typing import Any

from sdl.build import NEXT_CASES, TEE_TYPES
from sdl.parse import ROOT_KEYS
from sdl.parse_compute import STORAGE_CLASSES

Schema = dict[str, Any]

SCHEMA_ID = "urn:akashpy:schema:sdl"

_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: Schema = {"type": ["array", "null"], "items": _SCALAR}
_FLOAT = r"[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?"
_HEX_FLOAT = r"[+-]?0[xX][0-9a-fA-F_.]+[pP][+-]?[0-9]+"
_CPU = rf"^([0-9]+m|{_FLOAT}|{_HEX_FLOAT})$"
_BYTES = rf"^({_FLOAT}|{_HEX_FLOAT})([KMGTPE]i|[kMGTPE])?$"
_GPU_RAM = rf"^({_FLOAT}|{_HEX_FLOAT})([KMGTPE]i)?$"
_UINT32_MAX = 2**32 - 1


def _text(description: str, **more: Any) -> Schema:
    return {**_SCALAR, "description": description, **more}


def _texts(description: str, **more: Any) -> Schema:
    return {**_TEXTS, "description": description, **more}


def _number(description: str, **more: Any) -> Schema:
    return {
        "type": ["number", "null"],
        "exclusiveMinimum": -1,
        "exclusiveMaximum": _UINT32_MAX + 1,
        "description": description,
        **more,
    }


def _flag(description: str) -> Schema:
    words = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]
    words += ["n", "N", "no", "No", "NO", "off", "Off", "OFF"]
    return {"enum": [True, False, None, *words], "description": description}


def _mapping(description: str, properties: Schema, **more: Any) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": properties,
        "description": description,
        **more,
    }


def _named(description: str, item: Schema, **more: Any) -> Schema:
    return {
        "type": ["object", "null"],
        "additionalProperties": item,
        "description": description,
        **more,
    }


def _quantity(description: str, pattern: str, examples: list[Any]) -> Schema:
    return {
        "type": ["string", "number", "null"],
        "pattern": pattern,
        "description": description,
        "examples": examples,
    }


def _http_options() -> Schema:
    return _mapping(
        "Limits of the HTTP ingress of this port.",
        {
            "max_body_size": _number("Largest request body in bytes.", maximum=104857600.99),
            "read_timeout": _number("Milliseconds.", maximum=60000.99),
            "send_timeout": _number("Milliseconds.", maximum=60000.99),
            "next_tries": _number("How many upstreams to try."),
            "next_timeout": _number("Milliseconds for all tries."),
            "proxy_buffer_size": _number("Bytes for response headers.", maximum=1048576.99),
            "next_cases": {
                "type": ["array", "null"],
                "items": {
                    "enum": [*NEXT_CASES, *(int(case) for case in NEXT_CASES if case.isdecimal())]
                    + [None]
                },
                "description": "When to try the next upstream.",
            },
        },
    )


def _expose() -> Schema:
    receiver = _mapping(
        "Who may reach the port.",
        {
            "global": _flag("Reachable from the internet."),
            "service": _text("Reachable by this service."),
            "ip": _text("Reachable at this leased IP; a name from endpoints."),
            "http_options": {**_http_options(), "deprecated": True},
        },
    )
    return _mapping(
        "One exposed port.",
        {
            "port": _number("Port in the container.", examples=[80]),
            "as": _number("Port outside; the same if unset.", examples=[80]),
            "proto": {
                "type": ["string", "null"],
                "pattern": "^([tT][cC][pP]|[uU][dD][pP])?$",
                "description": "tcp (default) or udp.",
                "examples": ["tcp", "udp"],
            },
            "to": {
                "type": ["array", "null"],
                "items": receiver,
                "description": "Who may reach the port.",
            },
            "accept": _texts("Host names served on this port.", examples=[["app.example.com"]]),
            "http_options": _http_options(),
        },
    )


def _service() -> Schema:
    params = _mapping(
        "Mounts, permissions and confidential computing.",
        {
            "storage": _named(
                "Volumes of the compute profile, by name.",
                _mapping(
                    "Where the volume is mounted.",
                    {
                        "mount": _text("Absolute path.", examples=["/data"]),
                        "readOnly": _flag("Mount read-only."),
                    },
                ),
            ),
            "permissions": _mapping(
                "What the service may read of its own lease.",
                {"read": _texts("deployment, logs, events.", examples=[["logs"]])},
            ),
            "tee": {"enum": [None, "", *TEE_TYPES], "description": "Trusted execution."},
        },
    )
    credentials = _mapping(
        "Access to a private image registry.",
        {
            "host": _text("Registry host."),
            "email": _text("Sent by version 2.1 only."),
            "username": _text("User."),
            "password": _text("Password or token."),
        },
    )
    return _mapping(
        "One container.",
        {
            "image": _text("Image with a tag or digest.", examples=["nginx:1.27"]),
            "command": _texts("Replaces the image's entrypoint."),
            "args": _texts("Replaces the image's arguments."),
            "env": _texts("NAME=value entries.", examples=[["LOG_LEVEL=info"]]),
            "expose": {
                "type": ["array", "null"],
                "items": _expose(),
                "description": "Ports that others may reach.",
            },
            "params": params,
            "credentials": credentials,
            "dependencies": {
                "type": ["array", "null"],
                "items": _mapping("Ignored.", {"service": _text("Ignored.")}),
                "description": "Ignored.",
                "deprecated": True,
            },
        },
    )


def _volume() -> Schema:
    attributes = {
        "type": ["object", "null"],
        "properties": {
            "persistent": _text("Survives restarts: true or false.", examples=[True]),
            "class": {
                "type": ["string", "null"],
                "enum": [*STORAGE_CLASSES, "", None],
                "description": "default, beta1 (HDD), beta2 (SSD), beta3 (NVMe), ram.",
            },
        },
        "propertyNames": {"enum": ["persistent", "class", "<<"]},
        "description": "Kind of volume.",
    }
    return _mapping(
        "One volume.",
        {
            "name": _text("default if unset."),
            "size": _quantity("5Mi to 32Ti.", _BYTES, ["1Gi"]),
            "attributes": attributes,
        },
    )


def _gpu() -> Schema:
    model = _mapping(
        "One acceptable model.",
        {
            "model": _text("Model name, * for any.", examples=["a100", "h100", "rtx4090"]),
            "ram": _quantity("Memory of the GPU.", _GPU_RAM, ["80Gi"]),
            "interface": {"enum": ["pcie", "sxm", None], "description": "pcie or sxm."},
        },
    )
    vendor = _mapping(
        "GPU vendors; only nvidia is read.",
        {
            "nvidia": {
                "type": ["array", "null"],
                "items": model,
                "description": "Acceptable models; empty for any.",
            }
        },
    )
    return {
        "type": ["object", "array", "string", "number", "boolean", "null"],
        "properties": {
            "units": {
                "type": ["string", "integer", "null"],
                "pattern": "^[0-9]+$",
                "minimum": 0,
                "description": "GPUs for each replica.",
                "examples": [1],
            },
            "attributes": {
                "type": ["object", "null"],
                "properties": {"vendor": vendor},
                "required": ["vendor"],
                "additionalProperties": False,
                "description": "Which GPUs.",
            },
        },
        "additionalProperties": False,
        "description": "GPUs for each replica.",
    }


def _compute() -> Schema:
    cpu = _mapping(
        "CPU of each replica.",
        {
            "units": _quantity("Cores, or thousandths with m.", _CPU, [0.5, "500m"]),
            "attributes": {
                "type": ["object", "array", "string", "number", "boolean", "null"],
                "properties": {"arch": _text("CPU architecture.", examples=["amd64", "arm64"])},
                "additionalProperties": False,
                "description": "Which CPU.",
            },
        },
    )
    memory = _mapping(
        "Memory of each replica.",
        {
            "size": _quantity("1Mi to 2Ti.", _BYTES, ["512Mi"]),
            "attributes": {"description": "Ignored.", "deprecated": True},
        },
    )
    volume = _volume()
    resources = _mapping(
        "What each replica gets.",
        {
            "cpu": cpu,
            "memory": memory,
            "gpu": _gpu(),
            "storage": {
                "description": "One volume, or a list of volumes.",
                "oneOf": [
                    volume,
                    {"type": "array", "items": volume},
                    {"type": ["string", "number", "boolean"]},
                ],
            },
        },
    )
    return _mapping("One compute profile.", {"resources": resources})


def _placement() -> Schema:
    price = _mapping(
        "Highest price for one replica and block.",
        {
            "denom": _text("uact or uakt.", examples=["uact", "uakt"]),
            "amount": _text("Decimal number.", examples=[1000]),
        },
    )
    return _mapping(
        "One placement.",
        {
            "attributes": _named("Attributes that providers must have.", _SCALAR),
            "signedBy": _mapping(
                "Auditors who must have signed the provider's attributes.",
                {
                    "anyOf": _texts("At least one of these."),
                    "allOf": _texts("Each of these."),
                },
            ),
            "pricing": _named("Price of each compute profile.", price),
        },
    )


def json_schema() -> Schema:
    """The whole schema, as plain JSON values."""
    deploy = _mapping(
        "How a service runs in a placement.",
        {"profile": _text("A compute profile."), "count": _number("Replicas.", examples=[1])},
    )
    properties: Schema = {
        "version": {
            "type": ["string", "number"],
            "description": 'Edition of the language: "2.0" or "2.1".',
            "examples": ["2.0", "2.1"],
        },
        "include": _texts("Ignored.", deprecated=True),
        "services": _named("Containers, by name.", _service()),
        "profiles": _mapping(
            "Compute and placement profiles.",
            {
                "compute": _named("Resources, by profile name.", _compute()),
                "placement": _named("Where and for how much, by name.", _placement()),
            },
        ),
        "deployment": _named(
            "Which services run where.",
            _named("By placement.", deploy),
            minProperties=1,
        ),
        "endpoints": _named(
            "Leased IPs, by name.",
            _mapping("One leased IP.", {"kind": {"enum": ["ip"], "description": "ip"}}),
        ),
        "reclamation": _mapping(
            "Notice that a provider must give before it takes resources back.",
            {"min_window": _text("A duration.", examples=["24h", "1h30m"])},
        ),
    }
    assert set(properties) == set(ROOT_KEYS)  # both lists describe the root
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Akash Stack Definition Language",
        "type": "object",
        "properties": properties,
        "required": ["version", "deployment"],
        "additionalProperties": False,
    }
