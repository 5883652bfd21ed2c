"""The process driver's own promises: nothing left behind, nothing lost, nothing beyond loopback.

- programs that hide from their parent, killed launchers, killed daemons, half-done teardowns
- names and ports between services of a lease; UDP; memory
- logs of ended leases; refusals
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from provider.cluster.errors import Declined, LeaseMissing
from provider.cluster.process import limits
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.identity import is_running, start_time
from provider.cluster.process.settings import (
    NotLocal,
    ProcessSettings,
    is_loopback,
    require_local,
)
from provider.cluster.process.spec import Restarts
from provider.cluster.process.store import Store, StoreBusy, read_record
from provider.cluster.workload import Workload, namespace
from tests.conftest import needs
from tests.provider.cluster.conformance import (
    PATIENCE,
    ask,
    collect,
    first_lines,
    is_healthy,
    until,
)
from tests.provider.cluster.given import AROUND, expose, lease, service, sleeper, workload

Way = Literal["namespaces", "none"]
BOTH = pytest.mark.parametrize("way", ["namespaces", "none"])
REPOSITORY = Path(__file__).parents[3]


def settings(root: Path, way: Way = "namespaces", **more: object) -> ProcessSettings:
    return ProcessSettings(
        root,
        isolation=way,
        restarts=Restarts(first=0.02, longest=0.1),
        grace=1.0,
        **more,  # type: ignore[arg-type]  # named settings of a test
    )


@pytest.fixture(autouse=True)
def _nothing_stays_behind(tmp_path: Path) -> Iterator[None]:
    yield
    left = marked(str(tmp_path))
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


def marked(mark: str) -> list[int]:
    """Processes of this machine with a word on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes() and start_time(int(path.parent.name)):
                found.append(int(path.parent.name))
        except OSError:
            continue  # ended while we looked
    return found


async def gone(mark: str) -> None:
    """Return when no process with this word is left."""
    await _processes(lambda: not marked(mark))


async def _processes(claim: Callable[[], bool]) -> None:
    """Wait for a claim about other people's processes, of which the kernel tells nobody."""
    for _ in range(int(PATIENCE / 0.01)):
        if claim():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the processes are not as they should be")


def launcher(root: Path, of: Workload, replica: str) -> dict[str, str]:
    path = root / "leases" / namespace(of.lease) / replica / "process.json"
    known: dict[str, str] = json.loads(path.read_text())
    return known


HIDING = "setsid sh -c 'sleep {n} & exec sleep {n}' & echo ready; exec sleep {n}"


@BOTH
async def test_teardown_ends_programs_that_hide(tmp_path: Path, way: Way) -> None:
    mark = f"{os.getpid()}.{60001 if way == 'none' else 60002}"
    given = workload(service("web", "/bin/sh", "-c", HIDING.format(n=mark)))
    async with ProcessDriver.open(settings(tmp_path, way), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        await _processes(lambda: len([p for p in marked(mark) if "sleep" in _word(p)]) == 3)
        await driver.teardown(given.lease)
        assert marked(mark) == []


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _word(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


@BOTH
async def test_a_killed_launcher_takes_its_program_along_and_comes_back(
    tmp_path: Path, way: Way
) -> None:
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path, way), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        before = launcher(tmp_path, given, "web-0")
        os.kill(int(before["pid"]), signal.SIGKILL)
        lines = await first_lines(driver, given, 2)
        assert [line.message for line in lines] == ["ready", "ready"]
        await until(driver, given, is_healthy)
        assert launcher(tmp_path, given, "web-0")["pid"] != before["pid"]
        assert len(marked(str(tmp_path))) == (2 if way == "namespaces" else 1)
        await driver.teardown(given.lease)
    await gone(str(tmp_path))


DAEMON = """
import asyncio, sys
from pathlib import Path
from provider.cluster.process import limits
from provider.cluster.process.driver import ProcessDriver
from tests.provider.cluster.test_process_own import settings
from tests.provider.cluster.given import AROUND, sleeper, workload, expose
async def main():
    more = {"dies_with_daemon": True} if sys.argv[3] == "dies" else {}
    chosen = settings(Path(sys.argv[1]), sys.argv[2], **more)
    async with ProcessDriver.open(chosen, AROUND) as driver:
        given = workload(sleeper(expose=[expose()]))
        await driver.deploy(given)
        async for line in driver.logs(given.lease, follow=True):
            print(line.message, flush=True)
asyncio.run(main())
"""


async def _killed_daemon(root: Path, way: str, mode: str) -> None:
    daemon = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DAEMON, str(root), way, mode),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    assert daemon.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await daemon.stdout.readline() == b"ready\n"
    daemon.kill()
    await daemon.wait()


