"""A node's numbers for Prometheus, under the names that CometBFT and the SDK give them.

What neither of them measures begins with `akashpy_`. Under CometBFT, which serves its own numbers,
only the SDK's and ours are given, so that none is counted twice. Numbers that the node holds anyway
are read when somebody asks; only durations and sizes are noted as blocks come.
Source: CometBFT 0.38 `metrics.go` of consensus, mempool and state; SDK 0.53 `baseapp`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric, UnknownMetricFamily

from akashpy.node.comet.block import BlockIDFlag
from akashpy.node.core import Core, Finished

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NANOSECOND = 1e-9
MILLISECONDS = 1000.0
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
INTERVALS = (0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 6.0, 8.0, 10.0, 20.0, 60.0)
PROCESSING = (1.0, 3.0, 10.0, 21.0, 31.0, 41.0, 51.0, 100.0, 300.0, 1000.0, 3000.0)
"""Milliseconds."""
ABCI = {"execute": "finalize_block", "write": "commit"}
"""The parts of a block that CometBFT knows as requests to the application."""


class Metrics:
    """Watches a core and writes its numbers; `alone` says that no CometBFT measures consensus."""

    def __init__(self, core: Core, *, alone: bool) -> None:
        self._core = core
        self._alone = alone
        self._labels = {"chain_id": core.chain_id}
        self._transactions = _Transactions()
        self._last_time = core.latest.header.time if core.latest else 0
        self._updates = {"params": 0, "validators": 0}
        self._registry = CollectorRegistry()
        self._parts = self._histogram(
            "akashpy_block_part_seconds", "Time that a part of a block took.", SECONDS, "part"
        )
        self._methods_timed: dict[str, Histogram] = {}
        if not alone:
            self._answers = self._histogram(
                "akashpy_abci_seconds",
                "Time until CometBFT had its answer, by the kind of its request.",
                SECONDS,
                "method",
            )
        else:
            self._interval = self._histogram(
                "cometbft_consensus_block_interval_seconds",
                "Time between this and the last block.",
                INTERVALS,
            )
            self._processing = self._histogram(
                "cometbft_state_block_processing_time",
                "Time spent processing FinalizeBlock, in milliseconds.",
                PROCESSING,
            )
            self._methods = self._histogram(
                "cometbft_abci_connection_method_timing_seconds",
                "Timing for each ABCI method.",
                SECONDS,
                "method",
                "type",
            )
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        core.watch = self

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    # what the core tells

    def finished(self, done: Finished) -> None:
        """Note a block."""
        self._transactions.add(done)
        time, last = done.meta.header.time, self._last_time
        if self._alone and last:
            self._interval.labels(**self._labels).observe((time - last) * NANOSECOND)
        self._last_time = time
        self._updates["params"] += done.outcome.consensus_params is not None
        self._updates["validators"] += bool(done.outcome.validator_updates)

    def took(self, part: str, seconds: float) -> None:
        """Note how long a part of a block took."""
        self._parts.labels(**self._labels, part=part).observe(seconds)
        if not self._alone:
            return
        if part == "execute":
            self._processing.labels(**self._labels).observe(seconds * MILLISECONDS)
        if part in ABCI:
            self._methods.labels(**self._labels, method=ABCI[part], type="sync").observe(seconds)

    def answered(self, method: str, seconds: float) -> None:
        """Note how long CometBFT waited for an answer."""
        if self._alone:
            return
        timed = self._methods_timed.get(method)
        if timed is None:
            timed = self._answers.labels(**self._labels, method=method)
            self._methods_timed[method] = timed
        timed.observe(seconds)

    # what is read when asked

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of time: names are known when they are collected."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        yield from self._own()
        yield from self._sdk()
        if self._alone:
            yield from self._consensus()
            yield from self._mempool()

    def _own(self) -> Iterator[Metric]:
        core, info = self._core, self._core.info
        named = GaugeMetricFamily(
            "akashpy_info", "This program and node.", labels=["chain_id", "version", "moniker"]
        )
        named.add_metric([core.chain_id, _version(), info.moniker], 1)
        yield named
        yield self._gauge("akashpy_height", "Newest block that is shown.", core.height)
        yield self._gauge("akashpy_state_height", "Newest executed block.", core.app.height)
        yield self._gauge("akashpy_blocks_base", "Oldest block that is kept.", core.store.base)
        if core.latest is not None:
            yield self._gauge(
                "akashpy_latest_block_time_seconds",
                "Time of the newest block, unix.",
                core.latest.header.time * NANOSECOND,
            )
        yield self._total(
            "akashpy_panics", "Exceptions in transactions that no rule foresees.",
            core.counts.panics,
        )  # fmt: skip

    def _sdk(self) -> Iterator[Metric]:
        seen = self._transactions
        yield self._total("tx_count", "Transactions in blocks.", seen.successful + seen.failed)
        yield self._total("tx_successful", "Transactions that succeeded.", seen.successful)
        yield self._total("tx_failed", "Transactions that failed.", seen.failed)
        yield self._gauge("tx_gas_used", "Gas that the last transaction used.", seen.gas_used)
        yield self._gauge("tx_gas_wanted", "Gas limit of the last transaction.", seen.gas_wanted)

    def _consensus(self) -> Iterator[Metric]:
        core = self._core
        name = "cometbft_consensus_"
        yield self._gauge(f"{name}height", "Height of the chain.", core.height + 1)
        yield self._gauge(f"{name}latest_block_height", "The latest block height.", core.height)
        yield self._gauge(f"{name}rounds", "Number of rounds.", 0)
        latest = core.latest
        if latest is None:
            return
        validators = core.store.validators(latest.height)
        signed = {
            vote.validator_address
            for vote in latest.seen_commit.signatures
            if vote.flag is BlockIDFlag.COMMIT
        }
        absent = [each.power for each in validators if each.address not in signed]
        own = [each.power for each in validators if each.address == core.info.validator.address]
        for text, help, value in (
            ("validators", "Number of validators.", len(validators)),
            ("validators_power", "Total power of all validators.",
             sum(each.power for each in validators)),
            ("missing_validators", "Number of validators who did not sign.", len(absent)),
            ("missing_validators_power", "Total power of the missing validators.", sum(absent)),
            ("byzantine_validators", "Number of validators who tried to double sign.", 0),
            ("byzantine_validators_power", "Total power of the byzantine validators.", 0),
            ("validator_power", "Power of this node's validator.", sum(own)),
            ("num_txs", "Number of transactions.", latest.num_txs),
            ("block_size_bytes", "Size of the block.", latest.size),
            ("total_txs", "Total number of transactions since this process began.",
             self._transactions.successful + self._transactions.failed),
        ):  # fmt: skip
            yield self._gauge(name + text, help, value)
        if core.info.validator.address in signed:
            yield self._gauge(
                f"{name}validator_last_signed_height",
                "Last height signed by this validator.",
                latest.height,
            )
        yield self._total(
            "cometbft_state_consensus_param_updates",
            "Changes of consensus parameters since this process began.",
            self._updates["params"],
        )
        yield self._total(
            "cometbft_state_validator_set_updates",
            "Changes of the validator set since this process began.",
            self._updates["validators"],
        )

    def _mempool(self) -> Iterator[Metric]:
        mempool, counts = self._core.mempool, self._core.counts
        name = "cometbft_mempool_"
        yield self._gauge(f"{name}size", "Number of uncommitted transactions.", len(mempool))
        yield self._gauge(f"{name}size_bytes", "Size of the mempool in bytes.", mempool.bytes)
        for text, help, value in (
            ("failed_txs", "Transactions that did not pass their check.", counts.failed),
            ("rejected_txs", "Transactions for which there was no room.", counts.rejected),
            ("evicted_txs", "Transactions that became invalid while waiting.", counts.evicted),
            ("recheck_times", "Transactions checked again after a block.", counts.rechecked),
        ):
            yield self._total(name + text, help, value)

    def _histogram(
        self, name: str, help: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            name, help, ["chain_id", *labels], buckets=buckets, registry=self._registry
        )

    def _gauge(self, name: str, help: str, value: float) -> Metric:
        found = GaugeMetricFamily(name, help, labels=["chain_id"])
        found.add_metric([self._core.chain_id], value)
        return found

    def _total(self, name: str, help: str, value: float) -> Metric:
        """A counter; without a type, because Prometheus' own one would put `_total` behind."""
        found = UnknownMetricFamily(name, help, labels=["chain_id"])
        found.add_metric([self._core.chain_id], value)
        return found


def _version() -> str:
    try:
        return version("akashpy")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


class _Transactions:
    """Transactions in blocks since this process began."""

    def __init__(self) -> None:
        self.successful = self.failed = self.gas_used = self.gas_wanted = 0

    def add(self, done: Finished) -> None:
        for result in done.results:
            if result.code:
                self.failed += 1
            else:
                self.successful += 1
        if done.results:
            self.gas_used = done.results[-1].gas_used
            self.gas_wanted = done.results[-1].gas_wanted
