"""The audit module's vocabulary: what auditors say about providers.

The record, errors and the checks of messages that need no state, shared by chain, node, client
and provider. It must not know orders. Source: chain-sdk `go/node/audit/v1`.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.errors import ChainError, Status
from akashpy.types.errors import InvalidAddress as SdkInvalidAddress
from akashpy.wire import audit as wire


class AuditError(ChainError, codespace="audit", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `audit`."""


class ProviderNotFound(
    AuditError, code=1, text="invalid provider: address not found", status=Status.NOT_FOUND
): ...


class InvalidAddress(AuditError, code=2, text="invalid address"): ...


class AttributeNotFound(
    AuditError, code=3, text="attribute not found", status=Status.NOT_FOUND
): ...


@dataclass(frozen=True, slots=True)
class AuditedProvider:
    """Attributes of a provider that an auditor vouches for."""

    owner: str
    auditor: str
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def WIRE(cls) -> type[wire.AuditedProvider]:
        """The message class of this record."""
        return wire.AuditedProvider

    @classmethod
    def from_wire(cls, msg: wire.AuditedProvider | wire.MsgSignProviderAttributes) -> Self:
        """Read an akash.audit.v1.AuditedProvider, or the message that signs one."""
        return cls(msg.owner, msg.auditor, Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.AuditedProvider:
        """An akash.audit.v1.AuditedProvider."""
        return wire.AuditedProvider(
            owner=self.owner, auditor=self.auditor, attributes=self.attributes.to_wire()
        )


def validate_message(
    msg: wire.MsgSignProviderAttributes | wire.MsgDeleteProviderAttributes,
) -> None:
    """Raises InvalidAddress of the codespace sdk for the owner, then the auditor."""
    if not Address.is_valid(msg.owner):
        raise SdkInvalidAddress("MsgCreate: Invalid Owner Address")
    if not Address.is_valid(msg.auditor):
        raise SdkInvalidAddress("MsgCreate: Invalid Auditor Address")
