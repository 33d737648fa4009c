"""What stands within sources of logs: packed bytes, archives, archives in archives, UTF-16. Detected by content.

In come sources as they were found, out go sources of plain bytes, each of which can be opened again: a file in an
archive is named `ARCHIVE!MEMBER`. Nothing is written, so that no name leads anywhere. The files of a zip archive on
disk are read where they are; those of other archives are held, with a bound.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from analyzer.errors import InputError
from analyzer.sources.archive import DEEP, Allowance, Room, is_archive, members
from analyzer.sources.folders import COPIES, Refused, step_copies
from analyzer.sources.input_stats import InputStats
from analyzer.sources.limits import LINE_BOMB, LOG_MEMBERS, NESTED, most_lines
from analyzer.sources.packed import is_packed
from analyzer.sources.source import Source, UnreadableError
from analyzer.sources.stream import stream_of
from analyzer.sources.unpack import BLOCK, GZIP, blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UTF16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_HEAD: Final = 512
_TOO_DEEP: Final = f"not read: {DEEP}"


def contents(sources: Iterable[Source]) -> tuple[list[Source], list[InputStats]]:
    """All that stands within `sources`, in their order, as sources of plain bytes.

    Also stats (kind `unusable`) for each archive that was not read completely, and why.
    """
    room = Room()
    plain_sources: list[Source] = []
    unread: list[InputStats] = []
    for source in sources:
        for inner in _Contents(Allowance.of(source, LOG_MEMBERS), room).of(source):
            if isinstance(inner, InputStats):
                unread.append(inner)
            else:
                plain_sources.append(inner)
    return plain_sources, unread


@dataclass(frozen=True, slots=True)
class _Contents:
    """What stands within one source as it was found."""

    allowance: Allowance
    room: Room

    def of(self, source: Source, depth: int = 0, layers: int = 0) -> Iterator[Source | InputStats]:
        """What stands within `source`, which stands in `depth` archives, and in `layers` of packing in the last."""
        try:
            head = _head(source)
        except InputError:  # its reader reports it
            yield source
            return
        packed = head.startswith(GZIP) or is_packed(head)
        if (packed and layers >= NESTED) or (depth >= NESTED and is_archive(head)):
            yield InputStats(source.name, problems=[_TOO_DEEP])
        elif packed:
            inner = Source(
                source.name, source.path, opener=_Unpack(source), stored=source.size(), within=source.within
            )
            if (depth or layers) and not self._affords(inner):
                yield InputStats(
                    source.name, problems=["not read: what is in the archive is a decompression bomb"]
                )
            else:
                yield from self.of(inner, depth, layers + 1)
        elif is_archive(head):
            yield from self._members(source, depth)
        elif encoding := _UTF16.get(head[:2]):
            opener = _Recode(source, encoding)
            yield Source(source.name, source.path, opener=opener, stored=source.size(), within=source.within)
        else:
            yield source

    def _affords(self, packed: Source) -> bool:
        """Whether what is packed within something packed may be unpacked: its bytes are counted."""
        try:
            with packed.open() as stream:
                for block in iter(lambda: stream.read(BLOCK), b""):
                    self.allowance.spend(len(block))
                    if self.allowance.left < 0:
                        return False
        except (OSError, InputError):  # its reader reports it
            return True
        return True

    def _members(self, source: Source, depth: int) -> Iterator[Source | InputStats]:
        """The files of an archive, and what stands within these; last the stats of what is not read, if any."""
        stats = InputStats(source.name)
        refused = Refused()
        files: list[Source] = []
        try:
            for member in members(source, self.allowance, refused, depth, self.room):
                self.allowance.spend(member.size())
                files.append(member)
            self.allowance.check(source.name)
        except InputError as error:
            stats.problems.append(error.reason)
        begin = len(source.name) + 1
        copies = step_copies([member.name[begin:] for member in files])
        for member in files:
            if member.name[begin:] in copies:
                refused.add(member.name[begin:], COPIES)
                continue
            for inner in self.of(member, depth + 1):
                if isinstance(inner, InputStats) and inner.problems == [_TOO_DEEP]:
                    refused.add(inner.source, DEEP)
                else:
                    yield inner
        stats.problems += refused.problems()
        if not (files or stats.problems):
            stats.problems.append("an archive without a file")
        if stats.problems:
            stats.bytes = source.size()
            yield stats


def _head(source: Source) -> bytes:
    try:
        with source.open() as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise InputError(source.name, (error.strerror or "cannot be read").lower()) from error


@dataclass(frozen=True, slots=True)
class _Unpack:
    """Opens what is packed in a source, and stops where it is a bomb."""

    source: Source

    def __call__(self) -> BinaryIO:
        return stream_of(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        left = most_lines(self.source.size())
        try:
            for block in blocks(self.source):
                left -= block.count(b"\n")
                if left < 0:
                    raise UnreadableError(f"{LINE_BOMB}: only what comes before was read")
                yield block
        except InputError as error:
            raise UnreadableError(error.reason) from error


@dataclass(frozen=True, slots=True)
class _Recode:
    """Opens UTF-16 text as UTF-8; bytes that are no UTF-16 become U+FFFD."""

    source: Source
    encoding: str

    def __call__(self) -> BinaryIO:
        return stream_of(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        with self.source.open() as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                yield decoder.decode(block).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
