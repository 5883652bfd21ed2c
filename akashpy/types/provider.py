"""The provider module's vocabulary: who offers resources.

The record, errors and the checks of messages that need no state, shared by chain, node, client
and provider. It must not know orders. Source: chain-sdk `go/node/provider/v1beta4`.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.attributes import Attributes as AttributeList
from akashpy.types.errors import ChainError, Status
from akashpy.types.errors import InvalidAddress as SdkInvalidAddress
from akashpy.types.url import BadURL, parse_url
from akashpy.wire import provider as wire


class ProviderError(ChainError, codespace="provider", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `provider`."""


class InvalidProviderURI(ProviderError, code=1, text="invalid provider: invalid host uri"): ...


class NotAbsProviderURI(ProviderError, code=2, text="invalid provider: not absolute host uri"): ...


class ProviderNotFound(
    ProviderError, code=3, text="invalid provider: address not found", status=Status.NOT_FOUND
): ...


class ProviderExists(
    ProviderError, code=4, text="invalid provider: already exists", status=Status.ALREADY_EXISTS
): ...


class InvalidAddress(ProviderError, code=5, text="invalid address"): ...


class Attributes(ProviderError, code=6, text="attribute specification error"): ...


class IncompatibleAttributes(
    ProviderError, code=7, text="attributes cannot be changed", status=Status.FAILED_PRECONDITION
): ...


class InvalidInfoWebsite(ProviderError, code=8, text="invalid provider: invalid info website"): ...


class Internal(ProviderError, code=9, text="internal error", status=Status.INTERNAL): ...


class NotImplementedYet(ProviderError, code=10, text="internal error", status=Status.INTERNAL):
    """What deleting a provider always gives on Akash: providers cannot be deleted."""


@dataclass(frozen=True, slots=True)
class Info:
    """How to reach the people behind a provider."""

    email: str = ""
    website: str = ""

    @classmethod
    def from_wire(cls, msg: wire.Info) -> Self:
        """Read an akash.provider.v1beta4.Info."""
        return cls(msg.email, msg.website)

    def to_wire(self) -> wire.Info:
        """An akash.provider.v1beta4.Info."""
        return wire.Info(email=self.email, website=self.website)

    def validate(self) -> None:
        """Raises InvalidInfoWebsite."""
        if self.website:
            try:
                parse_url(self.website)
            except BadURL:
                raise InvalidInfoWebsite from None


@dataclass(frozen=True, slots=True)
class Provider:
    """An account that bids; `host_uri` is its gateway."""

    owner: str
    host_uri: str
    attributes: AttributeList = AttributeList.EMPTY
    info: Info = Info()

    @classmethod
    def WIRE(cls) -> type[wire.Provider]:
        """The message class of this record."""
        return wire.Provider

    @classmethod
    def from_wire(
        cls, msg: wire.Provider | wire.MsgCreateProvider | wire.MsgUpdateProvider
    ) -> Self:
        """Read an akash.provider.v1beta4.Provider, or a message that creates or updates one."""
        return cls(
            msg.owner,
            msg.host_uri,
            AttributeList.from_wire(msg.attributes),
            Info.from_wire(msg.info),
        )

    def to_wire(self) -> wire.Provider:
        """An akash.provider.v1beta4.Provider."""
        return wire.Provider(
            owner=self.owner,
            host_uri=self.host_uri,
            attributes=self.attributes.to_wire(),
            info=self.info.to_wire(),
        )

    def validate(self, verb: str = "Create") -> None:
        """Check in Akash's order; `verb` is what its text says was tried.

        Raises InvalidProviderURI, NotAbsProviderURI, InvalidAddress of the codespace sdk,
        InvalidAttributeKey, AttributesDuplicateKeys, InvalidInfoWebsite.
        """
        validate_host_uri(self.host_uri)
        if not Address.is_valid(self.owner):
            raise SdkInvalidAddress(f"Msg{verb}: Invalid Provider Address")
        self.attributes.validate(wildcard=False)
        self.info.validate()


def validate_host_uri(text: str) -> None:
    """A gateway's address: https, a host, perhaps a port, and nothing after it, not even `/`.

    Raises InvalidProviderURI, NotAbsProviderURI.
    """
    try:
        url = parse_url(text)
    except BadURL:
        raise InvalidProviderURI from None
    shown = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if not url.scheme:
        raise NotAbsProviderURI(f"validating {shown} for absolute URI")
    if url.scheme != "https":
        raise InvalidProviderURI(f"scheme in {shown} should be https")
    if not url.host:
        raise InvalidProviderURI(f"validating {shown} for valid host")
    if url.path:
        raise InvalidProviderURI(f"path in {shown} should be empty")


def validate_create_provider(msg: wire.MsgCreateProvider) -> None:
    """Raises what a provider's `validate` raises."""
    Provider.from_wire(msg).validate("Create")


def validate_update_provider(msg: wire.MsgUpdateProvider) -> None:
    """Raises what a provider's `validate` raises."""
    Provider.from_wire(msg).validate("Update")


def validate_delete_provider(msg: wire.MsgDeleteProvider) -> None:
    """Raises InvalidAddress of the codespace sdk."""
    if not Address.is_valid(msg.owner):
        raise SdkInvalidAddress("MsgDelete: Invalid Provider Address")
