"""Damages bytes as hostile and unlucky files are damaged: the same for the same seed on every machine."""

from __future__ import annotations

import random

LIES = tuple(
    value.to_bytes(width, order)
    for width in (2, 4, 8)
    for value in (0, 1, 0x7F, 1 << (8 * width - 1), (1 << (8 * width)) - 1, (1 << (8 * width - 1)) - 1)
    for order in ("little", "big")
)
"""Numbers that sizes and offsets lie with."""


def damaged(data: bytes, seed: int) -> bytes:
    """Return *data* with some bytes changed, written over, doubled, left out or cut off."""
    numbers = random.Random(seed)
    made = bytearray(data)
    for _ in range(numbers.choice((1, 1, 2, 4, 16))):
        if not made:
            break
        at = numbers.randrange(len(made))
        match numbers.randrange(8):
            case 0 | 1:
                made[at] = numbers.randrange(256)
            case 2:
                made[at] ^= 1 << numbers.randrange(8)
            case 3 | 4:
                lie = numbers.choice(LIES)
                made[at : at + len(lie)] = lie
            case 5:
                other, length = numbers.randrange(len(made)), numbers.randrange(1, 600)
                made[at : at + length] = made[other : other + length]
            case 6:
                made[at:at] = made[at : at + numbers.randrange(1, 600)]
            case 7:
                del made[at : at + numbers.randrange(1, 600)]
    if numbers.randrange(8) == 0:
        del made[numbers.randrange(len(made) + 1) :]
    return bytes(made)