@BOTH
async def test_programs_survive_a_killed_daemon(tmp_path: Path, way: Way) -> None:
    await _killed_daemon(tmp_path, way, "stays")
    given = workload(sleeper(expose=[expose()]))
    before = launcher(tmp_path, given, "web-0")
    assert is_running(int(before["pid"]), before["start"])
    async with ProcessDriver.open(settings(tmp_path, way), AROUND) as driver:
        assert (await driver.observe()).workloads == (given,)
        await until(driver, given, is_healthy)
        assert launcher(tmp_path, given, "web-0") == before
        assert [line.message async for line in driver.logs(given.lease)] == ["ready"]
        await driver.teardown(given.lease)
    await gone(str(tmp_path))


@BOTH
async def test_programs_die_with_the_daemon_when_told_to(tmp_path: Path, way: Way) -> None:
    await _killed_daemon(tmp_path, way, "dies")
    await gone(str(tmp_path))
    async with ProcessDriver.open(settings(tmp_path, way), AROUND) as driver:
        given = (await driver.observe()).workloads[0]
        await until(driver, given, is_healthy)
        await driver.teardown(given.lease)


async def test_a_closed_driver_ends_its_programs_when_told_to(tmp_path: Path) -> None:
    async with ProcessDriver.open(settings(tmp_path, dies_with_daemon=True), AROUND) as driver:
        await driver.deploy(workload(sleeper()))
        await first_lines(driver, workload(sleeper()), 1)
    assert marked(str(tmp_path)) == []


async def test_a_teardown_that_was_begun_is_finished_after_a_restart(tmp_path: Path) -> None:
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
    store = Store(tmp_path)
    store.mark_ending(read_record(store.directory(given.lease) / "lease.json"))
    store.close()
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        assert (await driver.observe()).workloads == ()
    assert marked(str(tmp_path)) == []


async def test_an_update_that_was_interrupted_is_finished_after_a_restart(tmp_path: Path) -> None:
    before = workload(sleeper("kept"), sleeper("gone"), sleeper("web"))
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(before)
        await first_lines(driver, before, 3)
    after = workload(
        sleeper("kept"), sleeper("new"), service("web", "/bin/sh", "-c", "echo 2; cat")
    )
    store = Store(tmp_path)
    known = read_record(store.directory(lease()) / "lease.json")
    store.write(replace(known, workload=after, generation=2, is_settled=False))
    store.close()
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        status = await until(driver, after, lambda s: s.services[1].available == 1)
        assert [s.name for s in status.services] == ["kept", "new", "web"]
        lines = [(x.service, x.message) for x in await first_lines(driver, after, 5)]
        assert ("web", "2") in lines
        assert ("new", "ready") in lines
        async with driver.exec(after.lease, "new", ("true",)) as session:
            assert await collect(session) == (b"", b"", 0)
        assert not [p for p in marked(str(tmp_path)) if "gone-0" in _line(p)]
        await driver.teardown(after.lease)


async def test_a_lost_port_is_chosen_anew(tmp_path: Path) -> None:
    given = workload(sleeper(expose=[expose()]))
    async with ProcessDriver.open(settings(tmp_path, dies_with_daemon=True), AROUND) as driver:
        await driver.deploy(given)
        before = (await driver.status(given.lease)).services[0].uris[0]
    host, _, port = before.rpartition(":")
    with socket.create_server((host, int(port))):
        async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
            status = await until(driver, given, is_healthy)
            assert status.services[0].uris[0] != before
            await driver.teardown(given.lease)


async def test_one_directory_has_one_driver(tmp_path: Path) -> None:
    async with ProcessDriver.open(settings(tmp_path), AROUND):
        with pytest.raises(StoreBusy, match="in use by another provider"):
            async with ProcessDriver.open(settings(tmp_path), AROUND):
                pass


SERVE = """
import os, socketserver as s, sys
class H(s.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())
with s.ThreadingTCPServer(("0.0.0.0", int(os.environ.get("PORT", sys.argv[1]))), H) as t:
    print("ready", flush=True)
    t.serve_forever()
"""
CALL = """
import os, socket
with socket.create_connection((os.environ["BACK_END_HOST"], int(os.environ["BACK_END_PORT"]))) as c:
    c.sendall(b"hello\\n")
    print(c.makefile().readline().strip())
"""


