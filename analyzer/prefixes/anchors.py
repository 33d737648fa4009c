"""Anchors: forms of SST's and Pulumi's lines that nothing else prints, wherever in a line they begin.

In comes a Series of lines, out goes `ANCHORS`. What stands before an anchor is a prefix: so a form's own leading blanks
are part of its pattern, exactly as many as there are, and `$` keeps most source code out. Forms of free depth (the
steps of `--diff`, rows of a tree without a sign, fields, bodies) are no anchors. The meaning of the forms is in
`grammars/pulumi.lark` and `grammars/sst.lark`; tests hold the anchors to the samples there.

Source: docs/facts/prefixes.md#3-anchors.
"""

from __future__ import annotations

from typing import Final

import polars as pl

OPENER, ROW, END, SUPPORT = "opener", "row", "end", "support"
"""What an anchor is: a deploy's header, a step, the end of a deploy, or a line that only supports the others."""

ANCHORS: Final = pl.Schema(
    {"row": pl.UInt32(), "start": pl.UInt32(), "kind": pl.String(), "text": pl.String()}
)
"""A row for each line with an anchor: `row`, its place in the Series; `start`, the byte at which the anchor begins;
its `kind`; `text`, the line from there on, at most `LONGEST` characters of it."""

LONGEST: Final = 200
WIDEST: Final = 400
"""Bytes that may stand before an anchor: no prefix is wider."""

_SIGN: Final = r"(?:\+[ +-]|-[ -]|~ |>[ >]|<[ <]|=[ >])"
_TYPE: Final = r"[^ :]+:[^ ]+"
_ROOT: Final = r"(?:[^ ][^→]* → )?"
_VERB: Final = "(?:(?:Created|Updated|Deleted) {5}|Imported {4}|Refreshed {3})"
_TIMED: Final = (
    r"(?:creat(?:ing|ed)(?: replacement)?|import(?:ing|ed)(?: replacement)?|(?:delet|discard)(?:ing|ed)(?: original)?"
    r"|updat(?:ing|ed)|re(?:plac(?:ing|ed)|fresh(?:ing)?|ad(?:ing)?(?: for replacement)?)) \([0-9]+(?:\.[0-9]+)?s\)"
)
_FAILED: Final = r"\*\*(?:[a-z]+ )?failed(?: \([0-9.]+s\))?\*\*"
_COUNTED: Final = (
    r"(?:to )?(?:creat|updat|delet|replac|import|refresh|read|discard)(?:e|ed|d)?(?: replacement| original)?"
)
_OPERATIONS: Final = "(?i:updating|previewing|destroying|refreshing|importing)"

_FORMS: Final = {
    OPENER: (
        r"SST (?:❍ ion )?[0-9][0-9A-Za-z.+-]*(?: \(experimental\))?  ?ready!$",
        r"(?:Previewing (?:update|destroy|refresh|import)|Updating|Destroying|Refreshing|Importing) \([^() ]+\):?$",
    ),
    ROW: (
        rf"\|  {_VERB}{_ROOT}[^ →][^→]* {_TYPE}(?: \([0-9.]+s\))?$",
        rf"\|  Error {{7}}{_ROOT}[^ →][^→]* {_TYPE}$",
        rf"[+*-]  [^ →][^→]* {_TYPE} → [^ →][^→]* {_TYPE}$",
        rf" {_SIGN} {_TYPE} [^ ].* {_TIMED}",
        rf" {_SIGN} {_TYPE} [^ ].* {_FAILED}",
        rf" {_SIGN} urn:pulumi:[^ :]+::",
        rf" {_SIGN}  (?:[│|]  |   ){{0,40}}(?:├─ |└─ ){_TYPE}(?:  |$)",
        rf" {_SIGN}  pulumi:pulumi:Stack  ",
    ),
    END: (
        r"(?:✓|✔︎|✔)  (?:Complete|Removed|Refreshed|Generated)$",
        r"[✕\x{d7}]  (?:Failed|Interrupted)$",
        r"Duration: (?:[0-9]+h)?(?:[0-9]+m)?[0-9]+(?:\.[0-9]+)?s$",
        rf"    {_SIGN}[0-9]+ {_COUNTED}$",
        r"    (?:[0-9]+ changes?\. )?[0-9]+ unchanged$",
    ),
    SUPPORT: (
        r"➜  App:        [^ ]",
        r"   Stage:      [^ ]+$",
        r"~  (?:Deploy|Remove|Refresh|Diff)$",
        r"↗  Permalink   http",
        r"time=[0-9-]{10}T[^ ]+ level=[A-Z]+ msg=",
        r"    pulumi:pulumi:Stack [^ ]+(?: running|$)",
        rf"    {_TYPE} [^ ].*{_FAILED}",
        r"     Type +Name +(?:Status|Plan)",
        r"     pulumi:pulumi:Stack {2,}[^ ]",
        r"  [^ :]+:[^ :]+:[^ ]+ \([^ ].*\):$",
        r"(?:Resources|Diagnostics|Outputs):$",
        r"View Live: http",
        rf"(?:@|✨) {_OPERATIONS}[a-z ]*\.+$",
    ),
}
_OF_KIND: Final = {kind: f"(?:{'|'.join(forms)})" for kind, forms in _FORMS.items()}

ANYWHERE: Final = "|".join(_OF_KIND.values())
"""A Rust pattern without look-around and without groups: a line with an anchor anywhere."""
AT_START: Final = f"^(?:{ANYWHERE})"
"""A line that is an anchor."""


def has_anchor(lines: pl.Series) -> pl.Series:
    """Whether an anchor is anywhere in each of `lines`; null is false."""
    return lines.str.contains(ANYWHERE).fill_null(value=False)


def anchors(lines: pl.Series) -> pl.DataFrame:
    """ANCHORS of `lines`: the first anchor of each line that has one behind at most `WIDEST` bytes."""
    kind = pl.coalesce(
        pl.when(pl.col("rest").str.contains(f"^{pattern}")).then(pl.lit(kind))
        for kind, pattern in _OF_KIND.items()
    )
    found = _with_rest(lines).select("row", "start", kind.alias("kind"), _TEXT.alias("text"))
    return found.cast(ANCHORS)


_TEXT: Final = pl.col("rest").str.head(LONGEST)


def _with_rest(lines: pl.Series) -> pl.DataFrame:
    """`starts` of `lines`, and the `rest` of the line that begins there."""
    found = starts(lines)
    rest = pl.col("line").cast(pl.Binary).bin.slice(pl.col("start")).cast(pl.String, strict=False)
    return found.with_columns(line=lines.gather(found["row"])).with_columns(rest=rest)


def starts(lines: pl.Series) -> pl.DataFrame:
    """`row` and `start` of ANCHORS of `lines`: most of the work is not done for what is only counted."""
    table = pl.DataFrame({"start": lines.str.find(ANYWHERE)}).with_row_index("row")
    return table.filter(pl.col("start") <= WIDEST)


def distinct_anywhere(lines: pl.Series) -> int:
    """How many different anchors `lines` hold at any column."""
    return _with_rest(lines).select(_TEXT).to_series().n_unique()


def distinct_at_start(lines: pl.Series) -> int:
    """How many different lines of `lines` are anchors as they stand, from column 0 on."""
    return lines.filter(lines.str.contains(AT_START).fill_null(value=False)).n_unique()
