"""Fetches the next objects while one is read: in their order, a few at a time, bounded in bytes.

Sources of files pass as they are. An object comes out with its bytes held, if one GET gives them; what reads it may
open it as often as it wants.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from analyzer.sources.limits import HELD
from analyzer.sources.s3.fetch import S3Opener
from analyzer.sources.source import UnreadableError
from analyzer.sources.stream import stream_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.sources.s3.answer import Answer
    from analyzer.sources.source import Source


def ahead(sources: Iterable[Source], most: int | None = None) -> Iterator[Source]:
    """The sources, where small objects have their bytes, or the reason why they have none.

    Args:
        sources: files and objects.
        most: bytes of all objects together, where they are kept; what is beyond comes out as it is.
    """
    waiting: deque[_Coming] = deque()
    in_flight = 0
    left = _coming(sources, most)
    following = next(left, None)
    while following or waiting:
        while following and (not waiting or following.fits(len(waiting), in_flight)):
            following.begin()
            in_flight += following.size
            waiting.append(following)
            following = next(left, None)
        coming = waiting.popleft()
        yield coming.source_with_bytes()
        in_flight -= coming.size


def held(sources: Iterable[Source]) -> Iterator[Source]:
    """The same for sources that are kept, and read several times each."""
    return ahead(sources, HELD)


def _coming(sources: Iterable[Source], most: int | None) -> Iterator[_Coming]:
    for source in sources:
        coming = _Coming.of(source)
        if most is not None:
            if coming.size > most:
                coming = _Coming(source, None, 0)
            most -= coming.size
        yield coming


@dataclass(slots=True)
class _Coming:
    """A source, and where it is a small object what will be its bytes."""

    source: Source
    opener: S3Opener | None
    size: int
    answer: Answer[bytes] | None = None

    @classmethod
    def of(cls, source: Source) -> _Coming:
        opener = source.opener
        if isinstance(opener, S3Opener) and opener.is_small:
            return cls(source, opener, opener.object.size)
        return cls(source, None, 0)

    def fits(self, waiting: int, held: int) -> bool:
        """Whether it may be fetched before those that wait are read."""
        if self.opener is None:
            return False
        limits = self.opener.connection.settings.limits
        return waiting < limits.in_flight and held + self.size <= limits.ahead

    def begin(self) -> None:
        """Asks for the bytes."""
        if self.opener:
            self.answer = self.opener.whole()

    def source_with_bytes(self) -> Source:
        """The source, once its bytes are there."""
        if self.answer is None:
            return self.source
        try:
            return replace(self.source, content=self.answer.result(), opener=None)
        except UnreadableError as error:
            return replace(self.source, opener=_Missing(error.reason))


@dataclass(frozen=True, slots=True)
class _Missing:
    """Opens an object that could not be fetched: its stream raises why."""

    reason: str

    def __call__(self) -> BinaryIO:
        return stream_of(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        raise UnreadableError(self.reason)
        yield b""
