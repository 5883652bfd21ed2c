"""Which process a number means: a pid is reused, a pid with its start time is not.

Imported by every launcher: standard library only.
"""

from __future__ import annotations

import subprocess
from pathlib import Path


def start_time(pid: int) -> str:
    """When a process started, as text to compare; empty when there is no such living process."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        # A zombie has ended; only its parent has not looked yet.
        return "" if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        timeout=5,
        check=False,
    )
    return shown.stdout.strip()


def is_running(pid: int, start: str) -> bool:
    """True when that very process still runs."""
    return bool(start) and start_time(pid) == start
