"""`akashpy sdl ...` as people run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sdl as library
from akashpy.cli.sdl import sdl

WORKED = Path(__file__).parent / "worked"
GOOD = str(WORKED / "e-base.yaml")
ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(sdl, list(arguments), input=stdin)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.yaml"
    path.write_text(Path(GOOD).read_text().replace("128Mi", "4GB").replace("80", '"80"'))
    return str(path)


def test_check_exits_with_zero_for_warnings_only(tmp_path: Path) -> None:
    path = tmp_path / "warned.yaml"
    path.write_text(Path(GOOD).read_text().replace("nginx:1.25", "nginx"))
    result = _run("check", str(path))
    assert result.exit_code == 0
    assert "lint.image-untagged" in result.output
    assert result.output.endswith("1 file, 0 errors, 1 warning\n")


def test_check_exits_with_one_for_any_error(bad: str) -> None:
    result = _run("check", GOOD, bad)
    assert result.exit_code == 1
    assert "did you mean 4Gi?" in result.output
    assert "2 files, 2 errors, 0 warnings" in result.output


def test_check_first_shows_akashs_error_only(bad: str) -> None:
    result = _run("check", "--first", bad)
    assert result.exit_code == 1
    assert "1 error," in result.output
    assert "cannot unmarshal !!str `80` into uint32" in result.output


def test_check_jsonl_prints_one_line_per_file(bad: str) -> None:
    result = _run("check", "-o", "jsonl", GOOD, bad, "/nowhere.yaml")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert [line["ok"] for line in lines] == [True, False, False]
    assert [line["file"] for line in lines] == [GOOD, bad, "/nowhere.yaml"]
    definition = library.load(Path(GOOD))
    assert lines[0]["version"] == definition.version().hex()
    assert lines[0]["groups"] == definition.groups()
    assert lines[0]["manifest"] == definition.manifest()


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_check_in_other_formats(output: str, bad: str) -> None:
    result = _run("check", "-o", output, bad)
    assert result.exit_code == 1
    json.loads(result.output)


def test_check_reads_standard_input() -> None:
    result = _run("check", "-o", "jsonl", "-", stdin=Path(GOOD).read_text())
    assert json.loads(result.output)["file"] == "-"
    assert result.exit_code == 0


def test_groups_manifest_and_hash(bad: str) -> None:
    definition = library.load(Path(GOOD))
    assert json.loads(_run("groups", GOOD).output) == definition.groups()
    assert json.loads(_run("manifest", GOOD).output) == definition.manifest()
    assert _run("hash", GOOD).output == f"{definition.version().hex()}  {GOOD}\n"
    assert _run("hash", "-q", GOOD).output == f"{definition.version().hex()}\n"
    assert _run("hash", GOOD, bad).exit_code == 1
    lines = _run("manifest", GOOD, GOOD).output.splitlines()
    assert [json.loads(line)["file"] for line in lines] == [GOOD, GOOD]


def test_describe(bad: str) -> None:
    result = _run("describe", GOOD, "--scales", "cpu=1,akt=2")
    assert result.exit_code == 0
    assert "50 uakt per block: $0.0600 an hour" in result.output
    value = json.loads(_run("describe", "-o", "json", GOOD).output)
    assert value["file"] == GOOD
    assert _run("describe", bad).exit_code == 1
    assert "did you mean cpu?" in _run("describe", GOOD, "--scales", "cpus=1").output


def test_fmt(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "ugly.yaml"
    path.write_text('version:    "2.0"\n')
    assert _run("fmt", "--check", str(path)).exit_code == 1
    assert _run("fmt", str(path)).output == 'version: "2.0"\n'
    assert _run("fmt", "-w", str(path)).output == f"{path}\n"
    assert path.read_text() == 'version: "2.0"\n'
    assert _run("fmt", "--check", str(path)).exit_code == 0
    path.write_text("a: [")
    assert _run("fmt", str(path), bad).exit_code == 1
    assert path.read_text() == "a: ["


def test_convert(tmp_path: Path) -> None:
    compose = Path(__file__).parent / "compose" / "01-wordpress.yaml"
    result = _run("convert", str(compose))
    assert result.exit_code == 0
    assert library.problems_of(result.stdout) == []
    assert f"{compose}:4: dropped services.db.restart: " in result.stderr
    copy = tmp_path / "compose.yaml"
    copy.write_text(compose.read_text())
    assert _run("convert", "-w", str(copy)).exit_code == 0
    assert library.problems_of(tmp_path / "compose.sdl.yaml") == []
    values = json.loads(_run("convert", "-o", "json", str(copy)).stdout)
    assert values["dropped"][0]["path"] == "services.db.restart"
    copy.write_text("services: {}")
    assert _run("convert", str(copy)).exit_code == 1


@pytest.mark.parametrize("kind", ["web", "gpu", "multi-service", "ip", "persistent-storage"])
def test_init(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "deploy.yaml"
    assert _run("init", kind, "--out", str(path)).exit_code == 0
    assert library.problems_of(path) == []
    assert _run("init", kind).output == path.read_text()
    again = _run("init", kind, "--out", str(path))
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_schema() -> None:
    assert json.loads(_run("schema").output)["$schema"].endswith("2020-12/schema")


HEAVY = ("grpc", "aiohttp", "cosmpy", "kubernetes", "ruamel", "yaml", "hypothesis")


@pytest.mark.parametrize("command", ["", "check", "fmt", "convert", "init", "hash"])
def test_help_loads_nothing_heavy(command: str) -> None:
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from akashpy.cli.sdl import sdl\n"
        f"result = CliRunner().invoke(sdl, {[command, '--help'] if command else ['--help']!r})\n"
        "assert result.exit_code == 0, result.output\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]"


def test_the_library_loads_no_network() -> None:
    program = (
        "import sys, sdl\n"
        "sdl.version([]), sdl.load, sdl.check_manifest, sdl.problems_of\n"
        "names = ('grpc', 'aiohttp', 'asyncio', 'cosmpy', 'akashpy', 'socket', 'ruamel')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]"
