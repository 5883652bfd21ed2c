"""What a module of the chain hands to the composition root, and nothing more.

A module is data: its message handlers by type URL, its genesis functions, its block hooks, what it
listens to and what must always hold. It exists so that `chain/app.py` can be a list of modules in a
literal order. It must not know any module, the store, or how transactions are run.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate

JsonState = dict[str, Any]
"""A module's GenesisState as proto JSON (field names, numbers as text)."""

Subscriber = Callable[[Context, Any], None]
Invariant = Callable[[Context], str | None]
Steps = Generator[None, None, None]
"""A hook's work in small steps: other work of the node may run between them, reads only."""
BlockHook = Callable[[Context], Sequence[ValidatorUpdate] | Steps | None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one message is checked without state and executed with it.

    `validate` runs in CheckTx and again before `execute`; it reads nothing but the message.
    `execute` returns the response message; an error undoes the whole transaction.
    """

    validate: Callable[[Any], None] | None
    execute: Callable[[Context, Any], Any]


def _no_genesis(ctx: Context, state: JsonState) -> None:
    del ctx, state


def _empty_export(ctx: Context) -> JsonState:
    del ctx
    return {}


def _empty_default(preset: str) -> JsonState:
    del preset
    return {}


def _accept(state: JsonState) -> None:
    del state


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the chain, as `chain/app.py` composes it.

    `init_genesis` may return validator updates; `end_block` hooks may, too.
    `subscribers` maps a value's class to what happens when `ctx.notify` is called with it.
    `invariants` return None when they hold, else a sentence saying what is broken.
    """

    name: str
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    init_genesis: Callable[[Context, JsonState], Sequence[ValidatorUpdate] | None] = _no_genesis
    export_genesis: Callable[[Context], JsonState] = _empty_export
    default_genesis: Callable[[str], JsonState] = _empty_default
    validate_genesis: Callable[[JsonState], None] = _accept
    pre_block: tuple[Callable[[Context], None], ...] = ()
    begin_block: tuple[Callable[[Context], None], ...] = ()
    end_block: tuple[BlockHook, ...] = ()
    subscribers: Mapping[type, Subscriber] = field(default_factory=dict)
    invariants: tuple[Invariant, ...] = ()
