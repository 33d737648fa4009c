"""The baseline: what is written, what is read, and how a run is compared with it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import InputError
from analyzer.gate.baseline import Known, baseline_text, compare, read_baseline
from analyzer.gate.passing import passed
from analyzer.gate.terms import Suppression, Terms
from analyzer.rules.registry import run
from tests.reports.examples import ROUTE, case, write

if TYPE_CHECKING:
    from pathlib import Path

DROPPED = {"verdict": "dropped", "cause": "never_attempted"}
DOUBT = {"verdict": "unverifiable", "confidence": "low"}
KNOWN = case([write(1, **DROPPED), write(2, **ROUTE, **DROPPED)])
MORE = case([write(1, **DROPPED), write(2, **ROUTE, **DROPPED), write(3, key="7c62:/x", **DROPPED)])
TWICE = case([write(1, **DOUBT, cause="trail_too_early"), write(2, **DOUBT, cause="chain_not_closed")])
"""Two findings of LW307 about the same store, with one fingerprint."""


def kept(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_written_and_read_at_once_is_unchanged_and_does_not_count(tmp_path: Path) -> None:
    for known in (KNOWN, MORE, TWICE, case([])):
        file = kept(tmp_path, baseline_text(run(known)))
        found = passed(known, Terms("note", baseline=file), unread=False)
        assert set(found.findings["baseline_state"]) <= {"unchanged"}
        assert found.baseline is not None
        assert (found.baseline.new, found.baseline.unchanged) == (0, found.findings.height)
        assert (found.baseline.gone, found.exit_code) == ((), 0)


def test_the_file_is_sorted_and_has_neither_messages_nor_places() -> None:
    document = json.loads(baseline_text(run(TWICE)))
    (fingerprint,) = set(run(TWICE)["fingerprint"])
    finding = {"code": "LW307", "name": "trail-ends-too-early", "fingerprint": fingerprint, "count": 2}
    assert document == {"schema": "lostwrite.baseline/v1", "findings": [finding]}
    assert baseline_text(run(MORE).reverse()) == baseline_text(run(MORE))


def test_suppressed_findings_are_not_written() -> None:
    terms = Terms(suppressions=(Suppression("x", key="*:routes"),))
    findings = passed(KNOWN, terms, unread=False).findings
    assert [row["count"] for row in json.loads(baseline_text(findings))["findings"]] == [1]


def test_what_the_baseline_does_not_have_is_new_and_counts(tmp_path: Path) -> None:
    file = kept(tmp_path, baseline_text(run(KNOWN)))
    found = passed(MORE, Terms(baseline=file), unread=False)
    assert found.findings.select("write", "baseline_state").rows() == [
        ("w1", "unchanged"),
        ("w2", "unchanged"),
        ("w3", "new"),
    ]
    assert found.exit_code == 1


def test_what_the_run_does_not_have_is_gone(tmp_path: Path) -> None:
    file = kept(tmp_path, baseline_text(run(MORE)))
    found = passed(KNOWN, Terms(baseline=file), unread=False)
    assert found.baseline is not None
    (gone,) = found.baseline.gone
    assert (gone.code, gone.name, gone.count, found.baseline.absent) == ("LW101", "dropped-write", 1, 1)
    assert found.exit_code == 0


def test_one_more_of_the_same_fingerprint_is_new() -> None:
    findings = run(TWICE)
    (fingerprint,) = set(findings["fingerprint"])
    one = Known(code="LW307", name="x", fingerprint=fingerprint, count=1)
    marked, comparison = compare(findings, [one])
    assert marked["baseline_state"].to_list() == ["unchanged", "new"]
    assert (comparison.new, comparison.unchanged, comparison.absent) == (1, 1, 0)
    three = Known(code="LW307", name="x", fingerprint=fingerprint, count=3)
    assert compare(findings, [three])[1].gone == (one,)
    assert compare(findings, [one, one])[1].absent == 0


def test_a_suppressed_finding_takes_no_place_from_an_open_one() -> None:
    findings = run(TWICE).with_columns(suppressed=pl.int_range(2) == 0)
    (fingerprint,) = set(findings["fingerprint"])
    marked, comparison = compare(findings, [Known(code="LW307", name="x", fingerprint=fingerprint, count=1)])
    assert marked["baseline_state"].to_list() == ["new", "unchanged"]
    assert (comparison.new, comparison.unchanged, comparison.absent) == (0, 1, 0)


FINDING = '{"code":"LW101","name":"dropped-write","fingerprint":"0123456789abcdef"}'


def test_members_that_a_later_version_adds_are_let_be(tmp_path: Path) -> None:
    text = f'{{"schema":"lostwrite.baseline/v1","made":1,"findings":[{FINDING[:-1]},"age":3}}]}}'
    (known,) = read_baseline(kept(tmp_path, text))
    assert (known.code, known.count) == ("LW101", 1)


BROKEN = "is no baseline (lostwrite.baseline/v1), or a damaged one"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", BROKEN),
        ("{", BROKEN),
        ("[]", BROKEN),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), BROKEN),
        ("[" * 100_000, BROKEN),
        ('{"schema":"lostwrite.baseline/v1"}', BROKEN),
        ('{"schema":"lostwrite.baseline/v1","findings":[{"code":"LW101"}]}', BROKEN),
        (f'{{"schema":"lostwrite.baseline/v1","findings":[{FINDING[:-1]},"count":0}}]}}', BROKEN),
        (
            '{"schema":"lostwrite.baseline/v1","findings":'
            f"[{FINDING.replace('dropped-write', 'x::set-output')}]}}",
            BROKEN,
        ),
        (
            '{"schema":"lostwrite.baseline/v2","findings":{}}',
            "is lostwrite.baseline/v2, and lostwrite.baseline/v1 is what can be read; it needs a newer lostwrite",
        ),
        (
            '{"schema":"lostwrite.report/v1"}',
            "is lostwrite.report/v1, and lostwrite.baseline/v1 is what can be read",
        ),
        ('{"schema":"::set-output"}', "is no baseline (lostwrite.baseline/v1)"),
    ],
)
def test_what_is_no_baseline_is_refused_in_a_sentence(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_baseline(kept(tmp_path, text))
    assert caught.value.reason == reason


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path, "/dev/zero"):
        with pytest.raises(InputError, match="is no file"):
            read_baseline(place)


def test_a_baseline_that_cannot_be_used_is_an_unread_input_and_marks_nothing(tmp_path: Path) -> None:
    found = passed(KNOWN, Terms(baseline=tmp_path / "none.json"), unread=False)
    ((path, reason),) = found.unread
    assert path.endswith("none.json")
    assert reason
    assert (found.exit_code, found.baseline) == (3, None)
    assert found.findings["baseline_state"].is_null().all()
