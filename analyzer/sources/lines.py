"""The lines of a source, one by one, however long they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.errors import InputError
from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.limits import EVENT
from analyzer.sources.unpack import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.source import Source


_MANY: Final = 1_000  # blank lines of one block


class Line(NamedTuple):
    """One line, without its end and the white space around it.

    Attributes:
        number: 1-based.
        data: its bytes.
        ended: false for a last line without a newline.
        whole: false where it was longer than the cap, and `data` is empty.
        blanks: where this stands for so many blank lines, one after the other, of which it is the first.
    """

    number: int
    data: bytes
    ended: bool = True
    whole: bool = True
    blanks: int = 0


def lines(source: Source, cap: int = EVENT) -> Iterator[Line]:
    """The lines of `source`, unpacked where it is gzip, without a byte order mark.

    A line of more than `cap` bytes is not held; a great many blank lines are given as one `Line`.

    Raises:
        InputError: as `blocks`, after the lines before the damage.
    """
    number = 1
    line = _OpenLine(cap)
    damage: InputError | None = None
    try:
        for block in blocks(source):
            first, *others = block.split(b"\n")
            line.add(first)
            if len(others) > _MANY and block.isspace():
                yield line.close(number, ended=True)
                yield Line(number + 1, b"", blanks=len(others) - 1)
                number += len(others)
                line.add(others.pop())
                continue
            if not others:
                continue
            yield line.close(number, ended=True)
            line.add(others.pop())
            for other in others:
                number += 1
                yield Line(number, other.strip())
            number += 1
    except InputError as error:
        damage = error
    if line.size:
        yield line.close(number, ended=False)
    if damage:
        raise damage


class _OpenLine:
    """The pieces of a line whose end has not come yet."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.pieces: list[bytes] = []
        self.size = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= self.cap:
            self.pieces.append(piece)
        else:
            self.pieces.clear()

    def close(self, number: int, *, ended: bool) -> Line:
        data = b"".join(self.pieces)
        if number == 1:
            data = data.removeprefix(UTF8_BOM)
        line = Line(number, data.strip(), ended, self.size <= self.cap)
        self.pieces, self.size = [], 0
        return line
