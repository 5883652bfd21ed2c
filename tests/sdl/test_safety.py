"""Hostile input: bounded time and memory, and a clear error."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

import sdl
from sdl import Code
from sdl.check import check
from sdl.estimate import Scales
from sdl.source import MAX_BYTES, read
from sdl.tree import compose
from tests.sdl.plain import plain_value

BASE = (Path(__file__).parent / "worked" / "e-base.yaml").read_text()
SECONDS = 8.0


def _refused(text: str | Path) -> sdl.SdlError:
    start = time.process_time()
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(text)
    sdl.problems_of(text)
    assert time.process_time() - start < SECONDS
    return caught.value


def _bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for i in range(1, levels):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]")
    return "\n".join(lines)


def test_an_alias_bomb_in_an_unknown_key_is_refused_at_once() -> None:
    assert _refused('version: "2.0"\n' + _bomb(30, 10)).code is Code.UNKNOWN_FIELD


def test_an_alias_bomb_in_an_ignored_key_costs_nothing() -> None:
    nested = "\n".join("      " + line for line in _bomb(30, 10).splitlines())
    text = BASE.replace("    image", f"    ignored:\n{nested}\n    image", 1)
    start = time.process_time()
    assert sdl.load(text).version() == sdl.load(BASE).version()
    assert check(text, Scales()).errors == []
    assert time.process_time() - start < SECONDS


def test_an_alias_bomb_in_a_list_of_services_is_bounded() -> None:
    services = "\n".join(f"  s{i}: *s" for i in range(20_000))
    env = "\n".join("      - A=b" for _ in range(1_000))
    text = f'version: "2.0"\nservices:\n  s: &s\n    image: a\n    env:\n{env}\n{services}\n'
    assert _refused(text).code is Code.YAML_ALIASES


def test_a_mapping_that_merges_itself_is_refused() -> None:
    error = _refused(BASE.replace("  web:\n    image", "  web: &w\n    <<: *w\n    image", 1))
    assert error.text.startswith("yaml: ")


def test_a_list_that_contains_itself_is_refused() -> None:
    assert _refused(BASE.replace("image: nginx:1.25", "env: &e [*e]")).code is Code.YAML_TYPE


def test_merging_what_is_no_mapping_is_refused() -> None:
    error = _refused(BASE.replace("    image", "    <<: 3\n    image", 1))
    assert error.code is Code.YAML_VALUE
    assert error.text == "yaml: map merge requires map or sequence of maps as the value"


def test_ten_megabytes_are_refused_without_being_parsed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_text("a: b\n" * 2_000_000)
    tracemalloc.start()
    assert _refused(path).code is Code.TOO_LARGE
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MAX_BYTES
    assert _refused("x" * (MAX_BYTES + 1)).code is Code.TOO_LARGE


def test_the_largest_text_taken_stays_within_bounds() -> None:
    body = 'version: "2.0"\ninclude: [' + "a," * (MAX_BYTES // 2 - 20) + "]\n"
    assert MAX_BYTES - 20 < len(body) <= MAX_BYTES
    start = time.process_time()
    with pytest.raises(sdl.SdlError, match="Invalid groups"):
        sdl.load(body)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "{a: " * 100_000, "- " * 200_000, "? " * 200_000, "[" * 900 + "]" * 900],
    ids=["flow-lists", "flow-mappings", "block-lists", "keys", "closed"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    error = _refused(text)
    assert error.code is Code.TOO_DEEP
    assert "exceeded max depth" in error.text


def test_deep_nesting_behind_a_reused_anchor_is_refused() -> None:
    text = "a: &x 1\nb: &x 2\nc: " + "[" * 600 + "]" * 600
    assert _refused(text).code is Code.TOO_DEEP


def test_deep_block_mappings_are_refused() -> None:
    text = "".join(" " * i + "a:\n" for i in range(900))
    assert _refused(text).code is Code.TOO_DEEP


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("units: 100m", "units: " + "9" * 100_000, Code.FLOAT_RANGE),
        ("units: 100m", "units: " + "9" * 100_000 + "m", Code.UINT_RANGE),
        ("size: 128Mi", "size: 1e999999999", Code.FLOAT_RANGE),
        ("size: 128Mi", "size: 0x1p999999999", Code.FLOAT_RANGE),
        ("amount: 50", "amount: " + "9" * 100_000, Code.PRICE_RANGE),
        ("count: 1", "count: " + "9" * 100_000, Code.YAML_TYPE),
        ("count: 1", "count: 0x" + "f" * 100_000, Code.YAML_TYPE),
        ("port: 80", "port: 1e309", Code.YAML_TYPE),
        ('version: "2.0"', 'version: "' + "9" * 100_000 + '"', Code.UINT_RANGE),
        ("nginx:1.25", "a\n    env: [" + "A=b?," * 1_000 + "]", Code.YAML_SYNTAX),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, str) else str(value),
)
def test_huge_values_are_refused(old: str, new: str, code: Code) -> None:
    assert old in BASE
    assert _refused(BASE.replace(old, new, 1)).code is code


def test_a_huge_duration_is_refused() -> None:
    text = BASE + "reclamation: {min_window: " + "9" * 100_000 + "h}\n"
    assert _refused(text).code is Code.RECLAMATION_DURATION
    many = BASE + "reclamation: {min_window: " + "1h" * 50_000 + "x}\n"
    assert _refused(many).code is Code.RECLAMATION_DURATION


def test_binary_input_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary"
    for data in (bytes(range(256)) * 64, b"\x7fELF\x02\x01\x01\x00" * 100, b"\xff\xff", b"\x00"):
        path.write_bytes(data)
        assert _refused(path).code is Code.YAML_SYNTAX
    assert _refused("a\x00b").code is Code.YAML_SYNTAX
    assert _refused("a: \ud800").code is Code.YAML_SYNTAX


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", b"---\n...\n", b"null\n", b"~"])
def test_empty_files_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(data)
    assert _refused(path).code is Code.UNINITIALIZED


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path).code is Code.UNREADABLE
    error = _refused(tmp_path / "missing.yaml")
    assert error.code is Code.UNREADABLE
    assert "no such file" in error.text


def test_duplicated_keys_are_refused_with_both_lines() -> None:
    error = _refused(BASE.replace("      count: 1", "      count: 1\n      count: 2"))
    assert error.code is Code.YAML_DUPLICATE_KEY
    assert error.text.endswith('line 31: mapping key "count" already defined at line 30')
    assert error.line == 31


def test_many_duplicated_keys_take_linear_time() -> None:
    body = "\n".join("  web: 1" for _ in range(10_000))
    assert _refused(f'version: "2.0"\nservices:\n{body}\n').code is Code.YAML_DUPLICATE_KEY


def test_root_sections_written_twice_are_joined_as_akash_does() -> None:
    text = BASE.replace("deployment:", "services:\n  api: {image: a}\ndeployment:")
    assert sdl.load(text).version() == sdl.load(BASE).version()


def test_control_characters_are_refused() -> None:
    assert _refused(BASE.replace("nginx", "ng\x07inx")).code is Code.YAML_SYNTAX


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "yaml: mapping values are not allowed in this context"),
        ("a:\n\t- b", "yaml: line 2: found character that cannot start any token"),
        ("a: [1, 2", "yaml: line 1: did not find expected ',' or ']'"),
        ("a: *b", "yaml: unknown anchor 'b' referenced"),
        ("%YAML 1.2\n---\na: 1", "yaml: found incompatible YAML document"),
    ],
)
def test_syntax_errors_are_worded_as_akash_words_them(text: str, message: str) -> None:
    error = _refused(text)
    assert error.text == message
    assert error.remedy


@pytest.mark.parametrize(
    "items", ["{a:}," * 15_000, "?a," * 25_000, "a?," * 25_000, "[?a]," * 15_000]
)
def test_many_ambiguous_scalars_take_bounded_time(items: str) -> None:
    with pytest.raises(sdl.SdlError):
        _timed_load(f'version: "2.0"\ninclude: [{items}]\n')


def _timed_load(text: str) -> None:
    start = time.process_time()
    try:
        sdl.load(text)
    finally:
        assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("flow", "key"),
    [("{nvidia:}", "nvidia:"), ("{a:, b: 1}", "a:"), ("{?a : 1}", "a"), ("{'a':1}", "a")],
)
def test_gos_reading_of_flow_scalars(flow: str, key: str) -> None:
    root = compose(read(f"x: {flow}"))
    assert root is not None
    assert key in plain_value(root)["x"]
