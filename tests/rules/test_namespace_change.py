"""LW202 in text, which names the changed properties and no more."""

from __future__ import annotations

import pytest

from analyzer.logs.read import read_logs
from analyzer.rules import lw202
from analyzer.rules.interface import Case
from analyzer.sources.source import Source
from analyzer.tables import CALLS, EVIDENCE, INPUTS, STORES, empty
from tests.reports.made import case

STEP = " ~  pulumi-nodejs:dynamic:Resource SiteKvKeys.sst.aws.KvKeys updated (1s) [diff: ~{}]\n"


def messages(log: str) -> list[str]:
    read = read_logs([Source("log", None, log.encode())])
    known = case([], read.deploys.to_dicts())
    found = lw202.find(
        Case(
            read.deploys,
            known.writes,
            empty(EVIDENCE),
            empty(CALLS),
            empty(STORES),
            empty(INPUTS),
            events=read.events,
        )
    )
    return [] if found.is_empty() else found["message"].to_list()


@pytest.mark.parametrize(
    ("header", "changed", "count"),
    [
        ("Updating", "namespace", 1),
        ("Updating", "entries,namespace", 1),
        ("Updating", "namespace,store", 0),  # in another store all entries are written
        ("Updating", "entries", 0),
        ("Refreshing", "namespace", 0),  # it changes the state alone
        ("Previewing update", "namespace", 0),
    ],
)
def test_another_namespace_in_the_same_store_is_told(header: str, changed: str, count: int) -> None:
    log = f"{header} (prod):\n{STEP.format(changed)}Resources:\n    ~ 1 updated\n\nDuration: 5s\n"
    assert len(messages(log)) == count
