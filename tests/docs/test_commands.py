"""Every command that a page shows is run by a test, or is plain enough to be checked here.

What needs nothing but files is run here; the README's walk is run in its order by test_walk; every
other command must be named in COVERED with the test that runs it.
"""

from __future__ import annotations

import re
import shutil
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from akashpy.cli.main import main
from tests.docs.pages import ROOT, Command, commands
from tests.docs.walk import WALK

COVERED = {
    "akashpy dev": "tests/docs/test_walk.py",
    "akashpy node init": "tests/docs/test_node_page.py",
    "akashpy node doctor": "tests/docs/test_node_page.py",
    "akashpy node start": "tests/docs/test_node_page.py",
    "akashpy node config": "tests/docs/test_node_page.py",
    "akashpy node export": "tests/docs/test_node_page.py",
    "akashpy node rollback": "tests/docs/test_node_page.py",
    "akashpy oracle feed": "tests/docs/test_oracle_page.py",
    "akashpy query oracle": "tests/docs/test_oracle_page.py",
    "akashpy query bme": "tests/docs/test_oracle_page.py",
    "akashpy tx oracle feed": "tests/docs/test_oracle_page.py",
    "akashpy up": "tests/docs/test_walk.py",
    "akashpy query bank spendable-balances": "tests/docs/test_governance.py",
    "akashpy query gov": "tests/docs/test_governance.py",
    "akashpy tx gov": "tests/docs/test_governance.py",
    "akashpy tx upgrade": "tests/docs/test_governance.py",
    "akashpy tx vesting": "tests/docs/test_governance.py",
    "akashpy keys add": "tests/kubernetes/test_page.py",
    "akashpy tx bank send": "tests/kubernetes/test_page.py",
    "akashpy status": "tests/kubernetes/test_page.py",
    "akashpy down": "tests/kubernetes/test_page.py",
    "akashpy-provider operator": "tests/kubernetes/test_page.py",
    "akashpy genesis migrate": "tests/cometbft/test_previous.py",
    "akashpy node": "tests/cometbft/test_page.py",
    "akashpy query staking": "tests/cometbft/test_page.py",
    "akashpy tx slashing": "tests/cli/test_rewards.py",
    "akashpy tx staking": "tests/cometbft/test_page.py",
    "go install": "tests/cometbft/test_page.py",
    "akashpy-provider init": "tests/stories/house.py",
    "akashpy-provider run": "tests/stories/house.py",
    "akashpy-provider status": "tests/stories/test_tenant_closes.py",
    "pip install .": "tests/cli/test_wheel.py",
    "make": "tests/docs/test_commands.py",
    "python tests/bench": "tests/docs/test_commands.py",
}
"""How a command begins -> what runs it. Longer beginnings count first."""

SHOWN = commands()
EXAMPLE = ROOT / "examples" / "01-hello-web"
COMPOSE = "services: {web: {image: 'nginx:1.27', ports: ['8080:80']}}"
PURE = [each for each in SHOWN if each.words[:2] == ("akashpy", "sdl")]


def test_every_command_is_covered() -> None:
    walked = {tuple(words) for words in WALK}
    uncovered = [
        f"{each.page}:{each.line}: {each}"
        for each in SHOWN
        if each not in PURE and each.words not in walked and _cover(each) is None
    ]
    assert uncovered == []


def test_what_covers_them_exists() -> None:
    assert [name for name in COVERED.values() if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("command", PURE, ids=lambda each: f"{each.page}:{each.line}")
def test_sdl_commands_run(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_place(command, tmp_path))
    if "--out" in command.words:
        Path(command.words[command.words.index("--out") + 1]).unlink(missing_ok=True)
    for words in _alternatives(command.words[1:]):
        found = CliRunner().invoke(main, words)
        assert found.exit_code == 0, f"{command}: {found.output}"


def _place(command: Command, tmp_path: Path) -> Path:
    """A directory with the files of the page's own folder, or with the first example's."""
    own = (ROOT / command.page).parent
    place = tmp_path / "place"
    shutil.copytree(own if (own / "deploy.yaml").exists() else EXAMPLE, place)
    (place / "compose.yaml").write_text(COMPOSE)
    return place


def _alternatives(words: tuple[str, ...]) -> list[list[str]]:
    """The commands that `a|b` stands for, without redirections."""
    plain = words[: words.index(">")] if ">" in words else words
    return [list(each) for each in product(*(word.split("|") for word in plain))]


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {each.words[1] for each in SHOWN if each.words[0] == "make" and len(each.words) > 1}
    assert shown <= targets


def test_what_is_installed_are_the_commands_the_pages_use() -> None:
    text = (ROOT / "setup.cfg").read_text()
    installed = set(re.findall(r"^    ([\w-]+) = ([\w.]+):(\w+)$", text, re.MULTILINE))
    assert {name for name, _, _ in installed} == {"akashpy", "akashpy-provider"}
    for _, module, function in installed:
        file = ROOT / (module.replace(".", "/") + ".py")
        package = ROOT / module.replace(".", "/") / "__init__.py"
        source = file if file.is_file() else package
        assert re.search(rf"\b{function}\b", source.read_text())


def test_benches_that_pages_name_exist() -> None:
    shown = [each.words[1] for each in SHOWN if each.words[0] == "python"]
    assert [name for name in shown if not (ROOT / name).is_file()] == []


def _cover(command: Command) -> str | None:
    text = str(command)
    for begin in sorted(COVERED, key=len, reverse=True):
        if text == begin or text.startswith((f"{begin} ", f"{begin}/")):
            return COVERED[begin]
    return None
