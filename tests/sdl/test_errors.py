"""Errors a person can act on: places, excerpts, remedies, and all of them at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sdl
from sdl.check import check
from sdl.estimate import Scales
from sdl.report import as_json, as_json_line, as_sarif, as_text

BASE = (Path(__file__).parent / "worked" / "e-base.yaml").read_text()


def _error(old: str, new: str) -> sdl.SdlError:
    assert old in BASE
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(BASE.replace(old, new, 1))
    return caught.value


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("4GB", "did you mean 4Gi?"),
        ("512mb", "did you mean 512Mi?"),
        ("512 Mi", "did you mean 512Mi?"),
        ("1gi", "did you mean 1Gi?"),
        ("2g", "did you mean 2Gi?"),
        ("128KB", "did you mean 128Ki?"),
        ("100b", "did you mean 100 (bytes)?"),
    ],
)
def test_sizes_suggest_the_nearest_unit(written: str, advice: str) -> None:
    error = _error("size: 128Mi", f'size: "{written}"')
    assert error.remedy == advice
    assert (error.line, error.path) == (16, "profiles.compute.web.resources.memory.size")
    assert error.value == written


@pytest.mark.parametrize(
    ("written", "advice"),
    [("1 core", "did you mean 1?"), ("2cpus", "did you mean 2?"), ("100.5m", "write cores")],
)
def test_cpu_suggests_the_nearest_spelling(written: str, advice: str) -> None:
    assert advice in _error("units: 100m", f"units: {written}").remedy


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("services:", "servics:", "did you mean services?"),
        ("profile: web", "profile: wbe", "did you mean web?"),
        ("port: 80", 'port: "80"', "write the number without quotes: 80"),
        ("- global: true", '- global: "true"', "write true or false, without quotes"),
        ("denom: uakt", "denom: u", "write denom: uact (or uakt)"),
    ],
)
def test_words_suggest_the_nearest_word(old: str, new: str, advice: str) -> None:
    assert _error(old, new).remedy == advice


def test_an_error_reads_as_one_line() -> None:
    error = _error("image: nginx:1.25", 'image: ""')
    assert str(error) == (
        'invalid manifest: service "web" has empty image name (4:5, services.web.image); '
        "add image: with a registry path and a tag"
    )


def test_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "deploy.yaml"
    path.write_text(BASE.replace("count: 1", "count: -1"))
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(path)
    assert caught.value.where == f"{path}:30:14"
    assert caught.value.file == str(path)


def test_a_text_is_never_taken_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deploy.yaml"
    path.write_text(BASE)
    with pytest.raises(sdl.SdlError, match="no version found"):
        sdl.load(str(path))
    with pytest.raises(TypeError):
        sdl.load(path.read_bytes())  # type: ignore[arg-type]  # that is the point


MANY = (
    BASE.replace("port: 80", 'port: "80"')
    .replace("size: 128Mi", "size: 4GB")
    .replace("units: 100m", "units: 1k")
    .replace("        web:\n          denom", "        wep:\n          denom")
)


def test_check_finds_all_problems_in_line_order() -> None:
    found = sdl.problems_of(MANY)
    assert [(error.line, error.code) for error in found] == [
        (6, sdl.Code.YAML_TYPE),
        (14, sdl.Code.FLOAT_SYNTAX),
        (16, sdl.Code.FLOAT_SYNTAX),
        (22, sdl.Code.NO_PRICING),
    ]


def test_the_library_raises_the_first_by_akashs_order() -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(MANY)
    assert caught.value.line == 6
    report = check(MANY, Scales())
    assert report.first is not None
    assert report.first.text == caught.value.text


def test_type_errors_of_one_section_are_one_error_in_akashs_words() -> None:
    text = BASE.replace("port: 80", "port: x").replace("- global: true", "- global: maybe")
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(text)
    assert caught.value.text == (
        "yaml: unmarshal errors:\n  line 6: cannot unmarshal !!str `x` into uint32"
        "\n  line 8: cannot unmarshal !!str `maybe` into bool"
    )
    assert len(sdl.problems_of(text)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("services:", "servics:"),
        ("  web:\n    image", "  web: 5\n  other:\n    image"),
        ("      resources:", "      resource:"),
        ("deployment:", "deploymnt:"),
    ],
)
def test_consequences_are_not_reported(old: str, new: str) -> None:
    assert len(sdl.problems_of(BASE.replace(old, new, 1))) == 1


def test_merged_and_aliased_values_have_places() -> None:
    text = (
        BASE.replace("version", "include: [&size 4GB]\nversion", 1)
        .replace("size: 128Mi", "size: *size")
        .replace("count: 1", "count: 1")
    )
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(text)
    assert (caught.value.line, caught.value.column) == (1, 11)


def test_text_report_shows_line_and_caret() -> None:
    shown = as_text([check(BASE.replace("128Mi", "4GB"), Scales(), file="deploy.yaml")])
    assert shown == (
        'deploy.yaml:16:17: error: strconv.ParseFloat: parsing "4GB": invalid syntax '
        "[quantity.float-syntax]\n"
        "  16 |           size: 4GB\n"
        "     |                 ^^^\n"
        "  at profiles.compute.web.resources.memory.size\n"
        "  help: did you mean 4Gi?\n"
        "\n"
        "1 file, 1 error, 0 warnings\n"
    )


def test_json_lines_have_the_keys_of_the_vectors() -> None:
    good = json.loads(as_json_line(check(BASE, Scales(), file="a")))
    assert list(good) == ["file", "ok", "groups", "manifest", "version"]
    text = BASE + "reclamation: {min_window: 1h}\n"
    window = json.loads(as_json_line(check(text, Scales())))["reclamation"]
    assert window == {"min_window": 3600 * 10**9}
    bad = json.loads(as_json_line(check(MANY, Scales(), file="b")))
    assert bad["error"].startswith("yaml: unmarshal errors:\n  line 6: ")
    assert list(bad) == ["file", "ok", "error"]


def test_json_report_has_everything() -> None:
    (value,) = json.loads(as_json([check(MANY, Scales(), file="b")]))
    assert value["ok"] is False
    assert {"code", "text", "line", "column", "path", "value", "remedy"} == set(value["errors"][0])


def test_first_shows_one_error_only() -> None:
    (value,) = json.loads(as_json([check(MANY, Scales())], first=True))
    assert [error["line"] for error in value["errors"]] == [6]


def test_sarif_report() -> None:
    log = json.loads(as_sarif([check(MANY, Scales(), file="b.yaml")], "1.0"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    result = run["results"][0]
    assert result["ruleId"] == "yaml.type"
    assert result["level"] == "error"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "b.yaml"
    assert location["region"] == {"startLine": 6, "startColumn": 15}
    assert {r["ruleId"] for r in run["results"]} == {
        r["id"] for r in run["tool"]["driver"]["rules"]
    }
