"""The tree that Pulumi draws on a terminal as events: a row per resource, its last state.

Source: pulumi/pulumi pkg/backend/display/{rows,tree}.go. The steps of a replacement stand as one `replaced` once the
run has ended. A row that is cut at the terminal's edge before its status says that the step began, and no more; its
name may be cut too. One that is cut in a status of `**` failed: no other status begins so, but `awaiting`, which is not
done either.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.logs.languages.pulumi.rows import kind_of, op_of_glyph, row_events, summed_up

CAPTURES: Final = (
    "tree_sign",
    "old_tree_sign",
    "tree_type",
    "tree_root_type",
    "tree_name",
    "tree_status",
    "tree_failed",
    "tree_failed_cut",
    "tree_info",
)
_STARTED: Final = "started"
_SAME: Final = ("unchanged", "no change")
"""Statuses up to v0.15: nothing is done to the resource; the sign of such a row is `*`."""
_SIGNS: Final = {
    "creating": "+ ",
    "updating": "~ ",
    "deleting": "- ",
    "replacing": "+-",
    "importing": "= ",
    "discarding": "< ",
}
"""What stood before a row that lost its sign, by the status of its failure."""


def tree_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Events of the rows of a tree.

    Args:
        lines: `line` and `CAPTURES`, of the forms `tree_row`, `tree_branch_row` and `tree_root`.
    """
    sign = pl.coalesce("tree_sign", "old_tree_sign").replace("* ", None)
    lost = (
        pl.col("tree_failed")
        .str.extract(r"^\*\*([a-z]+) failed")
        .replace_strict(_SIGNS, default=None, return_dtype=pl.String)
    )
    drawn_rows = lines.select(
        "line",
        glyph=pl.coalesce(sign, lost),
        type=pl.coalesce("tree_type", "tree_root_type"),
        name="tree_name",
        status=_bare("tree_status"),
        failed=pl.coalesce(_bare("tree_failed"), "tree_failed_cut"),
        info="tree_info",
    )
    running = pl.col("status").fill_null("").str.starts_with("running")
    said = pl.col("status").is_not_null() & ~pl.col("status").is_in(_SAME)
    acts = (said | (pl.col("glyph").is_not_null() & pl.col("failed").is_not_null())) & ~running
    return pl.concat(
        [
            row_events(_as_rows(drawn_rows.filter(acts))),
            _cut(drawn_rows.filter(pl.col("glyph").is_not_null() & ~acts)),
            _quiet(drawn_rows.filter(pl.col("glyph").is_null() & ~acts)),
        ],
        how="diagonal_relaxed",
    )


def _bare(status: str) -> pl.Expr:
    """A status without its dots (a run goes on) and blanks."""
    return pl.col(status).str.strip_chars_end(" .")


def _as_rows(lines: pl.DataFrame) -> pl.DataFrame:
    """The captures of rows of a tree as those of the form `row`."""
    time = pl.col("status").str.extract(r"(\((?:[0-9.]+s|interrupted)\)(?:\[retain\])?)$")
    return lines.with_columns(
        status=pl.col("status").str.replace(r" \((?:[0-9.]+s|interrupted)\)(?:\[retain\])?$", ""), time=time
    )


def _cut(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows whose status the edge of the terminal cut off."""
    return lines.select("line", "type", "name", op=op_of_glyph(), outcome=pl.lit(_STARTED)).with_columns(
        kind=pl.lit(_STARTED)
    )


def _quiet(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows without a glyph: `same`, which is done unless the row still says something, or failed."""
    outcome = (
        pl.when(pl.col("failed").is_not_null())
        .then(pl.lit("failed"))
        .when(pl.col("status").is_in(_SAME))
        .then(pl.lit("done"))
        .when(pl.col("status").is_not_null() | ~summed_up(pl.col("info")))
        .then(pl.lit(_STARTED))
        .otherwise(pl.lit("done"))
    )
    return lines.select(
        "line",
        "type",
        "name",
        op=pl.lit("same"),
        message="info",
        outcome=outcome,
    ).with_columns(kind_of())
