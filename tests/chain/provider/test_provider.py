"""Registering, changing and not deleting providers."""

import pytest

from akashpy.chain import provider
from akashpy.types.errors import (
    AttributesDuplicateKeys,
    ChainError,
    InvalidAddress,
    InvalidAttributeKey,
    PlainError,
)
from akashpy.types.events import Event
from akashpy.types.provider import (
    InvalidInfoWebsite,
    InvalidProviderURI,
    NotAbsProviderURI,
    NotImplementedYet,
    ProviderExists,
    ProviderNotFound,
)
from akashpy.wire import base
from akashpy.wire import provider as pb
from tests.chain.conftest import Given

URI = "https://provider.localhost:8443"
Message = pb.MsgCreateProvider | pb.MsgUpdateProvider


def create(
    owner: str,
    uri: str = URI,
    attributes: tuple[tuple[str, str], ...] = (("region", "us-west"),),
    website: str = "",
) -> pb.MsgCreateProvider:
    return pb.MsgCreateProvider(
        owner=owner,
        host_uri=uri,
        attributes=[base.Attribute(key=key, value=value) for key, value in attributes],
        info=pb.Info(website=website),
    )


def update(*args: object, **kwargs: object) -> pb.MsgUpdateProvider:
    msg = create(*args, **kwargs)  # type: ignore[arg-type]  # passed through
    return pb.MsgUpdateProvider.FromString(msg.SerializeToString())


def test_created(given: Given) -> None:
    owner = given.address("provider")
    given.run(create(owner))
    found = provider.get(given.ctx, owner)
    assert found is not None
    assert (found.owner, found.host_uri) == (owner, URI)
    assert [(each.key, each.value) for each in found.attributes] == [("region", "us-west")]
    assert given.events == [
        Event("akash.provider.v1beta4.EventProviderCreated", (("owner", f'"{owner}"'),))
    ]


def test_updated_wholly(given: Given) -> None:
    owner = given.address("provider")
    given.run(create(owner))
    given.events.clear()
    given.run(update(owner, uri="https://new.example", attributes=()))
    found = provider.get(given.ctx, owner)
    assert found is not None
    assert (found.host_uri, tuple(found.attributes)) == ("https://new.example", ())
    assert given.events == [
        Event("akash.provider.v1beta4.EventProviderUpdated", (("owner", f'"{owner}"'),))
    ]


def test_invalid_second_registration(given: Given) -> None:
    owner = given.address("provider")
    given.run(create(owner))
    with given.rejects(ProviderExists, f"id: {owner}: invalid provider: already exists"):
        given.run(create(owner))


def test_invalid_update_of_nobody(given: Given) -> None:
    owner = given.address("provider")
    with given.rejects(ProviderNotFound, f"id: {owner}: invalid provider: address not found"):
        given.run(update(owner))


def test_never_deleted(given: Given) -> None:
    owner = given.address("provider")
    with given.rejects(ProviderNotFound):
        given.run(pb.MsgDeleteProvider(owner=owner))
    given.run(create(owner))
    with given.rejects(NotImplementedYet, "NOTIMPLEMENTED: internal error"):
        given.run(pb.MsgDeleteProvider(owner=owner))
    with given.rejects(InvalidAddress):
        given.run(pb.MsgDeleteProvider(owner="nobody"))


@pytest.mark.parametrize("message", [create, update])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"uri": "https://bad host"}, InvalidProviderURI),
        ({"uri": "provider.example"}, NotAbsProviderURI),
        ({"uri": ""}, NotAbsProviderURI),
        ({"uri": "http://provider.example"}, InvalidProviderURI),
        ({"uri": "https:"}, InvalidProviderURI),
        ({"uri": "https://provider.example/"}, InvalidProviderURI),
        ({"owner": "nobody"}, InvalidAddress),
        ({"owner": "nobody", "uri": "http://x"}, InvalidProviderURI),
        ({"attributes": (("r", "x"),)}, InvalidAttributeKey),
        ({"attributes": (("region*", "x"),)}, InvalidAttributeKey),
        ({"attributes": (("region", "x"), ("region", "y"))}, AttributesDuplicateKeys),
        ({"website": "http://bad host"}, InvalidInfoWebsite),
    ],
)
def test_invalid_registrations(
    given: Given, message: object, changes: dict[str, object], error: type[ChainError]
) -> None:
    assert callable(message)
    arguments = {"owner": given.address("provider"), **changes}
    with given.rejects(error):
        given.run(message(**arguments))


def test_genesis_comes_back_as_exported(given: Given) -> None:
    given.run(create(given.address("one")))
    given.run(create(given.address("two"), attributes=()))
    exported = provider.export_genesis(given.ctx)
    provider.validate_genesis(exported)
    fresh = Given()
    provider.init_genesis(fresh.ctx, exported)
    assert provider.export_genesis(fresh.ctx) == exported
    with pytest.raises(ProviderExists):
        provider.init_genesis(fresh.ctx, exported)


def test_invalid_genesis(given: Given) -> None:
    given.run(create(given.address("one")))
    exported = provider.export_genesis(given.ctx)
    with pytest.raises(PlainError, match="duplicate provider"):
        provider.validate_genesis({"providers": exported["providers"] * 2})
