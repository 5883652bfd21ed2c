"""URLs as Go's net/url reads them: enough to say whether a text is one, and its main parts.

Which registrations a chain accepts hangs on these rules, so they are Go's and not urllib's. It
must not know what a URL is for. Source: Go `net/url` Parse.
"""

import re
from typing import NamedTuple

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):", re.ASCII)
USERINFO = re.compile(r"[a-zA-Z0-9\-._:~!$&'()*+,;=%@]*", re.ASCII)
HOST_CHARS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:[]<>\""
)
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})?", re.ASCII)
PORT = re.compile(r"(:[0-9]*)?", re.ASCII)


class BadURL(ValueError):
    """The text is no URL."""


class URL(NamedTuple):
    """The parts that matter here; `host` includes the port."""

    scheme: str
    host: str
    path: str


def parse_url(text: str) -> URL:
    """Split a URL or a reference. Raises BadURL."""
    if any(char < " " or char == "\x7f" for char in text):
        raise BadURL("invalid control character in URL")
    rest, _, fragment = text.partition("#")
    _check_escapes(fragment)
    scheme, rest = _scheme(rest)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return URL(scheme, "", "")
        if ":" in rest.partition("/")[0]:
            raise BadURL("first path segment in URL cannot contain colon")
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        host = _host(authority)
    _check_escapes(rest)
    return URL(scheme, host, rest)


def _scheme(text: str) -> tuple[str, str]:
    if text.startswith(":"):
        raise BadURL("missing protocol scheme")
    match = SCHEME.match(text)
    return (match[1].lower(), text[match.end() :]) if match else ("", text)


def _host(authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if at:
        if USERINFO.fullmatch(user) is None:
            raise BadURL("net/url: invalid userinfo")
        _check_escapes(user)
    if host.startswith("["):
        close = host.rfind("]")
        if close < 0:
            raise BadURL("missing ']' in host")
        port = host[close + 1 :]
    else:
        colon = host.rfind(":")
        port = host[colon:] if colon >= 0 else ""
    if PORT.fullmatch(port) is None:
        raise BadURL(f"invalid port {port} after host")
    for match in ESCAPE.finditer(host):
        # A host may escape only what is not ASCII, and the % before a zone.
        if match[1] is None or (int(match[1], 16) < 128 and match[0] != "%25"):
            raise BadURL(f"invalid URL escape {match[0]}")
    for char in ESCAPE.sub("", host):
        if char < "\x80" and char not in HOST_CHARS:
            raise BadURL(f"invalid character {char!r} in host name")
    return host


def _check_escapes(text: str) -> None:
    for match in ESCAPE.finditer(text):
        if match[1] is None:
            raise BadURL(f"invalid URL escape {text[match.start() : match.start() + 3]!r}")
