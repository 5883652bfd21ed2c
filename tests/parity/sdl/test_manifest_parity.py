"""The same files through Akash's own parser: the same manifest hash, the same first error.

Needs `provider-services` in the folder that AKASH_GO_BIN names. Its release is older than the
facts in two places (trusted execution, proxy buffers), which the lists below leave out.
"""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sdl
from sdl.convert import convert
from sdl.emit import emit
from sdl.templates import TEMPLATES
from tests.sdl.catalogue import rows_of

SDL_TESTS = Path(__file__).resolve().parents[2] / "sdl"
TIMEOUT_S = 60

NEWER_THAN_THE_RELEASE = ("tee", "proxy_buffer_size")
BY_CHANCE = {
    sdl.Code.ENDPOINT_NAME,
    sdl.Code.ENDPOINT_NO_KIND,
    sdl.Code.ENDPOINT_KIND,
    sdl.Code.ENDPOINT_UNUSED,
    sdl.Code.STORAGE_ATTRIBUTE,
    sdl.Code.STORAGE_CLASS_VALUE,
    sdl.Code.STORAGE_PERSISTENT_VALUE,
    sdl.Code.VOLUME_UNKNOWN,
    sdl.Code.VOLUME_MOUNT,
    sdl.Code.VOLUME_MOUNT_TAKEN,
    sdl.Code.VOLUME_NEEDS_MOUNT,
}
"""Where several problems lie in one map, Go's map order chooses the one to report."""


def _go(text: str, folder: Path) -> tuple[int, str, str]:
    path = folder / "deploy.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    program = Path(os.environ["AKASH_GO_BIN"]) / "provider-services"
    done = subprocess.run(
        [str(program), "sdl-to-manifest", "--home", str(folder / "home"), str(path)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _answers(texts: list[str], folder: Path) -> list[tuple[int, str, str]]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda item: _go(item[1], folder / str(item[0])), enumerate(texts)))


def _vectors() -> list[dict[str, Any]]:
    lines = (SDL_TESTS / "vectors" / "cases.jsonl").read_text().splitlines()
    cases = [json.loads(line) for line in lines]
    return [
        case for case in cases if not any(word in case["sdl"] for word in NEWER_THAN_THE_RELEASE)
    ]


def _disagreement(name: str, text: str, answer: tuple[int, str, str]) -> str:
    status, out, err = answer
    try:
        ours = sdl.load(text).version().hex()
    except sdl.SdlError as error:
        if status == 0:
            return f"{name}: Go accepts, we say {error.text}"
        if "panic:" in err or f"Error: {error.text}".strip() in err:
            return ""
        theirs_by_chance = rows_of(err.removeprefix("Error: "))[:1]
        if error.code in BY_CHANCE and theirs_by_chance and theirs_by_chance[0] in BY_CHANCE:
            return ""
        return f"{name}: Go says {err[:200]!r}, we say {error.text!r}"
    if status != 0:
        return f"{name}: Go says {err[:200]!r}, we accept"
    theirs = sdl.version(json.loads(out)).hex()
    return "" if theirs == ours else f"{name}: Go's manifest hashes to {theirs}, ours to {ours}"


def _check(named: list[tuple[str, str]], folder: Path) -> None:
    answers = _answers([text for _, text in named], folder)
    problems = [
        _disagreement(name, text, answer)
        for (name, text), answer in zip(named, answers, strict=True)
    ]
    assert [problem for problem in problems if problem] == []


def test_recorded_cases(tmp_path: Path) -> None:
    _check([(case["name"], case["sdl"]) for case in _vectors()], tmp_path)


def test_converted_compose_files(tmp_path: Path) -> None:
    files = sorted((SDL_TESTS / "compose").glob("*.yaml"))
    assert len(files) == 20
    _check([(path.stem, convert(path).text) for path in files], tmp_path)


def test_templates_and_examples(tmp_path: Path) -> None:
    examples = sorted((SDL_TESTS.parents[1] / "examples").glob("*/deploy*.yaml"))
    named = [*TEMPLATES.items(), *((str(path), path.read_text()) for path in examples)]
    _check([item for item in named if "tee" not in item[1]], tmp_path)


def test_generated_documents(tmp_path: Path) -> None:
    from hypothesis import HealthCheck, Phase, given, settings

    from tests.sdl.generator import as_text, documents, flawed_documents

    texts: list[str] = []
    quick = settings(
        max_examples=40,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @quick
    @given(documents())
    def collect(document: dict[str, Any]) -> None:
        texts.extend((as_text(document), emit(document)))

    @quick
    @given(flawed_documents())
    def collect_flawed(document: dict[str, Any]) -> None:
        texts.append(as_text(document))

    collect()
    collect_flawed()
    assert len(texts) > 100
    _check([(text[:300], text) for text in texts], tmp_path)


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_templates_hash_the_same(kind: str, tmp_path: Path) -> None:
    status, out, _ = _go(TEMPLATES[kind], tmp_path)
    assert status == 0
    assert sdl.version(json.loads(out)) == sdl.load(TEMPLATES[kind]).version()
