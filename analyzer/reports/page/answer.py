"""The answer below the headline: what is missing, since when, why, how sure that is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.page.moments import as_time, clock, moment
from analyzer.reports.page.reasons import causes, how_sure
from analyzer.reports.page.said import Piece, Sentence, code, link, names, say, stated
from analyzer.reports.page.steps import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.page.items import Item
    from analyzer.reports.report import Report

_EACH: Final = 5  # items with a line of their own
_ABSENT: Final = {
    "put": ("{what} {is_are} not in the store.", "wrote"),
    "append": ("The {route} {what} {is_are} not in {key}.", "wrote"),
    "remove": ("The {route} {what} {is_are} still in {key}.", "removed"),
    "delete": ("{what} {is_are} still in the store.", "removed"),
}


_BE: Final = {(False, False): "is", (False, True): "are", (True, False): "was", (True, True): "were"}
"""By whether it was put right since, and whether there are several."""

_LIKELY: Final = {"dropped": " Probably it did not.", "landed": " Probably it did."}


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of the answer.

    Attributes:
        look: ok, bad or doubt.
        rows: label and sentences.
    """

    look: str
    rows: list[tuple[str, list[Sentence]]]


def answer(report: Report, items: Sequence[Item], sections: frozenset[str]) -> Answer:
    """What the reader must know before anything else; rows with nothing to say are left out.

    Args:
        report: it.
        items: all, after the pictures have numbered and dated them.
        sections: anchors of the page's sections: `fix`, `decide`.
    """
    bad = [item for item in items if not item.doubtful]
    doubts = [item for item in items if item.doubtful]
    still = [item for item in bad if not item.healed] or bad
    rows: list[tuple[str, list[Sentence]]] = [
        (_label(bad), _lines(bad)),
        ("In doubt", _lines(doubts)),
        ("Since", _since(report, still)),
        ("Why", causes([*bad, *doubts])),
        ("How sure", how_sure(still)),
        ("Redeploy?", _redeploy(still)),
        ("Put it right", _fix([item for item in items if _mendable(item)], sections)),
        ("What would decide", _decide(report, doubts, sections)),
    ]
    look = "bad" if bad else "doubt" if doubts or report.writes.is_empty() else "ok"
    return Answer(look, [(label, said) for label, said in rows if said])


def _mendable(item: Item) -> bool:
    """Whether something may be there to be put right: also where a deploy was cut off and nothing shows what landed."""
    return item.verdict != "unverifiable" and not item.healed


def _label(bad: Sequence[Item]) -> str:
    if bad and all(item.verdict == "mismatched" for item in bad):
        return "Differs"
    return "Was missing" if all(item.healed for item in bad) else "Missing"


def _lines(items: Sequence[Item]) -> list[Sentence]:
    if len(items) <= _EACH:
        ordered = sorted(items, key=lambda item: item.number or len(items) + 1)
        since = not all(item.healed for item in items)
        return [_linked(_told(item, since=since), item, alone=len(items) == 1) for item in ordered]
    groups: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.verdict, item.cause, item.step), []).append(item)
    lines = [
        say(
            "{count} {things} of {step}: {verdict}",
            count=str(sum(item.count for item in alike)),
            things=alike[0].things
            if sum(item.count for item in alike) > 1
            else alike[0].things.removesuffix("s"),
            step=step,
            verdict=verdict,
        )
        for (verdict, _, step), alike in groups.items()
    ]
    if len(lines) > _EACH:
        rest = sum(1 for _ in lines[_EACH:])
        return [*lines[:_EACH], say(f"and the same of {rest} more steps")]
    return lines


def _told(item: Item, *, since: bool) -> Sentence:
    """What became of an item; `since`: also that it was put right since, where that does not hold for all."""
    return (*_what(item), Piece("text", " It was put right since.")) if since and item.healed else _what(item)


def _linked(sentence: Sentence, item: Item, *, alone: bool) -> Sentence:
    if not item.number:
        return sentence
    return (
        *sentence,
        Piece("text", " "),
        link("Show it" if alone else f"Show {item.number}", f"#m{item.number}"),
    )


def _what(item: Item) -> Sentence:
    """What became of an item, in one line."""
    which = _which(item)
    if item.verdict == "dropped":
        return _dropped(item, which)
    if item.verdict == "lost":
        return _lost(item, which)
    if item.verdict == "errored":
        template = (
            "AWS refused the call for {what}. {step} {said} all the same."
            if item.first["reported"] == "succeeded"
            else "{what} failed, as {step} says."
        )
    elif item.verdict == "mismatched":
        template = "{what} of {step} landed, and the store holds something else."
    elif item.verdict == "unfinished" and item.absent:
        template = "{step} was cut off, and no call ever wrote {what}."
    elif item.verdict == "unfinished":
        template = "{step} was cut off: it is not known whether {what} landed."
    else:
        template = "It cannot be told whether {what} reached the store." + _LIKELY.get(
            str(item.first["leaning"]), ""
        )
    return say(template, what=which, step=item.step, said=said(item.first))


