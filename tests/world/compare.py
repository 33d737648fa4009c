"""Runs the analyser on what a scenario left behind, and holds its verdicts to the truth."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer import check
from tests.world import trail
from tests.world.knowable import Evidence, Judged, overlap
from tests.world.logs import event_log, pulumi_text, shown, terminal_text
from tests.world.resources import KV_ROUTES, namespace
from tests.world.score import EXACT, FORMS, TERMINAL, TEXT, Disagreement, Score
from tests.world.truth import truths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.world.deploy import Deploy
    from tests.world.resources import Intent
    from tests.world.scenario import Scenario

SLACK = 5
"""Seconds that a clock may be off, where a person gives the times."""

_GONE, _NEVER = frozenset({"lost"}), frozenset({"dropped", "errored"})
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


def score(world: Scenario, forms: Sequence[str] = FORMS) -> Score:
    """The score of one scenario, in each form of log."""
    files = trail.files_of(world.service.history, world.condition, world.base, world.end, world.chance)
    evidence = Evidence(files, world.deploys, world.condition)
    judged = [evidence.judged(truth) for truth in truths(world)]
    found = Score(scenarios=1)
    if not (judged and files):
        return found
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trail.write(files, folder / "trail", world.base, world.condition)
        if EXACT in forms:
            _Held(world, EXACT, found).exact(folder, judged)
        for form in (TEXT, TERMINAL):
            if form in forms:
                _Held(world, form, found).text(folder, judged, evidence)
    return found


@dataclass
class _Held:
    """Holds the verdicts of one form of log to the truth, and counts into `found`."""

    world: Scenario
    form: str
    found: Score

    def exact(self, folder: Path, judged: list[Judged]) -> None:
        """Event logs: all deploys in one run, write by write."""
        logs: dict[str, Deploy] = {}
        for number, deploy in enumerate(self.world.deploys):
            path = folder / f"deploy-{number}" / "eventlog.json"
            path.parent.mkdir()
            path.write_text(event_log(deploy, self.world.base))
            logs[str(path)] = deploy
        report = check(list(logs), trail=[folder / "trail"])
        deploys = {row["id"]: logs[row["sources"][0]] for row in report.deploys.iter_rows(named=True)}
        verdicts = {
            _place(deploys[row["deploy"]], row): _said(row) for row in report.writes.iter_rows(named=True)
        }
        pairs = [(each, verdicts.pop(_place_of(each), Said())) for each in judged]
        self._compare([(pair, _twins(pair[0], pairs)) for pair in pairs])
        for place in verdicts:
            self.found.disagreements.append(
                Disagreement(self.world.seed, self.form, "unknown write", "none", "?", str(place))
            )

    def text(self, folder: Path, judged: list[Judged], evidence: Evidence) -> None:
        """Text logs: one deploy a run, with its times given by hand; one pattern an operation."""
        for number, deploy in enumerate(self.world.deploys):
            path = folder / f"{self.form}-{number}" / "deploy.log"
            path.parent.mkdir()
            path.write_text(terminal_text(deploy) if self.form == TERMINAL else pulumi_text(deploy))
            end = (deploy.ended or deploy.killed_at or deploy.began) + 1
            report = check(
                [path],
                trail=[folder / "trail"],
                since=self.world.base + timedelta(seconds=int(deploy.began)),
                until=self.world.base + timedelta(seconds=int(end) + 1),
            )
            verdicts = {row["name"]: _said(row) for row in report.writes.iter_rows(named=True)}
            crowded = evidence.others_write_routes(deploy)
            until = (
                deploy.killed_at if deploy.ended is None and deploy.killed_at is not None else float("inf")
            )
            told = {operation.full_name for operation in shown(deploy, until)}
            pairs = [
                (each, verdicts.get(name, Said()))
                for name, each in _together(deploy, judged, evidence, crowded)
                if self.form == TEXT or name in told
            ]
            routes = [pair for pair in pairs if pair[0].swappable]
            self._compare([(pair, [pair, *routes]) for pair in pairs])

    def _compare(self, pairs: list[tuple[Verdict, list[Verdict]]]) -> None:
        for (each, said), twins in pairs:
            self.found.writes += 1
            self.found.counts[self.form, each.truth.fate, said.verdict, each.level] += 1
            what = _disagreement(each, said, [judged for judged, _ in twins])
            if what:
                self._note(what, each, said.verdict)

    def _note(self, what: str, each: Judged, verdict: str) -> None:
        truth, intent = each.truth, each.truth.intent
        operation = intent.operation
        notes = ", ".join(self.world.notes)
        place = (
            f"{truth.deploy.stage} {operation.name} {operation.op}: {intent.action} {intent.key}, log says "
            f"{operation.reported}; {truth.why} [{notes}]"
        )
        self.found.disagreements.append(
            Disagreement(self.world.seed, self.form, what, truth.fate, verdict, place)
        )


def _disagreement(each: Judged, said: Said, twins: Sequence[Judged]) -> str | None:
    """What is wrong with what was said; `twins` are the writes that could be mistaken for it, and it itself."""
    if said.verdict == "none":
        return "no such write"
    if said.verdict == "unverifiable":
        if said.cause in ONE_OF and not any(ONE_OF[said.cause] & twin.right for twin in twins):
            return "false"
        return f"missed ({each.level})" if each.level else None
    if said.verdict not in each.right:
        return "false"
    return "too sure" if each.doubtful and said.verdict == "landed" and said.confidence != "low" else None


def _twins(each: Judged, pairs: list[Verdict]) -> list[Verdict]:
    """The writes on the same key that could be mistaken for each other, each with its verdict."""
    mine = each.truth.intent
    return [
        (other, verdict)
        for other, verdict in pairs
        if (other.truth.intent.store, other.truth.intent.key) == (mine.store, mine.key)
        and (other is each or (other.swappable and overlap(other.truth, each.truth)))
    ]


def _together(
    deploy: Deploy, judged: list[Judged], evidence: Evidence, crowded: bool
) -> Iterator[tuple[str, Judged]]:
    """What can be said of each operation of a log that names no keys: any of its writes' verdicts is right.

    A list of routes (`*:routes`) is anybody's list. The log names no store: it is known only where a call in hand
    names the namespace of the component.
    """
    groups: dict[str, list[Judged]] = {}
    for each in judged:
        if each.truth.deploy is deploy:
            groups.setdefault(each.truth.intent.operation.full_name, []).append(each)
    routes = sum(members[0].truth.intent.operation.kind == KV_ROUTES for members in groups.values())
    for name, members in groups.items():
        if not _by_the_hash(deploy, members[0].truth.intent):
            continue
        worst = next((each for each in members if each.truth.fate not in ("landed", "moot")), members[0])
        right = frozenset().union(*(each.right for each in members))
        if worst.truth.intent.operation.reported == "failed":
            right |= {"errored"}  # what is judged is the operation, and it failed
        if any(each.truth.renewed for each in members):
            right |= {"lost"}  # the log of the deploy that meant it is not in hand
        swappable = worst.truth.intent.operation.kind == KV_ROUTES and (routes > 1 or crowded)
        one_fate = len({each.truth.fate for each in members}) == 1
        level = worst.level if one_fate and not swappable else ""
        if level and not _told(evidence, deploy, worst):
            level = "likely"
        yield name, Judged(worst.truth, right, level, swappable, worst.doubtful)


def _told(evidence: Evidence, deploy: Deploy, each: Judged) -> bool:
    """Whether a call names the component's namespace, so that its store is known, and the chain brackets the deploy.

    The deploy's times are given by hand, so the chain must reach some seconds beyond them.
    """
    intent = each.truth.intent
    end = deploy.ended or deploy.killed_at or deploy.began
    named = evidence.names(namespace(deploy.app, deploy.stage, _component(intent)))
    return named and evidence.brackets(intent.store, int(deploy.began) - SLACK, int(end) + 2 + SLACK)


def _by_the_hash(deploy: Deploy, intent: Intent) -> bool:
    """Whether text can tell the key: only where nobody gave the component another namespace than its name's."""
    operation = intent.operation
    return operation.kind == KV_ROUTES or intent.key.startswith(
        namespace(deploy.app, deploy.stage, _component(intent))
    )


def _component(intent: Intent) -> str:
    return intent.operation.name.removesuffix("KvKeys").removesuffix("RoutesUpdate")


def _said(row: Row) -> Said:
    return Said(row["verdict"], row["cause"], row["confidence"])


def _place(deploy: Deploy, row: Row) -> Place:
    return (id(deploy), row["name"], row["action"], row["key"], row["entry"])


def _place_of(each: Judged) -> Place:
    intent = each.truth.intent
    key = intent.key if intent.store else "*:routes"  # the outputs were lost, and with them the place
    return (id(each.truth.deploy), intent.operation.full_name, intent.action, key, intent.entry or None)
