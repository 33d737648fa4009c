"""An object's bytes: in ranges, each a GET for the ETag of the listing, so that they are never of two versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from analyzer.sources.stream import stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.s3.answer import Answer
    from analyzer.sources.s3.client import Connection, Object


@dataclass(frozen=True, slots=True)
class S3Opener:
    """Opens an object. Its stream raises `UnreadableError` where the endpoint does not give it."""

    connection: Connection
    bucket: str
    object: Object

    def __call__(self) -> BinaryIO:
        """Its bytes; each piece is asked for when it is read."""
        return stream_of(self._pieces())

    @property
    def is_small(self) -> bool:
        """Whether one GET gives all of it."""
        return self.object.size <= self.connection.settings.limits.range

    def whole(self) -> Answer[bytes]:
        """All bytes of a small one, once they are there."""
        return self.connection.get(self.bucket, self.object, 0, self.object.size)

    def _pieces(self) -> Iterator[bytes]:
        step = self.connection.settings.limits.range
        for start in range(0, self.object.size, step):
            end = min(start + step, self.object.size)
            yield self.connection.get(self.bucket, self.object, start, end).result()
