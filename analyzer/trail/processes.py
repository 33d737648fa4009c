"""Work in several processes, with the results in the order of the work, and not more of them in memory than needed."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analyzer.sources.source import Source

_AHEAD: Final = 2  # pieces of work in hand for each process

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
    """Each piece and what `work` gives for it, in their order.

    This process works too, so that nothing is lost while the others start, which takes them half a second.
    `work` is a function of a module: each process imports it anew.
    """
    with ProcessPoolExecutor(max(jobs - 1, 1), mp_context=get_context("spawn")) as pool:
        done: dict[int, Result] = {}
        given: dict[int, Future[Result]] = {}
        left = deque(range(len(pieces)))
        for number, piece in enumerate(pieces):
            while number not in done:
                while left and len(given) < (jobs - 1) * _AHEAD:
                    following = left.popleft()
                    given[following] = pool.submit(work, pieces[following])
                if number in given and given[number].done():
                    done[number] = given.pop(number).result()
                elif left:
                    own = left.popleft()
                    done[own] = work(pieces[own])
                elif given[number].cancel():
                    del given[number]
                    done[number] = work(piece)
                else:
                    done[number] = given.pop(number).result()
            yield piece, done.pop(number)
