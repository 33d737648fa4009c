"""Work in several processes, with the results in the order of the work, and not more of them in memory than needed."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analyzer.sources.source import Source

_AHEAD: Final = 3  # pieces of work in hand for each process

_LARGE: Final = 64 << 20  # bytes as stored from which on the start of more processes is paid back

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def worth(sources: Sequence[Source]) -> int:
    """How many processes it is worth to read `sources` with: one per CPU where they are large."""
    size = 0
    for source in sources:
        with suppress(OSError):
            size += source.size()
        if size > _LARGE:
            return os.cpu_count() or 1
    return 1


def in_order(
    work: Callable[[Piece], Result], pieces: Sequence[Piece], jobs: int
) -> Iterator[tuple[Piece, Result]]:
    """Each piece and what `work` gives for it. `work` is a function of a module: each process imports it anew."""
    left = iter(pieces)
    with ProcessPoolExecutor(min(jobs, len(pieces)), mp_context=get_context("spawn")) as pool:
        futures = deque((piece, pool.submit(work, piece)) for piece in islice(left, jobs * _AHEAD))
        while futures:
            piece, future = futures.popleft()
            result = future.result()
            following = next(left, None)
            if following is not None:
                futures.append((following, pool.submit(work, following)))
            yield piece, result
