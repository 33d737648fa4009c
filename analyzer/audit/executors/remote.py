"""What a worker of a cluster runs for a piece. It imports nothing of Dask.

A piece travels as bytes that only the worker opens, in the midst of its task. So a scheduler needs nothing of this
program, and a worker that lacks it says so: Dask ends a worker that cannot read its tasks.
"""

from __future__ import annotations

import pickle
import sys
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.audit.interface import Piece, Result

Versions = tuple[tuple[str, str], ...]


class UnlikeError(Exception):
    """The worker has another version of something than the machine that asks; the message says of what."""


@cache
def versions() -> Versions:
    """What must be the same on both sides, for equal results and for objects that pass between them."""
    python = "{}.{}".format(*sys.version_info)
    names = ("lostwrite", "polars", "distributed")
    return (("Python", python), *((name, version(name)) for name in names))


def done(wanted: Versions, work: Callable[[Piece], Result], piece: Piece) -> Result:
    """The result of `work` for the piece.

    Raises:
        UnlikeError: this process has not the versions that are wanted.
    """
    for (name, here), (_, there) in zip(versions(), wanted, strict=True):
        if here != there:
            raise UnlikeError(f"a worker has {name} {here}, and this machine {there}")
    return work(piece)


def packed(work: Callable[[Piece], Result], piece: Piece) -> bytes:
    """What `pickle.loads`, on a worker, makes the result of `work` for the piece."""
    return pickle.dumps(_Errand(work, piece), pickle.HIGHEST_PROTOCOL)


class _Errand:
    """Becomes what `done` gives, where it is unpickled."""

    def __init__(self, work: Callable[[Piece], Result], piece: Piece) -> None:
        self._call = (versions(), work, piece)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return done, self._call
