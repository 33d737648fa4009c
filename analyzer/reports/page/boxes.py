"""What the rows say beside the marks: the boxes of the items, the links that are missing, the end of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.reports.page.moments import as_time, clock, length, moment
from analyzer.reports.page.rows import Box, Row
from analyzer.reports.page.said import Piece, Sentence, chip, code, link, names, say, stated, strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.picture import Picture
    from analyzer.reports.page.reads import Reader

_HOW: Final = {
    "namespace_collision": "It deletes all keys of the namespace that both stacks share.",
    "deleted": "It deletes the keys that it does not know.",
}
"""What a call that took keys away does, by the cause."""

_FATES: Final = {"lost": "landed, and lost later", "mismatched": "landed, and not what the store holds"}
"""What is said where a write landed, by its verdict."""


def tell(picture: Picture, readers: Sequence[Reader], numbered: int) -> None:
    """Numbers the items from top to bottom, and adds what is said of them; adds rows for missing links and the end."""
    changes = [row for row in picture.rows if row.kind in ("write", "group")]
    by_event = {row.event: row for row in changes if row.event}
    for item in picture.items:
        target = by_event.get(item.taker or "") or (
            by_event.get(item.event or "") if _at_its_call(item) else None
        )
        if target is not None and item not in target.anchors:
            target.anchors.append(item)
    by_reader = {reader.step.number: reader for reader in readers}
    for row in picture.rows:
        for item in row.anchors:
            numbered += 1
            item.number = numbered
    for row in picture.rows:
        for item in row.anchors:
            row.full = True
            row.boxes.append(_box(picture, row, item, by_reader))
    _victims(picture, by_event)
    _not_drawn(picture, by_event)
    _healed(picture, by_event)
    _contested(picture, by_event)
    picture.rows = _with_links(picture.rows)
    _end(picture)


def _at_its_call(item: Item) -> bool:
    return item.verdict == "mismatched" and item.listed_at is None


def _box(picture: Picture, row: Row, item: Item, readers: dict[int, Reader]) -> Box:
    if item.absent:
        box = _absent(picture, row, item)
    elif item.verdict == "errored":
        box = _refused(picture, row, item)
    elif row.kind == "listing":
        box = _listed(item)
    elif item.verdict == "lost":
        box = _taken(picture, row, item, readers)
    elif item.verdict == "mismatched":
        box = Box("solid", item.number, say("The store holds another value"), _proofs(item))
    else:
        box = _unclear(item)
    how = item.first["healed_by"]
    if item.healed and how is not None:
        box.sentences.append(say("It was put right later: {how}.", how=str(how)))
    elif item.first["status"] == "maybe_repaired" and how is not None:
        box.sentences.append(say("It may have been put right later: {how}.", how=str(how)))
    return box


def _titled(title: str, item: Item) -> Sentence:
    """`title`; of several writes of one step also which of them."""
    if item.count == 1:
        return say(title)
    of = f"{item.things} {item.span[0]} to {item.span[1]}" if item.span else f"{item.count} {item.things}"
    return say("{title} for {of} of {step}", title=title, of=of, step=item.step)


def _absent(picture: Picture, row: Row, item: Item) -> Box:
    title = "Cut off, and no write came" if item.verdict == "unfinished" else "No write came"
    box = Box("dashed", item.number, _titled(title, item))
    step = picture.steps.get(item.operation)
    inside = 0
    if row.kind == "absent" and step is not None and step.joined and step.begin is not None:
        times = picture.drawn["at"]
        inside = int(times.is_between(step.begin, step.finish or step.begin).sum())
    if inside:
        came = "1 other write" if inside == 1 else f"{inside} other writes"
        box.sentences.append(say(f"{came} came in that time, none of them this one."))
    tied = row.kind == "absent" and step is not None and step.joined
    closing = _closing(picture, row) if tied else None
    box.sentences += [closing] if closing else _proofs(item)
    return box


def _closing(picture: Picture, row: Row) -> Sentence | None:
    """The proof by the two changes on both sides, where the later one was made on the earlier one."""
    changes = [other for other in picture.rows if other.kind in ("write", "group")]
    before = max((n for n, other in enumerate(changes) if other.order < row.order), default=None)
    if before is None or before + 1 == len(changes):
        return None
    first, then = changes[before], changes[before + 1]
    if not (
        first.call and then.call and then.linked and first.call.after and first.call.after == then.call.before
    ):
        return None
    etag = first.call.after
    for call, other in ((first.call, first), (then.call, then)):
        call.same.add(etag)
        other.full = True
    return say(
        "The write at {first} returned {etag}; the next one, at {then}, was made on the same ETag: nothing came "
        "between.",
        first=clock(first.at),
        etag=chip(etag),
        then=moment(then.at, first.at) if then.at else "?",
    )


def _proofs(item: Item) -> list[Sentence]:
    """What the evidence says, in its words: of coverage, of a listing; the two ends of a chain are one sentence."""
    ends = [proof.at for proof in item.proofs if proof.kind == "chain" and proof.at is not None]
    told = [proof.text for proof in item.proofs if proof.kind not in ("call", "chain") and proof.text]
    if len(ends) < 2:  # noqa: PLR2004 - one end alone is told in the words of the evidence
        told = [proof.text for proof in item.proofs if proof.kind != "call" and proof.text]
        return [stated(text) for text in told[:3]]
    first, last = min(ends), max(ends)
    chain = say(
        f"The chain of ETags is unbroken from {clock(first)} to {moment(last, first)}, "
        "and no call in it is of this step."
    )
    return [chain, *(stated(text) for text in told[:2])]


def _refused(picture: Picture, row: Row, item: Item) -> Box:
    step = picture.steps.get(item.operation)
    swallowed = step is not None and step.ok
    said = step.said if step is not None else ""
    aftermath = (
        say("The step {said} all the same.", said=said) if swallowed else say("The deploy says so, too.")
    )
    if row.call is not None:
        return Box("solid", item.number, _titled("Refused, and nothing was changed", item), [aftermath])
    title = "No call of it succeeded" if swallowed else "Failed, as the deploy says"
    none = say("No call of it is recorded.")
    return Box("solid", item.number, _titled(title, item), [none, aftermath] if swallowed else [none])


def _listed(item: Item) -> Box:
    other = item.verdict == "mismatched" and item.cause in ("other_value", "")
    still = item.cause == "still_there"
    if other:
        title = say("The store holds another value")
    elif item.of_list:
        title = say("The entry is {where} the list", where="still in" if still else "not in")
    else:
        key = "key is" if item.count == 1 else f"{item.count} keys are"
        title = say("The {key} {where} the store", key=key, where="still in" if still else "not in")
    return Box("solid", item.number, title, _proofs(item))


def _taken(picture: Picture, row: Row, item: Item, readers: dict[int, Reader]) -> Box:
    what = names(item.keys, item.count, item.things)
    box = Box("solid", item.number, say("This took away {what}", what=what))
    own = picture.steps.get(item.operation)
    stack = f" of {own.stack}" if own is not None and picture.several and own.stack else ""
    ago = "" if item.at is None or row.at is None else f" {length(row.at - item.at)} before"
    sentence = say("which {step}{stack} had put there{ago}.", step=strong(item.step), stack=stack, ago=ago)
    how = _old_copy(row, item, readers) or _HOW.get(item.cause)
    box.sentences.append(sentence)
    if how:
        box.sentences.append(say(how))
    return box


def _old_copy(row: Row, item: Item, readers: dict[int, Reader]) -> str | None:
    """That the taker wrote back what it had read before the victim landed."""
    reader = readers.get(row.step.number) if row.step is not None else None
    if item.cause != "lost_update":
        return None
    before = [as_time(read["at"]) for read in reader.reads] if reader else []
    if not before:
        return "It wrote back a list that was read before the entry was there."
    told = f"It wrote back the list as it had read it at {clock(before[-1])}."
    victim = readers.get(item.operation)
    if reader is not None and reader.unsure and victim is not None:
        told += (
            " Which of the two reads is whose cannot be told; both came before the first of the two writes."
        )
    return told


def _unclear(item: Item) -> Box:
    title = "Cut off: it cannot be told" if item.verdict == "unfinished" else "Cannot be told"
    box = Box("dotted", item.number, _titled(title, item), _proofs(item))
    leaning, reason = item.first["leaning"], item.first["leaning_reason"]
    if leaning is not None:
        why = f": {reason}" if reason else ""
        box.sentences.append(say("Probably {leaning}{why}.", leaning=str(leaning), why=why))
    return box


def _victims(picture: Picture, by_event: dict[str, Row]) -> None:
    """Where an item landed, a link leads to where it was taken away."""
    for item in picture.items:
        row = by_event.get(item.event or "")
        if (
            row is not None
            and item.verdict in ("lost", "mismatched")
            and item.number
            and item not in row.anchors
        ):
            row.full = True
            row.notes.append((link(_FATES[item.verdict], f"#m{item.number}"),))


def _not_drawn(picture: Picture, by_event: dict[str, Row]) -> None:
    """What landed and did not stay, also where there was no room to show what became of it."""
    for item in picture.left:
        row = by_event.get(item.event or "")
        words = _FATES.get(item.verdict)
        note = say(f"{words}; one of those that are listed below" if words else "")
        if row is not None and words and note not in row.notes:
            row.notes.append(note)


def _healed(picture: Picture, by_event: dict[str, Row]) -> None:
    """Where a later deploy put an item right: the hole or the cross stays where it is."""
    for item in picture.items:
        row = by_event.get(item.healer or "")
        if row is None or not item.number:
            continue
        row.full = True
        shown = item.taken_at or item.at
        later = f", {length(row.at - shown)} later" if row.at and shown and row.at > shown else ""
        row.notes.append(
            say("This put right what {number} shows{later}.", number=strong(item.number), later=later)
        )


def _contested(picture: Picture, by_event: dict[str, Row]) -> None:
    """A call that several steps fit, and nothing tells which of them made it."""
    ids = {str(item.first["id"]): item for item in picture.items if item.cause == "contested"}
    if len(ids) < 2:  # noqa: PLR2004 - one alone contests with nobody
        return
    for row in by_event.values():
        if row.mark == "other" and row.call is not None and any(row.call.names):
            fits = [item for item in ids.values() if str(item.first["key"]) == row.call.names[0].text]
            if len(fits) > 1:
                row.notes.append(say(f"One of {len(fits)} steps made this write; nothing tells which."))
                row.fits = [item.operation for item in fits]


def _with_links(rows: Sequence[Row]) -> list[Row]:
    """A row of its own where a record is missing: behind the last change that is known."""
    placed: list[Row] = []
    last: Row | None = None
    for row in rows:
        if row.kind in ("write", "group"):
            if last is not None and not row.linked:
                at = placed.index(last) + 1
                placed.insert(at, _link(last, row))
            last = row
        placed.append(row)
    return placed


def _link(last: Row, then: Row) -> Row:
    row = Row("link", None, (last.order[0] + 0.25, 0, 0), full=True)
    box = Box("dotted", 0, say("Records are missing here"))
    row.boxes.append(box)
    if last.call is None or then.call is None:
        return row
    for other in (last, then):
        other.full = True
    sentence: list[Piece] = list(say("The write at {at}", at=clock(last.at)))
    sentence += say(" returned {etag}", etag=code(last.call.after)) if last.call.after else ()
    sentence += say("; the next one that is known, at {at}", at=moment(then.at, last.at) if then.at else "?")
    sentence += say(", was made on {etag}", etag=code(then.call.before)) if then.call.before else ()
    sentence += say(". At least one write came between.")
    box.sentences.append(tuple(sentence))
    return row


def _end(picture: Picture) -> None:
    """The end of a line that goes on below its last change."""
    if picture.tail == "none":
        return
    changes = [row for row in picture.rows if row.kind in ("write", "group")]
    row = Row("tail", None, (float("inf"), float("inf"), 9), full=True)
    if picture.tail == "dotted":
        row.boxes.append(
            Box(
                "dotted",
                0,
                say("No later write closes the chain" if changes else "No write to this store is recorded"),
            )
        )
    else:
        proofs = [sentence for item in picture.items if item.absent for sentence in _proofs(item)]
        row.notes += proofs[:1] or [say("No later write is recorded.")]
    # A band without a time says nothing about the end of the line.
    place = next((n for n, other in enumerate(picture.rows) if other.kind == "untimed"), len(picture.rows))
    picture.rows.insert(place, row)
