"""Twenty Compose files in the style of popular stacks, and the list of what each must lose.

The lists (`NAME.dropped`) were written by hand before any file was converted.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sdl
from sdl.check import check
from sdl.compose_file import ConvertError, substitute, unset_variables
from sdl.convert import Options, convert
from sdl.estimate import Scales

FILES = sorted((Path(__file__).parent / "compose").glob("*.yaml"))
_32_BYTES = 32


def _ids(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_there_are_twenty() -> None:
    assert len(FILES) == 20


@pytest.mark.parametrize("path", FILES, ids=_ids(FILES))
def test_what_was_dropped_is_what_was_foreseen(path: Path) -> None:
    expected = path.with_suffix(".dropped").read_text().split()
    assert sorted(item.path for item in convert(path).dropped) == sorted(expected)


@pytest.mark.parametrize("path", FILES, ids=_ids(FILES))
def test_dropped_lines_hold_the_dropped_keys(path: Path) -> None:
    lines = path.read_text().splitlines()
    for item in convert(path).dropped:
        key = item.path.rstrip("]").replace('"', "").split(".")[-1].partition("[")
        if not key[1]:
            assert key[0] in lines[item.line - 1]
        assert item.reason


@pytest.mark.parametrize("path", FILES, ids=_ids(FILES))
def test_result_passes_check_and_the_rules_of_the_chain(path: Path) -> None:
    text = convert(path).text
    report = check(text, Scales())
    assert report.errors == []
    definition = sdl.load(text)
    groups, manifest = definition.groups(), definition.manifest()
    sdl.check_manifest(manifest, groups)
    assert groups
    assert len(definition.version()) == _32_BYTES
    for group in groups:
        assert {unit["price"]["denom"] for unit in group["resources"]} == {"uact"}
        assert len({unit["resource"]["id"] for unit in group["resources"]}) == len(
            group["resources"]
        )
    window = definition.reclamation()
    assert window is None or 3600 * 10**9 <= window["min_window"] <= 720 * 3600 * 10**9


@pytest.mark.parametrize("path", FILES, ids=_ids(FILES))
def test_conversion_is_deterministic(path: Path) -> None:
    assert convert(path) == convert(path)


def test_what_carries_over() -> None:
    made = sdl.load(convert(FILES[7]).text)  # ollama
    services = {service["name"]: service for service in made.manifest()[0]["services"]}
    ollama, webui = services["ollama"], services["open-webui"]
    assert ollama["resources"]["gpu"]["units"] == {"val": "1"}
    assert ollama["resources"]["cpu"]["units"] == {"val": "8000"}
    assert ollama["params"]["storage"][0]["mount"] == "/models/ollama"
    assert [(e["port"], e["service"]) for e in ollama["expose"]] == [(11434, "open-webui")]
    assert [(e["port"], e["externalPort"]) for e in webui["expose"]] == [(8080, 3000)]
    assert "WEBUI_SECRET_KEY=" in webui["env"]


def test_variables_take_their_defaults() -> None:
    assert substitute("${A:-x}-${B-y}-$$C-${D}") == "x-y-$C-"
    assert unset_variables("${A:-x} ${B} $C $$D") == ["B", "C"]


def test_names_are_made_valid_and_said() -> None:
    made = convert("services: {My_App: {image: 'a:1', ports: ['80:80']}}")
    assert "my-app" in made.text
    assert any("My_App" in note for note in made.notes)


def test_rejects_a_file_without_published_ports() -> None:
    with pytest.raises(ConvertError, match="publishes a port"):
        convert("services: {db: {image: 'postgres:16'}}")


def test_rejects_what_is_no_compose_file() -> None:
    with pytest.raises(ConvertError, match="no services"):
        convert("hello")
    with pytest.raises(sdl.SdlError):
        convert("a: [")


def test_rejects_what_no_provider_could_run() -> None:
    with pytest.raises(ConvertError, match="invalid unit memory"):
        convert("services: {a: {image: 'a:1', ports: ['80:80'], mem_limit: 9000g}}")


def test_price_takes_the_asked_denomination() -> None:
    text = convert(FILES[0], Options(denom="uakt")).text
    assert {u["price"]["denom"] for u in sdl.load(text).groups()[0]["resources"]} == {"uakt"}
