"""Attributes: key rules, matching, capabilities; patterns against an oracle."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.types.attributes import (
    Attribute,
    Attributes,
    PlacementRequirements,
    SignedBy,
    glob_match,
)
from akashpy.types.errors import AttributesDuplicateKeys, InvalidAttributeKey


def attributes(*keys: str) -> Attributes:
    return Attributes.of((key, "true") for key in keys)


@pytest.mark.parametrize("key", ["ab", "region", "a/b.c-d_1", "a" * 127, "vendor/nvidia/model/*"])
def test_good_keys(key: str) -> None:
    attributes(key).validate()


@pytest.mark.parametrize("key", ["", "a", "1a", "a b", "a*b", "ab\n", "é1", "a" * 129])
def test_bad_keys_are_refused(key: str) -> None:
    with pytest.raises(InvalidAttributeKey):
        attributes(key).validate()


def test_providers_may_not_use_patterns() -> None:
    with pytest.raises(InvalidAttributeKey):
        attributes("model/*").validate(wildcard=False)


def test_keys_are_unique_and_checked_in_order() -> None:
    with pytest.raises(AttributesDuplicateKeys):
        attributes("region", "region").validate()
    with pytest.raises(AttributesDuplicateKeys):
        attributes("region", "region", "!").validate()
    with pytest.raises(InvalidAttributeKey):
        attributes("region", "!", "region").validate()


def test_subset_and_any() -> None:
    offered = Attributes.of([("region", "eu"), ("tier", "1")])
    assert Attributes.of([("region", "eu")]).subset_of(offered)
    assert not Attributes.of([("region", "us")]).subset_of(offered)
    assert Attributes.EMPTY.subset_of(offered)
    assert not Attributes.EMPTY.any_of(offered)
    assert Attributes.of([("region", "us"), ("ti*", "1")]).any_of(offered)


def test_a_star_does_not_cross_a_slash() -> None:
    assert attributes("vendor/nvidia/model/*").subset_of(attributes("vendor/nvidia/model/a100"))
    assert not attributes("vendor/nvidia/model/*").subset_of(
        attributes("vendor/nvidia/model/a100/ram/80Gi")
    )


def test_storage_capabilities_by_number() -> None:
    found = Attributes.of(
        [
            ("capabilities/storage/2/class", "beta2"),
            ("capabilities/storage/1/class", "beta3"),
            ("capabilities/storage/1/persistent", "true"),
            ("capabilities/storage/1", "no"),
            ("capabilities/storage/1/a/b", "no"),
            ("region", "eu"),
        ]
    ).capability_groups_storage()
    assert found == [
        Attributes.of([("class", "beta2")]),
        Attributes.of([("class", "beta3"), ("persistent", "true")]),
    ]


def test_gpu_capabilities() -> None:
    found = attributes("capabilities/gpu/vendor/nvidia/model/a100", "capabilities/gpu/x", "tier")
    assert found.capabilities_gpu() == attributes("vendor/nvidia/model/a100")


def test_records_survive_the_wire() -> None:
    wish = PlacementRequirements(SignedBy(("a",), ("b", "c")), attributes("region"))
    assert PlacementRequirements.from_wire(wish.to_wire()) == wish
    assert attributes("b1", "a1").sorted() == attributes("a1", "b1")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "a", True),
        ("a*", "ab/c", False),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*/f", "axbxcxdxe/f", True),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", False),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[c]", "abc", True),
        ("ab[b-d]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^c]", "abc", False),
        ("ab[^e-g]", "abc", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a☺b", True),
        ("a[^a]b", "a☺b", True),
        ("a???b", "a☺b", False),
        ("[a-ζ]*", "α", True),
        ("*[a-ζ]", "A", False),
        ("a?b", "a/b", False),
        ("a*b", "a/b", False),
        ("[\\]a]", "]", True),
        ("[\\-x]", "-", True),
        ("[x\\-]", "z", False),
        ("[]a]", "]", False),
        ("[-]", "-", False),
        ("[x-]", "x", False),
        ("[-x]", "x", False),
        ("\\", "a", False),
        ("[a-b-c]", "a", False),
        ("[", "a", False),
        ("[^", "a", False),
        ("[^bc", "a", False),
        ("a[", "a", False),
        ("a[", "ab", False),
        ("*x", "xxx", True),
        ("", "", True),
        ("", "x", False),
        ("**", "ab", True),
    ],
)
def test_patterns_as_gos_filepath_match(pattern: str, name: str, fits: bool) -> None:
    assert glob_match(pattern, name) is fits


@functools.cache
def oracle(pattern: str, name: str) -> bool:
    """Stars and question marks by definition, slowly."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return oracle(pattern[1:], name) or (
            bool(name) and name[0] != "/" and oracle(pattern, name[1:])
        )
    if not name:
        return False
    return (pattern[0] == name[0] or (pattern[0] == "?" and name[0] != "/")) and oracle(
        pattern[1:], name[1:]
    )


@given(st.text("ab/*?", max_size=9), st.text("ab/", max_size=9))
def test_patterns_agree_with_the_oracle(pattern: str, name: str) -> None:
    assert glob_match(pattern, name) == oracle(pattern, name)


@given(st.text("ab[]-^\\*?/", max_size=10), st.text("ab]-/", max_size=6))
def test_any_pattern_has_an_answer(pattern: str, name: str) -> None:
    assert glob_match(pattern, name) in (True, False)


def test_a_hostile_pattern_is_cheap() -> None:
    """Every way to divide the text among the stars would take for ever."""
    assert not glob_match("*a" * 200 + "b", "a" * 400)


def test_one_attribute_matches_another() -> None:
    assert Attribute("re*", "eu").matches(Attribute("region", "eu"))
    assert not Attribute("region", "eu").matches(Attribute("re*", "eu"))
