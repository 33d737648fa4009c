"""The steps of `--diff` and `--urns`, and what the summary of the run proves about them.

A step is printed when it begins; a refresh and an import when they have ended. No line shows how a step ended, but
`Resources:` counts what succeeded, and what had errors. Source: pulumi/pulumi pkg/backend/display/diff.go and
pkg/engine/diff.go.

A language gives the steps as events of the kind `STEP`; `settled` makes `started` of them, and adds what the summary
proves.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.logs.languages.pulumi.urn import name_of, type_of
from analyzer.logs.text.planned import Plan
from analyzer.tables import EVENTS, empty, from_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STEP: Final = "step"
_kind = pl.col("kind")
PLAN: Final = Plan(
    steps=_kind == STEP,
    proof=(_kind == "summary")
    & pl.col("message").str.contains(
        r"^(?:Do you want to perform this |    [^ ]{1,2} ?[0-9]+ (?:resources? )?to [a-z])"
    ),
    end=(_kind == "header") | ((_kind == "summary") & pl.col("seconds").is_not_null()),
)
"""What proves that steps above the first header were of a preview: its totals say what is to be done, and what is asked
for after it is not done yet. A run that took its time was none."""
_SILENT: Final = ("noise", "unrecognised")
CAPTURES: Final = ("diff_urn", "diff_place")
"""What the events of steps are made of."""
_RETAINED: Final = '{"retainOnDelete": true}'
_OP: Final = r"^\(([a-z-]+)"

_HEADING: Final = re.compile(r"Resources:$|info: (?:\d+|no) changes? ")  # the latter up to v0.15
_COUNT: Final = re.compile(r"    (?:\S\S?) ?(?P<n>\d+) (?:resources? )?(?P<plan>to )?(?P<word>[a-z -]+)$")
_TALLY: Final = re.compile(r"    .*?(?P<n>\d+) (?:resources? )?(?P<word>unchanged|errored|awaiting)$")
_CHANGES: Final = re.compile(r"    \d+ changes?$")
_OF_WORD: Final = {
    "created": "create",
    "updated": "update",
    "deleted": "delete",
    "replaced": "replace",
    "unchanged": "same",
}
_COUNTED_OPS: Final = frozenset(_OF_WORD.values())
_PRINTED_WHEN_DONE: Final = frozenset({"refresh", "import"})
_READS: Final = frozenset({"read", "read-replacement"})
_DEFAULT_PROVIDER: Final = re.compile(r"urn:pulumi:.*::pulumi:providers:[^:]+::default(?:_[^:]*)?")


def step_marks(form: str, part: pl.DataFrame) -> pl.DataFrame:
    """The context that a step opens: the section `diff`, its type and operation, for the line that says its URN."""
    return part.select(
        "row",
        section=pl.lit("diff"),
        group_type=pl.col("diff_type").str.strip_suffix(": ") if form == "diff_step" else pl.lit(""),
        group_name=pl.col("diff_op"),
        loose=pl.lit(value=True),
    )


def step_events(lines: pl.DataFrame) -> pl.DataFrame:
    """An event of the kind `STEP` for each line that says the URN of a step: the step's own, or the one after it.

    Args:
        lines: `line`, `group_type`, `group_name` (the operation), `diff_urn`, `diff_place`.
    """
    urn = pl.coalesce(pl.col("diff_urn").str.strip_suffix(": "), pl.col("diff_place").str.strip_suffix("]"))
    retained = pl.col("group_name").str.contains("[retain]", literal=True)
    return lines.select(
        "line",
        *_resource(urn),
        kind=pl.lit(STEP),
        op=pl.col("group_name").str.extract(_OP),
        outcome=pl.lit("started"),
        old=pl.when(retained).then(pl.lit(_RETAINED)),
    )


def repeated_events(lines: pl.DataFrame) -> pl.DataFrame:
    """The steps that `Changes:` repeats after the rows: they name a URN, and nothing more happened."""
    urn = pl.coalesce(pl.col("diff_urn").str.strip_suffix(": "), pl.col("diff_place").str.strip_suffix("]"))
    return lines.select("line", *_resource(urn), kind=pl.lit("summary"))


def _resource(urn: pl.Expr) -> list[pl.Expr]:
    """URN, type and name. The type is the step's own where it says one: a URN cannot show a type that holds `::`."""
    own_type = pl.col("group_type").replace("", None)
    rest = pl.when(own_type.str.contains("::", literal=True)).then(own_type.str.extract(r"::(.*)$"))
    return [
        urn.alias("urn"),
        pl.coalesce(own_type, type_of(urn)).alias("type"),
        name_of(urn).str.strip_prefix(pl.coalesce(rest + "::", pl.lit(""))).alias("name"),
    ]


class _Step(NamedTuple):
    """A step that began."""

    run: int | None
    urn: str
    type: str
    name: str
    op: str
    planning: bool | None
    old: str | None


@dataclass(slots=True)
class _Totals:
    """What `Resources:` counts."""

    succeeded: Counter[str] = field(default_factory=Counter)
    errored: int = 0
    planned: bool = False

    def take(self, message: str) -> bool:
        """Count a line of the section; False if it counts nothing."""
        if match := _TALLY.match(message):
            if match["word"] == "unchanged":
                self.succeeded["same"] += int(match["n"])
            else:
                self.errored += int(match["n"])
        elif match := _COUNT.match(message):
            word = match["word"].removesuffix("d") + "d"
            self.succeeded[_OF_WORD.get(word, word)] += int(match["n"])
            self.planned |= match["plan"] is not None
        else:
            return _CHANGES.match(message) is not None
        return True


