"""The head of a text without what stands before its lines, so that its kind is detected by the lines themselves."""

from __future__ import annotations

import polars as pl

from analyzer.prefixes.search import search
from analyzer.prefixes.strip import strip


def without_prefixes(text: bytes) -> bytes:
    """`text` without the prefixes that may be inferred from it; as it is where it has none.

    Args:
        text: a head of some 64 KiB, without ANSI sequences.
    """
    lines = pl.Series("line", text.decode(errors="replace").split("\n")).str.strip_chars_end(" \t\r")
    prefixes = search([lines]).prefixes
    if prefixes is None:
        return text
    bare = strip(lines, prefixes)
    return "\n".join(bare.text.filter(~bare.foreign)).encode()
