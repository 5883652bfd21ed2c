"""Namespaces of a replica, by plain system calls.

A process that enters them has its own users, network, mounts, processes and host name, and needs
no rights for it where unprivileged user namespaces are permitted. This keeps two programs from
wanting the same port; it is no protection against a program that means harm.
Linux only; everywhere else `permitted` says no. It knows nothing of leases.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

NEW_MOUNTS = 0x00020000
NEW_HOSTNAME = 0x04000000
NEW_IPC = 0x08000000
NEW_USERS = 0x10000000
NEW_PIDS = 0x20000000
NEW_NETWORK = 0x40000000

_MS_REC_PRIVATE = 0x4000 | 0x40000
_MS_BIND = 0x1000
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def enter() -> None:
    """Leave the host's namespaces; the next fork is process 1 of its own.

    Raises OSError when the host does not permit it.
    """
    user, group = os.geteuid(), os.getegid()
    _call(
        "unshare",
        NEW_USERS | NEW_NETWORK | NEW_MOUNTS | NEW_PIDS | NEW_HOSTNAME | NEW_IPC,
    )
    # Without this the kernel refuses a group map written by the process itself.
    Path("/proc/self/setgroups").write_text("deny")
    # The user becomes root inside, so that it may listen on ports below 1024 there.
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def furnish(name: str, hosts: Path) -> None:
    """Make the new namespaces habitable: loopback, host name, our /etc/hosts, own /proc.

    Raises OSError when loopback or the hosts file cannot be set; /proc is tried only, since a
    container's masked /proc forbids it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH22x", b"lo", 0)
        flags = struct.unpack_from("H", fcntl.ioctl(control, _SIOCGIFFLAGS, request), 16)[0]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))
    _mount("none", "/", "", _MS_REC_PRIVATE)
    if Path("/etc/hosts").exists():
        _mount(str(hosts), "/etc/hosts", "", _MS_BIND)
    with contextlib.suppress(OSError):
        _mount("proc", "/proc", "proc", 0)
    socket.sethostname(name)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that made it ends."""
    if sys.platform == "linux":
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none is lost."""
    if sys.platform == "linux":
        _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def permitted() -> str:
    """Empty when namespaces work here, else the reason they do not.

    Enters them for good, so it must run in a process made for the question.
    """
    if sys.platform != "linux":
        return f"namespaces need Linux, this is {sys.platform}"
    try:
        enter()
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(OSError):
                furnish("probe", Path("/etc/hosts"))
                code = 0
            os._exit(code)
        _, status = os.waitpid(child, 0)
    except OSError as error:
        return f"user namespaces are not permitted here ({error.strerror})"
    return "" if status == 0 else "a loopback network cannot be made in a namespace here"


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    _call("mount", source.encode(), target.encode(), kind.encode() or None, flags, None)


def _call(function: str, *arguments: int | bytes | None) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    converted = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    if getattr(library, function)(*converted) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
