"""What is built is built once: for one set of pins, by one builder at a time, whole or not at all.

Go is played by a script, so that this is shown in seconds and without root.
"""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tests.kubernetes.cluster import binaries

FAKE_GO = """#!/bin/sh
echo "$1" >> "$CALLS"
case "$*" in
  "env GOVERSION") echo "${FAKE_VERSION:-go1.26.8}" ;;
  "env GOMODCACHE") echo "$MODULES" ;;
  *"list"*"Version"*) echo v1.34.4 ;;
  *"list"*"Dir"*) echo "$MODULES/$(basename "$6")" ;;
  *"build"*)
    test -z "$FAKE_BROKEN" || { echo "syntax error: broken" >&2; exit 2; }
    while [ "$1" != "-o" ]; do shift; done
    out=$2; shift 2
    for each in "$@"; do
      name=$(basename "$each"); [ "$name" = v3 ] && name=server
      echo "$name" > "$out/$name"
    done ;;
esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Go that does nothing but make files; the names of its calls are in the file given."""
    programs, modules = tmp_path / "bin", tmp_path / "modules"
    programs.mkdir()
    go = programs / "go"
    go.write_text(FAKE_GO)
    go.chmod(0o755)
    stages = modules / "kwok" / "kustomize" / "stage"
    for name in binaries.STAGES:
        (stages / name).parent.mkdir(parents=True, exist_ok=True)
        (stages / name).write_text(f"stage: {name}\n")
    crds = modules / "gateway-api" / "config" / "crd" / "standard"
    crds.mkdir(parents=True)
    (crds / "gateway.networking.k8s.io_gateways.yaml").write_text("kind: CRD\n")
    (crds / "gateway.networking.k8s.io_vap_safeupgrades.yaml").write_text("kind: Policy\n")
    (modules / "github.com/go-acme/lego/v5@v5.4.1/providers/dns").mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MODULES", str(modules))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


def builds(calls: Path) -> int:
    return calls.read_text().split().count("build")


def test_everything_is_built_once(calls: Path) -> None:
    place = binaries.build()
    assert {path.name for path in place.iterdir()} == {*binaries.EVERYTHING, "lock"}
    assert (place / "gateway-crds.yaml").read_text() == "kind: CRD\n"
    assert builds(calls) == 2
    assert binaries.build() == place
    assert builds(calls) == 2


def test_two_builders_at_once_do_the_work_of_one(calls: Path) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=binaries.build) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert [each.exitcode for each in both] == [0, 0]
    assert builds(calls) == 2


def test_what_is_missing_is_built_again(calls: Path) -> None:
    place = binaries.build()
    (place / "traefik").unlink()
    binaries.build()
    assert builds(calls) == 3
    assert binaries.is_built(place)


def test_another_go_builds_in_another_place(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = binaries.folder()
    monkeypatch.setenv("FAKE_VERSION", "go1.27.0")
    assert binaries.folder() != first


def test_a_build_that_fails_says_why_and_leaves_nothing_half(
    calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BROKEN", "yes")
    with pytest.raises(binaries.BuildFailed, match="syntax error: broken"):
        binaries.build()
    assert not binaries.is_built(binaries.folder())
    monkeypatch.delenv("FAKE_BROKEN")
    assert binaries.is_built(binaries.build())


def test_no_go_is_said(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "go_program", lambda: None)
    with pytest.raises(binaries.BuildFailed, match="install Go"):
        binaries.build()
