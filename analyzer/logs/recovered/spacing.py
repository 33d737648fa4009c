"""Repairs of blanks by the forms of the lines: lost at the beginning, collapsed to one, or made of tabs.

Only lines that can be nothing else than a form are given its blanks back; what is printed freely (the inner indentation
of outputs and messages) is lost for good. Forms: `grammars/pulumi.lark`, `grammars/sst.lark`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_TYPE: Final = r"[a-zA-Z][\w-]*:[^\s:]*(?::[^\s:]+)?"
_STATUS: Final = (
    r"(?:(?:creat|updat|delet|import|refresh|replac|read|discard)(?:ing|ed|e|ad)?\b|\*\*|running\b|same\b)"
)
_GAP: Final = r"[ \t]+"
_WIDE: Final = r"[ \t]{2,}"
_ANY: Final = r"[ \t]*"
_ONE, _TWO, _FOUR = (
    r"[ \t]?",
    r"[ \t]{0,2}",
    r"[ \t]{0,4}",
)  # no more than the form has: deeper lines are others
_COUNT: Final = "[0-9]+ (?:to )?(?:creat|updat|delet|replac|import|refresh|read|discard)[a-z]*"
_BRANCH: Final = rf"((?:[│|]{_GAP})*[├└]─)"
_PAIR: Final = r"(\+-|\+\+|--|>>|<<)"
_SINGLE: Final = "([+~<>=-])"
_FORMS: Final = (
    # The tree: columns are two blanks apart.
    (rf"^{_FOUR}Type{_GAP}Name{_GAP}(Status|Plan)", "     Type  Name  ${1}"),
    (rf"^{_ONE}{_SINGLE}{_WIDE}({_TYPE}){_WIDE}([^\s].*)$", " ${1}   ${2}  ${3}"),
    (rf"^{_ONE}{_PAIR}{_WIDE}({_TYPE}){_WIDE}([^\s].*)$", " ${1}  ${2}  ${3}"),
    (rf"^{_ONE}{_SINGLE}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}([^\s]+) ({_STATUS}.*)$", " ${1}   ${2} ${3}  ${4}  ${5}"),
    (rf"^{_ONE}{_PAIR}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}([^\s]+) ({_STATUS}.*)$", " ${1}  ${2} ${3}  ${4}  ${5}"),
    (rf"^{_ONE}{_SINGLE}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}([^\s].*)$", " ${1}   ${2} ${3}  ${4}"),
    (rf"^{_ONE}{_PAIR}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}([^\s].*)$", " ${1}  ${2} ${3}  ${4}"),
    # Pulumi's rows: the sign has two columns, and a type stands behind a third.
    (rf"^{_ONE}{_PAIR}{_GAP}({_TYPE}) ([^\s].*?{_STATUS}.*)$", " ${1} ${2} ${3}"),
    (rf"^{_ONE}{_SINGLE}{_GAP}({_TYPE}) ([^\s].*?{_STATUS}.*)$", " ${1}  ${2} ${3}"),
    (rf"^{_FOUR}({_TYPE}) ([^\s(]+) (running\b.*|\*\*.*)$", "    ${1} ${2} ${3}"),
    (rf"^[ \t]?({_TYPE}) \(([^\s].*)\):$", "  ${1} (${2}):"),
    (rf"^{_FOUR}{_SINGLE}{_ANY}({_COUNT})$", "    ${1} ${2}"),
    (rf"^{_FOUR}{_PAIR}{_ANY}({_COUNT})$", "    ${1}${2}"),
    (r"^[ \t]{0,3}((?:[0-9]+ changes?\. )?[0-9]+ (?:unchanged|errored))$", "    ${1}"),
    # SST's lines.
    (rf"^\|{_GAP}(Created|Updated|Deleted){_GAP}([^\s].*)$", "|  ${1}     ${2}"),
    (rf"^\|{_GAP}(Imported){_GAP}([^\s].*)$", "|  ${1}    ${2}"),
    (rf"^\|{_GAP}(Refreshed){_GAP}([^\s].*)$", "|  ${1}   ${2}"),
    (rf"^\|{_GAP}(Error){_GAP}([^\s].*)$", "|  ${1}       ${2}"),
    (rf"^➜{_GAP}App:{_GAP}([^\s].*)$", "➜  App:        ${1}"),
    (rf"^{_TWO}Stage:{_GAP}([^\s]+)$", "   Stage:      ${1}"),
    (rf"^([~✓✔✕×]){_GAP}(Deploy|Remove|Refresh|Diff|Complete|Removed|Refreshed|Generated|Failed|Interrupted)$", "${1}  ${2}"),
    (rf"^↗{_GAP}Permalink{_GAP}(http)", "↗  Permalink   ${1}"),
    (rf"^SST{_GAP}([0-9][0-9A-Za-z.+-]*){_GAP}ready!$", "SST ${1}  ready!"),
)  # fmt: skip
_SECTION: Final = r"^(?:Diagnostics|Resources|Outputs|Policies|Changes|Duration|View Live|Permalink)\b.*"
_GROUP: Final = rf"^  {_TYPE} \([^\s].*\):$"
_MESSAGE: Final = "    "


def shifted(lines: pl.Series, indent: str) -> pl.Series:
    """The lines of a paste that stand at `indent` or deeper, without it; others as they are."""
    return lines.str.strip_prefix(indent) if indent else lines


def spaced(lines: pl.Series, indent: str = "") -> pl.Series:
    """`lines` with the blanks of their forms, behind `indent`, which a paste put before all."""
    bare = shifted(lines, indent)
    repaired = bare
    for pattern, whole in _FORMS:
        repaired = repaired.str.replace(pattern, whole)
    repaired = _messages(repaired)
    table = pl.DataFrame({"line": lines, "bare": bare, "repaired": repaired})
    changed = pl.when(pl.col("bare") != pl.col("repaired")).then(pl.lit(indent) + pl.col("repaired"))
    return table.select(changed.otherwise("line").alias("line")).to_series()


def _messages(lines: pl.Series) -> pl.Series:
    """The lines of `Diagnostics:` that lost what stood before them: a message stands four blanks deep in its group."""
    line = pl.col("line")
    section = (
        pl.when(line.str.contains(_SECTION))
        .then(line.str.starts_with("Diagnostics:"))
        .when(line.str.contains(r"^(?:Updating|Previewing|Destroying|Refreshing|SST )"))
        .then(pl.lit(value=False))
        .forward_fill()
    )
    group = (
        pl.when(line.str.contains(_GROUP)).then(pl.lit(value=True)).when(~section).then(pl.lit(value=False))
    )
    inside = section & group.forward_fill()
    flush = inside & line.str.contains(r"^[^\s`]") & ~line.str.contains(_SECTION)
    told = pl.when(flush).then(pl.lit(_MESSAGE) + line).otherwise(line)
    return lines.to_frame("line").select(told).to_series()


def expanded(stop: int, lines: pl.Series) -> pl.Series:
    """Tabs become the blanks up to the next column that `stop` divides."""
    rows = lines.str.contains("\t", literal=True).arg_true()
    few = pl.Series([line.expandtabs(stop) for line in lines.gather(rows)], dtype=pl.String)
    return lines.scatter(rows, few)
