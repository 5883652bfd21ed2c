"""The consensus engine's parameters as a block is judged by them.

Exists because headers commit to some of them and RPC shows all. Must not know how governance
changes them. Durations are nanoseconds, sizes bytes; -1 gas means no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from akashpy.node.comet import block

MAX_BLOCK_BYTES = 100 * 1024 * 1024
"""What a max_bytes of -1 stands for."""


@dataclass(frozen=True, slots=True)
class ConsensusParams:
    """CometBFT 0.38's parameters; the defaults are CometBFT's."""

    max_bytes: int = 22_020_096
    max_gas: int = -1
    evidence_max_age_blocks: int = 100_000
    evidence_max_age: int = 172_800_000_000_000
    evidence_max_bytes: int = 1_048_576
    pub_key_types: tuple[str, ...] = ("ed25519",)
    app_version: int = 0
    vote_extensions_height: int = 0

    @classmethod
    def from_message(cls, message: Any) -> ConsensusParams:
        """The values of a tendermint.types.ConsensusParams message."""
        return cls(
            max_bytes=message.block.max_bytes,
            max_gas=message.block.max_gas,
            evidence_max_age_blocks=message.evidence.max_age_num_blocks,
            evidence_max_age=message.evidence.max_age_duration.ToNanoseconds(),
            evidence_max_bytes=message.evidence.max_bytes,
            pub_key_types=tuple(message.validator.pub_key_types),
            app_version=message.version.app,
            vote_extensions_height=message.abci.vote_extensions_enable_height,
        )

    @classmethod
    def from_genesis(cls, genesis: dict[str, Any]) -> ConsensusParams:
        """The values of a genesis.json, in the SDK's or in CometBFT's place; defaults if absent."""
        found = genesis.get("consensus", {}).get("params") or genesis.get("consensus_params") or {}
        limits, evidence = found.get("block", {}), found.get("evidence", {})
        default = cls()
        return cls(
            max_bytes=int(limits.get("max_bytes", default.max_bytes)),
            max_gas=int(limits.get("max_gas", default.max_gas)),
            evidence_max_age_blocks=int(
                evidence.get("max_age_num_blocks", default.evidence_max_age_blocks)
            ),
            evidence_max_age=int(evidence.get("max_age_duration", default.evidence_max_age)),
            evidence_max_bytes=int(evidence.get("max_bytes", default.evidence_max_bytes)),
            pub_key_types=tuple(
                found.get("validator", {}).get("pub_key_types", default.pub_key_types)
            ),
            app_version=int(found.get("version", {}).get("app", 0)),
            vote_extensions_height=int(
                found.get("abci", {}).get("vote_extensions_enable_height", 0)
            ),
        )

    @property
    def hash(self) -> bytes:
        """What a header's consensus_hash holds."""
        return block.consensus_hash(max_bytes=self.max_bytes, max_gas=self.max_gas)

    @property
    def block_bytes(self) -> int:
        """Largest encoded block in bytes."""
        return MAX_BLOCK_BYTES if self.max_bytes == -1 else self.max_bytes
