"""The last drawing of a tree that a captured terminal drew again and again: only the last one counts.

In come batches of bytes, out go the same bytes with the lines blank that were drawn over. The number of lines stays the
same, so every line is accounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEIGHT: Final = 2000  # rows that a redraw can reach back; a terminal has fewer
_BYTES: Final = 8 << 20  # that rows may hold; beyond, fewer of them are kept
_FEW: Final = 100
_ESCAPE: Final = b"\x1b"
_TAG: Final = b"%"
_MOVES: Final = re.compile(rb"\x1b\[(?:[0-9]{0,4}[AF]|\?25l)")
_TAGS: Final = re.compile(rb"<%(?:cursor-up:|hide-cursor%>)")  # how Pulumi's own tests write the sequences
_TOKEN: Final = re.compile(
    rb"(?P<end>\n)|(?P<home>\r)"
    rb"|\x1b\[(?P<up>[0-9]{0,4})[AF]|<%cursor-up:(?P<tag_up>[0-9]{1,4})%>"
    rb"|\x1b\[(?P<down>[0-9]{0,4})[BE]|<%cursor-down:(?P<tag_down>[0-9]{1,4})%>"
    rb"|(?P<wipe>\x1b\[2K|<%clear-line%>)|(?P<rest>\x1b\[0?K|<%clear-to-end%>)|(?P<below>\x1b\[0?J)"
    rb"|(?P<other>\x1b\[[0-9;?]{0,16}[a-zA-Z]|<%(?:hide|show)-cursor%>)"
    rb"|(?P<text>[^\n\r\x1b<]+|.)",
    re.DOTALL,
)


def last_frames(batches: Iterable[bytes]) -> Iterator[bytes]:
    """`batches` of whole lines, with what was drawn over left blank; as they are until a cursor moves."""
    screen: _Screen | None = None
    for batch in batches:
        if screen is None:
            if not _moves(batch):
                yield batch
                continue
            screen = _Screen()
        if shown := screen.write(batch):
            yield shown
    if screen is not None and (shown := screen.settled(0)):
        yield shown


def _moves(batch: bytes) -> bool:
    """Whether a cursor moves; one byte is found thirty times faster than a pattern."""
    by_escape = _ESCAPE in batch and _MOVES.search(batch)
    return bool(by_escape or (_TAG in batch and _TAGS.search(batch)))


@dataclass(slots=True)
class _Row:
    """A row of the screen: what it shows, and which line of the capture ended it last (None: none yet)."""

    text: bytearray = field(default_factory=bytearray)
    line: int | None = None


@dataclass(slots=True)
class _Screen:
    """The rows that a redraw can reach, and what stands in for each line of the capture."""

    rows: list[_Row] = field(default_factory=lambda: [_Row()])
    at: int = 0  # the row of the cursor
    drawn: int = -1  # no row below this one shows anything
    home: bool = False  # the cursor went back to the row's start: the next text replaces what it shows
    lines: int = 0  # ended so far
    lines_out: int = 0  # of them, how many are handed on
    waiting: dict[int, bytearray] = field(default_factory=dict)  # what stands in for lines not yet handed on
    begun: bool = False  # the last line holds something

    def write(self, data: bytes) -> bytes:
        """Draw `data`; the lines that no redraw reaches any more."""
        lines = []
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup or "other"
            self.begun = kind != "end"
            if kind == "text":
                self._draw(token[kind])
            elif kind == "end":
                self._end()
                if len(self.rows) > 2 * _HEIGHT:
                    lines.append(self.settled(_HEIGHT))
            elif kind == "home":
                self.home = True
            else:
                self._control(kind, token[kind])
        if sum(len(row.text) for row in self.rows) > _BYTES:
            lines.append(self.settled(_FEW))
        return b"".join(lines)

    def _control(self, kind: str, value: bytes) -> None:
        if kind in ("up", "tag_up"):
            self.at = max(self.at - int(value or b"1"), 0)
            self.home = True
        elif kind in ("down", "tag_down"):
            self.at = min(self.at + int(value or b"1"), len(self.rows) - 1)
            self.home = True
        elif kind == "wipe" or (kind == "rest" and self.home):
            self.rows[self.at].text.clear()
        elif kind == "below" and self.home:
            for row in self.rows[self.at : self.drawn + 1]:
                row.text.clear()
            self.drawn = min(self.drawn, self.at)

    def settled(self, keep: int) -> bytes:
        """The lines that no redraw reaches any more: all but the last `keep` rows."""
        done = min(len(self.rows) - 1 - keep, self.at) if keep else len(self.rows)
        if done <= 0:
            return b""
        rows, self.rows = self.rows[:done], self.rows[done:] or [_Row()]
        self.at, self.drawn = max(self.at - done, 0), self.drawn - done
        self.waiting.update((row.line, row.text) for row in rows if row.line is not None)
        upto = min((row.line for row in self.rows if row.line is not None), default=self.lines)
        out = b"".join(self.waiting.pop(line, bytearray()) + b"\n" for line in range(self.lines_out, upto))
        self.lines_out = upto
        if keep:
            return out
        last = b"".join(row.text for row in rows if row.line is None)
        return out + (last or (b"\n" if self.begun else b""))

    def _draw(self, text: bytes) -> None:
        row = self.rows[self.at]
        if self.home:
            row.text.clear()
        row.text += text
        self.home = False
        self.drawn = max(self.drawn, self.at)

    def _end(self) -> None:
        self.rows[self.at].line = self.lines
        self.lines += 1
        self.at += 1
        self.home = True
        if self.at == len(self.rows):
            self.rows.append(_Row())
