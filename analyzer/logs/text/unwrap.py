"""Takes off what a CI system, a task runner or a paste puts before every line, and keeps the time in it.

Prefixes nest. The prefixes of a log are detected once, from its first lines that surely come from a deploy (or, without
such lines, from its first lines), so that all lines are read alike. The prefixes are the forms of `grammars/ci.lark`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.line import load
from analyzer.logs.text.shift import shift_of, without_shift
from analyzer.logs.text.times import Times, without_times
from analyzer.prefixes.anchors import AT_START, has_anchor
from analyzer.prefixes.strip import strip
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.prefixes.strip import Prefixes

_GRAMMAR: Final = "ci"
_BOM: Final = "\ufeff"
_DEEPEST: Final = 4
_SAMPLE: Final = 200
_TIMED: Final = ("step", "gitlab", "instant", "bracketed", "chunk")
"""Prefixes of a whole log; the others are of one of several programs that print into it."""

# Lines that always stand as far to the left as here; rows may stand deeper.
_FLUSH: Final = (
    r"SST (?:❍ ion )?[0-9][^ ]*(?: \(experimental\))?  ?ready!$|➜  App: "
    r"|[~✓✕]  (?:Deploy|Remove|Refresh|Diff|Complete|Failed)"
    r"|\|  (?:Created|Updated|Deleted|Refreshed|Imported|Error|Info|Locked|Build Error)(?: |$)"
    r"|time=[0-9-]{10}T[^ ]+ level=[A-Z]+ msg="
    r"|(?:@|✨) (?i:updating|previewing|destroying|refreshing|importing)[a-z ]*\.\."
    r"|(?:Updating|Previewing [a-z]+|Destroying|Refreshing|Importing) \([^()]+\):?$"
    r"|Diagnostics:$|Duration: [0-9]|View Live: http|     Type +Name(?: |$)"
    r"|(?:Updating|Destroying|Refreshing|Previewing) (?:[a-z]+ of )?stack '[^']+'"
    r"|(?:Performing|Previewing) changes:$|info: (?:[0-9]+|no) changes? (?:performed|previewed)"
)
_HARDLY_TELLING: Final = r"[✕\x{d7}]  [^ ]|Resources:$|error: [a-z]+ failed$"
_TELLING: Final = rf"{_FLUSH}|(?: [+~<>=-][+ >=<-] |    )pulumi:pulumi:Stack [^ ]+ ?"
_SHIFTED: Final = "shifted"
"""Not a form of the grammar: any line may begin with blanks."""
_INFERRED: Final = ""
_GITLAB_STREAM: Final = len(" 00O")


@dataclass(frozen=True, slots=True)
class Layer:
    """One prefix: its form, and for that of a program or a paste the texts that it has in this log.

    A prefix that is of no form was inferred from the log: `prefixes`.
    """

    form: str
    texts: tuple[str, ...] = ()
    prefixes: Prefixes | None = None


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Lines without their prefixes.

    Attributes:
        text: the lines.
        times: when each was written; None if no prefix has a time.
        foreign: lines of another program than the one that deploys; None if there are none.
    """

    text: pl.Series
    times: Times | None = None
    foreign: pl.Series | None = None

    @property
    def at(self) -> pl.Series | None:
        """TIME at which each line was written; computed anew on each access."""
        return self.times.read() if self.times else None

    def gather(self, rows: pl.Series) -> Unwrapped:
        """The lines at `rows`."""
        times = self.times.gather(rows) if self.times else None
        foreign = None if self.foreign is None else self.foreign.gather(rows)
        return Unwrapped(self.text.gather(rows), times, foreign)


def joined(batches: Sequence[Unwrapped]) -> Unwrapped:
    """The lines of all `batches`; what only some of them have is null for the others, or false."""
    sizes = [len(batch.text) for batch in batches]
    timed = any(batch.times for batch in batches)
    mixed = any(batch.foreign is not None for batch in batches)
    ats = [
        batch.times.read() if batch.times else pl.repeat(None, size, dtype=TIME, eager=True)
        for batch, size in zip(batches, sizes, strict=True)
    ]
    others = [
        pl.repeat(False, size, dtype=pl.Boolean, eager=True) if batch.foreign is None else batch.foreign
        for batch, size in zip(batches, sizes, strict=True)
    ]
    return Unwrapped(
        pl.concat([batch.text for batch in batches]),
        Times(pl.concat(ats)) if timed else None,
        pl.concat(others) if mixed else None,
    )


def deploy_lines(lines: pl.Series) -> pl.Series:
    """Lines that show a deploy, whatever stands before them."""
    return lines.filter(lines.str.contains(_TELLING).fill_null(value=False))


def layers_of(lines: pl.Series, *, wrapped: bool = True) -> tuple[Layer, ...]:
    """The prefixes of a log, outermost first.

    Args:
        lines: its first ones, without ANSI sequences and trailing blanks.
        wrapped: whether there may be others than that of a paste. That of a program is one only where most lines that
            show a deploy begin with that behind it: `- Fixed: ` is none.
    """
    telling = deploy_lines(lines)
    has_telling = not telling.is_empty()
    shift = shift_of(telling, _FLUSH) if has_telling else shift_of(lines, _HARDLY_TELLING)
    layers = [Layer(_SHIFTED, (shift,))] if shift else []
    probe = telling if has_telling else lines.filter(lines != "").head(_SAMPLE)
    while (
        wrapped
        and len(layers) < _DEEPEST
        and not (has_telling and _most(probe.str.contains(f"^(?:{_TELLING})")))
    ):
        layer = _outermost(probe, has_telling=has_telling)
        if layer is None:
            break
        layers.append(layer)
        probe = _without(layer, probe).text
    if has_telling and not _most(probe.str.contains(f"^(?:{_TELLING})")):
        layers = list(takewhile(lambda layer: not is_of_program(layer), layers))
    return tuple(layers)


