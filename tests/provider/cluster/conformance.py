"""What every driver must do, told once; a driver's own test module gives the fixture.

A module that subclasses `Conformance` provides a fixture `open_driver`: a callable that opens the
driver as an async context manager, always over the same place, so that opening it a second time
is a restart of the provider. Programs used: sh, cat, head, sleep, env, stty.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing

import pytest

from provider.cluster.driver import (
    Driver,
    ExecSession,
    ExecStream,
    Health,
    LeaseStatus,
    LogLine,
    TerminalSize,
)
from provider.cluster.errors import ExecRefused, LeaseMissing, ServiceMissing
from provider.cluster.workload import Workload
from tests.provider.cluster.given import expose, lease, service, sleeper, workload

PATIENCE = 90.0
"""Seconds after which something that should have happened has not."""

OpenDriver = Callable[[], AbstractAsyncContextManager[Driver]]


async def first_lines(driver: Driver, of: Workload, count: int) -> list[LogLine]:
    """The first lines a lease writes, waited for."""
    found = []
    async with asyncio.timeout(PATIENCE), aclosing(driver.logs(of.lease, follow=True)) as lines:
        async for line in lines:
            found.append(line)
            if len(found) == count:
                break
    return found


async def until(driver: Driver, of: Workload, claim: Callable[[LeaseStatus], bool]) -> LeaseStatus:
    """The first status of which the claim is true."""
    async with asyncio.timeout(PATIENCE), aclosing(driver.watch(of.lease)) as statuses:
        async for status in statuses:
            if claim(status):
                return status
    raise AssertionError(f"the lease ended before that; last seen: {status}")


def is_healthy(status: LeaseStatus) -> bool:
    """All replicas of all services run."""
    return status.is_healthy


async def workloads_of_test(driver: Driver) -> tuple[Workload, ...]:
    """What the test at work has deployed; what others of before leave behind may still be there."""
    owner = lease().owner
    return tuple(w for w in (await driver.observe()).workloads if w.lease.owner == owner)


async def collect(session: ExecSession) -> tuple[bytes, bytes, int]:
    """All a command writes and its exit code."""
    parts = {ExecStream.STDOUT: b"", ExecStream.STDERR: b""}
    async with asyncio.timeout(PATIENCE):
        async for output in session.output():
            parts[output.stream] += output.data
        return parts[ExecStream.STDOUT], parts[ExecStream.STDERR], await session.wait()


async def ask(address: str) -> bytes:
    """What answers a connection that sends one line; empty when nobody does."""
    host, _, port = address.rpartition(":")
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(b"hello\n")
            await writer.drain()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


class Conformance:
    """The suite. `driver` is open, with nothing running."""

    @pytest.fixture
    async def driver(self, open_driver: OpenDriver) -> AsyncIterator[Driver]:
        async with open_driver() as driver:
            yield driver
            left = await workloads_of_test(driver)
            await asyncio.gather(*(driver.teardown(found.lease) for found in left))

    async def running(self, driver: Driver) -> Workload:
        """A workload for tests that leave it as it is; a driver may have one for all of them."""
        given = workload(sleeper())
        await driver.deploy(given)
        await until(driver, given, is_healthy)
        return given

    async def test_a_deployed_service_runs(self, driver: Driver) -> None:
        given = workload(sleeper())
        await driver.deploy(given)
        status = await until(driver, given, is_healthy)
        assert [(s.name, s.available, s.total, s.health) for s in status.services] == [
            ("web", 1, 1, Health.RUNNING)
        ]
        assert status.services[0].reason == "running"

    async def test_the_same_deployment_again_changes_nothing(self, driver: Driver) -> None:
        given = workload(sleeper())
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        await driver.deploy(given)
        assert [line.message async for line in driver.logs(given.lease)] == ["ready"]
        assert (await driver.status(given.lease)).services[0].observed_generation == 1

    async def test_a_service_has_as_many_replicas_as_asked(self, driver: Driver) -> None:
        given = workload(sleeper(count=2))
        await driver.deploy(given)
        status = await until(driver, given, is_healthy)
        assert (status.services[0].available, status.services[0].total) == (2, 2)
        assert len({line.replica for line in await first_lines(driver, given, 2)}) == 2

    async def test_the_environment_holds_the_lease(self, driver: Driver) -> None:
        given = workload(
            service(
                "web",
                "/bin/sh",
                "-c",
                "echo $GREETING $AKASH_OWNER $AKASH_DEPLOYMENT_SEQUENCE; exec sleep 600",
                env=["GREETING=hello world", "AKASH_OWNER=mine"],
            ),
            dseq=77,
        )
        await driver.deploy(given)
        assert (await first_lines(driver, given, 1))[0].message == "hello world mine 77"

    async def test_two_leases_may_use_the_same_port(self, driver: Driver) -> None:
        serve = (
            "import os,socketserver as s\n"
            "class H(s.StreamRequestHandler):\n"
            " def handle(self):\n"
            "  self.rfile.readline(); self.wfile.write(os.environ['WHO'].encode())\n"
            "p=int(os.environ.get('PORT','80'))\n"
            "with s.TCPServer(('0.0.0.0',p),H) as t: print('ready',flush=True); t.serve_forever()"
        )
        both = [
            workload(
                service("web", "python3", "-c", serve, env=[f"WHO={n}"], expose=[expose()]), dseq=n
            )
            for n in (1, 2)
        ]
        for given in both:
            await driver.deploy(given)
        answers = []
        for given in both:
            await first_lines(driver, given, 1)
            status = await driver.status(given.lease)
            answers.append(await ask(status.services[0].uris[0]))
        assert answers == [b"1", b"2"]

    async def test_a_program_that_ends_is_started_again(self, driver: Driver) -> None:
        given = workload(service("web", "/bin/sh", "-c", "echo again; exit 3"))
        await driver.deploy(given)
        assert [line.message for line in await first_lines(driver, given, 2)] == ["again", "again"]

    async def test_a_program_that_does_not_exist_says_so(self, driver: Driver) -> None:
        given = workload(service("web", "/no/such/program"))
        await driver.deploy(given)
        status = await until(driver, given, lambda s: s.services[0].health is Health.RESTARTING)
        assert "/no/such/program" in status.services[0].reason
        assert status.services[0].available == 0

    async def test_an_update_changes_the_program(self, driver: Driver) -> None:
        first, second = (
            workload(service("web", "/bin/sh", "-c", f"echo {word}; exec sleep 600"))
            for word in ("one", "two")
        )
        await driver.deploy(first)
        await first_lines(driver, first, 1)
        await driver.update(second)
        assert [line.message for line in await first_lines(driver, second, 2)] == ["one", "two"]
        status = await until(driver, second, is_healthy)
        assert status.services[0].observed_generation == 2

    async def test_an_update_leaves_other_services_alone(self, driver: Driver) -> None:
        kept = sleeper("kept")
        await driver.deploy(workload(kept, service("web", "/bin/sh", "-c", "echo 1; sleep 600")))
        changed = workload(kept, service("web", "/bin/sh", "-c", "echo 2; sleep 600"))
        await first_lines(driver, changed, 2)
        await driver.update(changed)
        await first_lines(driver, changed, 3)
        lines = [x.message async for x in driver.logs(changed.lease, services=("kept",))]
        assert lines == ["ready"]

    async def test_an_update_keeps_the_address(self, driver: Driver) -> None:
        first, second = (workload(sleeper(expose=[expose()], env=[f"V={v}"])) for v in (1, 2))
        await driver.deploy(first)
        before = (await driver.status(first.lease)).services[0].uris
        await driver.update(second)
        assert (await driver.status(first.lease)).services[0].uris == before

    async def test_an_update_removes_a_service_that_is_gone(self, driver: Driver) -> None:
        await driver.deploy(workload(sleeper("a"), sleeper("b")))
        await driver.update(workload(sleeper("a")))
        assert [s.name for s in (await driver.status(lease())).services] == ["a"]

    async def test_an_update_of_a_missing_lease_is_refused(self, driver: Driver) -> None:
        with pytest.raises(LeaseMissing):
            await driver.update(workload(sleeper()))
        assert await workloads_of_test(driver) == ()

    async def test_after_teardown_nothing_is_left(self, driver: Driver) -> None:
        given = workload(sleeper())
        await driver.deploy(given)
        await first_lines(driver, given, 1)
        await driver.teardown(given.lease)
        assert await workloads_of_test(driver) == ()
        with pytest.raises(LeaseMissing):
            await driver.status(given.lease)

    async def test_teardown_of_a_missing_lease_does_nothing(self, driver: Driver) -> None:
        await driver.teardown(lease(404))
        assert await workloads_of_test(driver) == ()

    async def test_one_teardown_leaves_other_leases(self, driver: Driver) -> None:
        one, two = workload(sleeper(), dseq=1), workload(sleeper(), dseq=2)
        await driver.deploy(one)
        await driver.deploy(two)
        await driver.teardown(one.lease)
        assert (await until(driver, two, is_healthy)).lease == two.lease

    async def test_logs_have_both_streams(self, driver: Driver) -> None:
        given = workload(service("web", "/bin/sh", "-c", "echo out; echo err >&2; exec sleep 600"))
        await driver.deploy(given)
        lines = await first_lines(driver, given, 2)
        assert sorted((line.stream, line.message) for line in lines) == [
            ("stderr", "err"),
            ("stdout", "out"),
        ]

    async def test_logs_can_be_tailed(self, driver: Driver) -> None:
        given = workload(service("web", "/bin/sh", "-c", "echo 1; echo 2; echo 3; exec sleep 600"))
        await driver.deploy(given)
        await first_lines(driver, given, 3)
        tail = [line.message async for line in driver.logs(given.lease, tail=2)]
        assert tail == ["2", "3"]
        assert [line.message async for line in driver.logs(given.lease, tail=0)] == []

    async def test_logs_go_on_at_a_cursor(self, driver: Driver) -> None:
        given = workload(service("web", "/bin/sh", "-c", "echo 1; echo 2; echo 3; exec sleep 600"))
        await driver.deploy(given)
        lines = await first_lines(driver, given, 3)
        rest = [x.message async for x in driver.logs(given.lease, cursor=lines[0].cursor)]
        assert rest == ["2", "3"]

    async def test_logs_are_filtered_by_service(self, driver: Driver) -> None:
        given = workload(sleeper("a"), sleeper("b"))
        await driver.deploy(given)
        await first_lines(driver, given, 2)
        found = {line.service async for line in driver.logs(given.lease, services=("b",))}
        assert found == {"b"}

    async def test_followed_logs_end_with_the_lease(self, driver: Driver) -> None:
        given = workload(
            service("web", "/bin/sh", "-c", "trap 'echo bye; exit' TERM; echo hi; sleep 600 & wait")
        )
        await driver.deploy(given)
        said = []
        async with asyncio.timeout(PATIENCE):
            async for line in driver.logs(given.lease, follow=True):
                said.append(line.message)
                if line.message == "hi":
                    ending = asyncio.create_task(driver.teardown(given.lease))
            await ending
        assert said == ["hi", "bye"]

    async def test_logs_of_a_missing_lease_are_refused(self, driver: Driver) -> None:
        with pytest.raises(LeaseMissing):
            [line async for line in driver.logs(lease(404))]

    async def test_events_tell_the_start(self, driver: Driver) -> None:
        given = workload(sleeper())
        await driver.deploy(given)
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(driver.events(given.lease, follow=True)) as events,
        ):
            async for event in events:
                if event.reason == "Started":
                    break
        assert (event.kind, event.service) == ("Normal", "web")

    async def test_exec_returns_streams_and_exit_code(self, driver: Driver) -> None:
        given = await self.running(driver)
        command = ("/bin/sh", "-c", "echo out; echo err >&2; exit 42")
        async with driver.exec(given.lease, "web", command) as session:
            assert await collect(session) == (b"out\n", b"err\n", 42)

    async def test_exec_of_a_killed_command_is_128_and_the_signal(self, driver: Driver) -> None:
        given = await self.running(driver)
        async with driver.exec(given.lease, "web", ("/bin/sh", "-c", "kill -9 $$")) as session:
            assert await collect(session) == (b"", b"", 137)

    async def test_exec_reads_its_input(self, driver: Driver) -> None:
        given = await self.running(driver)
        async with driver.exec(given.lease, "web", ("cat",), stdin=True) as session:
            await session.write(b"hello stdin\n")
            await session.close_input()
            assert await collect(session) == (b"hello stdin\n", b"", 0)

    async def test_exec_without_input_reads_an_empty_one(self, driver: Driver) -> None:
        given = await self.running(driver)
        async with driver.exec(given.lease, "web", ("cat",)) as session:
            assert await collect(session) == (b"", b"", 0)

    async def test_exec_carries_much_output(self, driver: Driver) -> None:
        given = await self.running(driver)
        async with driver.exec(
            given.lease, "web", ("head", "-c", "1000000", "/dev/zero")
        ) as session:
            out, _, code = await collect(session)
        assert (len(out), code) == (1_000_000, 0)

    async def test_exec_in_a_terminal_has_its_size(self, driver: Driver) -> None:
        given = await self.running(driver)
        # A cluster tells a program its size, as any later one, right after its start.
        seen = 'seen() { until [ "$(stty size 2>&1)" = "$1" ]; do sleep 0.1; done; echo "$1"; }'
        command = ("/bin/sh", "-c", f"{seen}; seen '24 80'; seen '40 100'; echo err >&2; exit 7")
        first, second = TerminalSize(80, 24), TerminalSize(100, 40)
        opened = driver.exec(given.lease, "web", command, tty=True, stdin=True, size=first)
        said = b""
        async with opened as session, asyncio.timeout(PATIENCE):
            async for output in session.output():
                assert output.stream is ExecStream.STDOUT
                if b"24 80" in output.data:
                    await session.resize(second)
                said += output.data
            assert await session.wait() == 7
        assert said.replace(b"\r\n", b"\n") == b"24 80\n40 100\nerr\n", said

    async def test_exec_in_a_terminal_shows_what_is_typed(self, driver: Driver) -> None:
        given = await self.running(driver)
        command = ("/bin/sh", "-c", "read go; echo got $go")
        async with driver.exec(given.lease, "web", command, tty=True, stdin=True) as session:
            await session.write(b"it\n")
            out, err, code = await collect(session)
        assert (out.replace(b"\r\n", b"\n"), err, code) == (b"it\ngot it\n", b"", 0)

    async def test_exec_ends_when_it_is_left(self, driver: Driver) -> None:
        given = await self.running(driver)
        async with driver.exec(given.lease, "web", ("sleep", "612.5")):
            pass
        count = (
            "for d in /proc/[0-9]*; do tr '\\0' ' ' < $d/cmdline; echo; done | grep -c '^sleep 612'"
        )
        async with asyncio.timeout(PATIENCE):
            while True:
                async with driver.exec(given.lease, "web", ("/bin/sh", "-c", count)) as session:
                    out, _, _ = await collect(session)
                if out == b"0\n":
                    break

    async def test_exec_of_a_missing_command_is_refused(self, driver: Driver) -> None:
        given = await self.running(driver)
        for command in ("/bin/baz", "baz"):
            with pytest.raises(ExecRefused, match="because it does not exist"):
                async with driver.exec(given.lease, "web", (command,)) as session:
                    await session.wait()

    async def test_exec_of_a_directory_is_refused(self, driver: Driver) -> None:
        given = await self.running(driver)
        with pytest.raises(ExecRefused, match="command execution failed"):
            async with driver.exec(given.lease, "web", ("/tmp",)) as session:
                await session.wait()

    async def test_exec_beyond_the_replicas_is_refused(self, driver: Driver) -> None:
        given = await self.running(driver)
        with pytest.raises(ExecRefused, match=r"valid range is \[0, 0\]"):
            async with driver.exec(given.lease, "web", ("ls",), replica=99):
                pass

    async def test_exec_in_a_missing_service_or_lease_is_refused(self, driver: Driver) -> None:
        given = await self.running(driver)
        with pytest.raises(ServiceMissing):
            async with driver.exec(given.lease, "nope", ("ls",)):
                pass
        with pytest.raises(LeaseMissing):
            async with driver.exec(lease(404), "web", ("ls",)):
                pass

    async def test_capacity_is_observed(self, driver: Driver) -> None:
        nodes = (await driver.observe()).nodes
        assert nodes
        assert all(n.cpu > 0 and n.memory > 0 and n.ephemeral_storage > 0 for n in nodes)

    async def test_workloads_survive_a_restart(self, open_driver: OpenDriver) -> None:
        given = workload(sleeper(expose=[expose()]))
        async with open_driver() as driver:
            await driver.deploy(given)
            await first_lines(driver, given, 1)
            before = (await until(driver, given, is_healthy)).services
        async with open_driver() as driver:
            assert await workloads_of_test(driver) == (given,)
            assert (await until(driver, given, is_healthy)).services == before
            # Not started a second time.
            assert [line.message async for line in driver.logs(given.lease)] == ["ready"]
            await driver.teardown(given.lease)
