"""Settings in layers: defaults, then a file, then the environment, then flags.

Every value remembers where it came from. A key that nobody declared is an error with a suggestion,
never ignored. It knows no particular program; programs declare their settings in a table. Nothing
here reads a file or the environment unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


class ConfigError(Exception):
    """A setting cannot be used; the text names the key, its value, where it stands and a remedy."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `read` turns a given value into the wanted one or raises ValueError."""

    default: Any
    read: Callable[[Any], Any]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A value and the place it came from."""

    value: Any
    place: str


class Layers:
    """Declared settings with their values so far; names are dotted."""

    def __init__(self, declared: Mapping[str, Setting], *, ignored: Iterable[str] = ()) -> None:
        self._declared = dict(declared)
        self._ignored = frozenset(ignored)
        self._values = {
            name: Origin(setting.default, "default") for name, setting in declared.items()
        }

    def __getitem__(self, name: str) -> Any:
        """The value of a setting."""
        return self._values[name].value

    def origin(self, name: str) -> str:
        """Where a value came from: "default", a file's name, a variable, a flag."""
        return self._values[name].place

    def items(self) -> list[tuple[str, Origin]]:
        """All settings in declared order."""
        return list(self._values.items())

    def add_file(self, content: Mapping[str, Any] | None, place: str) -> None:
        """Lay the content of a file on top. Raises ConfigError."""
        for name, value in self._flat(content or {}, ""):
            if name.split(".")[0] not in self._ignored:
                self._set(name, value, f"{place}: {name}", place)

    def add_environment(self, environ: Mapping[str, str], prefix: str) -> None:
        """Lay variables on top: `PREFIX_BID_TIMEOUT` is `bid.timeout`. Raises ConfigError."""
        for name in self._declared:
            variable = prefix + name.replace(".", "_").replace("-", "_").upper()
            if variable in environ:
                self._set(name, environ[variable], variable, variable)

    def refuse_unknown(
        self, environ: Mapping[str, str], prefix: str, others: Iterable[str] = ()
    ) -> None:
        """Refuse variables with this prefix that set nothing, but `others`. Raises ConfigError."""
        names = {name.replace(".", "_").replace("-", "_") for name in self._declared}
        for variable in sorted(environ):
            if variable.startswith(prefix) and variable not in others:
                name = variable.removeprefix(prefix).lower()
                if name not in names:
                    raise ConfigError(f"{variable} is not a setting{self._suggestion(name)}")

    def add_flags(self, flags: Mapping[str, Any]) -> None:
        """Lay given flags on top; None means not given. Raises ConfigError."""
        for name, value in flags.items():
            if value is not None:
                flag = "--" + name.replace(".", "-").replace("_", "-")
                self._set(name, value, flag, flag)

    def _set(self, name: str, value: Any, what: str, place: str) -> None:
        setting = self._declared.get(name)
        if setting is None:
            raise ConfigError(f"{what} is not a setting{self._suggestion(name)}")
        try:
            read = setting.read(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise ConfigError(f"{what} is {value!r}: {error}") from error
        self._values[name] = Origin(read, place)

    def _flat(self, content: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
        for key, value in content.items():
            name = f"{prefix}{key}"
            if name not in self._declared and isinstance(value, Mapping):
                yield from self._flat(value, f"{name}.")
            else:
                yield name, value

    def _suggestion(self, name: str) -> str:
        close = get_close_matches(name, self._declared, n=1, cutoff=0.5)
        return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(self._declared)}"
