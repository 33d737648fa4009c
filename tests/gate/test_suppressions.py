"""Suppressions: what they fit, what becomes of the others, and what is told of the suppressions themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import UsageError
from analyzer.gate.passing import passed
from analyzer.gate.suppressions import require_rules, suppress
from analyzer.gate.terms import Suppression, Terms
from analyzer.rules.registry import run
from tests.reports.examples import DEPLOY, ROUTE, STORE, case, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

DROPPED = {"verdict": "dropped", "cause": "never_attempted"}
DOUBT = {"verdict": "unverifiable", "cause": "trail_gap", "confidence": "low"}
KNOWN = case([write(1, **DROPPED), write(2, **ROUTE, **DROPPED), write(3, **DOUBT)])
"""LW101 of 7c62:metadata, LW101 of 7c62:routes, and LW302 of the store."""

TODAY = date(2026, 5, 1)


def fitted(**asked: object) -> list[bool]:
    suppression = Suppression("known", **asked)  # type: ignore[arg-type] # a table of cases
    return suppress(run(KNOWN), KNOWN, [suppression], TODAY)[0]["suppressed"].to_list()


ALL, ONE, OTHER, SHARED, NONE = (
    [True, True, True],
    [True, False, False],
    [False, True, False],
    [False, False, True],
    [False, False, False],
)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"rule": "LW101"}, [True, True, False]),
        ({"rule": "lw101"}, [True, True, False]),
        ({"rule": "Dropped-Write"}, [True, True, False]),
        ({"rule": "LW3*"}, SHARED),
        ({"rule": "LW?0?"}, ALL),
        ({"rule": "LW10"}, NONE),
        ({"key": "7c62:routes"}, OTHER),
        ({"key": "7c62:*"}, [True, True, False]),
        ({"key": "*"}, [True, True, False]),
        ({"key": "7C62:routes"}, NONE),
        ({"key": "7c62:r.utes"}, NONE),
        ({"key": "[7]*"}, NONE),
        ({"rule": "LW101", "key": "*:metadata"}, ONE),
        ({"resource": "SiteRoutesUpdate"}, OTHER),
        ({"resource": "Site*.sst.aws.KvRoutesUpdate"}, OTHER),
        ({"resource": "routesupdate"}, NONE),
        ({"store": STORE}, ALL),
        ({"store": STORE.rpartition("/")[2]}, ALL),
        ({"store": "5f1c0d2e*"}, ALL),
        ({"store": "arn:aws:cloudfront::*"}, ALL),
        ({"store": "5f1c0d2e"}, NONE),
        ({"rule": "*", "app": "shop", "stage": "prod"}, ALL),
        ({"rule": "*", "app": "shop", "stage": "dev"}, NONE),
        ({"rule": "*", "app": "sh*"}, NONE),
    ],
)
def test_what_a_suppression_fits(asked: dict[str, object], fits: list[bool]) -> None:
    assert fitted(**asked) == fits


def test_the_reason_is_that_of_the_first_that_fits() -> None:
    suppressions = [
        Suppression("by key", key="*:routes"),
        Suppression("by rule", rule="LW1*"),
    ]
    findings, told = suppress(run(KNOWN), KNOWN, suppressions, TODAY)
    assert findings["suppression"].to_list() == ["by rule", "by key", None]
    assert told.select("state", "findings").rows() == [("used", 1), ("used", 2)]


@pytest.mark.parametrize(
    ("expires", "suppressed"),
    [(date(2026, 4, 30), False), (date(2026, 5, 1), True), (date(2026, 5, 2), True), (None, True)],
)
def test_a_suppression_holds_up_to_its_last_day(expires: date | None, *, suppressed: bool) -> None:
    assert fitted(rule="LW302", expires=expires)[2] is suppressed
    always = suppress(run(KNOWN), KNOWN, [Suppression("x", rule="LW302", expires=expires)], None)
    assert always[0]["suppressed"][2]


def told(*suppressions: Suppression, known: Case = KNOWN) -> list[tuple[object, ...]]:
    found = passed(known, Terms(suppressions=suppressions, today=TODAY), unread=False).findings
    about_them = found.filter(pl.col("code").is_in(["LW319", "LW320"]))
    return about_them.select("code", "severity", "source", "line", "message").rows()


def test_one_that_expired_is_told_with_its_place() -> None:
    place = {"source": "pyproject.toml", "line": 12}
    fits = Suppression("x", rule="LW101", expires=date(2026, 1, 31), **place)  # type: ignore[arg-type]
    one = replace(fits, key="*:routes")
    none = replace(fits, rule="LW104")
    assert [row[-1] for row in told(fits, one, none)] == [
        "The suppression of rule LW101 expired on 2026-01-31: 2 findings that it fits count again.",
        "The suppression of rule LW101, key *:routes expired on 2026-01-31: 1 finding that it fits counts again.",
        "The suppression of rule LW104 expired on 2026-01-31: nothing of this run fits it.",
    ]
    assert told(fits)[0][:4] == ("LW319", "warning", "pyproject.toml", 12)


def test_one_that_fits_nothing_is_told_with_its_place() -> None:
    unused = Suppression("x", key="7c62:route", source="lostwrite.toml", line=3)
    message = "The suppression of key 7c62:route fits no finding of this run."
    assert told(unused) == [("LW320", "note", "lostwrite.toml", 3, message)]


def test_one_for_another_app_or_stage_is_not_told_of() -> None:
    elsewhere = Suppression("x", rule="LW104", stage="dev")
    assert told(elsewhere) == []
    assert told(replace(elsewhere, expires=date(2026, 1, 1))) == []
    assert told(elsewhere, known=case([], [DEPLOY | {"stage": "dev"}]))[0][0] == "LW320"


def test_what_is_told_of_suppressions_cannot_be_suppressed() -> None:
    everything = Suppression("x", rule="*")
    unused = Suppression("y", rule="LW104")
    found = passed(KNOWN, Terms(suppressions=(everything, unused)), unread=False).findings
    assert found.filter(~pl.col("suppressed"))["code"].to_list() == ["LW320"]


def test_two_suppressions_have_two_fingerprints_and_keep_them_on_other_lines() -> None:
    def fingerprints(line: int) -> list[str]:
        pair = [Suppression("x", rule=rule, source="a", line=line) for rule in ("LW104", "LW105")]
        found = passed(KNOWN, Terms(suppressions=tuple(pair)), unread=False).findings
        return found.filter(pl.col("code") == "LW320")["fingerprint"].to_list()

    one, other = fingerprints(1)
    assert one != other
    assert fingerprints(7) == [one, other]


@pytest.mark.parametrize("rule", ["LW101", "lw101", "dropped-write", "LW1*", "*"])
def test_a_rule_that_exists(rule: str) -> None:
    require_rules([Suppression("x", rule=rule), Suppression("x", key="k")])


@pytest.mark.parametrize("rule", ["LW999", "LW9*", "dropped", "LW101 "])
def test_a_rule_that_does_not_exist_is_refused_with_its_place(rule: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_rules([Suppression("x", rule=rule, source="lostwrite.toml", line=4)])
    assert str(caught.value) == f"lostwrite.toml:4: there is no rule {rule!r}; `lostwrite rules` lists them"


def test_a_glob_of_many_stars_takes_no_longer_than_others() -> None:
    long = case([write(1, **DROPPED, key="a" * 500)])
    glob = Suppression("x", key="*a" * 200 + "*b")
    assert not suppress(run(long), long, [glob], TODAY)[0]["suppressed"].any()
