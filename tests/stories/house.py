"""One provider of a story: its home, its registration and its daemon as a process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from akashpy.keys.ring import Keyring
from tests.ports import free_port
from tests.stories.people import key_of
from tests.stories.processes import Running

if TYPE_CHECKING:
    from tests.stories.town import Town

PROGRAM = ("-c", "from provider.cli import main; main()")


class House:
    """A provider. `process` is its daemon while it runs."""

    def __init__(self, town: Town, name: str, home: Path, port: int) -> None:
        self.town = town
        self.name = name
        self.home = home
        self.port = port
        self.process: Running | None = None
        self.address = town.address(name)

    @classmethod
    async def open(
        cls,
        town: Town,
        name: str,
        *,
        price: float | str = 10,
        attributes: Mapping[str, str] | None = None,
        gpus: Sequence[Mapping[str, Any]] = (),
        gpu_price: Mapping[str, float] | None = None,
        settings: Mapping[str, Any] | None = None,
        rpc: str = "",
        grpc: str = "",
    ) -> House:
        """Register a provider: `price` is per thousandth of a cpu and block, all else is free.

        `rpc` and `grpc` are what the daemon shall use instead of the node itself.
        """
        home = town.root / name
        house = cls(town, name, home, free_port())
        home.mkdir()
        Keyring.open(home, "test").add(name, key_of(name))
        await town.processes.run(
            f"{name}-init",
            [*PROGRAM, "init", "--home", str(home), "--node", town.rpc, "--grpc-addr", town.grpc,
             "--from", name, "--keyring-backend", "test",
             "--host", f"https://127.0.0.1:{house.port}",
             *(part for key, value in (attributes or {}).items()
               for part in ("--attribute", f"{key}={value}"))],
        )  # fmt: skip
        house._configure(price, gpus, gpu_price, settings or {}, rpc, grpc)
        return house

    def _configure(
        self,
        price: float | str,
        gpus: Sequence[Mapping[str, Any]],
        gpu_price: Mapping[str, float] | None,
        settings: Mapping[str, Any],
        rpc: str,
        grpc: str,
    ) -> None:
        file = self.home / "provider.yaml"
        found = yaml.safe_load(file.read_text())
        rates: dict[str, Any] = {"cpu": price}
        if gpu_price:
            rates["gpu"] = dict(gpu_price)
        found["pricing"] = {"uakt": rates, "uact": rates}
        if gpus:
            found["nodes"] = [
                {"name": "local", "cpu": "8", "memory": "16Gi", "storage": "64Gi",
                 "gpus": [dict(each) for each in gpus]}
            ]  # fmt: skip
        found["node"] = rpc or found["node"]
        found["grpc_addr"] = grpc or found["grpc_addr"]
        found["chain"] = {"patience": "10s", "retry": "0.5s"}
        found.update(settings)
        file.write_text(yaml.safe_dump(found))

    async def start(self) -> None:
        """Start the daemon and wait until it is ready to bid."""
        self.process = await self.town.processes.start(self.name, self._command())

    async def launch(self) -> None:
        """Start the daemon without waiting until it is ready."""
        self.process = await self.town.processes.launch(self.name, self._command())

    def _command(self) -> list[str]:
        listen = f"127.0.0.1:{self.port}"
        return [*PROGRAM, "run", "--home", str(self.home), "--gateway-listen-address", listen]

    async def kill(self) -> None:
        """End the daemon as a power cut would; what it runs goes on."""
        assert self.process is not None
        await self.process.kill()

    async def status(self) -> dict[str, Any]:
        """What the command says of the running daemon."""
        command = [*PROGRAM, "status", "--home", str(self.home), "-o", "json"]
        found = await self.town.processes.run(f"{self.name}-status", command)
        return dict(json.loads(found))

    async def recovered(self) -> None:
        """Wait until a daemon that was launched under a lie is ready; one that gave up, anew."""
        assert self.process is not None
        if not self.process.is_alive:
            await self.start()
        elif not self.process.ready:
            await self.process.until_ready()
