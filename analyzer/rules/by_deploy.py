"""What the rules about a log alone share: one finding for the lines of a deploy, with how many and the first ones."""

from __future__ import annotations

from typing import Final

import polars as pl

_FEW: Final = 3
_WIDTH: Final = 160  # characters of a line that is quoted


def said_together(lines: pl.DataFrame, *, one: str, many: str, confidence: str = "high") -> pl.DataFrame:
    """What `Rule.find` gives, a finding for each deploy of `lines`, at the first of them.

    Args:
        lines: rows of `Case.events`. Lines of one text count once: text repeats a message.
        one: what is said of one line; the line follows.
        many: what is said of several, with `{}` for how many; the first few follow.
        confidence: of the finding.
    """
    quoted = lines.with_columns(said=first_line()).unique(
        ["deploy", "said"], keep="first", maintain_order=True
    )
    together = quoted.group_by("deploy", maintain_order=True).agg(
        pl.col("source", "line").first(), count=pl.len(), said=pl.col("said").head(_FEW).str.join(" | ")
    )
    count = pl.col("count")
    more = pl.when(count > _FEW).then(pl.format(" | and {} more", count - _FEW)).otherwise(pl.lit(""))
    head = pl.when(count == 1).then(pl.lit(one)).otherwise(pl.format(many, count))
    return together.select(
        "deploy",
        "source",
        "line",
        confidence=pl.lit(confidence),
        message=pl.format("{}: {}{}", head, "said", more),
    )


def first_line() -> pl.Expr:
    """The first line of a message that says something, cut where it is long."""
    text = pl.col("message").fill_null("").str.strip_chars().str.replace(r"^(?:error|warning): ", "")
    line = text.str.split("\n").list.first().str.strip_chars()
    return pl.when(line.str.len_chars() > _WIDTH).then(line.str.head(_WIDTH) + "...").otherwise(line)


def resource(name: str = "name") -> pl.Expr:
    """The resource's name without the class that SST appends: `SiteKvKeys`."""
    return pl.col(name).str.replace(r"\.sst\.\w+\.\w+$", "").fill_null("a resource")
