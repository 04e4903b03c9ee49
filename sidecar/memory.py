"""How glibc gives memory to threads.

By default each thread may get an arena of its own, and what is free in one serves no other: a hundred
targets grew from 52 to 65 MiB over ten thousand renewals.  Measured with one arena: 49 and 50 MiB.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h


def share_one_arena() -> None:
    """Let every thread allocate from one arena; does nothing where the C library has none."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
