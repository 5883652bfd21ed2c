"""The crisis module's vocabulary: invariants (only its errors are used).

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class CrisisError(ChainError, codespace="crisis"):
    """A refusal of the codespace `crisis`."""


class NoSender(CrisisError, code=2, text="sender address is empty"): ...


class UnknownInvariant(CrisisError, code=3, text="unknown invariant"): ...
