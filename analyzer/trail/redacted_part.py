"""A part of a trail without what looks like a credential, as it may be stored.

No two things become one by it, and no key becomes another: a key, a value or a store that the redactor would change is
not known any more, as if CloudTrail had hidden it, and the record says so. Access keys stay distinct by a part of their
hash: that one key made two calls says who made them.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.redaction.redact import redacted_series, with_credential
from analyzer.redaction.rule import MARK
from analyzer.redaction.table import redacted_tables
from analyzer.trail.calls.call_rows import KEYLESS
from analyzer.trail.facts import decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.trail.facts import FileFacts
    from analyzer.trail.part import TrailPart

_TEXTS: Final = (
    "api",
    "error_code",
    "error_message",
    "caller",
    "user_agent",
    "source_ip",
    "region",
    "account",
    "source",
    "degraded",
)
_NO_STORE: Final = "the store looks like a credential"
_DIGITS: Final = 12  # of a hash


def redacted_part(part: TrailPart) -> TrailPart:
    """The part, redacted."""
    hidden = _credentials(part.keys["key"])
    keys = part.keys.with_columns(
        pl.when(~pl.col(name).is_in(looks.implode())).then(name).alias(name)
        for name, looks in (("key", hidden), ("value", _credentials(part.keys["value"])))
        if len(looks)
    )
    keyless = part.keys.filter(pl.col("key").is_in(hidden.implode()))["record"].unique()
    records = part.records.with_columns(redacted_tables({"": part.records.select(_TEXTS)})[""])
    records = _without(records, pl.col("record").is_in(keyless.implode()), KEYLESS[-1])
    of_store = pl.col("store").is_in(_credentials(records["store"]).implode()).fill_null(value=False)
    records = _without(records, of_store, _NO_STORE)
    records = records.with_columns(
        pl.when(~of_store).then("store").alias("store"), _access_keys(records["access_key"])
    )
    return replace(part, records=records, keys=keys, facts=_facts(part.facts))


def as_shown(access_key: pl.Expr) -> pl.Expr:
    """Access keys of a redacted part as reports show them: without the part of their hash."""
    mark = MARK.replace("[", r"\[").replace("]", r"\]")
    return access_key.str.replace(rf"^({mark}.*)~[0-9a-f]{{{_DIGITS}}}$", "${1}")


def _credentials(texts: pl.Series) -> pl.Series:
    """The texts that the redactor would change."""
    distinct = texts.unique().drop_nulls()
    return distinct.filter(with_credential(distinct))


def _without(records: pl.DataFrame, rows: pl.Expr, words: str) -> pl.DataFrame:
    """The records, of which `degraded` says what those of `rows` lost."""
    told = pl.concat_str("degraded", pl.lit(words), separator="; ", ignore_nulls=True)
    return records.with_columns(degraded=pl.when(rows).then(told).otherwise("degraded"))


def _access_keys(column: pl.Series) -> pl.Series:
    found = _credentials(column)
    new = [
        f"{shown}~{hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]}"
        for key, shown in zip(found, redacted_series(found), strict=True)
    ]
    return column.replace(found, pl.Series(new, dtype=pl.String)) if new else column


def _facts(data: bytes) -> bytes:
    facts = decoded(data)
    texts = pl.Series([text for file in facts.files for text in _texts(file)], dtype=pl.String).unique()
    clean = redacted_series(texts)
    changed = {old: new for old, new in zip(texts, clean, strict=True) if old != new}
    if not changed:
        return data
    for file in facts.files:
        _change(file, changed)
    return encoded(facts)


def _texts(file: FileFacts) -> Iterator[str]:
    yield file.stats.source
    yield from file.stats.problems
    for control in file.controls:
        yield from (control.source, control.trail, control.selectors or "")
    for change in file.store_changes:
        yield from (change.source, change.name or "", change.imported or "", change.caller or "")
    if file.digest is not None:
        yield file.digest.source


def _change(file: FileFacts, changed: dict[str, str]) -> None:
    """Replaces texts. Selectors would be no JSON any more: they are unknown then."""

    def of(text: str | None) -> str | None:
        return None if text is None else changed.get(text, text)

    file.stats.source = changed.get(file.stats.source, file.stats.source)
    file.stats.problems = [changed.get(problem, problem) for problem in file.stats.problems]
    file.controls = [
        control._replace(
            source=changed.get(control.source, control.source),
            trail=changed.get(control.trail, control.trail),
            selectors=None if control.selectors in changed else control.selectors,
        )
        for control in file.controls
    ]
    file.store_changes = [
        change._replace(
            source=changed.get(change.source, change.source),
            name=of(change.name),
            imported=of(change.imported),
            caller=of(change.caller),
        )
        for change in file.store_changes
    ]
    if file.digest is not None:
        file.digest = file.digest._replace(source=changed.get(file.digest.source, file.digest.source))