@BOTH
async def test_services_of_a_lease_reach_each_other(tmp_path: Path, way: Way) -> None:
    back = service(
        "back-end", "python3", "-c", SERVE, "5432", expose=[expose(5432, **{"global": False})]
    )
    given = workload(back, sleeper("web"))
    async with ProcessDriver.open(settings(tmp_path, way), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 2)
        async with driver.exec(given.lease, "web", ("python3", "-c", CALL)) as session:
            assert await collect(session) == (b"HELLO\n", b"", 0)
        if way == "namespaces":
            by_name = CALL.replace('os.environ["BACK_END_HOST"]', '"back-end"').replace(
                'int(os.environ["BACK_END_PORT"])', "5432"
            )
            async with driver.exec(given.lease, "web", ("python3", "-c", by_name)) as session:
                assert await collect(session) == (b"HELLO\n", b"", 0)
        await driver.teardown(given.lease)


async def test_services_on_one_port_number_still_reach_each_other(tmp_path: Path) -> None:
    back = service("back-end", "python3", "-c", SERVE, "80", expose=[expose(80)])
    given = workload(back, service("web", "python3", "-c", SERVE, "80", expose=[expose(80)]))
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 2)
        async with driver.exec(given.lease, "web", ("python3", "-c", CALL)) as session:
            assert await collect(session) == (b"HELLO\n", b"", 0)
        await driver.teardown(given.lease)


async def test_a_connection_goes_to_a_replica_that_answers(tmp_path: Path) -> None:
    one_of_two = (
        "import os, time\nif os.environ['HOSTNAME'] == 'web-1':\n"
        " print('deaf', flush=True); time.sleep(600)\n" + SERVE
    )
    given = workload(service("web", "python3", "-c", one_of_two, "80", count=2, expose=[expose()]))
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 2)
        uri = (await driver.status(given.lease)).services[0].uris[0]
        assert [await ask(uri) for _ in range(8)] == [b"HELLO\n"] * 8
        await driver.teardown(given.lease)


async def test_udp_is_forwarded(tmp_path: Path) -> None:
    echo = (
        "import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(('0.0.0.0',53))\n"
        "print('ready',flush=True)\nwhile True:\n d,a=s.recvfrom(99); s.sendto(d.upper(),a)"
    )
    given = workload(service("dns", "python3", "-c", echo, expose=[expose(53, proto="UDP")]))
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        port = (await driver.status(given.lease)).services[0].ports[0]
        assert (port.host, port.port, port.proto, port.name) == ("127.0.0.1", 53, "UDP", "dns")
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            await loop.sock_connect(client, (port.host, port.external))
            await loop.sock_sendall(client, b"hello")
            async with asyncio.timeout(PATIENCE):
                assert await loop.sock_recv(client, 99) == b"HELLO"
        await driver.teardown(given.lease)


@pytest.mark.parametrize("way", ["auto", "rlimits", "none"])
async def test_memory_is_bounded_where_it_can_be(
    tmp_path: Path, way: Literal["auto", "rlimits", "none"]
) -> None:
    eat = "x = bytearray(b'x' * (400 << 20)); print('eaten', flush=True); input()"
    given = workload(service("web", "python3", "-c", eat))
    async with ProcessDriver.open(settings(tmp_path, limits=way), AROUND) as driver:
        await driver.deploy(given)
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(driver.events(given.lease, follow=True)) as events,
        ):
            async for event in events:
                if event.reason == "Exited":
                    break
        said = [line.message async for line in driver.logs(given.lease)]
        notes = (await driver.status(given.lease)).notes
        await driver.teardown(given.lease)
    assert ("eaten" in said) is (way == "none")
    assert ("cpu is not" in notes[2] or "cpu and memory are not" in notes[2]) is (
        way != "auto" or "rlimit" in notes[2]
    )


async def test_groups_of_replicas_that_were_killed_with_us_are_dropped(tmp_path: Path) -> None:
    (*parents,) = limits.detect("auto").parents
    needs(bool(parents), "control groups that this user may make")
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        before = {path for parent in parents for path in parent.glob("akashpy-*")}
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        ours = {path for parent in parents for path in parent.glob("akashpy-*")} - before
        ours = {path for path in ours if marked_group(path, str(tmp_path))}
    assert len(ours) == len(parents)
    killed = [path.with_name(f"{path.name.rpartition('-')[0]}-0123456789abcdef") for path in ours]
    for path in killed:
        path.mkdir()
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        assert not [path for path in killed if path.exists()]
        assert all(path.exists() for path in ours)
        await driver.teardown(given.lease)
    assert not [path for path in ours if path.exists()]


