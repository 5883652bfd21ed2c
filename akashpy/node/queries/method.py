"""What a module's queries are to the table: names of methods and the functions behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from google.protobuf.message import Message

from akashpy.state.context import Context

Respond: TypeAlias = Callable[[Context, Any], Message]
"""A query: a context at some height and the request; gives the response."""

Methods: TypeAlias = Mapping[str, Respond]
"""Method name -> query, of one service."""
