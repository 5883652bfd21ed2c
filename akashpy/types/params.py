"""The params module's vocabulary: the legacy parameter store (only its errors are used).

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class ParamsError(ChainError, codespace="params"):
    """A refusal of the codespace `params`."""


class UnknownSubspace(ParamsError, code=2, text="unknown subspace"): ...


class SettingParameter(ParamsError, code=3, text="failed to set parameter"): ...


class EmptyChanges(ParamsError, code=4, text="submitted parameter changes are empty"): ...


class EmptySubspace(ParamsError, code=5, text="parameter subspace is empty"): ...


class EmptyKey(ParamsError, code=6, text="parameter key is empty"): ...


class EmptyValue(ParamsError, code=7, text="parameter value is empty"): ...
