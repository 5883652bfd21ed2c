"""Errors of the wire: what can be wrong with bytes or JSON before any rule is asked.

They know nothing of codespaces; who answers a client decides which SDK error one becomes.

WireError
  UnknownType        a type URL or name that no message of ours has
  UnknownService     a service name that none of our files defines
  MalformedMessage   bytes that are not the message they claim to be
  UnknownField       bytes with a field that the message does not have
  MalformedJson      JSON that does not fit the message
"""


class WireError(ValueError):
    """Bytes, JSON or a name that the wire does not know."""


class UnknownType(WireError):
    """No message has this type URL or name."""


class UnknownService(WireError):
    """No service has this name."""


class MalformedMessage(WireError):
    """The bytes cannot be read as the message."""


class UnknownField(WireError):
    """The bytes hold a field, or a wire type, that the message does not have.

    The text is the SDK's own, since clients see it in the log of a refused transaction.
    """


class MalformedJson(WireError):
    """The JSON does not fit the message; the text names the path of the value."""
