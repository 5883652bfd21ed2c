"""The node of a newer release, which knows the upgrade v2: `newer.py HOME COMETBFT`."""

from __future__ import annotations

import sys
from pathlib import Path

from akashpy.chain import upgrades
from akashpy.node.cometbft import daemon
from akashpy.node.cometbft.daemon import CometSettings

if __name__ == "__main__":
    upgrades.UPGRADES["v2"] = upgrades.Upgrade()
    daemon.run(
        Path(sys.argv[1]),
        CometSettings(cometbft=sys.argv[2], pruning="nothing"),
        lambda node: print('{"ready": true}', flush=True),
    )
