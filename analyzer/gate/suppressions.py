"""Suppressions → which findings they fit, and which of the suppressions are expired or fit nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import UsageError
from analyzer.rules.phrase import resource
from analyzer.rules.registry import rules
from analyzer.tables import SUPPRESSIONS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analyzer.gate.terms import Suppression
    from analyzer.rules.interface import Case

ABOUT_THEM: Final = ("LW319", "LW320")
"""The rules about suppressions themselves, which therefore cannot be suppressed."""

_YES: Final = pl.lit(value=True)


def require_rules(suppressions: Sequence[Suppression]) -> None:
    """Sees to it that each rule that a suppression names exists: a slip of the pen would suppress nothing.

    Raises:
        UsageError: one does not, with the place of the suppression.
    """
    known = pl.DataFrame({"code": [r.CODE for r in rules()], "name": [r.NAME for r in rules()]})
    for suppression in suppressions:
        if suppression.rule is None:
            continue
        if not known.select(_is_of_rule(suppression.rule).any()).item():
            wanted = f"there is no rule {suppression.rule!r}; `lostwrite rules` lists them"
            raise UsageError(f"{_place(suppression)}{wanted}")


def suppress(
    findings: pl.DataFrame, case: Case, suppressions: Sequence[Suppression], today: date | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """FINDINGS with `suppressed` and `suppression` (the reason of the first that fits), and SUPPRESSIONS.

    A suppression that expired before `today` is counted, and suppresses nothing.
    """
    about = _about(findings, case)
    fits = [about.select(_fits(each)).to_series() for each in suppressions]
    reasons = pl.Series("suppression", [None] * findings.height, dtype=pl.String)
    for each, fit in reversed(list(zip(suppressions, fits, strict=True))):
        if not _is_expired(each, today):
            reasons = reasons.zip_with(~fit, pl.Series([each.reason] * len(fit), dtype=pl.String))
    rows = [
        {
            "source": each.source,
            "line": each.line,
            "about": str(each),
            "reason": each.reason,
            "expires": each.expires,
            "findings": int(fit.sum()),
            "state": _state(each, case, today, found=bool(fit.any())),
        }
        for each, fit in zip(suppressions, fits, strict=True)
    ]
    marked = findings.with_columns(reasons, suppressed=reasons.is_not_null())
    return marked, conform(pl.DataFrame(rows, SUPPRESSIONS), SUPPRESSIONS)


def _state(suppression: Suppression, case: Case, today: date | None, *, found: bool) -> str:
    """One of SUPPRESSION_STATES. One for another app or stage than this run's is `elsewhere`: it may fit there."""
    here = case.deploys.select((_equals("app", suppression.app) & _equals("stage", suppression.stage)).any())
    if not here.item():
        return "elsewhere"
    if _is_expired(suppression, today):
        return "expired"
    return "used" if found else "unused"


def _is_expired(suppression: Suppression, today: date | None) -> bool:
    return suppression.expires is not None and today is not None and suppression.expires < today


def _about(findings: pl.DataFrame, case: Case) -> pl.DataFrame:
    """FINDINGS with what suppressions ask about: key and resource of the write, app and stage of the deploy."""
    return findings.join(
        case.writes.select("id", "key", resource="name", short=resource()),
        left_on="write",
        right_on="id",
        how="left",
        maintain_order="left",
    ).join(
        case.deploys.select("id", "app", "stage"),
        left_on="deploy",
        right_on="id",
        how="left",
        maintain_order="left",
    )


def _fits(suppression: Suppression) -> pl.Expr:
    """Whether a suppression fits a row of `_about`; what is not known of a row fits nothing that is asked."""
    wanted = suppression.criteria()
    asked = [
        _is_of_rule(wanted["rule"]) if "rule" in wanted else _YES,
        _matches("key", wanted["key"]) if "key" in wanted else _YES,
        _any_matches(("resource", "short"), wanted.get("resource")),
        _is_of_store(wanted["store"]) if "store" in wanted else _YES,
        _equals("app", suppression.app),
        _equals("stage", suppression.stage),
        ~pl.col("code").is_in(ABOUT_THEM),
    ]
    return pl.all_horizontal(asked).alias("fits")


def _is_of_rule(pattern: str) -> pl.Expr:
    return _matches("code", pattern, flags="(?i)") | _matches("name", pattern, flags="(?i)")


def _is_of_store(pattern: str) -> pl.Expr:
    store_id = pl.col("store").str.split("/").list.last()
    return _matches("store", pattern) | store_id.str.contains(_regex(pattern)).fill_null(value=False)


def _any_matches(columns: Sequence[str], pattern: str | None) -> pl.Expr:
    return _YES if pattern is None else pl.any_horizontal(_matches(column, pattern) for column in columns)


def _matches(column: str, pattern: str, flags: str = "") -> pl.Expr:
    return pl.col(column).str.contains(flags + _regex(pattern)).fill_null(value=False)


def _regex(glob: str) -> str:
    """A glob as a pattern of polars, which takes linear time: `*` is any text, `?` any one character."""
    literal = pl.escape_regex(glob)
    return r"(?s)\A" + literal.replace(r"\*", ".*").replace(r"\?", ".") + r"\z"


def _equals(column: str, value: str | None) -> pl.Expr:
    return _YES if value is None else (pl.col(column) == value).fill_null(value=False)


def _place(suppression: Suppression) -> str:
    if suppression.source is None:
        return ""
    return f"{suppression.source}:{suppression.line}: " if suppression.line else f"{suppression.source}: "
