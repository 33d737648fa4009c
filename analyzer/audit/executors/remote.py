"""What a worker of a cluster runs for a piece. It imports nothing of Dask."""

from __future__ import annotations

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
