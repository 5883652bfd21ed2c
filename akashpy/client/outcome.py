"""What became of a transaction that is in a block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from google.protobuf.message import Message

from akashpy import wire
from akashpy.types.errors import ChainError, rebuild
from akashpy.types.events import Event
from akashpy.wire import abci

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class TxOutcome:
    """An included transaction; `code` 0 is success. `hash` is upper-case hex."""

    hash: str
    height: int
    code: int
    codespace: str
    log: str
    gas_wanted: int
    gas_used: int
    events: tuple[Event, ...]
    data: bytes

    @classmethod
    def from_wire(cls, msg: abci.TxResponse) -> TxOutcome:
        """Read a cosmos.base.abci.v1beta1.TxResponse."""
        return cls(
            hash=msg.txhash,
            height=msg.height,
            code=msg.code,
            codespace=msg.codespace,
            log=msg.raw_log,
            gas_wanted=msg.gas_wanted,
            gas_used=msg.gas_used,
            events=tuple(_event(event) for event in msg.events),
            data=bytes.fromhex(msg.data),
        )

    @property
    def error(self) -> ChainError | None:
        """The refusal as its class, or None on success."""
        if self.code == 0:
            return None
        return rebuild(self.codespace, self.code, self.log)

    @cached_property
    def responses(self) -> tuple[Message, ...]:
        """The response of each message, in order; empty when it failed."""
        content = abci.TxMsgData.FromString(self.data)
        return tuple(wire.unpack(each) for each in content.msg_responses)

    def response(self, kind: type[M]) -> M:
        """The first response of a kind. Raises LookupError."""
        for each in self.responses:
            if isinstance(each, kind):
                return each
        raise LookupError(f"transaction {self.hash} has no {kind.DESCRIPTOR.full_name}")

    def events_of(self, type: str) -> tuple[Event, ...]:
        """The events of one type, in order."""
        return tuple(event for event in self.events if event.type == type)


def _event(msg: abci.Event) -> Event:
    return Event(msg.type, tuple((each.key, each.value) for each in msg.attributes))
