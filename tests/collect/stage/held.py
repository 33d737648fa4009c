"""Verdicts held to the truth, which is the model's: what the report says of each write, and what of that is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer import Report
    from tests.collect.stage.stage import Stage


class Place(NamedTuple):
    """A write: the name of its deploy in the story, its resource, and what it meant to do."""

    deploy: str
    resource: str
    action: str
    key: str
    entry: str | None


class Said(NamedTuple):
    """What a report says of a write."""

    verdict: str
    cause: str | None
    confidence: str

    @property
    def proven(self) -> bool:
        """Whether it says so for certain."""
        return self.confidence == "proven"


def said(stage: Stage, report: Report) -> dict[Place, Said]:
    """What is said of each write, by its place."""
    names = {update: name for name, update in stage.state.ids.items()}
    deploys = {
        row["id"]: next(
            name for update, name in names.items() if any(update in source for source in row["sources"])
        )
        for row in report.deploys.iter_rows(named=True)
    }
    return {
        Place(deploys[row["deploy"]], row["name"], row["action"], row["key"], row["entry"]): Said(
            row["verdict"], row["cause"], row["confidence"]
        )
        for row in report.writes.iter_rows(named=True)
    }


def fates(stage: Stage, names: Iterable[str]) -> dict[Place, tuple[str, frozenset[str]]]:
    """The fate of each write of these deploys, and the verdicts that are right."""
    found = {}
    for name in names:
        for truth in stage.truths(name):
            intent = truth.intent
            key = intent.key if intent.store else "*:routes"  # the outputs were lost, and with them the place
            place = Place(name, intent.operation.full_name, intent.action, key, intent.entry or None)
            listed = {"mismatched"} if truth.fate == "lost" else set()
            undone = {"lost"} if truth.renewed else set()  # without the log of the deploy that did it
            found[place] = (truth.fate, truth.right | listed | undone)
    return found


def untrue(stage: Stage, report: Report, *names: str) -> list[tuple[Place, Said | None, str]]:
    """Writes of these deploys of which the report says what is not so, or nothing; and any that nobody meant.

    `unverifiable` is never untrue; nor is a `landed` that says itself that it is in doubt.
    """
    told = said(stage, report)
    true = fates(stage, names)
    wrong: list[tuple[Place, Said | None, str]] = [
        (place, told[place], "nobody meant it") for place in told if place not in true
    ]
    for place, (fate, right) in true.items():
        verdict = told.get(place)
        if verdict is None:
            wrong.append((place, None, fate))
        elif verdict.verdict not in right | {"unverifiable"} and verdict[::2] != ("landed", "low"):
            wrong.append((place, verdict, fate))
    return wrong


def unproven(stage: Stage, report: Report, *names: str) -> list[tuple[Place, Said, str]]:
    """Writes of these deploys of which the report does not say for certain what became of them."""
    told = said(stage, report)
    return [
        (place, told[place], fate)
        for place, (fate, _) in fates(stage, names).items()
        if not told[place].proven
    ]
