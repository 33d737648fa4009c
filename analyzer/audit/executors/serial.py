"""The executor that does everything in this process, one piece after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from analyzer.audit.interface import Piece, Result


class Serial:
    """One piece at a time."""

    NAME = "serial"
    elsewhere = None

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Result]]:
        """Each piece with its result, in their order."""
        return ((piece, work(piece)) for piece in pieces)

    def __enter__(self) -> Self:
        """Starts nothing."""
        return self

    def __exit__(self, *error: object) -> None:
        """There is nothing to end."""
