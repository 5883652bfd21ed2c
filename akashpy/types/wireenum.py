"""Enumerations whose names on the wire are lower case.

Members are written in upper case as constants are; `name` is the wire's text.
"""

from enum import IntEnum
from typing import Self


class WireEnum(IntEnum):
    """An enumeration with the wire's numbers; `name` is the wire's lower-case name."""

    @property
    def name(self) -> str:
        """The value's name in messages and JSON."""
        return self._name_.lower()

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The member of that wire name, or None."""
        return next((member for member in cls if member.name == name), None)

    @classmethod
    def of(cls, number: int) -> "Self | int":
        """The member of that number, or the number itself when it has no name.

        Messages of strangers may carry any number, and the chain keeps what it does not check.
        """
        try:
            return cls(number)
        except ValueError:
            return number
