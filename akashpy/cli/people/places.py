"""Where akashpy keeps what is its own: ~/.akashpy, or AKASHPY_HOME; never Akash's ~/.akash.

`dev/` is the development chain of `akashpy dev`, `deployments/` what the people's verbs remember of
each deployment by its name.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import click

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def root() -> Path:
    """The directory of everything; it need not exist."""
    return Path(os.environ.get("AKASHPY_HOME") or Path.home() / ".akashpy")


@dataclass(frozen=True, slots=True)
class DevChain:
    """A development chain that runs: its endpoints and where its keys lie.

    `rpc` and each of `gateways` are URLs, `grpc` is host:port; `pid` the process that runs it all.
    """

    chain_id: str
    rpc: str
    grpc: str
    home: str
    pid: int
    gateways: dict[str, str]

    def save(self) -> None:
        """Let other commands find it."""
        _write(_dev_file(), json.dumps(asdict(self), indent=2))


def dev_chain() -> DevChain | None:
    """The development chain that runs now, if there is one."""
    try:
        found = DevChain(**json.loads(_dev_file().read_text()))
        os.kill(found.pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return found


def forget_dev_chain() -> None:
    """It does not run any more."""
    _dev_file().unlink(missing_ok=True)


def _dev_file() -> Path:
    return root() / "dev" / "endpoints.json"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is remembered of a deployment: enough to find it on chain, nothing that could differ."""

    name: str
    chain_id: str
    owner: str
    dseq: int
    file: str

    def save(self) -> None:
        """Remember it."""
        _write(_file(self.chain_id, self.name), json.dumps(asdict(self), indent=2))

    def forget(self) -> None:
        """Its name is free again."""
        _file(self.chain_id, self.name).unlink(missing_ok=True)


def remembered(chain_id: str, name: str) -> Deployment | None:
    """The deployment of a name on a chain, if there is one."""
    try:
        return Deployment(**json.loads(_file(chain_id, name).read_text()))
    except FileNotFoundError:
        return None


def all_remembered(chain_id: str) -> list[Deployment]:
    """All deployments on a chain, by name."""
    files = sorted((root() / "deployments" / chain_id).glob("*.json"))
    return [Deployment(**json.loads(file.read_text())) for file in files]


def check_name(name: str) -> str:
    """The name, if it can be one. Raises UsageError."""
    if not NAME.fullmatch(name):
        raise click.UsageError(
            f"--name {name!r} cannot name a deployment: use up to 63 of a-z, 0-9 and '-', "
            "beginning and ending with a letter or digit"
        )
    return name


def name_for(file: Path) -> str:
    """A deployment's name when none is given: the file's, or its folder's for deploy.yaml."""
    stem = file.stem if file.stem not in {"deploy", "sdl", "akash"} else file.resolve().parent.name
    text = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:63].strip("-")
    return text or "deployment"


def _file(chain_id: str, name: str) -> Path:
    return root() / "deployments" / chain_id / f"{check_name(name)}.json"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(text + "\n")
    fresh.replace(path)
