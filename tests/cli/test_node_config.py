"""Settings of a node: file, environment and flags, in this order; what nobody knows is refused."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import aiohttp
import pytest

from akashpy.config import ConfigError
from akashpy.node import configuration
from akashpy.node.configuration import NodeConfig, declared, duration, layers, settled, shown
from tests.cli.conftest import Cli
from tests.cli.test_node import made, running


def read(content: dict | None = None, environ: dict | None = None, **flags: object) -> NodeConfig:
    return settled(layers(content or {}, "akashpy.toml", environ or {}, flags))


def test_without_anything_the_defaults_hold() -> None:
    assert read() == NodeConfig()


def test_later_layers_go_first() -> None:
    content = {"moniker": "a", "pruning": "nothing", "log_format": "json"}
    environ = {"AKASHPY_NODE_MONIKER": "b", "AKASHPY_NODE_PRUNING": "everything", "OTHER": "x"}
    found = layers(content, "akashpy.toml", environ, {"moniker": "c"})
    assert [found["moniker"], found["pruning"], found["log_format"]] == ["c", "everything", "json"]
    places = [found.origin(name) for name in ("moniker", "pruning", "log_format", "rest_port")]
    assert places == ["--moniker", "AKASHPY_NODE_PRUNING", "akashpy.toml", "default"]


@pytest.mark.parametrize(
    ("content", "environ", "text"),
    [
        ({"monicker": "x"}, {}, "akashpy.toml: monicker is not a setting; did you mean moniker?"),
        (
            {},
            {"AKASHPY_NODE_PRUNNING": "x"},
            "AKASHPY_NODE_PRUNNING is not a setting; did you mean",
        ),
        ({"pruning": "some"}, {}, "is not one of default, nothing, everything"),
        ({"rpc_address": "nowhere"}, {}, "write host:port"),
        ({"rpc_address": "a:99999"}, {}, "write host:port"),
        ({"rest_port": 70_000}, {}, "write a port"),
        ({"grpc_web": "maybe"}, {}, "write true or false"),
        ({"snapshot_keep": 0}, {}, "write 1 or more"),
        ({"min_retain_blocks": 1.5}, {}, "write a whole number"),
        ({"block_interval": "often"}, {}, "write it like 250ms, 1h30m or 90s"),
        ({"block_interval": 0}, {}, "write more than nothing"),
        ({"rest_cors_origins": 5}, {}, "write a list"),
        ({"moniker": 5}, {}, "write a text"),
        ({"unsafe_skip_upgrades": ["x"]}, {}, "write a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused(content: dict, environ: dict, text: str) -> None:
    with pytest.raises(ConfigError, match=text.replace("?", r"\?")):
        read(content, environ)


def test_values_are_read_from_text_and_toml_alike() -> None:
    environ = {
        "AKASHPY_NODE_BLOCK_INTERVAL": "1m30.5s",
        "AKASHPY_NODE_UNSAFE_SKIP_UPGRADES": "5, 7",
        "AKASHPY_NODE_GRPC_WEB": "true",
        "AKASHPY_NODE_REST_PORT": "1317",
        "AKASHPY_NODE_RPC_ADDRESS": "tcp://:26657",
        "AKASHPY_NODE_HOME": "/not/a/setting",
    }
    found = read({}, environ)
    assert found.block_interval == 90_500_000_000
    assert found.unsafe_skip_upgrades == (5, 7)
    assert (found.grpc_web, found.rest_port, found.rpc_address) == (True, 1317, "127.0.0.1:26657")
    content = {"block_interval": 250_000_000, "unsafe_skip_upgrades": [5], "grpc_address": ""}
    found = read(content)
    assert (found.block_interval, found.unsafe_skip_upgrades) == (duration("250ms"), (5,))
    assert found.grpc_address == ""


def test_what_is_shown_reads_back() -> None:
    environ = {"AKASHPY_NODE_MONIKER": 'a "b" \\', "AKASHPY_NODE_REST_CORS_ORIGINS": "x,y"}
    found = layers({}, "f", environ, {})
    text = "\n".join(f"{name} = {shown(name, each.value)}" for name, each in found.items())
    assert settled(layers(tomllib.loads(text), "f", {}, {})) == settled(found)


def test_every_setting_has_a_meaning() -> None:
    assert all(setting.help.endswith((".", ").")) for setting in declared().values())


def test_config_show_says_where_values_come_from(
    alone: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "node"
    made(alone, home)
    monkeypatch.setenv("AKASHPY_NODE_MONIKER", "mine")
    lines = alone("node", "config", "show", "--origin", "--home", str(home)).out.splitlines()
    assert 'moniker = "mine"  # AKASHPY_NODE_MONIKER' in lines
    assert f'block_interval = "50ms"  # {home / configuration.FILE}' in lines
    assert 'pruning = "default"  # default' in lines
    plain = alone("node", "config", "show", "--home", str(home), "-o", "json").value
    assert plain["moniker"] == "mine"
    (home / configuration.FILE).write_text("monicker = 'x'\n")
    wrong = alone("node", "config", "show", "--home", str(home))
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean moniker?" in wrong.err
    (home / configuration.FILE).write_text("= x\n")
    assert "correct it" in alone("node", "config", "show", "--home", str(home)).err


def test_a_node_runs_as_its_file_says(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home)
    with (home / configuration.FILE).open("a") as file:
        file.write('metrics_address = "127.0.0.1:0"\nlog_format = "json"\nmoniker = "filed"\n')
    with running(home) as (ready, _):
        status = alone("node", "status", "--node", ready["rpc"]).value
        assert status["node_info"]["moniker"] == "filed"
        assert ready["metrics"].startswith("http://127.0.0.1:")


async def test_so_many_clients_may_subscribe_as_the_file_says(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home)
    with (home / configuration.FILE).open("a") as file:
        file.write("max_subscription_clients = 1\nmax_subscriptions_per_client = 2\n")
    with running(home) as (ready, _):
        async with aiohttp.ClientSession() as http, asyncio.timeout(120):
            url = f"{ready['rpc']}/websocket"
            async with http.ws_connect(url) as first, http.ws_connect(url) as second:
                told = [
                    await subscribed(first, query) for query in ("Tx", "NewBlockHeader", "Vote")
                ]
                assert told[:2] == ["", ""]
                assert "max_subscriptions_per_client 2 reached" in told[2]
                assert "max_subscription_clients 1 reached" in await subscribed(second, "Tx")


async def subscribed(socket: aiohttp.ClientWebSocketResponse, kind: str) -> str:
    """The refusal of a subscription; nothing where there is none."""
    query = {"query": f"tm.event='{kind}'"}
    await socket.send_json({"jsonrpc": "2.0", "id": kind, "method": "subscribe", "params": query})
    while True:
        answer = await socket.receive_json()
        if answer["id"] == kind and answer.get("result", {}) == {}:
            return str(answer.get("error", {}).get("data", ""))
