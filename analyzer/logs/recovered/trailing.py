"""What a tool sets behind every line: `$` of `cat -A` and vim's `:set list`, `<br>`, the border of a box, a column.

A column is parted by a tab or by two blanks, and is one word whose digits may change: the time that
`aws logs get-log-events --output text` gives after a message, the `run.py:42` of Rich.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

_ENDS: Final = (r"\$", r"<br ?/?>", r"\\", r"[ \t]*[|│┃║]")
_COLUMN: Final = r"((?:\t| {2,})[^\s()]{1,40})$"
_SHARE: Final = 0.8
_LEAST: Final = 5  # lines


def pattern_of(lines: pl.Series) -> str | None:
    """What stands at the end of most of `lines`, as a pattern; None if nothing does.

    Args:
        lines: that may be of a deploy, without trailing blanks.
    """
    enough = max(_LEAST, _SHARE * len(lines))
    for end in _ENDS:
        if int(lines.str.contains(f"{end}$").sum()) >= enough:
            return f"{end}$"
    words = lines.str.extract(_COLUMN).drop_nulls().str.replace_all("[0-9]+", "0")
    if len(words) < enough:
        return None
    words = words.str.strip_chars_start()
    word = words.mode().sort()[0]
    if int((words == word).sum()) < enough:
        return None
    return r"(?:\t| {2,})" + "[0-9]+".join(map(_literal, word.split("0"))) + "$"


def without(pattern: str, lines: pl.Series) -> pl.Series:
    """`lines` without what `pattern` matches at their ends."""
    return lines.str.strip_chars_end("\r").str.replace(pattern, "")


def _literal(text: str) -> str:
    return "".join(
        char if char.isalnum() or char in "_-/:" else f"\\{char}" for char in text if char.isprintable()
    )