def marked_group(group: Path, mark: str) -> bool:
    """Whether a group holds a replica whose launcher names a word."""
    launchers = {str(pid) for pid in marked(mark)}
    for pid in (group / "cgroup.procs").read_text().split():
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        parent = next(line.split()[1] for line in status if line.startswith("PPid:"))
        if {pid, parent} & launchers:
            return True
    return False


async def test_the_status_says_what_is_not_isolated(tmp_path: Path) -> None:
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path, "none"), AROUND) as driver:
        await driver.deploy(given)
        notes = (await driver.status(given.lease)).notes
        await driver.teardown(given.lease)
    assert "isolates nothing" in notes[0]
    assert "PORT" in notes[1]


async def test_logs_stay_after_the_end_for_their_time(tmp_path: Path) -> None:
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        await driver.teardown(given.lease)
        assert [line.message async for line in driver.logs(given.lease)] == ["ready"]
    async with ProcessDriver.open(settings(tmp_path, keep_ended=0.0), AROUND) as driver:
        other = workload(sleeper(), dseq=2)
        await driver.deploy(other)
        await driver.teardown(other.lease)
        for ended in (given, other):
            with pytest.raises(LeaseMissing):
                [line async for line in driver.logs(ended.lease)]


async def test_too_many_logs_of_ended_leases_go_oldest_first(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in (1, 2):
        directory = store.ended_directory(lease(number)) / "web-0" / "logs"
        directory.mkdir(parents=True)
        (directory / "1.jsonl").write_text("x" * 600)
        (directory.parents[1] / "ended.json").write_text(json.dumps({"at": 4e9 + number}))
    store.prune(seconds=3600.0, size=1000)
    store.close()
    assert not store.ended_directory(lease(1)).exists()
    assert store.ended_directory(lease(2)).exists()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (service("web"), "image-without-command"),
        (service("web", args=["serve"]), "image-without-command"),
        (
            sleeper(params={"storage": [{"name": "d", "mount": "/d", "readOnly": False}]}),
            "volume-mount",
        ),
        (sleeper(expose=[expose(ip="mine")]), "leased-ip"),
        (sleeper(expose=[expose(53, proto="UDP", **{"global": False})]), "internal-udp"),
        (
            sleeper(params={"storage": None, "permissions": {"read": ["logs"]}}),
            "cluster-permissions",
        ),
    ],
)
async def test_what_cannot_run_is_declined(
    tmp_path: Path, given: dict[str, object], reason: str
) -> None:
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        with pytest.raises(Declined) as declined:
            await driver.deploy(workload(given))
        assert declined.value.reason == reason
        assert "'web'" in str(declined.value)
        assert (await driver.observe()).workloads == ()
    assert list((tmp_path / "leases").iterdir()) == []


async def test_a_declined_update_changes_nothing(tmp_path: Path) -> None:
    given = workload(sleeper())
    async with ProcessDriver.open(settings(tmp_path), AROUND) as driver:
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        with pytest.raises(Declined):
            await driver.update(workload(service("web")))
        assert (await driver.observe()).workloads == (given,)
        assert (await until(driver, given, is_healthy)).services[0].observed_generation == 1
        await driver.teardown(given.lease)


def test_a_local_set_up_is_accepted() -> None:
    require_local("127.0.0.1", AROUND)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gateway_host", "0.0.0.0"),
        ("host_uri", "https://provider.example.com:8443"),
        ("nodes", ("https://rpc.akashnet.net:443",)),
        ("chain_id", "akashnet-2"),
    ],
)
async def test_anything_beyond_this_machine_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    around = replace(AROUND, **{field: value})  # type: ignore[arg-type]  # one field of several
    with pytest.raises(NotLocal) as refused:
        async with ProcessDriver.open(settings(tmp_path), around):
            pass
    shown = value[0] if isinstance(value, tuple) else value
    assert repr(shown) in str(refused.value)
    assert os.listdir(tmp_path) == []


async def test_the_driver_refuses_an_open_address(tmp_path: Path) -> None:
    with pytest.raises(NotLocal, match=r"workload host '0\.0\.0\.0'"):
        async with ProcessDriver.open(settings(tmp_path, host="0.0.0.0"), AROUND):
            pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("::1", True),
        ("[::1]:80", True),
        ("127.9.9.9:1", True),
        ("http://a.localhost/x", True),
        ("localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_told_without_asking_anyone(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
