"""`python -m tests.world N [--seed S]`: N scenarios from seed S on, the table, and what to look at.

Exit code 1 if a verdict `dropped`, `landed` or `lost` is false.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING

from tests.world.compare import score
from tests.world.scenario import scenario
from tests.world.score import FORMS, Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERDICTS = ("landed", "lost", "errored", "dropped", "unfinished", "mismatched", "unverifiable")
FATES = ("landed", "lost", "restored", "errored", "dropped", "unfinished", "moot")
LEVELS = ("proof", "likely", "")
SHOWN = 12


def score_seeds(seeds: Iterable[int], forms: tuple[str, ...] = FORMS) -> Score:
    """The score of the scenarios of `seeds`."""
    total = Score()
    for seed in seeds:
        total.add(score(scenario(seed), forms))
    return total


def table(total: Score, form: str) -> Iterator[str]:
    """Truth by verdict; then precision, recall and misses of each verdict."""
    yield f"{form}: rows are the truth, columns the verdict"
    yield f"{'':12}" + "".join(f"{verdict:>13}" for verdict in VERDICTS)
    for fate in FATES:
        cells = [sum(total.counts[form, fate, verdict, level] for level in LEVELS) for verdict in VERDICTS]
        if any(cells):
            yield f"{fate:12}" + "".join(f"{cell:>13}" for cell in cells)
    yield ""
    heads = ("given", "false", "precision", "provable", "recall", "likely", "recall")
    yield f"{'verdict':12}" + "".join(f"{head:>11}" for head in heads)
    for verdict in ("landed", "lost", "errored", "dropped", "unfinished"):
        yield _line(total, form, verdict)


def _line(total: Score, form: str, verdict: str) -> str:
    given = sum(count for (f, _, v, _), count in total.counts.items() if f == form and v == verdict)
    false = sum(d.what == "false" and d.form == form and d.verdict == verdict for d in total.disagreements)
    cells = [f"{1 - false / given:.4f}" if given else "-"]
    for level in ("proof", "likely"):
        known = sum(total.counts[form, verdict, v, level] for v in VERDICTS)
        right = total.counts[form, verdict, verdict, level]
        cells += [str(known), f"{right / known:.4f}" if known else "-"]
    return f"{verdict:12}" + "".join(f"{cell:>11}" for cell in (given, false, *cells))


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; gives the exit code."""
    options = _options(arguments)
    began = time.monotonic()
    seeds = range(options.seed, options.seed + options.scenarios)
    forms = (options.form,) if options.form else FORMS
    parts = [seeds[start :: options.jobs] for start in range(options.jobs)]
    total = Score()
    if options.jobs == 1:
        total = score_seeds(seeds, forms)
    else:
        with ProcessPoolExecutor(options.jobs, get_context("spawn"), end_with_the_parent) as pool:
            for part in pool.map(score_seeds, parts, [forms] * len(parts)):
                total.add(part)
    lines = [f"{total.scenarios} scenarios, {total.writes} writes, {time.monotonic() - began:.0f} s", ""]
    for form in forms:
        lines += [*table(total, form), ""]
    lines += _to_look_at(total)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(each.grave for each in total.disagreements))


def end_with_the_parent() -> None:
    """A worker ends when the process that started it does, however that ended."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


def _to_look_at(total: Score) -> Iterator[str]:
    total.disagreements.sort(key=lambda each: (not each.grave, each.form, each.what, each.seed))
    classes = Counter((each.form, each.what, each.truth, each.verdict) for each in total.disagreements)
    shown: Counter[tuple[str, str, str, str]] = Counter()
    for each in total.disagreements:
        kind = (each.form, each.what, each.truth, each.verdict)
        if not shown[kind]:
            yield f"{' '.join(kind[:2])}: truth {each.truth}, verdict {each.verdict}: {classes[kind]}"
        shown[kind] += 1
        if shown[kind] <= (SHOWN if each.grave else 3):
            yield f"  {each}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.world")
    parser.add_argument("scenarios", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--form", choices=FORMS)
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args(arguments)