def is_of_program(layer: Layer) -> bool:
    """Whether `layer` is of one of several programs that print into a log: the lines of the others are foreign."""
    return layer.form not in (*_TIMED, _SHIFTED, _INFERRED)


def deploying(foreign: pl.Series, form: str) -> set[str]:
    """The prefixes of a form of programs behind which lines of `foreign` are anchors: these programs deploy too."""
    part = load(_GRAMMAR).parts(foreign.filter(has_anchor(foreign))).get(form)
    if part is None:
        return set()
    prefix = next(name for name in part.columns if name.startswith("prefix"))
    return set(part.filter(pl.col("line").str.contains(AT_START))[prefix])


def unwrap(lines: pl.Series, layers: Iterable[Layer]) -> Unwrapped:
    """`lines` without the prefixes of `layers`; a line that lacks a prefix stays as it is."""
    times: Times | None = None
    foreign: pl.Series | None = None
    for layer in layers:
        bare = _without(layer, lines)
        lines = bare.text
        times = times or bare.times
        if bare.foreign is not None:
            foreign = bare.foreign if foreign is None else foreign | bare.foreign
    return Unwrapped(lines, times, foreign)


def _most(flags: pl.Series) -> bool:
    return len(flags) > 0 and 2 * int(flags.sum()) > len(flags)


def _outermost(probe: pl.Series, *, has_telling: bool) -> Layer | None:
    """The prefix that half of the lines of `probe` have, or more; without telling lines only one of a whole log."""
    bare = probe.str.strip_prefix(_BOM)
    parts = load(_GRAMMAR).parts(bare)
    form, part = max(parts.items(), key=lambda item: item[1].height, default=("", pl.DataFrame()))
    if part.is_empty() or 2 * part.height < len(probe) or not (has_telling or form in _TIMED):
        return None
    if form in _TIMED:
        return Layer(form)
    prefix = next(name for name in part.columns if name.startswith("prefix"))
    return Layer(form, tuple(part[prefix].unique().sort()))


def _without(layer: Layer, lines: pl.Series) -> Unwrapped:
    if layer.form == _INFERRED:
        return _inferred(lines, layer)
    return _without_known(layer, lines)


def _without_known(layer: Layer, lines: pl.Series) -> Unwrapped:
    match layer.form:
        case "step" | "shifted":
            step = r"^[^\t]+\t[^\t]*\t"
            return Unwrapped(
                without_shift(lines, *layer.texts) if layer.texts else lines.str.replace(step, "")
            )
        case "gitlab":
            return _gitlab(lines)
        case "instant":
            return _instant(lines)
        case "bracketed":
            bare = lines.str.strip_prefix("[").str.replace(r"^([0-9T:.+Z-]{20,35})\] ?", "${1} ")
            return _instant(
                pl.select(pl.when(lines.str.starts_with("[")).then(bare).otherwise(lines)).to_series()
            )
        case "chunk":
            milliseconds = lines.str.extract(r"\x1b_bk;t=([0-9]{1,15})\x07").cast(pl.Int64)
            at = (milliseconds * 1000).cast(TIME)
            return Unwrapped(lines.str.replace_all(r"\x1b_bk;t=[0-9]*\x07", ""), Times(at))
        case _:
            return _of_program(lines, layer.texts)


def _inferred(lines: pl.Series, layer: Layer) -> Unwrapped:
    prefixes = layer.prefixes
    if prefixes is None:
        return Unwrapped(lines)
    bare = strip(lines, prefixes)
    times = Times(lines, prefixes=prefixes) if prefixes.is_timed else None
    return Unwrapped(bare.text, times, bare.foreign if bare.foreign.any() else None)


def _of_program(lines: pl.Series, texts: tuple[str, ...]) -> Unwrapped:
    mine = pl.repeat(False, len(lines), dtype=pl.Boolean, eager=True)
    for text in texts:
        mine |= lines.str.starts_with(text) | (lines == text.rstrip())
        bare = lines.str.strip_prefix(text)
        lines = bare.set(lines == text.rstrip(), "")
    return Unwrapped(lines, foreign=~mine)


def _instant(lines: pl.Series) -> Unwrapped:
    timed = without_times(lines)
    return Unwrapped(timed.text, timed.times)


def _gitlab(lines: pl.Series) -> Unwrapped:
    """GitLab's time and stream; a line that goes on from the one before is put there, and leaves an empty one."""
    timed = without_times(lines)
    has = timed.text.str.contains(r"^[0-9]{2}[OE](?:[ +]|$)")
    goes_on = has & (timed.text.str.slice(3, 1) == "+")
    bare = pl.select(pl.when(has).then(timed.text.str.slice(_GITLAB_STREAM)).otherwise(lines)).to_series()
    if goes_on.any():
        table = pl.DataFrame({"text": bare, "goes_on": goes_on})
        joined = pl.col("text").str.join("").over((~pl.col("goes_on")).cum_sum())
        bare = table.select(pl.when("goes_on").then(pl.lit("")).otherwise(joined)).to_series()
    return Unwrapped(bare, timed.times)
