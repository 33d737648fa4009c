"""`python -m tests.world N [--seed S]`: N scenarios from seed S on, the tables, and what to look at.

Every kind of hostility is on, and mixed; `--only` and `--without` choose (`hostile/switches.py`). The exit code is 1 if
a verdict `dropped`, `lost` or (unless its confidence is low) `landed` is false.
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
from tests.world.hostile.switches import EXTRA, NONE, SWITCHES, chosen
from tests.world.scenario import scenario
from tests.world.score import FORMS, KIND_FORMS, Score
from tests.world.tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHOWN = 12


def score_seeds(
    seeds: Iterable[int], forms: tuple[str, ...] = KIND_FORMS, hostile: frozenset[str] = NONE
) -> Score:
    """The score of the scenarios of `seeds`; without `forms`, in those that each seed decides."""
    total = Score()
    for seed in seeds:
        total.add(score(scenario(seed, hostile=hostile), forms))
    return total


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; gives the exit code."""
    options = _options(arguments)
    began = time.monotonic()
    seeds = range(options.seed, options.seed + options.scenarios)
    hostile = chosen(options.only, options.without) if not options.kind else NONE
    forms = (options.form,) if options.form else ()
    parts = [seeds[start :: options.jobs] for start in range(options.jobs)]
    total = Score()
    if options.jobs == 1:
        total = score_seeds(seeds, forms, hostile)
    else:
        with ProcessPoolExecutor(options.jobs, get_context("spawn"), end_with_the_parent) as pool:
            for part in pool.map(score_seeds, parts, [forms] * len(parts), [hostile] * len(parts)):
                total.add(part)
    lines = [f"{total.scenarios} scenarios, {total.writes} writes, {time.monotonic() - began:.0f} s", ""]
    lines += [f"on: {', '.join(sorted(hostile)) or 'no hostility'}", ""]
    lines += [*tables(total), *_to_look_at(total)]
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
    parser.add_argument("--only", choices=(*SWITCHES, *EXTRA), action="append", default=[])
    parser.add_argument("--without", choices=SWITCHES, action="append", default=[])
    parser.add_argument("--kind", action="store_true", help="no hostility at all")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args(arguments)
