"""What the registry adds to what the rules find: order, fingerprints, the schema."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.rules import registry
from analyzer.rules.interface import Case, Rule
from analyzer.severities import SEVERITIES
from analyzer.tables import FINDINGS
from tests.reports.examples import DEPLOY, ROUTE, case, write

DROPPED = {"verdict": "dropped", "cause": "never_attempted"}


def fingerprints(known: Case) -> list[str]:
    return registry.run(known)["fingerprint"].to_list()


def test_rules_are_sorted_and_named_by_their_module() -> None:
    rules = registry.rules()
    codes = [rule.CODE for rule in rules]
    assert codes == sorted(set(codes))
    assert len({rule.NAME for rule in rules}) == len(codes)
    for rule in rules:
        assert isinstance(rule, Rule)
        assert getattr(rule, "__name__", "") == f"analyzer.rules.{rule.CODE.lower()}"
        assert rule.SEVERITY in SEVERITIES


@pytest.mark.parametrize("asked", ["LW101", "lw101", " dropped-write ", "Dropped-Write"])
def test_rule_by_code_or_name(asked: str) -> None:
    found = registry.rule(asked)
    assert found is not None
    assert found.CODE == "LW101"


def test_no_rule_of_that_code() -> None:
    assert registry.rule("LW999") is None


def test_nothing_found_has_the_schema() -> None:
    found = registry.run(case([]))
    assert found.is_empty()
    assert found.schema == FINDINGS


def test_order_is_severity_code_then_write() -> None:
    found = registry.run(
        case(
            [
                write(1, recovered=1),
                write(2, verdict="unfinished"),
                write(3, verdict="lost", cause="lost_update"),
                write(10, **DROPPED),
                write(4, **DROPPED),
            ]
        )
    )
    assert found.select("code", "write").rows() == [
        ("LW101", "w10"),
        ("LW101", "w4"),
        ("LW104", "w3"),
        ("LW107", "w2"),
        ("LW108", "w1"),
    ]


def test_fingerprint_is_16_hex_and_survives_a_new_deploy_and_new_lines() -> None:
    before = case([write(1, **ROUTE, **DROPPED)])
    again = case(
        [
            write(2, start=None, end=None),
            write(9, **ROUTE, **DROPPED, deploy="d7", line=999, source="other.log"),
        ],
        [{**DEPLOY, "id": "d7"}, DEPLOY],
    )
    (fingerprint,) = fingerprints(before)
    assert fingerprints(again) == [fingerprint]
    assert len(fingerprint) == 16
    assert int(fingerprint, 16) >= 0


@pytest.mark.parametrize(
    "differs",
    [{"key": "7c62:/x"}, {"entry": "site,50f6,,/docs"}, {"name": "OtherKvKeys.sst.aws.KvKeys"}],
)
def test_fingerprint_tells_writes_apart(differs: dict[str, object]) -> None:
    one, other = fingerprints(case([write(1, **DROPPED), write(2, **DROPPED, **differs)]))
    assert one != other


@pytest.mark.parametrize("differs", [{"app": "blog"}, {"stage": "dev"}, {"stage": None}])
def test_fingerprint_tells_stages_apart(differs: dict[str, object]) -> None:
    writes = [write(1, **DROPPED)]
    assert fingerprints(case(writes)) != fingerprints(case(writes, [{**DEPLOY, **differs}]))


def test_a_deploy_that_is_not_in_the_table_is_no_obstacle() -> None:
    found = registry.run(case([write(1, **DROPPED, deploy="gone")], []))
    assert found["deploy"].to_list() == ["gone"]
    assert found.filter(pl.col("fingerprint").is_null()).is_empty()
