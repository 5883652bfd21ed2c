"""The program of a newer release, which knows the upgrade v2; takes the same commands."""

from __future__ import annotations

from akashpy.chain import upgrades
from akashpy.cli.main import main

if __name__ == "__main__":
    upgrades.UPGRADES["v2"] = upgrades.Upgrade()
    main()
