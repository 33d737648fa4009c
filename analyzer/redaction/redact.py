"""The redactor: takes out what looks like a credential, of columns and of single texts.

A text is only looked at closely if one cheap pattern finds anything in it that might be a credential.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.redaction import addresses, blobs, commands, named, providers
from analyzer.redaction.rule import EDGE, SHUT

if TYPE_CHECKING:
    from analyzer.redaction.rule import Rule

RULES: Final = (
    *blobs.RULES[:1],
    *providers.RULES,
    *addresses.RULES,
    *named.RULES,
    *commands.RULES,
    *blobs.RULES[1:],
)
_ESCAPE: Final = r"\\[nrt]|\x1b\[[0-9;]*[A-Za-z]"
_TRIGGERS: Final = (
    *blobs.TRIGGERS,
    *providers.TRIGGERS,
    *addresses.TRIGGERS,
    *named.TRIGGERS,
    *commands.TRIGGERS,
)
_HEADS: Final = [pl.col("text").str.contains(rule.head).any().alias(str(n)) for n, rule in enumerate(RULES)]
_CANDIDATE: Final = "|".join(f"(?:{trigger})" for trigger in _TRIGGERS)


def redacted(text: pl.Expr) -> pl.Expr:
    """`text`, a column of strings, with what looks like a credential replaced; nulls stay."""
    return text.map_batches(redacted_series, return_dtype=pl.String, is_elementwise=True)


def redacted_series(texts: pl.Series) -> pl.Series:
    """As `redacted`, of a series of strings."""
    rows = (texts.str.contains(_CANDIDATE) | texts.str.contains(blobs.RUN)).fill_null(value=False).arg_true()
    if rows.is_empty():
        return texts
    changed = texts.gather(rows).str.replace_all(_ESCAPE, "${0}" + EDGE)
    shown, found = changed, _found_in(changed)
    for number, rule in enumerate(RULES):
        if found[number] and (after := _apply(rule, shown)) is not shown:
            shown, found = after, _found_in(after)  # what one rule takes out may show another one something
    if shown is changed:
        return texts
    return texts.clone().scatter(rows, shown.str.replace_all(EDGE, "", literal=True))


def _found_in(texts: pl.Series) -> tuple[bool, ...]:
    """For each rule whether its head finds any of the texts."""
    return texts.to_frame("text").select(_HEADS).row(0)


def redacted_text(text: str) -> str:
    """`text` with what looks like a credential replaced; lone surrogates, as of names of files, are written out."""
    whole = text.encode(errors="backslashreplace").decode()
    return str(redacted_series(pl.Series([whole], dtype=pl.String))[0])


def has_credential(text: str) -> bool:
    """Whether the redactor would change `text`."""
    whole = text.encode(errors="backslashreplace").decode()
    return bool(with_credential(pl.Series([whole], dtype=pl.String))[0])


def with_credential(texts: pl.Series) -> pl.Series:
    """For each text whether the redactor would change it; null is no credential."""
    return (redacted_series(texts) != texts).fill_null(value=False)


def _apply(rule: Rule, texts: pl.Series) -> pl.Series:
    """`texts` after the steps of one rule, which only those go through that its head finds; itself if none changes."""
    rows = texts.str.contains(rule.head).fill_null(value=False).arg_true()
    if rows.is_empty():
        return texts
    changed = found = texts.gather(rows)
    for pattern, replacement in rule.steps:
        changed = changed.str.replace_all(pattern, replacement)
    changed = changed.str.replace_all(SHUT, "", literal=True)
    return texts if changed.equals(found) else texts.clone().scatter(rows, changed)
