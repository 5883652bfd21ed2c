"""What is committed is what proto/ gives, and loading it costs what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_generated_code_is_current() -> None:
    assert python("proto/generate.py", "--check") == ""


def test_the_door_loads_nothing() -> None:
    loaded = python("-c", "import sys, akashpy.wire; print(*sys.modules)").split()
    heavy = [name for name in loaded if name.startswith(("google", "grpc", "cosmpy", "aiohttp"))]
    assert heavy == []


def test_a_namespace_loads_protobuf_but_no_transport() -> None:
    loaded = python("-c", "import sys, akashpy.wire.market; print(*sys.modules)").split()
    assert "google.protobuf" in loaded
    assert not [name for name in loaded if name.startswith(("grpc", "cosmpy", "cosmos"))]


@pytest.mark.parametrize(
    "order",
    [
        "import cosmpy.aerial.client; from akashpy import wire; wire.load_all()",
        "from akashpy import wire; wire.load_all(); import cosmpy.aerial.client",
    ],
    ids=["cosmpy first", "akashpy first"],
)
def test_cosmpy_in_one_process(order: str) -> None:
    same = "from cosmpy.protos.cosmos.base.v1beta1.coin_pb2 import Coin; print(Coin is wire.Coin)"
    assert python("-c", f"{order}; {same}") == "True\n"
