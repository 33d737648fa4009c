"""What a text log without times tells of its deploy: steps in order, and where it may have dots, their seconds.

In come WRITES and DEPLOYS, out go a `Script` for each deploy whose steps have no times of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.verdicts.matching.inferred_store import ROUTES, hashed_namespaces, namespace_of_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EFFECTS: Final = {"put": "put", "append": "put", "remove": "remove", "delete": "delete"}
MARGIN: Final = 5  # seconds by which a call may lie outside of a window
_BUILDS: Final = 60  # seconds from the update's id to Pulumi's display
_PRINTED: Final = 0.95  # a slow machine prints 399 dots in 406 s (`analyzer.logs.text.dots`)
_AS_TOLD: Final = 2  # seconds by which a window may be shorter than the log's `Duration:`


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of one resource.

    Attributes:
        operation: WRITES.operation.
        namespace: of its keys; None where it writes a list of routes, whose namespace text does not show.
        effect: put or delete; remove is either: who takes out the last entry of a list deletes its key.
        start: seconds since the display began, by its dots; None where the log has none.
        end: the same of its end.
        expected: the log says that it made a call.
        possible: it may have made one: it neither failed nor returned early.
        born: it creates its namespace.
    """

    operation: int
    namespace: str | None
    effect: str
    start: int | None
    end: int | None
    expected: bool
    possible: bool
    born: bool


@dataclass(frozen=True, slots=True)
class Window:
    """When a deploy ran, as somebody says.

    Attributes:
        since: seconds since 1970; minus infinity where it is not said.
        until: the same; infinity where it is not said.
        given: by a person; else it is that of an update object or id, another log, or the stamps of held-back output.
    """

    since: float
    until: float
    given: bool


@dataclass(frozen=True, slots=True)
class Script:
    """One deploy.

    Attributes:
        deploy: its id.
        steps: in the order in which the log shows their ends.
        duration: seconds, as the log says; None where it does not.
        ticks: the seconds that its display ran, by the dots; None where it has none.
        window: when it ran, where that is said.
        too_short: the window that was given is shorter than the log's `Duration:`: it is not used.
        flushed: its output was held back.
        end: when the deploy ended, by an update object or the file's time, in seconds; None where neither is available.
        end_is_sure: an update object says it: a file's time may be that of a copy.
        homes: namespaces of its components: the lists that it writes are in the stores of these.
    """

    deploy: str
    steps: Sequence[Step]
    duration: int | None
    ticks: int | None
    window: Window | None
    too_short: Window | None
    flushed: bool
    end: float | None
    end_is_sure: bool = False
    homes: frozenset[str] = frozenset()

    @property
    def written(self) -> frozenset[str]:
        """The namespaces that it writes."""
        return frozenset(step.namespace for step in self.steps if step.namespace)

    @property
    def span(self) -> float:
        """Seconds within which all its calls lie, at most."""
        if self.is_timed:
            return float(max(self.duration or 0, self.ticks or 0))
        within = _UNKNOWN if self.window is None else self.window.until - self.window.since + 2 * MARGIN
        return min(within, _UNKNOWN)

    @property
    def is_timed(self) -> bool:
        """Whether the log says how long it ran."""
        return bool(self.duration or self.ticks)


_UNKNOWN: Final = 600


def untimed_deploys(deploys: pl.DataFrame) -> pl.DataFrame:
    """The DEPLOYS whose steps have no times: text without stamps, or with stamps of output that was held back."""
    no_times = pl.col("times").is_null() | (pl.col("times") == "flushed")
    return deploys.filter((pl.col("form") == "text") & no_times)


