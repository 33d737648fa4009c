"""What an executor is: it does the same work on many pieces, in one process, in several, or on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Executor(Protocol):
    """Pieces in, results out. Each module of `executors/` has one; it is made once and used for all steps of an audit.

    It is a context manager: what it started ends with the `with` block, however that ends.
    """

    NAME: str

    @property
    def elsewhere(self) -> str | None:
        """The address of machines that may not see what this one sees; None: all work is done on this one."""
        ...

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Result]]:
        """Each piece with its result, once, as soon as it is there: in any order, with few in memory at a time.

        `work` is a function of a module (each process imports it), and does not depend on which process does it. What
        a process had that ended before its time is done again. An error that `work` raises is raised here.
        """
        ...

    def __enter__(self) -> Executor:
        """Starts what is needed."""
        ...

    def __exit__(self, *error: object) -> None:
        """Ends what was started."""
        ...
