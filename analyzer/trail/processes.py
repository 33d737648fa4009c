"""Runs work in several processes. Results come in the order of the work, with few of them in memory at a time."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count, islice
from typing import TYPE_CHECKING, Final, TypeVar

from analyzer.processes.workers import WorkerLostError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from analyzer.sources.source import Source

_AHEAD: Final = 4  # pieces of work ahead for each process
_MOST_WAITING: Final = 8  # results that wait for one before them
_PART: Final = 4  # a piece is this part of a process's share of what is left,
_FEWEST: Final = 4  # but not less than is worth being handed over,
_MOST: Final = 250  # and no more than may be held
_LARGE: Final = 64 << 20  # bytes as stored from which on the start of more processes is paid back

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def worth(sources: Iterable[Source]) -> int:
    """How many processes are worth starting to read `sources`: one per CPU where they are large."""
    size = 0
    for source in sources:
        with suppress(OSError):
            size += source.size()
        if size > _LARGE:
            return os.cpu_count() or 1
    return 1


def shares(items: Iterable[Piece], number: int, jobs: int) -> Iterator[list[Piece]]:
    """The items, `number` of them, in lists: a part of what is left each, so that all processes end together."""
    left = iter(items)
    while share := list(islice(left, min(max(number // (jobs * _PART), _FEWEST), _MOST))):
        number -= len(share)
        yield share


def in_order(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], jobs: int
) -> Iterator[tuple[Piece, Result]]:
    """Each piece and what `work` gives for it, in their order.

    This process works too, so that no time is lost while the others start; where one of them is behind, it continues
    with later pieces, but with no more of them than may be held. What a process had that ended before its time (the
    system does that where memory is short) is done here. `work` is a function of a module: each process imports it.
    """
    with Workers(max(jobs - 1, 1)) as pool:
        left = iter(enumerate(pieces))
        work_pieces: dict[int, Piece] = {}
        futures: dict[int, Future[Result]] = {}
        done: dict[int, Result] = {}
        for number in count():
            while number not in done:
                for following, piece in islice(left, (jobs - 1) * _AHEAD - len(futures)):
                    work_pieces[following], futures[following] = piece, pool.submit(work, piece)
                if number in futures and (futures[number].done() or len(done) >= _MOST_WAITING):
                    done[number] = _result(futures.pop(number), work, work_pieces[number])
                elif own := next(left, None):
                    work_pieces[own[0]], done[own[0]] = own[1], work(own[1])
                elif number not in futures:
                    return
                elif futures[number].cancel():
                    del futures[number]
                    done[number] = work(work_pieces[number])
                else:
                    done[number] = _result(futures.pop(number), work, work_pieces[number])
            yield work_pieces.pop(number), done.pop(number)


def _result(future: Future[Result], work: Callable[[Piece], Result], piece: Piece) -> Result:
    """The result of the process for the piece; if that process has ended, the work is done here."""
    try:
        return future.result()
    except WorkerLostError:
        return work(piece)
