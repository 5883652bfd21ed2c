"""RIPEMD-160 in plain Python, for machines whose OpenSSL has it switched off.

Account addresses need it, and OpenSSL 3 puts it into an optional part. Source: the algorithm's
publication by Dobbertin, Bosselaers and Preneel (1996).
"""

import struct

LEFT_WORDS = (
    tuple(range(16)),
    (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8),
    (3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12),
    (1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2),
    (4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13),
)
RIGHT_WORDS = (
    (5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12),
    (6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2),
    (15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13),
    (8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14),
    (12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11),
)
LEFT_SHIFTS = (
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12),
    (11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5),
    (11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12),
    (9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6),
)
RIGHT_SHIFTS = (
    (8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6),
    (9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11),
    (9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5),
    (15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8),
    (8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11),
)
LEFT_ADDS = (0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
RIGHT_ADDS = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0)
START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
MASK = 0xFFFFFFFF


def ripemd160(data: bytes) -> bytes:
    """The 20-byte digest of `data`."""
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64)
    padded += struct.pack("<Q", 8 * len(data))
    state: tuple[int, ...] = START
    for at in range(0, len(padded), 64):
        state = _block(state, struct.unpack_from("<16I", padded, at))
    return struct.pack("<5I", *state)


def _block(state: tuple[int, ...], words: tuple[int, ...]) -> tuple[int, ...]:
    left = right = state
    for turn in range(5):
        left = _line(left, words, turn, LEFT_WORDS, LEFT_SHIFTS, LEFT_ADDS[turn], turn)
        right = _line(right, words, turn, RIGHT_WORDS, RIGHT_SHIFTS, RIGHT_ADDS[turn], 4 - turn)
    return tuple(
        (state[(i + 1) % 5] + left[(i + 2) % 5] + right[(i + 3) % 5]) & MASK for i in range(5)
    )


def _line(
    state: tuple[int, ...],
    words: tuple[int, ...],
    turn: int,
    order: tuple[tuple[int, ...], ...],
    shifts: tuple[tuple[int, ...], ...],
    add: int,
    mix: int,
) -> tuple[int, ...]:
    a, b, c, d, e = state
    for word, shift in zip(order[turn], shifts[turn], strict=True):
        total = (a + _mix(mix, b, c, d) + words[word] + add) & MASK
        total = (_rotate(total, shift) + e) & MASK
        a, b, c, d, e = e, total, b, _rotate(c, 10), d
    return a, b, c, d, e


def _mix(number: int, x: int, y: int, z: int) -> int:
    if number == 0:
        return x ^ y ^ z
    if number == 1:
        return (x & y) | (~x & MASK & z)
    if number == 2:
        return (x | (~y & MASK)) ^ z
    if number == 3:
        return (x & z) | (y & ~z & MASK)
    return x ^ (y | (~z & MASK))


def _rotate(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & MASK
