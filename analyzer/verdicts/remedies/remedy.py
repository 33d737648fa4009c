"""Remedies: the command that puts right each write that did not land. A command is printed, never run.

In come FINAL_VERDICTS and the lists of routes that listings hold. Out go REMEDIES and STORE_REMEDIES.

A put replaces only the value that the newest listing shows; without a listing, only the value in the log's old outputs.
A key that is absent is written. A delete removes only that value. An entry is added to the list that is there, or
removed from it. So a command does no harm where another writer was first: it stops. Where a text cannot be shown or
carried there is no command, and a note gives the reason and the place of the text.

A plain redeploy repairs only what failed openly: then the state does not have it, and the deploy tries it again. Where
the deploy reported success, Pulumi's state holds the new values, and SST compares with the state, not with the store
(docs/facts/sst-output.md#s1-shadowed-error, docs/facts/sst-output.md#s4-state-based-diff).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.commands.kvs import NEEDS, NEEDS_TO_LOOK, Step, look, update
from analyzer.redaction.redact import with_credential
from analyzer.resources.shown import sst_types
from analyzer.tables import empty
from analyzer.verdicts.remedies.steps import Broken, obstacle, planned
from analyzer.verdicts.remedies.together import together
from analyzer.verdicts.tables import REMEDIES, STATUS, STORE_REMEDIES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.store.routes import RouteList

_BROKEN: Final = ("dropped", "errored", "lost", "mismatched", "unfinished")
_ONE_OF: Final = ("lost_update", "deleted", "namespace_collision", "never_attempted", "interrupted")
"""What is certain of one of several writes; the command does no harm where it was another."""
_REDEPLOY: Final = {
    "succeeded": "A plain redeploy does not heal it: the deploy's state says that all is well, and SST compares with "
    "that state, not with the store.",
    "failed": "Deploy again: the deploy's state does not count it as done, so it is tried again.",
    "unfinished": "Deploy again: the deploy's state holds it as a pending operation, which the next deploy resolves.",
}
_REFRESH: Final = (
    "A plain redeploy does not heal it: the deploy's state says that all is well. One that refreshes the state first "
    "(pulumi up --refresh) compares it with the store."
)
REDEPLOYS: Final = (*_REDEPLOY.values(), _REFRESH)
"""All that is ever said of a redeploy."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """The commands that would put right all writes that did not land.

    Attributes:
        writes: REMEDIES, for each write that did not land: the command for it alone, or why there is none, what the
            command needs, and what a redeploy would do.
        stores: STORE_REMEDIES, for each store of such writes: the one command for all of them, and which of them it
            leaves out.
    """

    writes: pl.DataFrame
    stores: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Answer:
    """The remedy of one write: a step with its command, a command alone, or a note alone."""

    store: str | None
    write: str
    step: Step | None = None
    command: str | None = None
    note: str | None = None


def remedies(
    concluded: pl.DataFrame,
    lists: Mapping[tuple[str, str], RouteList],
    status: pl.DataFrame | None = None,
) -> Remedies:
    """The commands for all writes that did not land; none for those that are in place since.

    Args:
        concluded: FINAL_VERDICTS.
        lists: the lists that it found, by store and key.
        status: STATUS.
    """
    status = empty(STATUS) if status is None else status
    healed = status.filter(pl.col("status") == "healed")["id"]
    doubtful = frozenset(status.filter(pl.col("status") == "maybe_repaired")["id"])
    certain = (pl.col("verdict") == "unverifiable") & pl.col("cause").is_in(_ONE_OF)
    broken = concluded.filter(
        pl.col("verdict").is_in(_BROKEN) | certain,
        pl.col("listed").ne_missing(pl.lit("there")),
        ~pl.col("id").is_in(healed.implode()),
    )
    names = [field.name for field in fields(Broken) if field.name not in ("write", "store")]
    columns = broken.select(*names, write="id", store=pl.coalesce("store", "inferred_store"))
    rows = [Broken(**row) for row in columns.iter_rows(named=True)]
    answers = _unless_secret(rows, [_answer(row, lists) for row in rows])
    of_writes = pl.DataFrame(
        [
            [answer.write for answer in answers],
            [answer.command for answer in answers],
            [answer.note for answer in answers],
            [_needs(answer) for answer in answers],
            broken.select(_redeploy()).to_series(),
        ],
        schema=REMEDIES,
    )
    return Remedies(of_writes, _of_stores(answers, doubtful))


def _redeploy() -> pl.Expr:
    """What a redeploy would do. Pulumi's provider reads its keys in a refresh; SST's resources do not."""
    refreshes = (pl.col("reported") == "succeeded") & ~pl.col("type").is_in(sst_types())
    of_state = pl.col("reported").replace_strict(_REDEPLOY, default=None, return_dtype=pl.String)
    return pl.when(refreshes).then(pl.lit(_REFRESH)).otherwise(of_state)


def _needs(answer: _Answer) -> list[str] | None:
    if answer.command is None:
        return None
    return list(NEEDS_TO_LOOK if answer.step is None else NEEDS)


def _answer(row: Broken, lists: Mapping[tuple[str, str], RouteList]) -> _Answer:
    answer = _Answer(row.store, row.write)
    if row.pattern or row.store is None:
        note = obstacle(row)
        if note is not None or row.store is None:
            return replace(answer, note=note)
        start, _, end = row.key.partition("*")
        return replace(answer, command=look(row.store, start, end))
    step = planned(row, lists.get((row.store, row.key)))
    if isinstance(step, str):
        return replace(answer, note=step)
    command = update(row.store, [step])
    if command is None:
        return replace(answer, note=f"it is too large for one command: see {row.place}")
    return replace(answer, step=step, command=command)


def _secret(texts: Sequence[str]) -> list[bool]:
    return with_credential(pl.Series(texts, dtype=pl.String)).to_list()


def _unless_secret(rows: Sequence[Broken], answers: Sequence[_Answer]) -> list[_Answer]:
    """The answers, without the commands that hold what looks like a credential."""
    texts: list[tuple[int, str, str, str]] = []
    for number, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        if answer.command is not None:
            texts += [(number, what, text, place) for what, text, place in row.texts()]
            texts += [
                (number, "value", f"{row.key}={text}", row.place) for text in (row.value, row.old) if text
            ]
            texts.append((number, "command", answer.command, row.place))
    notes: dict[int, str] = {}
    for (number, what, _, place), is_secret in zip(
        texts, _secret([text for *_, text, _ in texts]), strict=True
    ):
        if is_secret:
            notes.setdefault(number, f"the {what} looks like a credential, and is not shown: see {place}")
    return [
        replace(answer, step=None, command=None, note=notes[number]) if number in notes else answer
        for number, answer in enumerate(answers)
    ]


def _of_stores(answers: Sequence[_Answer], doubtful: Collection[str]) -> pl.DataFrame:
    by_store: dict[str, list[_Answer]] = {}
    for answer in answers:
        if answer.store is not None:
            by_store.setdefault(answer.store, []).append(answer)
    commands, notes = [], []
    for store, mine in by_store.items():
        command, note = _of_store(store, mine, doubtful)
        commands.append(command)
        notes.append(note)
    hidden = _secret([command or "" for command in commands])
    parts = [
        command is not None and not is_secret for command, is_secret in zip(commands, hidden, strict=True)
    ]
    return pl.DataFrame(
        [
            list(by_store),
            [command if fine else None for command, fine in zip(commands, parts, strict=True)],
            notes,
            [list(NEEDS) if fine else None for fine in parts],
        ],
        schema=STORE_REMEDIES,
    )


def _of_store(
    store: str, answers: Sequence[_Answer], doubtful: Collection[str]
) -> tuple[str | None, str | None]:
    """The command for all writes of a store, and a note on what it leaves out, or why there is none."""
    asked = [answer.write for answer in answers if answer.step and answer.write in doubtful]
    steps, contradicting = together(
        [(answer.write, answer.step) for answer in answers if answer.step and answer.write not in doubtful]
    )
    without = [answer.write for answer in answers if answer.step is None]
    notes = []
    if asked:
        notes.append(f"without {_some(asked)}: later calls may have repaired these")
    if without:
        notes.append(f"without {_some(without)}: no change is known for these")
    if contradicting:
        notes.append(f"without {_some(contradicting)}: they change one key in different ways")
    command = update(store, steps) if steps else None
    if steps and command is None:
        notes = [f"{len(steps)} keys are too many for one call: use the command of each write"]
    return command, "; ".join(notes) or None


def _some(writes: Sequence[str]) -> str:
    more = f" and {len(writes) - 10} more" if len(writes) > 10 else ""  # noqa: PLR2004 - visible right here
    return ", ".join(writes[:10]) + more
