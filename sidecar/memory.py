"""How glibc gives memory to threads.

By default each thread may get an arena of its own, and what is free in one serves no other: with
a hundred targets, 52 MiB became 65 over ten thousand renewals.  With one arena 49 became 50.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h


def share_one_arena() -> None:
    """Let every thread allocate from one arena; does nothing where the C library has none."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
