"""`python -m tests.world.stacks N [--seed S]`: how many of N deploys are aligned, and how many of these wrongly.

Wrong is another writer, or an offset that is out by more than 2.5 s. Where each log has a clock of its own, the deploys
are aligned each by itself; where a stack has one, with the other logs of the stack too.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from time import process_time
from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.align import Alignment, align
from tests.world.stacks_model import Shape, World, world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLAIN = Shape(hashed=0.0)
SHAPES = {
    "hashed": Shape(),
    "half": Shape(hashed=0.5),
    "plain": PLAIN,
    "plain, close": replace(PLAIN, close=1.0),
    "tight": Shape(tight=True),
    "hell": Shape(hashed=0.0, close=1.0, missing=0.1, drops=0.2, absent=0.1, nothing=0.1),
    "steps": Shape(steps=0.3),
    "real": Shape(absent=0.01, drops=0.02, missing=0.01, close=0.2, clock="mixed"),
}
_NEAR = 3.5
_WRONG = 2.5


@dataclass(slots=True)
class Score:
    """What came of the deploys.

    Attributes:
        deploys: whose logs are available.
        present: of these, those with a successful call in the trail.
        near: aligned within 3.5 s of a right clock.
        near_wrong: of these, wrongly.
        away: aligned elsewhere.
        away_wrong: of these, wrongly.
        tied: of those near, by the clock alone.
        stepped: aligned deploys within which the clock stepped.
        stepped_seen: of these, those of which that is said.
        stepped_false: other aligned deploys of which it is said.
    """

    deploys: int = 0
    present: int = 0
    near: int = 0
    near_wrong: int = 0
    away: int = 0
    away_wrong: int = 0
    tied: int = 0
    stepped: int = 0
    stepped_seen: int = 0
    stepped_false: int = 0

    def add(self, made: World, alignment: Alignment) -> list[str]:
        """Counts what `alignment` says of the deploys of `made`; gives those that are wrong."""
        writers: dict[str, set[tuple[str, str]]] = {}
        for deploy, caller, key in alignment.writers.rows():
            writers.setdefault(deploy, set()).add((caller, key))
        steps = dict(alignment.states.select("deploy", "stepped").rows())
        ties = dict(alignment.states.select("deploy", "tied").rows())
        wrongly = []
        for row in alignment.table.iter_rows(named=True):
            truth = made.truth[row["deploy"]]
            self.deploys += 1
            self.present += truth.recorded > 0
            if row["state"] != "aligned":
                continue
            offset = max(((one["low"] + one["high"]) / 2 for one in row["offsets"]), key=truth.error)
            wrong = writers[row["deploy"]] != {truth.writer} or truth.error(offset) > _WRONG
            self.stepped += truth.second is not None
            self.stepped_seen += truth.second is not None and steps[row["deploy"]]
            self.stepped_false += truth.second is None and steps[row["deploy"]]
            if wrong:
                wrongly.append(row["deploy"])
            if abs(offset) <= _NEAR:
                self.near += 1
                self.near_wrong += wrong
                self.tied += ties[row["deploy"]]
            else:
                self.away += 1
                self.away_wrong += wrong
        return wrongly

    def line(self) -> str:
        """One row of the report."""
        return (
            f"{self.deploys:6} {self.present:7}   {self.near:6} / {self.near_wrong:<4} ({self.tied} tied)"
            f"   {self.away:6} / {self.away_wrong:<4}  {(self.near + self.away) / max(self.present, 1):.3f}"
            f"  {self.stepped_seen} of {self.stepped}, {self.stepped_false} more"
        )


def alone(seeds: Sequence[int], shape: Shape) -> tuple[Score, float, list[str]]:
    """Each deploy by itself; the score, milliseconds a deploy, and what is wrong."""
    made = World()
    for seed in seeds:
        world(seed, shape, made)
    tables = made.tables()
    began = process_time()
    alignment = align(*tables, together=False)
    spent = process_time() - began
    score = Score()
    wrong = score.add(made, alignment)
    return score, 1000 * spent / max(score.deploys, 1), wrong


def together(seeds: Sequence[int], shape: Shape) -> tuple[Score, float, list[str]]:
    """The deploys of each stack together."""
    score, spent, wrong = Score(), 0.0, []
    for seed in seeds:
        made = world(seed, shape)
        writes, deploys, calls = made.tables()
        for stack in _stacks(deploys):
            ids = stack["id"].implode()
            began = process_time()
            alignment = align(writes.filter(pl.col("deploy").is_in(ids)), stack, calls)
            spent += process_time() - began
            wrong += score.add(made, alignment)
    return score, 1000 * spent / max(score.deploys, 1), wrong


def _stacks(deploys: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for (_,), stack in deploys.group_by("stack", maintain_order=True):
        yield stack


def main() -> int:
    """Prints a row for each shape and clock."""
    parser = argparse.ArgumentParser(prog="python -m tests.world.stacks", description=__doc__)
    parser.add_argument("deploys", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="shapes whose name holds this")
    parser.add_argument("--clock", default="", help="right, uniform, mixed or shared: only this one")
    given = parser.parse_args()
    worlds = max(1, given.deploys // 34)
    seeds = range(given.seed * 10_000, given.seed * 10_000 + worlds)
    say = sys.stdout.write
    say(f"{'':26}deploys present   near zero / wrong   away / wrong   recall  steps seen   ms\n")
    for name, shape in SHAPES.items():
        if given.only not in name:
            continue
        clocks = ("mixed",) if shape.clock == "mixed" else ("right", "uniform", "mixed", "shared")
        for clock in (clock for clock in clocks if given.clock in clock):
            ways = (("alone", alone), ("together", together)) if clock == "shared" else (("alone", alone),)
            for way, run in ways:
                score, spent, wrong = run(seeds, replace(shape, clock=clock))
                say(f"{name + ' ' + clock + ' ' + way:26}{score.line()}  {spent:.2f} {' '.join(wrong[:6])}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
