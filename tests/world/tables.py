"""The tables of a run: truth by verdict, precision and recall, leanings, alignments, times."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.world.score import FALSE, FALSE_LOW, FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world.score import Score

VERDICTS = ("landed", "lost", "errored", "dropped", "unfinished", "mismatched", "unverifiable")
FATES = ("landed", "lost", "restored", "errored", "dropped", "unfinished", "moot")
LEVELS = ("proof", "likely", "")


def tables(total: Score) -> Iterator[str]:
    """All of them, form by form."""
    for form in FORMS:
        if any(each == form for each, *_ in total.counts):
            yield from (*table(total, form), "")
    yield from _leanings(total)
    yield from _alignments(total)
    for form, times in total.milliseconds.items():
        yield f"{form}: {median(times):.0f} ms a deploy (median of {len(times)} runs)"
    yield ""


def table(total: Score, form: str) -> Iterator[str]:
    """Truth by verdict; then precision, recall and misses of each verdict."""
    yield f"{form}: rows are the truth, columns the verdict"
    yield f"{'':12}" + "".join(f"{verdict:>13}" for verdict in VERDICTS)
    for fate in FATES:
        cells = [sum(total.counts[form, fate, verdict, level] for level in LEVELS) for verdict in VERDICTS]
        if any(cells):
            yield f"{fate:12}" + "".join(f"{cell:>13}" for cell in cells)
    yield ""
    heads = (
        "given",
        "false",
        "false low",
        "precision",
        "provable",
        "recall",
        "likely",
        "recall",
        "all",
        "recall",
    )
    yield f"{'verdict':12}" + "".join(f"{head:>10}" for head in heads)
    for verdict in ("landed", "lost", "errored", "dropped", "unfinished"):
        yield _line(total, form, verdict)


def _line(total: Score, form: str, verdict: str) -> str:
    given = sum(count for (f, _, v, _), count in total.counts.items() if f == form and v == verdict)
    false, low = (
        sum(d.what == what and d.form == form and d.verdict == verdict for d in total.disagreements)
        for what in (FALSE, FALSE_LOW)
    )
    cells = [_share(given - false - low, given)]
    for levels in (("proof",), ("likely",), LEVELS):
        known = sum(total.counts[form, verdict, v, level] for v in VERDICTS for level in levels)
        right = sum(total.counts[form, verdict, verdict, level] for level in levels)
        cells += [str(known), _share(right, known)]
    return f"{verdict:12}" + "".join(f"{cell:>10}" for cell in (given, false, low, *cells))


def _leanings(total: Score) -> Iterator[str]:
    """How often the truth is what a doubt leans to."""
    leanings = sorted({(form, leaning) for form, leaning, _ in total.leanings})
    if leanings:
        yield f"{'leaning':24}{'given':>10}{'right':>10}"
    for form, leaning in leanings:
        right, wrong = (total.leanings[form, leaning, each] for each in (True, False))
        yield f"{form + ': ' + leaning:24}{right + wrong:>10}{_share(right, right + wrong):>10}"
    if leanings:
        right = sum(count for (*_, each), count in total.leanings.items() if each)
        every = sum(total.leanings.values())
        yield f"{'all':24}{every:>10}{_share(right, every):>10}"
        yield ""


def _alignments(total: Score) -> Iterator[str]:
    """How many deploys are aligned, and how many of these wrongly."""
    if not total.alignments:
        return
    words = ("right", "wrong", "none taken", "not in the trail")
    yield f"{'alignment':50}" + "".join(f"{word:>18}" for word in words) + f"{'share':>10}"
    for form, where in sorted({key[:2] for key in total.alignments}):
        every = sum(count for key, count in total.alignments.items() if key[:2] == (form, where))
        for state in sorted({key[2] for key in total.alignments if key[:2] == (form, where)}):
            cells = [total.alignments[form, where, state, word] for word in words]
            head = f"{form}, {where}: {state}"
            yield f"{head:50}" + "".join(f"{cell:>18}" for cell in cells) + f"{_share(sum(cells), every):>10}"
    yield ""


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"
