"""Runs the analyser on what a scenario left behind, and holds its verdicts to the truth."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer import check
from tests.world import trail
from tests.world.aligned import score_alignments
from tests.world.hostile import ci, windows
from tests.world.hostile.ci import dotted_text
from tests.world.hostile.switches import CI_TEXT, WINDOWS, chance_of
from tests.world.hostile.switches import UNTIMED as NO_TIMES
from tests.world.knowable import Evidence, Judged, overlap
from tests.world.listed import with_listings
from tests.world.logs import event_log, pulumi_text, shown, terminal_text
from tests.world.score import (
    ANOTHERS,
    CI,
    EXACT,
    FALSE,
    FALSE_LOW,
    TERMINAL,
    TEXT,
    TOO_SURE,
    UNTIMED,
    UNTRUE_CAUSE,
    Disagreement,
    Score,
)
from tests.world.together import Given, Group, group_of, together
from tests.world.truth import truths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analyzer import Report
    from tests.world.deploy import Deploy
    from tests.world.scenario import Scenario

_GONE, _NEVER = frozenset({"lost"}), frozenset({"dropped", "errored", "moot"})
ONE_OF = {
    "lost_update": _GONE,
    "deleted": _GONE,
    "namespace_collision": _GONE,
    "never_attempted": _NEVER,
}
"""What an `unverifiable` with such a cause says of one of several writes, though not of which."""

Verdict = tuple[Judged, "Said"]
Place = tuple[int, str, str, str, str | None]
Row = dict[str, Any]


class Said(NamedTuple):
    """What the report says of a write."""

    verdict: str = "none"
    cause: str | None = None
    confidence: str = "low"
    leaning: str | None = None
    event_id: str | None = None


def forms_of(world: Scenario) -> tuple[str, ...]:
    """The forms that are tried: the event logs, and one form of text, which the seed decides."""
    more = ((UNTIMED, NO_TIMES), (CI, CI_TEXT))
    texts = [TEXT, TERMINAL, *[form for form, kind in more if kind in world.hostile]]
    return EXACT, chance_of(world.seed, "form").choice(texts)


def score(world: Scenario, forms: Sequence[str] = ()) -> Score:
    """The score of one scenario, in these forms of log, or those of `forms_of`."""
    files = trail.files_of(world.service.history, world.condition, world.base, world.end, world.chance)
    evidence = Evidence(files, world.deploys, world.condition, world.listings)
    judged = with_listings(world, evidence, [evidence.judged(truth) for truth in truths(world)])
    found = Score(scenarios=1)
    if not (judged and files):
        return found
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trail.write(files, folder / "trail", world.base, world.condition)
        for number, listing in enumerate(world.listings):
            listing.write(folder / f"keys-{number}.json", world.base)
        for form in forms or forms_of(world):
            held = _Held(world, form, found, folder, evidence)
            if form == EXACT:
                held.exact(judged)
            else:
                held.text(judged)
    return found


@dataclass
class _Held:
    """Holds the verdicts of one form of log to the truth, and counts into `found`."""

    world: Scenario
    form: str
    found: Score
    folder: Path
    evidence: Evidence

    def exact(self, judged: list[Judged]) -> None:
        """Event logs: all deploys in one run, write by write."""
        logs: dict[str, Deploy] = {}
        for number, deploy in enumerate(self.world.deploys):
            path = self.folder / f"deploy-{number}" / "eventlog.json"
            path.parent.mkdir()
            path.write_text(event_log(deploy, self.world.base))
            logs[str(path)] = deploy
        report, deploys = self._check(logs)
        verdicts = {
            _place(deploys[row["deploy"]], row): _said(row) for row in report.writes.iter_rows(named=True)
        }
        pairs = [(each, verdicts.pop(_place_of(each), Said())) for each in judged]
        self._compare([(pair, _twins(pair[0], pairs)) for pair in pairs])
        for place in verdicts:
            self.found.disagreements.append(
                Disagreement(self.world.seed, self.form, "unknown write", "none", "?", str(place))
            )

    def text(self, judged: list[Judged]) -> None:
        """Text logs: one deploy a run; one pattern an operation; times as a person gives them, or none.

        Of a hostile world one deploy is tried, which the seed decides: a run takes as long as one of the event logs.
        """
        numbered = list(enumerate(self.world.deploys))
        if self.world.hostile:
            numbered = [chance_of(self.world.seed, "deploy").choice(numbered)]
        for number, deploy in numbered:
            path = self.folder / f"{self.form}-{number}" / "deploy.log"
            path.parent.mkdir()
            text, given = self._given(deploy, number)
            path.write_text(text)
            delay = given.delay if self.form == CI else 0
            report, _ = self._check({str(path): deploy}, *self._times(given), delay=delay)
            verdicts: dict[Group, dict[str, Said]] = {}
            for row in report.writes.iter_rows(named=True):
                verdicts.setdefault(_group(row), {})[row["reported"]] = _said(row)
            until = (
                deploy.killed_at if deploy.ended is None and deploy.killed_at is not None else float("inf")
            )
            told = {group_of(operation) for operation in shown(deploy, until)}
            pairs = [
                (each, _of_row(verdicts, name, each))
                for name, each in together(deploy, judged, self.evidence, given)
                if name in told or (self.form != TERMINAL and name in verdicts)
            ]
            routes = [pair for pair in pairs if pair[0].swappable]
            self._compare([(pair, [pair, *routes]) for pair in pairs])

    def _given(self, deploy: Deploy, number: int) -> tuple[str, Given]:
        """The text of the log, and what it comes with."""
        hostile, chance = self.world.hostile, chance_of(self.world.seed, f"text {number}")
        printed = ci.draw(chance)
        window = windows.right_window(deploy)
        if WINDOWS in hostile and self.form in (TEXT, TERMINAL):
            window = windows.guessed(deploy, chance)
        given = Given(self.form, window, printed.kind, printed.delay)
        if self.form == CI:
            return ci.ci_text(deploy, self.world.base, printed), given
        if self.form == TERMINAL or (self.form == UNTIMED and chance.random() < 0.3):
            return terminal_text(deploy), given
        if hostile and chance.random() < 0.6:
            return dotted_text(deploy), given
        return pulumi_text(deploy), given

    def _times(self, given: Given) -> tuple[datetime | None, datetime | None]:
        if self.form in (UNTIMED, CI):
            return None, None
        base, window = self.world.base, given.window
        return base + timedelta(seconds=window.since), base + timedelta(seconds=window.until)

    def _check(
        self,
        logs: Mapping[str, Deploy],
        since: datetime | None = None,
        until: datetime | None = None,
        delay: float = 0,
    ) -> tuple[Report, dict[str, Deploy]]:
        """The report, and the true deploys by its ids."""
        began = time.perf_counter()
        listings = self.world.listings
        report = check(
            list(logs),
            trail=[self.folder / "trail"],
            keys=[self.folder / f"keys-{number}.json" for number in range(len(listings))],
            keys_at=self.world.base + timedelta(seconds=listings[0].at) if listings else None,
            since=since,
            until=until,
        )
        spent = 1000 * (time.perf_counter() - began) / len(logs)
        self.found.milliseconds.setdefault(self.form, []).append(spent)
        deploys = {row["id"]: logs[row["sources"][0]] for row in report.deploys.iter_rows(named=True)}
        score_alignments(
            report,
            deploys,
            evidence=self.evidence,
            base=self.world.base,
            form=self.form,
            found=self.found,
            delay=delay,
        )
        return report, deploys

    def _compare(self, pairs: list[tuple[Verdict, list[Verdict]]]) -> None:
        for (each, said), twins in pairs:
            self.found.writes += 1
            self.found.counts[self.form, each.truth.fate, said.verdict, each.level] += 1
            if said.leaning:
                self.found.leanings[self.form, said.leaning, said.leaning in each.truth.right] += 1
            what = self._disagreement(each, said, [judged for judged, _ in twins])
            if what:
                self._note(what, each, said)

    def _disagreement(self, each: Judged, said: Said, twins: Sequence[Judged]) -> str | None:
        """What is wrong with what was said; `twins` could be mistaken for the write, and it itself is one."""
        if self.form == UNTIMED and said.verdict != "none":
            if said.verdict in ("dropped", "lost"):
                return FALSE  # without times nothing is absent
            if said.verdict == "landed" and said.confidence != "low":
                return TOO_SURE
        return _disagreement(each, said, twins) or self._wrong_reason(each, said)

    def _wrong_reason(self, each: Judged, said: Said) -> str | None:
        """What is wrong with the reason of a right verdict, where the calls cannot be mistaken for each other."""
        if each.truth.attempts and said.verdict == "dropped" and said.cause == "never_attempted":
            return UNTRUE_CAUSE
        call = self.evidence.by_event(said.event_id)
        mine = call is None or call.actor.operation is each.truth.intent.operation
        if mine or self.form != EXACT or said.verdict != "landed" or each.swappable:
            return None
        return ANOTHERS

    def _note(self, what: str, each: Judged, said: Said) -> None:
        truth, intent = each.truth, each.truth.intent
        operation = intent.operation
        clock = "/".join(f"{offset:+.0f}" for offset in truth.deploy.clock.offsets)
        notes = ", ".join([*self.world.notes, f"clock {clock}"])
        if self.form != EXACT:
            given = self._given(truth.deploy, self.world.deploys.index(truth.deploy))[1]
            notes += f", window {given.window.kind}, printed {given.printed}"
        place = (
            f"{said.confidence} {said.cause}: {truth.deploy.stage} {operation.name} {operation.op}: "
            f"{intent.action} {intent.key}, log says {operation.reported}; {truth.why} [{notes}]"
        )
        self.found.disagreements.append(
            Disagreement(self.world.seed, self.form, what, truth.fate, said.verdict, place)
        )


def _disagreement(each: Judged, said: Said, twins: Sequence[Judged]) -> str | None:
    if said.verdict == "none":
        return "no such write"
    if said.verdict == "unverifiable":
        one_of = ONE_OF.get(said.cause or "") if said.leaning is None else None
        if one_of and not any(one_of & (twin.right | {twin.truth.fate}) for twin in twins):
            return FALSE
        return f"missed ({each.level})" if each.level else None
    if said.verdict not in each.right:
        return FALSE_LOW if said.verdict == "landed" and said.confidence == "low" else FALSE
    return TOO_SURE if each.doubtful and said.verdict == "landed" and said.confidence != "low" else None


def _twins(each: Judged, pairs: list[Verdict]) -> list[Verdict]:
    """The writes on the same key that could be mistaken for each other, each with its verdict."""
    mine = each.truth.intent
    return [
        (other, verdict)
        for other, verdict in pairs
        if (other.truth.intent.store, other.truth.intent.key) == (mine.store, mine.key)
        and (other is each or (other.swappable and overlap(other.truth, each.truth)))
    ]


def _said(row: Row) -> Said:
    return Said(row["verdict"], row["cause"], row["confidence"], row.get("leaning"), row.get("event_id"))


def _of_row(verdicts: Mapping[Group, Mapping[str, Said]], name: Group, each: Judged) -> Said:
    """What is said by the row of the write's operation: of several of one name, by the one that tells of its end.

    In SST's terminal `Error` stands where the operation would: a delete that failed may be read as one that writes.
    """
    reported = each.truth.intent.operation.reported
    if name not in verdicts and reported == "failed":
        return verdicts.get(Group(name.name, deleted=False), {}).get("failed", Said())
    rows = verdicts.get(name, {})
    return rows.get(reported) or next(iter(rows.values()), Said())


def _group(row: Row) -> Group:
    return Group(row["name"], row["action"] in ("delete", "remove"))


def _place(deploy: Deploy, row: Row) -> Place:
    return (id(deploy), row["name"], row["action"], row["key"], row["entry"])


def _place_of(each: Judged) -> Place:
    intent = each.truth.intent
    key = intent.key if intent.store else "*:routes"  # the outputs were lost, and with them the place
    return (id(each.truth.deploy), intent.operation.full_name, intent.action, key, intent.entry or None)
