"""Signing and deleting what auditors vouch for."""

import pytest

from akashpy.chain import audit
from akashpy.types.audit import AttributeNotFound, ProviderNotFound
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.types.events import Event
from akashpy.wire import audit as pb
from akashpy.wire import base
from tests.chain.conftest import Given

Pairs = tuple[tuple[str, str], ...]


def sign(owner: str, auditor: str, *pairs: tuple[str, str]) -> pb.MsgSignProviderAttributes:
    attributes = [base.Attribute(key=key, value=value) for key, value in pairs]
    return pb.MsgSignProviderAttributes(owner=owner, auditor=auditor, attributes=attributes)


def delete(owner: str, auditor: str, *keys: str) -> pb.MsgDeleteProviderAttributes:
    return pb.MsgDeleteProviderAttributes(owner=owner, auditor=auditor, keys=keys)


def signed(given: Given, owner: str, auditor: str) -> Pairs | None:
    found = audit.record(given.ctx, owner, auditor)
    return None if found is None else tuple((each.key, each.value) for each in found.attributes)


@pytest.fixture
def pair(given: Given) -> tuple[str, str]:
    return given.address("provider"), given.address("auditor")


def test_the_first_record_is_kept_as_given_but_sorted(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("region", "us"), ("arch", "x86"), ("arch", "arm")))
    assert signed(given, *pair) == (("arch", "x86"), ("arch", "arm"), ("region", "us"))
    assert given.events == [
        Event(
            "akash.audit.v1.EventTrustedAuditorCreated",
            (("auditor", f'"{pair[1]}"'), ("owner", f'"{pair[0]}"')),
        )
    ]


def test_later_ones_are_merged(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("region", "us"), ("arch", "x86")))
    given.run(sign(*pair, ("region", "eu"), ("tier", "community")))
    assert signed(given, *pair) == (("arch", "x86"), ("region", "eu"), ("tier", "community"))


def test_records_of_several_auditors(given: Given, pair: tuple[str, str]) -> None:
    other = given.address("other auditor")
    given.run(sign(*pair, ("region", "us")))
    given.run(sign(pair[0], other, ("region", "eu")))
    found = {each.auditor: each.attributes[0].value for each in audit.records(given.ctx, pair[0])}
    assert found == {pair[1]: "us", other: "eu"}
    assert audit.records(given.ctx, other) == []


def test_some_attributes_deleted(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("region", "us"), ("arch", "x86")))
    given.events.clear()
    given.run(delete(*pair, "arch"))
    assert signed(given, *pair) == (("region", "us"),)
    assert given.events[0].type == "akash.audit.v1.EventTrustedAuditorDeleted"


@pytest.mark.parametrize("keys", [(), ("region", "arch")])
def test_the_whole_record_deleted(
    given: Given, pair: tuple[str, str], keys: tuple[str, ...]
) -> None:
    given.run(sign(*pair, ("region", "us"), ("arch", "x86")))
    given.run(delete(*pair, *keys))
    assert signed(given, *pair) is None


def test_an_empty_value_can_be_deleted(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("region", ""), ("arch", "x86")))
    given.run(delete(*pair, "region"))
    assert signed(given, *pair) == (("arch", "x86"),)


def test_invalid_deletions(given: Given, pair: tuple[str, str]) -> None:
    with given.rejects(ProviderNotFound, "invalid provider: address not found"):
        given.run(delete(*pair))
    given.run(sign(*pair, ("region", "us")))
    with given.rejects(
        AttributeNotFound,
        'trying to delete non-existing attribute "arch" for auditor/provider '
        f'"{pair[1]}/{pair[0]}": attribute not found',
    ):
        given.run(delete(*pair, "region", "arch"))
    with given.rejects(AttributeNotFound):
        given.run(delete(*pair, "region", "region"))


@pytest.mark.parametrize("message", [sign, delete])
def test_invalid_addresses(given: Given, pair: tuple[str, str], message: object) -> None:
    assert callable(message)
    with given.rejects(InvalidAddress, "MsgCreate: Invalid Owner Address: invalid address"):
        given.run(message("nobody", "nobody"))
    with given.rejects(InvalidAddress, "MsgCreate: Invalid Auditor Address: invalid address"):
        given.run(message(pair[0], "nobody"))


def test_genesis_comes_back_as_exported(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("x", "odd keys are messages' business"), ("x", "twice")))
    given.run(sign(pair[1], pair[0], ("region", "us")))
    exported = audit.export_genesis(given.ctx)
    audit.validate_genesis(exported)
    fresh = Given()
    audit.init_genesis(fresh.ctx, exported)
    assert audit.export_genesis(fresh.ctx) == exported


def test_invalid_genesis(given: Given, pair: tuple[str, str]) -> None:
    given.run(sign(*pair, ("region", "us")))
    entry = audit.export_genesis(given.ctx)["providers"][0]
    with pytest.raises(PlainError, match="duplicate audit"):
        audit.validate_genesis({"providers": [entry, entry]})
    with pytest.raises(InvalidAddress, match="invalid auditor address"):
        audit.validate_genesis({"providers": [{**entry, "auditor": "nobody"}]})
