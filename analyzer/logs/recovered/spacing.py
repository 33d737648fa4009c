"""Repairs of blanks by the forms of the lines: lost at the beginning, collapsed to one, or made of tabs.

Only lines that can be nothing else than a form are given its blanks back; what is printed freely (the inner indentation
of outputs and messages) is lost for good. Forms: `grammars/pulumi.lark`, `grammars/sst.lark`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.prefixes.anchors import AT_START

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_BRANCHES: Final = "([│|]) ([│├└])"
_PAIR: Final = r"(\+-|\+\+|--|>>|<<)"
_SINGLE: Final = "([+~<>=-])"
_WORD: Final = r"([^\s]+)"
_REST: Final = r"([^\s].*)"
_CELL: Final = r"(\*\*[^*]+\*\*|[a-z]+(?: replacement| original)?(?: \([0-9.]+s\))?)"
_ENDS: Final = "(Deploy|Remove|Refresh|Diff|Complete|Removed|Refreshed|Generated|Failed|Interrupted)"
_HEAD_OF_TREE: Final = rf"^{_ANY}Type{_GAP}Name{_GAP}(?:Status|Plan)"
_ROOT: Final = "(pulumi:pulumi:Stack)"


@dataclass(frozen=True, slots=True)
class _Forms:
    """Forms that lose their blanks together.

    Attributes:
        whole: how such a line begins that lost none.
        may_be: how each line begins that a repair fits, in a pattern that costs little to compile.
        repairs: a pattern of a line that lost some, and the whole line.
    """

    whole: str
    may_be: str
    repairs: tuple[tuple[str, str], ...]


_TREE: Final = (
    (rf"^{_FOUR}Type{_GAP}Name{_GAP}(Status|Plan)", "     Type  Name  ${1}"),
    (rf"^{_ONE}{_SINGLE}{_GAP}{_ROOT} {_WORD} {_CELL}(?:[ \t]+{_REST})?$", " ${1}   ${2}  ${3}  ${4}  ${5}"),
)
_ROWS: Final = (
    # The tree: columns are two blanks apart.
    (rf"^{_FOUR}Type{_GAP}Name{_GAP}(Status|Plan)", "     Type  Name  ${1}"),
    (rf"^{_ONE}{_SINGLE}{_WIDE}({_TYPE}){_WIDE}{_REST}$", " ${1}   ${2}  ${3}"),
    (rf"^{_ONE}{_PAIR}{_WIDE}({_TYPE}){_WIDE}{_REST}$", " ${1}  ${2}  ${3}"),
    (
        rf"^{_ONE}{_SINGLE}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}{_WORD} {_CELL}(?:[ \t]+{_REST})?$",
        " ${1}   ${2} ${3}  ${4}  ${5}  ${6}",
    ),
    (
        rf"^{_ONE}{_PAIR}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}{_WORD} {_CELL}(?:[ \t]+{_REST})?$",
        " ${1}  ${2} ${3}  ${4}  ${5}  ${6}",
    ),
    (rf"^{_ONE}{_SINGLE}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}{_REST}$", " ${1}   ${2} ${3}  ${4}"),
    (rf"^{_ONE}{_PAIR}{_GAP}{_BRANCH}{_GAP}({_TYPE}){_GAP}{_REST}$", " ${1}  ${2} ${3}  ${4}"),
    # Pulumi's rows: the sign has two columns, and a type stands behind a third.
    (rf"^{_ONE}{_PAIR}{_GAP}({_TYPE}) ([^\s].*?{_STATUS}.*)$", " ${1} ${2} ${3}"),
    (rf"^{_ONE}{_SINGLE}{_GAP}({_TYPE}) ([^\s].*?{_STATUS}.*)$", " ${1}  ${2} ${3}"),
    (rf"^[ \t]{{0,3}}({_TYPE}) ([^\s(]+) (running\b.*|\*\*.*)$", "    ${1} ${2} ${3}"),
)
_FAMILIES: Final = (
    _Forms(r"^(?: [+~<>=-]|    [a-z]|     Type)", rf"^{_FOUR}(?:[+~<>=-]|Type|[a-zA-Z][^ \t]*:)", _ROWS),
    _Forms("^    [+~<>=0-9-]", rf"^{_FOUR}[+~<>=0-9-]", (
        (rf"^{_FOUR}{_SINGLE}{_ANY}({_COUNT})$", "    ${1} ${2}"),
        (rf"^{_FOUR}{_PAIR}{_ANY}({_COUNT})$", "    ${1}${2}"),
        (r"^[ \t]{0,3}((?:[0-9]+ changes?\. )?[0-9]+ (?:unchanged|errored))$", "    ${1}"),
    )),
    _Forms("^  [^ ]", r"^[ \t]?[a-zA-Z][^ \t]* \(", ((rf"^[ \t]?({_TYPE}) \({_REST}\):$", "  ${1} (${2}):"),)),
    _Forms(r"^\|  ", r"^\|[ \t]", (
        (rf"^\|{_GAP}(Created|Updated|Deleted){_GAP}{_REST}$", "|  ${1}     ${2}"),
        (rf"^\|{_GAP}(Imported){_GAP}{_REST}$", "|  ${1}    ${2}"),
        (rf"^\|{_GAP}(Refreshed){_GAP}{_REST}$", "|  ${1}   ${2}"),
        (rf"^\|{_GAP}(Error){_GAP}{_REST}$", "|  ${1}       ${2}"),
    )),
    _Forms(r"^(?:➜|[~✓✔✕\x{d7}]|↗|SST )", r"^(?:➜|[~✓✔✕\x{d7}]|↗|SST)[ \t]", (
        (rf"^➜{_GAP}App:{_GAP}{_REST}$", "➜  App:        ${1}"),
        (rf"^([~✓✔✕\x{{d7}}]){_GAP}{_ENDS}$", "${1}  ${2}"),
        (rf"^↗{_GAP}Permalink{_GAP}(http)", "↗  Permalink   ${1}"),
        (rf"^SST{_GAP}([0-9][0-9A-Za-z.+-]*){_GAP}ready!$", "SST ${1}  ready!"),
    )),
    _Forms("^   Stage:", rf"^{_TWO}Stage:", ((rf"^{_TWO}Stage:{_GAP}([^\s]+)$", "   Stage:      ${1}"),)),
)  # fmt: skip
_SECTION: Final = r"^(?:Diagnostics|Resources|Outputs|Policies|Changes|Duration|View Live|Permalink)\b.*"
_BEGINS: Final = r"^(?:Updating|Previewing|Destroying|Refreshing|SST )"
_GROUP: Final = rf"^  {_TYPE} \([^\s].*\):$"
_MESSAGE: Final = "    "


def spaced(lines: pl.Series, indent: str = "", families: Sequence[int] = ()) -> pl.Series:
    """`lines` with the blanks of their forms, behind `indent`, which a paste put before all.

    Args:
        lines: of a log.
        indent: blanks; a line without them is given as it is but for its own.
        families: the forms that lost their blanks, as `lost` gives them.
    """
    bare = lines.str.strip_prefix(indent) if indent else lines
    repaired = bare
    for number in families:
        repaired = _with_blanks(repaired, number)
    repaired = _messages(repaired)
    table = pl.DataFrame({"line": lines, "bare": bare, "repaired": repaired})
    changed = pl.when(pl.col("bare") != pl.col("repaired")).then(pl.lit(indent) + pl.col("repaired"))
    return table.select(changed.otherwise("line").alias("line")).to_series()


def lost(lines: pl.Series, indent: str = "") -> tuple[int, ...]:
    """The families of forms of which more lines lost their blanks than did not.

    So rows that another program printed without their blanks do not become rows of a log whose own are whole.
    """
    bare = lines.str.strip_prefix(indent) if indent else lines
    bare = bare.drop_nulls().unique(maintain_order=True)
    return tuple(number for number in range(len(_FAMILIES)) if _is_lost(bare, number))


def _is_lost(lines: pl.Series, number: int) -> bool:
    after = _with_blanks(lines, number)
    changed = lines != after
    if not changed.any():
        return False
    damaged = changed & after.str.contains(AT_START)
    whole = ~damaged & lines.str.contains(AT_START) & lines.str.contains(_FAMILIES[number].whole)
    return int(damaged.sum()) > int(whole.sum())


def _with_blanks(lines: pl.Series, number: int) -> pl.Series:
    repairs = _FAMILIES[number].repairs
    if number == 0 and lines.str.contains(_HEAD_OF_TREE).any():
        repairs = (*_TREE, *repairs)
    if number == 0:
        for _ in range(2):  # two branches share a sign
            lines = lines.str.replace_all(_BRANCHES, "${1}  ${2}")
    if lines.str.contains(_FAMILIES[number].may_be).any():
        for pattern, whole in repairs:
            lines = lines.str.replace(pattern, whole)
    return lines.str.strip_chars_end(" ")


def _messages(lines: pl.Series) -> pl.Series:
    """The lines of `Diagnostics:` that lost what stood before them: a message stands four blanks deep in its group."""
    line = pl.col("line")
    section = (
        pl.when(line.str.contains(_SECTION))
        .then(line.str.starts_with("Diagnostics:"))
        .when(line.str.contains(_BEGINS))
        .then(pl.lit(value=False))
        .forward_fill()
        .fill_null(value=False)
    )
    group = (
        pl.when(line.str.contains(_GROUP)).then(pl.lit(value=True)).when(~section).then(pl.lit(value=False))
    )
    inside = section & group.forward_fill().fill_null(value=False)
    free = ~line.str.contains(_SECTION) & ~line.str.contains(_GROUP)
    flush = inside & free & line.str.contains(r"^[ \t]{0,3}[^\s`]")
    told = pl.when(flush).then(pl.lit(_MESSAGE) + line.str.strip_chars_start(" \t")).otherwise(line)
    return lines.to_frame("line").select(told).to_series()


def expanded(stop: int, lines: pl.Series) -> pl.Series:
    """Tabs become the blanks up to the next column that `stop` divides."""
    rows = lines.str.contains("\t", literal=True).fill_null(value=False).arg_true()
    few = pl.Series([line.expandtabs(stop) for line in lines.gather(rows)], dtype=pl.String)
    return lines.clone().scatter(rows, few)


def columns(lines: pl.Series) -> pl.Series:
    """Tabs become two blanks, which part columns."""
    return lines.str.replace_all("\t", "  ")
