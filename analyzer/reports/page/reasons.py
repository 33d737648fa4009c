"""Why an item is not in place, and how sure that is: a sentence for each cause, one table for all of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.reports.page.said import Sentence, code, say, stated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.page.items import Item

_FEW: Final = 3
_NO_LIST: Final = "GetKey found no such key"
_WHY: Final = {
    "lost_update": "Two steps changed one list at once; the later one wrote back an older copy.",
    "namespace_collision": "Two stacks share one namespace; removing one deleted the keys of the other.",
    "deleted": "A later call deleted what it did not know.",
    "read_failed": "The read before the write failed, and the deploy took that for success.",
    "access_denied": "The role may not call {api}.",
    "throttled": "AWS throttled the calls, and the deploy did not try again.",
    "precondition_failed": "The store had changed since its ETag was read, and the deploy did not try again.",
    "quota": "A limit of the store was reached.",
    "not_found": "The store was not there.",
    "conflict": "The store was not ready.",
    "service_error": "The call failed on the side of AWS.",
    "interrupted": "The deploy stopped before the step had ended.",
    "missing": "The listing does not hold it, and no call that was read took it away.",
    "other_value": "The listing holds another value, and no call that was read wrote it.",
    "still_there": "The listing still holds it, and no call that was read wrote it again.",
}
"""A sentence for each cause. Of a cause that is not here the evidence speaks below."""


def causes(items: Sequence[Item]) -> list[Sentence]:
    """Why the items are not in place, or cannot be judged: the first few sentences."""
    found: dict[Sentence, None] = {}
    for item in items:
        if item.verdict == "unverifiable":
            for proof in item.proofs:
                if proof.kind != "call" and proof.text:
                    found[stated(proof.text)] = None
        elif (sentence := _why(item)) is not None:
            found[sentence] = None
    return list(found)[:_FEW]


def _why(item: Item) -> Sentence | None:
    if item.cause == "never_attempted":
        no_list = any(proof.kind == "call" and proof.text == _NO_LIST for proof in item.proofs)
        return say(
            "The list did not exist yet, and the write was never tried."
            if no_list
            else "The write was never tried."
        )
    template = _WHY.get(item.cause)
    api = str(item.first["error_api"] or "UpdateKeys")
    return None if template is None else say(template, api=code(api))


def how_sure(bad: Sequence[Item]) -> list[Sentence]:
    """How sure the verdicts are, and on what that rests."""
    return list(dict.fromkeys(_sure(item) for item in bad))[:_FEW]


def _sure(item: Item) -> Sentence:
    kinds = {proof.kind for proof in item.proofs}
    if item.confidence == "proven":
        if "chain" in kinds:
            return say("Proven: the chain of ETags below is unbroken.")
        if item.refused:
            return say("Proven: the refusal itself is recorded.")
        return say(
            "Proven by the listing of the store." if "keys" in kinds else "Proven by the records below."
        )
    if item.confidence == "high":
        return _high(item, kinds)
    return say("Low: it is likely, and not shown; see what would decide.")


def _high(item: Item, kinds: set[str]) -> Sentence:
    if item.verdict == "lost" and item.cause == "lost_update":
        return say("High: the chain orders the writes, but only whole seconds order the reads.")
    if item.first["pattern"] and item.absent:
        return say("High: no call that fits came, but the log does not name the key whole.")
    if "chain" in kinds and not item.first["joined"]:
        return say("High: the chain below is unbroken, but the log's clock is not tied to the trail.")
    if "chain" in kinds:
        return say("High: the chain below is unbroken, but a call of another step might have been this one.")
    if "keys" in kinds:
        return say("High: the listing shows it, but a later call may have changed it.")
    return say("High: the records show it, but no chain of ETags proves it.")
