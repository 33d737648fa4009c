"""Text from an input inside Markdown that GitHub or GitLab shows: it is text, and nothing else.

Two steps must not take it for more. Markdown itself: emphasis, code, links, HTML, table cells. And what GitHub makes of
the finished page: `@name` and `#1` become links. Against that an element around the character helps, and no escape does
(the entity of `@` is an `@` by then).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from analyzer.reports.clean import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST: Final = 1000  # characters of one text; the JSON report has all of it

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_ACTIVE: Final = re.compile(
    r"[&<>|]|[\\`*_\[\]~$]|@|#(?=\d)|:(?=//)|(?<=www)\.|(?<=[gG][hH])-", re.IGNORECASE
)
_PLAIN: Final = re.compile(r"[^`|\\$]+")


def prose(text: object) -> str:
    """`text` to be read in a sentence or a cell. It stands behind other text of its line: `# a` would be a heading."""
    return _ACTIVE.sub(_escaped, _cut(clean(str(text))))


def code(text: object) -> str:
    """`text` as code: a name, a key, a path."""
    seen = _cut(clean(str(text)))
    if _PLAIN.fullmatch(seen) and seen == seen.strip():
        return f"`{seen}`"
    return f"<code>{_ACTIVE.sub(_escaped, seen)}</code>"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, from cells that are Markdown."""
    return [_row(headers), _row(["---"] * len(headers)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ENTITIES:
        return _ENTITIES[character]
    return f"\\{character}" if character in "\\`*_[]~$" else f"<span>{character}</span>"
