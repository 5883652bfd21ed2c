"""A query's refusal that is a bare gRPC status: a kind and a text, without codespace and code.

Akash's queries answer with these where nothing of a module is at fault, say for a bad address. It
must not know gRPC's library; the servers turn it into their own form.
"""

from __future__ import annotations

from akashpy.types.errors import PlainError, Status


class Refused(PlainError):
    """A refusal with a gRPC status of its own; the detail is its whole text."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status = status  # type: ignore[misc]  # this class alone has it per instance


def invalid(text: str) -> Refused:
    """The request itself is wrong."""
    return Refused(Status.INVALID_ARGUMENT, text)


def missing(text: str) -> Refused:
    """What was asked for does not exist."""
    return Refused(Status.NOT_FOUND, text)


def internal(text: str) -> Refused:
    """Akash answers Internal here, whoever is at fault."""
    return Refused(Status.INTERNAL, text)
