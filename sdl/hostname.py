"""Hostnames of `accept`: Go's URL parser, which sees them first, and DNS-1123.

Only the messages of the URL parser matter: whatever it refuses is no hostname either.
"""

from __future__ import annotations

import re

from sdl.gotext import quote

_DNS1123 = re.compile(
    r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*", re.ASCII
)
_UNRESERVED_IN_HOST = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=:[]<>\""
)
_USERINFO = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:~!$&'()*+,;=%@"
)
_HEX = frozenset("0123456789abcdefABCDEF")
_MAX_HOSTNAME = 253


def is_hostname(text: str) -> bool:
    """Tell whether a text is a DNS-1123 subdomain."""
    return len(text) <= _MAX_HOSTNAME and _DNS1123.fullmatch(text) is not None


def url_problem(host: str) -> str | None:
    """What Go's URL parser says about `http://` + host; None if it has no objection."""
    if is_hostname(host):
        return None
    problem = _parse(host)
    return f"parse {quote('http://' + host)}: {problem}" if problem else None


def _parse(rest: str) -> str | None:
    main, _, fragment = rest.partition("#")
    if any(char < " " or char == "\x7f" for char in main):
        return "net/url: invalid control character in URL"
    before_query = main.partition("?")[0]
    authority, slash, path = before_query.partition("/")
    userinfo, at, host = authority.rpartition("@")
    return (
        _host_problem(host)
        or (_userinfo_problem(userinfo) if at else None)
        or (_escape_problem(slash + path))
        or (_escape_problem(fragment))
    )


def _host_problem(host: str) -> str | None:
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            return "missing ']' in host"
        port = host[end + 1 :]
    else:
        colon = host.rfind(":")
        port = host[colon:] if colon >= 0 else ""
    if port and not (port[0] == ":" and (port[1:].isdecimal() or len(port) == 1)):
        return f"invalid port {quote(port)} after host"
    return _escape_problem(host, in_host=True)


def _userinfo_problem(userinfo: str) -> str | None:
    if not all(char in _USERINFO for char in userinfo):
        return "net/url: invalid userinfo"
    return _escape_problem(userinfo)


def _escape_problem(text: str, *, in_host: bool = False) -> str | None:
    i = 0
    while i < len(text):
        char = text[i]
        if char == "%":
            digits = text[i + 1 : i + 3]
            good = len(digits) == 2 and all(digit in _HEX for digit in digits)
            # In a host only bytes that are not ASCII may be escaped.
            if not good or (in_host and int(digits[0], 16) < 8 and digits != "25"):
                return f"invalid URL escape {quote(text[i : i + 3])}"
            i += 3
            continue
        if in_host and char.isascii() and char not in _UNRESERVED_IN_HOST:
            return f"invalid character {quote(char)} in host name"
        i += 1
    return None