@dataclass(slots=True)
class _Settling:
    """The steps that wait for the summary, and the summary as far as it is read."""

    steps: list[_Step] = field(default_factory=list)
    totals: _Totals | None = None
    events: int = 0
    last: int = 0
    source: str | None = None
    renumbered: bool = False

    def outcomes(self, line: int, *, timed: bool = False) -> list[dict[str, object]]:
        """What the summary that ends before `line` proves; a preview's is not `timed`. Nothing waits any more."""
        planned = self.totals is not None and self.totals.planned
        reads = timed and not planned
        results = _outcomes(self.steps, self.totals or _Totals(), reads=reads)
        rows = [
            {**step._asdict(), "line": line, "kind": outcome, "outcome": outcome}
            | {"planning": step.planning or planned}
            for step, outcome in zip(self.steps, results, strict=True)
            if outcome
        ]
        self.steps, self.totals = [], None
        return rows


def settled(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """EVENTS without the kind `STEP`: a step is `started`; where the run's summary has ended, `done` or `failed`.

    An outcome stands on the line after the summary. What the summary does not prove stays `started`: one of three
    creations failed, for example, and it cannot be decided which.
    """
    state = _Settling()
    for frame in frames:
        if not frame.is_empty():
            state.last, state.source = frame["line"][-1], frame["source"][-1]
        steps = pl.col("kind") == STEP
        if not (state.steps or frame.select(steps.any()).item() or state.renumbered):
            state.events += frame.height - frame["seq"].null_count()
            yield frame
            continue
        yield _with_outcomes(
            frame.with_columns(kind=pl.when(steps).then(pl.lit("started")).otherwise("kind")),
            _settle(frame, state),
            state,
        )
        state.renumbered = True
    if state.steps and state.totals is not None:
        yield _with_outcomes(empty(EVENTS), state.outcomes(state.last), state)


def _settle(frame: pl.DataFrame, state: _Settling) -> list[dict[str, object]]:
    """The outcomes that a frame brings to light; steps without one wait on."""
    results: list[dict[str, object]] = []
    relevant = frame.filter(~pl.col("kind").is_in(_SILENT))
    columns = ("line", "kind", "message", "seconds", *_Step._fields)
    for line, kind, message, seconds, *step in relevant.select(columns).iter_rows():
        if kind == "summary" and _HEADING.match(message or ""):
            state.totals = _Totals()
        elif state.totals is not None and (kind == STEP or not state.totals.take(message or "")):
            results += state.outcomes(line, timed=kind == "summary" and seconds is not None)
        if kind == STEP:
            state.steps.append(_Step(*step))
        if kind == "header":
            state.steps, state.totals = [], None
    return results


def _with_outcomes(
    frame: pl.DataFrame, outcomes: Sequence[dict[str, object]], state: _Settling
) -> pl.DataFrame:
    """`frame` with `outcomes` before the line that they stand on, and `seq` counted anew."""
    if outcomes:
        columns = {name: [row.get(name) for row in outcomes] for name in outcomes[0]}
        more = from_columns(columns, EVENTS).with_columns(source=pl.lit(state.source, pl.String))
        frame = pl.concat([more, frame]).sort("line", maintain_order=True)
    real = ~pl.col("kind").is_in(_SILENT)
    frame = frame.with_columns(seq=pl.when(real).then(real.cum_sum().cast(pl.Int64) - 1 + state.events))
    state.events += frame.height - frame["seq"].null_count()
    return frame


def _outcomes(steps: Sequence[_Step], totals: _Totals, *, reads: bool) -> list[str | None]:
    """Of each step `done`, `failed`, or None if the summary does not show it.

    A step that began has ended, well or not, when a run prints its summary, unless it was cancelled; and each
    operation that failed is counted once. So an operation without any success failed if anything did, and where
    the errors are no more than the steps that surely failed, all others went well.

    Args:
        steps: those of the run. Nothing counts the ones of default providers, which some versions print.
        totals: what is counted.
        reads: whether failed reads are counted: a preview only says an error.
    """
    counted_steps = [step for step in steps if not _DEFAULT_PROVIDER.fullmatch(step.urn)]
    distinct = Counter(op for op, _ in {(step.op, step.urn) for step in counted_steps})
    lacking = {op: distinct[op] - totals.succeeded[op] for op in distinct if op in _COUNTED_OPS}
    last = {step.urn: place for place, step in enumerate(steps)}
    replaced = {step.urn for step in counted_steps if step.op == "replace"}
    stuck = {step.urn for step in counted_steps if step.op == "create-replacement"} - replaced
    others = totals.errored - sum(count for count in lacking.values() if count > 0) - len(stuck)

    def outcome(place: int, step: _Step) -> str | None:
        if _DEFAULT_PROVIDER.fullmatch(step.urn) or (step.op in _READS and not reads):
            return None
        if step.op in lacking:
            if lacking[step.op] <= 0:
                return "done"
            none = lacking[step.op] == distinct[step.op]
        elif step.op in _PRINTED_WHEN_DONE or place < last[step.urn]:
            return "done"
        else:
            none = step.op == "create-replacement" and step.urn in stuck
        if none:
            return "failed" if totals.errored else None
        return "done" if others == 0 and step.op not in lacking else None

    return [outcome(place, step) for place, step in enumerate(steps)]