def scripts(writes: pl.DataFrame, deploys: pl.DataFrame) -> list[Script]:
    """The scripts of the deploys without times that have writes, in the order of DEPLOYS.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
    """
    mine = untimed_deploys(deploys)
    if mine.is_empty():
        return []
    steps = writes.filter(pl.col("deploy").is_in(mine["id"].implode()))
    by_deploy = {str(name[0]): table for name, table in steps.group_by("deploy", maintain_order=True)}
    homes: dict[str, set[str]] = {}
    for deploy, _, namespace in hashed_namespaces(steps, deploys).drop_nulls("hashed").iter_rows():
        homes.setdefault(deploy, set()).add(namespace)
    found = []
    for row in mine.iter_rows(named=True):
        table = by_deploy.get(row["id"])
        if table is not None:
            script = _script(row, table)
            found.append(replace(script, homes=script.written | homes.get(script.deploy, set())))
    return found


def _script(deploy: Mapping[str, object], writes: pl.DataFrame) -> Script:
    flushed = deploy["times"] == "flushed"
    duration = deploy["duration"] if isinstance(deploy["duration"], int) else None
    ticks = _usable(deploy["ticks"], duration)
    window, too_short = _window(writes, given=not flushed), None
    if window is not None and window.given and window.until - window.since < (duration or 0) - _AS_TOLD:
        window, too_short = None, window
    window = window or _ran(deploy, duration)
    ended = None if flushed else deploy["ended_at"] or deploy["modified_at"]
    return Script(
        deploy=str(deploy["id"]),
        steps=_steps(writes, dotted=ticks is not None),
        duration=duration,
        ticks=ticks,
        window=window,
        too_short=too_short,
        flushed=flushed,
        end=ended.timestamp() if isinstance(ended, datetime) else None,
        end_is_sure=ended is not None and ended == deploy["ended_at"],
    )


def _usable(ticks: object, duration: int | None) -> int | None:
    """The dots of the display; None where it printed far fewer than it ran seconds: lines of dots were taken out."""
    if not isinstance(ticks, int) or ticks < _PRINTED * (duration or 0) - _AS_TOLD:
        return None
    return ticks


def _window(writes: pl.DataFrame, *, given: bool) -> Window | None:
    since, until = writes.select(
        pl.col("start").min().dt.epoch("us") / 1e6, pl.col("end").max().dt.epoch("us") / 1e6
    ).row(0)
    if since is None and until is None:
        return None
    return Window(
        float("-inf") if since is None else since, float("inf") if until is None else until, given=given
    )


def _ran(deploy: Mapping[str, object], duration: int | None) -> Window | None:
    """When the deploy ran, as an update object, its id or another log of it says."""
    began, ended = deploy["started_at"], deploy["ended_at"]
    if not isinstance(began, datetime):
        return None
    since = began.timestamp()
    until = ended.timestamp() if isinstance(ended, datetime) else since + (duration or _UNKNOWN) + _BUILDS
    return Window(since, until, given=False)


def _steps(writes: pl.DataFrame, *, dotted: bool) -> list[Step]:
    lists = pl.col("key").str.ends_with(ROUTES)
    done = pl.col("reported") == "succeeded"
    early = pl.col("unset").fill_null(value=False)
    creates = pl.col("op").is_in(["create", "create-replacement"])
    table = (
        writes.filter((pl.col("key") != "*:*") & (pl.col("key") != "*"))
        .with_columns(
            namespace=pl.when(~lists).then(namespace_of_key()),
            effect=pl.col("action").replace_strict(_EFFECTS, default="put"),
            expected=done & ~pl.col("unsure").fill_null(value=False) & ~early,
            possible=(pl.col("reported") != "failed").fill_null(value=True) & ~early,
            born=creates & ~lists,
        )
        .unique("operation", keep="first", maintain_order=True)
        .sort(pl.col("tick_end").fill_null(1 << 40), "line", maintain_order=True)
    )
    if not dotted:
        table = table.with_columns(tick_start=None, tick_end=None)
    columns = ("operation", "namespace", "effect", "tick_start", "tick_end", "expected", "possible", "born")
    return [Step(*row) for row in table.select(columns).iter_rows()]
