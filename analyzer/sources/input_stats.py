"""The stats of one input: what was read of it, and what was wrong with it. Nothing read is dropped silently."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class InputStats:
    """Counts for one source (or for the `files` of a folder), filled by its reader while it reads.

    For line inputs `lines == recognised + noise + unrecognised` holds when the reader is done. Counters that
    do not apply to a form stay None.
    """

    source: str
    kind: str = "unusable"
    bytes: int = 0
    lines: int | None = None
    recognised: int | None = None
    noise: int | None = None
    unrecognised: int | None = None
    records: int | None = None
    duplicates: int | None = None
    undecodable: int | None = None
    problems: list[str] = field(default_factory=list)
    files: int = 1

    def add_lines(self, recognised: int, noise: int, unrecognised: int) -> None:
        """Counts lines of a form that counts them."""
        self.lines = (self.lines or 0) + recognised + noise + unrecognised
        self.recognised = (self.recognised or 0) + recognised
        self.noise = (self.noise or 0) + noise
        self.unrecognised = (self.unrecognised or 0) + unrecognised

    @property
    def usable(self) -> bool:
        """Whether anything of the source could be used."""
        return self.kind != "unusable"
