r"""The words of a command: pure printable ASCII, so that a shell neither loses nor runs anything in it.

Text from an input enters a command only as JSON (`as_json`), in which every character beyond printable ASCII is a
`\uXXXX`, and so are those by which a quoted word could end early: a quote, a backtick, and the `!` that an interactive
shell expands. Every line of a command closes the quotes that it opens, and is short enough for a terminal without
line editing (MAX_CANON is 1024 on macOS, and a longer line loses its end), so that a line that is lost turns no data
into code.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK: Final = 800  # characters of a quoted word on one line

_BARE: Final = re.compile(r"[0-9A-Za-z/][0-9A-Za-z_./:,@%+-]{0,299}")
_RISKY: Final = re.compile(
    r"['`!]|#(?=#[A-Za-z]*\[)"
)  # CI systems obey `##[...]`, `##vso[...]` in what a job prints
_COMMAND: Final = re.compile(r"[\n -~]+")
_UNSENDABLE: Final = (
    (re.compile("\x00"), "contains a NUL, which no command can carry"),
    (re.compile("[\ud800-\udfff]"), "contains half of a character, which no command can carry"),
    (re.compile("\ufffd"), "contains U+FFFD, which replaces what could not be read"),
)


def why_not(text: str) -> str | None:
    """Why no command can carry `text` exactly, as a clause; None if one can."""
    return next((reason for pattern, reason in _UNSENDABLE if pattern.search(text)), None)


def as_json(value: object) -> str:
    """`value` as JSON in printable ASCII, free of single quotes, backticks and exclamation marks."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return _RISKY.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def quote(text: str) -> str:
    """`text` as one word of bash, dash and zsh; a long one goes on over several lines, each with its own quotes.

    Raises:
        ValueError: it is not printable ASCII without a single quote, or begins with a dash (a defect of this project:
            what comes from an input goes through `as_json`).
    """
    if not _COMMAND.fullmatch(text) or "\n" in text or "'" in text or text.startswith("-"):
        raise ValueError(f"no word of a command: {text!r}")
    if _BARE.fullmatch(text):
        return text
    return "\\\n".join(f"'{piece}'" for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    r"""The text in pieces that no backslash ends: fish takes `\'` for a quote that does not end the word."""
    while text:
        piece = text[:CHUNK]
        if len(text) > CHUNK and (len(piece) - len(piece.rstrip("\\"))) % 2:
            piece = piece[:-1]
        yield piece
        text = text[len(piece) :]


def plain(command: str) -> str:
    """`command` itself, once more looked at before it is shown.

    Raises:
        ValueError: it holds something else than printable ASCII and line feeds (a defect of this project).
    """
    if not _COMMAND.fullmatch(command):
        raise ValueError("a command contains characters that are not to be shown")
    return command


def fenced(command: str, language: str = "sh") -> str:
    """`command` as a block of code in Markdown, whose fence is longer than any run of backticks within."""
    runs = re.findall("`+", command)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    return f"{fence}{language}\n{plain(command)}\n{fence}"


def in_html(command: str) -> str:
    """`command` as text of an HTML element or attribute: what a reader copies from it is the command."""
    return html.escape(plain(command), quote=True)
