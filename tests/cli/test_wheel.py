"""What `pip install .` gives works without the checkout: the README's walk in an empty place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devchain import AKASHPY, dev_chain

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "01-hello-web"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as a user's installation has them, without the checkout's other files."""
    source = tmp_path_factory.mktemp("source")
    for name in ("akashpy", "provider", "sdl"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, "."]
    subprocess.run(command, cwd=source, check=True, timeout=300)
    return target


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """Environment of a user with the installation and a home of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKASH")}
    home = tmp_path / "home"
    home.mkdir()
    return kept | {"PYTHONPATH": str(installed), "HOME": str(home), "PYTHONSAFEPATH": "1"}


def akashpy(*words: object, environment: dict[str, str], cwd: Path) -> str:
    """Standard output of a command that must succeed."""
    command = [*AKASHPY, *(str(word) for word in words)]
    done = subprocess.run(
        command, env=environment, cwd=cwd, timeout=200, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def chain(environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, object]]:
    """`akashpy dev` of the installation, ended by Ctrl-C."""
    with dev_chain(environment, tmp_path) as ready:
        yield ready


def test_the_commands_are_there(environment: dict[str, str], tmp_path: Path) -> None:
    found = akashpy("--help", environment=environment, cwd=tmp_path)
    assert all(name in found for name in ("dev", "up", "down", "tx", "query", "keys", "sdl"))
    assert "0.1.0" in akashpy("--version", environment=environment, cwd=tmp_path)


def test_the_readme_s_walk(
    chain: dict[str, object], environment: dict[str, str], tmp_path: Path
) -> None:
    def run(*words: object) -> str:
        return akashpy(*words, environment=environment, cwd=tmp_path)

    folder = tmp_path / "01-hello-web"
    shutil.copytree(EXAMPLE, folder)
    url = run("up", folder / "deploy.yaml").split()[-1]
    assert url.startswith("http://127.0.0.1:")
    assert "01-hello-web" in run("ps")
    assert json.loads(run("status", "01-hello-web", "-o", "json"))["state"] == "active"
    run("logs", "01-hello-web", "--tail", "5")
    assert run("exec", "01-hello-web", "--", "echo", "inside") == "inside\n"
    run("up", folder / "deploy-v2.yaml", "--name", "01-hello-web")
    run("down", "01-hello-web", "-y")
    assert "01-hello-web" not in run("ps")
