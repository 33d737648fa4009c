"""Prefixes that were seen before anchors → the patterns that may be believed.

Source: docs/facts/prefixes.md#2-algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.prefixes.anchors import OPENER, ROW
from analyzer.prefixes.belief import is_covered, reads_as_deploy
from analyzer.prefixes.strip import Prefixes
from analyzer.prefixes.template import Sample, is_prose, splits, template
from analyzer.prefixes.tokens import BLANK, CLOCK, signature, tokens_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.prefixes.template import Template

FOUND: Final = pl.Schema(
    {"line": pl.Int64(), "kind": pl.String(), "text": pl.String(), "prefix": pl.String(), "key": pl.String()}
)
"""Anchors in the order of the log: the place of the line, its `kind` and `text` (`anchors`), what stands before it, and
the same without clocks and numbers."""

_GROUPS: Final = 12  # ways to print that one log may have
_ROUNDS: Final = 4
_SHOWN: Final = 60

Signature = tuple[str, ...]
Groups = dict[Signature, list[Sample]]


class Seen(NamedTuple):
    """What a search has kept: FOUND, lines of the log, and the place of the first of these."""

    found: pl.DataFrame
    lines: pl.Series
    begins: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a log's prefixes.

    Attributes:
        prefixes: that may be believed; None if there are none.
        refused: a prefix that stands before most anchors, but may not be believed; None if there is none.
    """

    prefixes: Prefixes | None = None
    refused: str | None = None


def inferred(seen: Seen) -> Finding:
    """The prefixes that most anchors have."""
    groups = _groups(_samples(seen.found))
    if not groups:
        return Finding()
    example = next(iter(groups.values()))[0].text[:_SHOWN]
    templates: list[Template] = []
    accepted: set[Signature] = set()
    for name in groups:
        if name in accepted or len(accepted) >= _GROUPS:
            continue
        names = [name, *(each for each in groups if each not in accepted and _is_near(name, each))]
        new = [one for each in names for one in _templates(groups[each])]
        if new and not is_prose(groups[name]) and _is_believed(seen, groups, names, new):
            accepted.update(names)
            templates += new
    if not templates:
        telling = seen.found["kind"].is_in([OPENER, ROW]).any()
        return Finding(refused=example if telling and example.strip() else None)
    templates = _completed(seen.found, templates[:_GROUPS], accepted)
    return Finding(Prefixes(tuple(templates), example))


def _samples(found: pl.DataFrame) -> list[Sample]:
    """A sample of each prefix that is not like another, the commonest first."""
    each = (
        found.group_by("key", maintain_order=True)
        .agg(pl.col("prefix").first(), count=pl.len(), openers=(pl.col("kind") == OPENER).sum())
        .sort("count", descending=True, maintain_order=True)
    )
    tokenised = (
        (key, text, tokens_of(text), count, openers)
        for key, text, count, openers in each.select("key", "prefix", "count", "openers").iter_rows()
    )
    return [
        Sample(text, tokens, count, openers, key) for key, text, tokens, count, openers in tokenised if tokens
    ]


def _groups(samples: Iterable[Sample]) -> Groups:
    """The samples by signature, the commonest first."""
    groups: Groups = {}
    for sample in samples:
        groups.setdefault(signature(sample.tokens), []).append(sample)
    return dict(sorted(groups.items(), key=lambda item: -sum(sample.anchors for sample in item[1])))


def _templates(samples: Sequence[Sample]) -> list[Template]:
    return [one for part in splits(samples) if (one := template(part))]


def _is_near(one: Signature, other: Signature) -> bool:
    """Whether two signatures differ in one token: it is another one, or one more."""
    if one == other or (BLANK,) in (one, other):
        return False
    if len(one) == len(other):
        return sum(left != right for left, right in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _is_believed(
    seen: Seen, groups: Groups, names: Collection[Signature], templates: Sequence[Template]
) -> bool:
    keys = [sample.key for name in names for sample in groups[name]]
    mine = seen.found.filter(pl.col("key").is_in(keys))
    if not reads_as_deploy(mine):
        return False
    first, last = (int(mine["line"][at]) - seen.begins for at in (0, -1))
    between = seen.lines.slice(first, last - first + 1)
    matched = between.str.contains(Prefixes(tuple(templates), "").pattern)
    return is_covered(int(matched.sum()), len(between))


def _completed(
    found: pl.DataFrame, templates: list[Template], accepted: Collection[Signature]
) -> list[Template]:
    """`templates` and those of the anchors that they do not cut where these begin, in at most four rounds.

    In a log that is believed others of the same program print too: like an accepted one, or behind the same clock.
    """
    clocked = any(name[0] == CLOCK for name in accepted)
    left = _miscut(found, templates)
    for _ in range(_ROUNDS):
        groups = _groups(_samples(left)) if left.height and len(templates) < _GROUPS else {}
        more = [
            one
            for name, samples in groups.items()
            if (clocked and name[0] == CLOCK)
            or any(name == each or _is_near(name, each) for each in accepted)
            for one in _templates(samples)
        ]
        tried = [(_miscut(found, each), each) for each in ([*templates, *more], [*more, *templates]) if more]
        if not tried:
            break
        best, order = min(tried, key=lambda each: each[0].height)
        if best.height >= left.height:
            break
        left, templates = best, order[:_GROUPS]
    return templates


def _miscut(found: pl.DataFrame, templates: Sequence[Template]) -> pl.DataFrame:
    """The anchors that are not what is left of their lines."""
    line = pl.col("prefix") + pl.col("text")
    return found.filter(line.str.replace(Prefixes(tuple(templates), "").pattern, "") != pl.col("text"))
