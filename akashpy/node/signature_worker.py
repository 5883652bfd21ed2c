"""Verifies signatures beside the node: the program of a process of its own.

Exists because the node's own process is one core's work and verification is its largest part.
Reads frames from standard input and answers on standard output until the input ends; the format is
`Record` after a count. Must not know transactions, and imports little, so that it starts quickly.
"""

import signal
import struct
import sys
from contextlib import suppress
from typing import BinaryIO

from akashpy.keys.secp256k1 import verify_digest

COUNT = struct.Struct(">I")
"""How many records follow."""
RECORD = struct.Struct("33s32s64s")
"""Compressed public key, digest, signature. Each is answered by one byte, VALID or INVALID."""
VALID, INVALID = b"\x01", b"\x00"
READY = b"!"
"""Said once, before the first answer."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer frame by frame, in order, until `requests` ends."""
    answers.write(READY)
    answers.flush()
    while len(head := requests.read(COUNT.size)) == COUNT.size:
        size = COUNT.unpack(head)[0] * RECORD.size
        body = requests.read(size)
        if len(body) < size:
            return
        found = [
            VALID if verify_digest(public, digest, signature) else INVALID
            for public, digest, signature in RECORD.iter_unpack(body)
        ]
        answers.write(b"".join(found))
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end of the input is what ends this
    with suppress(ConnectionError):  # the node is gone, and so is the reason to be
        serve(sys.stdin.buffer, sys.stdout.buffer)
