"""What a question to the API server is called in the numbers: Akash's word where it has one.

Akash names its calls by hand, not always after one rule; a call that it never makes is named after
the kind and the verb. Pure; it knows of no counter.
Source: facts of the provider, metrics (11).
"""

from __future__ import annotations

from http import HTTPStatus

NAME = "provider_kube_calls"
SERVER_VERSION = "discovery-serverversion"
VERBS = {"POST": "create", "PUT": "update", "DELETE": "delete"}
ALIASES = {
    "manifests": ("akash-manifests", ("get", "create", "update", "patch")),
    "networkpolicies": ("networking-policies", None),
    "ingresses": ("networking-ingresses", ("create", "update", "patch", "delete")),
    "statefulsets": ("statefulset", ("create", "update", "patch")),
    "httproutes": ("gateway-httproutes", None),
}
"""Plural of a kind -> Akash's word for it, and the verbs with which it is used; None means all."""
PARTS = {"log": "getlogs", "exec": "exec"}


def action(method: str, path: str, status: int = 0, *, patch: bool = False) -> str:
    """The name of a call; `patch` is true for a change of some fields, false for an apply.

    An apply is told apart by its answer: 201 means that there was no such object.
    """
    if path == "/version":
        return SERVER_VERSION
    plural, name, part = _parsed(path)
    if part in PARTS:
        return f"{plural}-{PARTS[part]}"
    if method == "GET":
        verb = "get" if name else "list"
    elif method == "PATCH" and not patch:
        verb = "create" if status == HTTPStatus.CREATED else "update"
    else:
        verb = VERBS.get(method, "patch")
    return f"{_word(plural, verb)}-{verb}"


def following(path: str) -> str:
    """The name of a call that goes on: a watch, or logs."""
    plural, _, part = _parsed(path)
    return f"{plural}-{PARTS.get(part, 'follow')}"


def is_success(method: str, status: int) -> bool:
    """Whether a status counts as success; to learn that there is no such object does."""
    return status < HTTPStatus.MULTIPLE_CHOICES or (
        method == "GET" and status == HTTPStatus.NOT_FOUND
    )


def _word(plural: str, verb: str) -> str:
    word, verbs = ALIASES.get(plural, (plural, None))
    return word if verbs is None or verb in verbs else plural


def _parsed(path: str) -> tuple[str, str, str]:
    """Plural, name and part (`log`, `status`, ...) of what a path leads to."""
    parts = path.strip("/").split("/")
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    if rest[:1] == ["namespaces"] and len(rest) > 2 and rest[2] != "status":
        rest = rest[2:]
    plural, name, part = (*rest, "", "", "")[:3]
    return plural, name, part
