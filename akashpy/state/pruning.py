"""How many old heights stay readable, under the SDK's names.

This module must not know how heights are kept or removed.
Source: SDK 0.53 store/pruning/types/options.go.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pruning:
    """`keep` heights below the latest stay readable (None: all); pruned each `interval` blocks."""

    keep: int | None
    interval: int = 10

    @classmethod
    def named(cls, name: str, *, keep: int = 0, interval: int = 0) -> "Pruning":
        """The strategy `name`: default, nothing, everything, or custom with both numbers.

        Raises ValueError for an unknown name or numbers the SDK refuses.
        """
        if name in NAMED:
            return NAMED[name]
        if name != "custom":
            raise ValueError(f"unknown pruning strategy {name!r}: use one of {[*NAMED, 'custom']}")
        if interval == 0:
            raise ValueError("invalid 'Interval' for pruning options: use at least 10")
        if interval < 10:
            raise ValueError(f"'Interval' must not be less than 10, got {interval}")
        if keep < 2:
            raise ValueError(f"'KeepRecent' must not be less than 2, got {keep}")
        return cls(keep, interval)

    def oldest(self, height: int, oldest: int) -> int:
        """The oldest height to keep once `height` is committed, where `oldest` is kept now.

        A removal that is due is spread over blocks, so that none of them carries it alone.
        """
        if self.keep is None:
            return oldest
        due = height - height % self.interval - self.keep
        return max(oldest, min(due, oldest + _STEP))


_STEP = 4  # heights removed per block at most: catches up, yet is small beside a block's own work

NAMED = {
    "default": Pruning(362880),
    "nothing": Pruning(None),
    "everything": Pruning(2),
}
