"""Masks: what stands in the place of a value that CloudTrail, Pulumi, a CI system or a person hid.

A mask says that there is a value, and nothing of what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

CLOUDTRAIL: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""Source: docs/facts/cloudtrail.md#12-omission-and-redaction."""

BLINDED: Final = "[secret]"
"""What Pulumi writes for a text that equals a secret. Source: docs/facts/pulumi-output.md#12-ends-of-steps."""

STARS: Final = "***"
"""What a CI system shows of a secret, or of what is like one, alone or within a text."""

_WITHIN: Final = [BLINDED, STARS]
"""Masks that take the place of a part of a text too."""
_WORDS: Final = r"(?:(?:redacted|hidden|masked|secret|sensitive|omitted|removed)(?: value)?|value hidden)"
_KNOWN: Final = rf"(?i)^\s*(?:{CLOUDTRAIL}|[<\[({{]{{1,3}}\s*{_WORDS}\s*[>\])}}]{{1,3}})\s*$"
_LIKE_ONE: Final = (
    rf"(?i)^\s*(?:{_WORDS}|[<\[({{]{{1,3}}[a-z_ -]+[>\])}}]{{1,3}}"
    r"|x{3,}|\*+|#{3,}|-{3,}|_{3,}|\.{3,}|\?{3,}|•+|…+|█+)\s*$"
)


def without_mask(text: str | None) -> str | None:
    """A text of a log, None where a part of it is masked: what is left is not the text."""
    return None if text is None or any(mask in text for mask in _WITHIN) else text


def masked(text: pl.Expr) -> pl.Expr:
    """Whether a text is a mask, or a part of it is masked."""
    return text.str.contains(_KNOWN) | text.str.contains_any(_WITHIN)


def like_a_mask(text: pl.Expr) -> pl.Expr:
    """Whether a text looks like a mask: it is one where several values are the same."""
    return text.str.contains(_LIKE_ONE)
