"""How a trail is read: what the caller of `read_trail`, or of `read_part`, chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.trail.coverage.digest import NAME_PART
from analyzer.trail.files import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from analyzer.sources.source import Source
    from analyzer.trail.coverage.public_keys import PublicKeys
    from analyzer.trail.coverage.selectors import SelectorFile


@dataclass(frozen=True, slots=True)
class Reading:
    """How a trail is read; the defaults are those of a plain reading.

    Attributes:
        thorough: look in every file for the calls that change a trail; else in those that are decoded anyway, and
            in those of the times `around`. It is so too where digests are available: their names show it.
        around: times near which such calls matter.
        keys: to check the signatures of digests with.
        selector_files: the selectors of trails, as the user gave them.
        jobs: processes; 0: as many as are worth it.
        progress: is called with the numbers of files that were read, and of their bytes as stored.
        hashing: there are digests among the files, or among those of other batches.
    """

    thorough: bool = False
    around: Sequence[tuple[datetime, datetime]] = ()
    keys: PublicKeys | None = None
    selector_files: Sequence[SelectorFile] = ()
    jobs: int = 1
    progress: Callable[[int, int], None] | None = None
    hashing: bool = False

    def look(self, sources: Iterable[Source]) -> Look:
        """What to look for in the files."""
        hashing = self.hashing or any(NAME_PART in source.name for source in sources)
        return Look(self.thorough or hashing, tuple(self.around), hashing)
