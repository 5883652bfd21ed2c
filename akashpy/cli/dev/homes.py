"""The directories of a development chain: made once, found again at the next start.

`<root>/node` is the node's home, `<root>/keyring-test` the tenant's keys, `<root>/provider-N` a
provider's home with a key of its own. All keys are random and worth nothing outside this chain.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from akashpy.chain import genesis
from akashpy.keys import mnemonic
from akashpy.keys.ring import Keyring
from akashpy.node.comet.keys import SigningKey
from akashpy.node.home import Home, init_home
from akashpy.types.coin import Coin, Coins

CHAIN_ID = "akashpy-dev"
TENANTS = ("tenant", "alice", "bob")
VALIDATOR = "validator"
PROVIDER_KEY = "provider"
MOST_PROVIDERS = 9
FUNDS = Coins.of([Coin("uact", 1_000_000_000_000), Coin("uakt", 1_000_000_000_000)])
"""Base units of each account at genesis: a million akt and a million act."""
STAKE = 5_000_000_000_000


@dataclass(frozen=True, slots=True)
class DevHome:
    """Paths of one development chain."""

    root: Path

    @property
    def node(self) -> Path:
        """The node's home."""
        return self.root / "node"

    def provider(self, number: int) -> Path:
        """A provider's home; numbers begin with 1."""
        return self.root / f"provider-{number}"

    @property
    def exists(self) -> bool:
        """Whether the chain was made before."""
        return Home(self.node).is_initialised

    def make(self, preset: str) -> None:
        """Make keys and genesis. An unfinished attempt before is begun anew."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        tenants = Keyring.open(self.root, "test")
        accounts = [(_new_key(tenants, name), FUNDS) for name in TENANTS]
        operator = _new_key(tenants, VALIDATOR)
        accounts.append((operator, FUNDS))
        for number in range(1, MOST_PROVIDERS + 1):
            home = self.provider(number)
            home.mkdir()
            accounts.append((_new_key(Keyring.open(home, "test"), PROVIDER_KEY), FUNDS))
        key = SigningKey.generate()
        first = genesis.GenesisValidator(key.public, operator, STAKE)
        document = genesis.default(preset, CHAIN_ID, time.time_ns(), accounts, first)
        init_home(self.node, document, validator_key=key)

    def remove(self) -> None:
        """Forget the chain and everything on it."""
        shutil.rmtree(self.root, ignore_errors=True)


def _new_key(ring: Keyring, name: str) -> str:
    return str(ring.add(name, mnemonic.derive(mnemonic.generate(24))).address)