def _dropped(item: Item, which: Sentence) -> Sentence:
    state, verb = _ABSENT.get(str(item.first["action"]), _ABSENT["put"])
    many = item.count > 1
    return say(
        f"{state} {{step}} {{said}}; {'its own calls never' if item.healed else 'no call ever'} {verb} "
        f"{'them' if many else 'it'}.",
        what=which,
        key=code(item.first["key"] or "the list"),
        is_are=_BE[item.healed, many],
        route="routes" if many else "route",
        step=item.step,
        said=said(item.first),
    )


def _lost(item: Item, which: Sentence) -> Sentence:
    was = "were" if item.count > 1 else "was"
    landed = clock(item.at) if item.at and item.event else "a time that is not known"
    if item.taker is None and item.listed_at is None:
        return say("{what} of {step} landed, and {was} lost again.", what=which, step=item.step, was=was)
    if item.taker is None:
        when = f" of {moment(item.listed_at, item.at)}" if item.listed_at else ""
        return say(
            "{what} of {step} landed, and the listing{when} does not hold {it}.",
            what=which,
            step=item.step,
            when=when,
            it="them" if item.count > 1 else "it",
        )
    taken = moment(item.taken_at, item.at) if item.taken_at else "a later time"
    return say(
        "{what} of {step} landed at {landed} and {was} taken away at {taken}.",
        what=which,
        step=item.step,
        landed=landed,
        was=was,
        taken=taken,
    )


def _which(item: Item) -> Sentence:
    if item.span and item.count > 1:
        return say(f"{item.things.capitalize()} {item.span[0]} to {item.span[1]}")
    return names(item.keys or ["a key that the log does not name"], item.count, item.things)


def _since(report: Report, bad: Sequence[Item]) -> list[Sentence]:
    if not bad:
        return []
    times = [item.taken_at or (item.at if item.absent or item.verdict == "errored" else None) for item in bad]
    known = [time for time in times if time is not None]
    end = as_time(report.background.calls["at"].max())
    if not known or end is None or len(known) < len(times):
        return []
    first = min(known)
    days = {time.date() for item in bad for time in (item.at, item.taken_at) if time is not None}
    days |= set(report.deploys["started_at"].drop_nulls().dt.date())
    began = clock(first) if days == {first.date()} else moment(first, None)
    healed = {str(item.first["healed_by"]) for item in bad if item.healed}
    if healed and all(item.healed for item in bad):
        return [
            say(
                "{first} UTC, until it was put right: {how}",
                first=began,
                how=" and ".join(sorted(healed)),
            )
        ]
    if all(item.taker is None and item.listed_at for item in bad):
        return [say(f"At the latest {began} UTC, when the store was listed")]
    last = max([end, *known])
    return [say(f"{began} UTC, at least until {moment(last, first)}, the last record that was read")]


def _redeploy(bad: Sequence[Item]) -> list[Sentence]:
    told = dict.fromkeys(str(item.first["redeploy"]) for item in bad if item.first["redeploy"] is not None)
    return [say("{text}", text=text) for text in list(told)[:2]]


def _fix(bad: Sequence[Item], sections: frozenset[str]) -> list[Sentence]:
    ready = [item for item in bad if item.first["remedy"] is not None]
    if not ready or "fix" not in sections:
        notes = dict.fromkeys(str(item.first["remedy_note"]) for item in bad if item.first["remedy_note"])
        return [stated(n) for n in list(notes)[:2]]
    count = sum(item.count for item in ready)
    actions = {str(item.first["action"]) for item in ready}
    if actions == {"append"}:
        does = (
            "adds this entry and keeps all others"
            if count == 1
            else f"adds these {count} entries and keeps all others"
        )
    elif actions == {"put"}:
        does = "writes this key again" if count == 1 else f"writes these {count} keys again"
    else:
        does = "makes this one change" if count == 1 else f"makes these {count} changes"
    name = "The command"
    if len({item.first["home"] for item in ready}) > 1:
        name, verb = "The commands, one for each store,", does.partition(" ")
        does = f"{verb[0].removesuffix('s')} {verb[2].replace('keeps', 'keep')}"
    return [say("{link} {does}", link=link(name, "#fix"), does=does)]


def _decide(report: Report, doubts: Sequence[Item], sections: frozenset[str]) -> list[Sentence]:
    if not doubts or "decide" not in sections:
        return []
    ids = [str(item.first["id"]) for item in doubts]
    first = report.settle.filter(pl.col("write").is_in(ids)).sort("order", maintain_order=True)["what"]
    told = list(dict.fromkeys(first.to_list()))[:1]
    return [
        say(
            "{what}. {link}",
            what=f"{text[0].upper()}{text[1:]}",
            link=link("All ways, with commands", "#decide"),
        )
        for text in told
    ]
