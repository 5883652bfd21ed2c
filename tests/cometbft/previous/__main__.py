"""Makes the archives of earlier builds' chains again: `python -m tests.cometbft.previous`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cometbft.previous import BUILDS, pack

for build in BUILDS:
    with TemporaryDirectory() as folder:
        pack(build, Path(folder))
    print(f"{build.archive.name}: {build.archive.stat().st_size} bytes, {build.what}")
