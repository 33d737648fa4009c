"""Suppressions and baselines from the command line, over a real incident: found, marked, counted, written."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_exit_codes import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

FOLDER = SAMPLES / "first-route-never-written"
CHECK = ["check", str(FOLDER / "deploy"), "--trail", str(FOLDER / "trail")]
NO_TRAIL = CHECK[:2]
ANSWER = "1 of 4 writes never landed: dropped (proven)"
SUPPRESS = '[[lostwrite.suppress]]\nkey = "ea01:*"\nreason = "SST 3.10.0: \\u001b[31m known"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(lostwrite: Run, *options: str, words: list[str] = CHECK) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(lostwrite(*words, "--format", "json", *options).out)
    return loaded


def test_a_suppressed_finding_is_counted_and_told_and_fails_nothing(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(SUPPRESS)
    outcome = lostwrite(*CHECK, "--fail-on", "note")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(ANSWER)
    assert outcome.out.endswith("\n0 findings (2 suppressed).\n")  # and the defect that it looks like, LW209
    assert "dropped-write (lostwrite explain LW101), suppressed: SST 3.10.0: \\x1b[31m known\n" in outcome.out


def test_a_suppression_changes_no_verdict_and_no_suppress_lets_it_be(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(SUPPRESS + '[[lostwrite.suppress]]\nrule = "LW102"\nreason = "x"\n')
    found, plain = report(lostwrite), report(lostwrite, "--no-suppress")
    assert found["writes"] == plain["writes"]
    finding = found["findings"][0]
    assert (finding["suppressed"], finding["suppression"]) == (True, "SST 3.10.0: \x1b[31m known")
    counts = ("findings", "suppressed", "exit_code")
    assert [found["summary"][name] for name in counts] == [{"error": 0, "warning": 0, "note": 1}, 2, 0]
    assert [plain["summary"][name] for name in counts] == [{"error": 1, "warning": 0, "note": 1}, 0, 1]


def test_a_reason_with_a_credential_is_redacted(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(SUPPRESS.replace("known", "password=hunter22"))
    for words in ([*CHECK, "--format", "json"], ["config"], ["config", "--format", "json"]):
        out = lostwrite(*words).out
        assert "hunter22" not in out
        assert "SST 3.10.0" in out


def test_suppressions_that_expired_or_fit_nothing_are_findings_with_their_place(
    lostwrite: Run, here: Path
) -> None:
    (here / "pyproject.toml").write_text(
        '[project]\nname = "x"\n\n[[tool.lostwrite.suppress]]\nrule = "LW101"\nreason = "x"\nexpires = 2020-01-01\n'
        '[[tool.lostwrite.suppress]]\nrule = "LW102"\nreason = "y"\n'
    )
    found = [
        (finding["code"], finding["severity"], finding["location"])
        for finding in report(lostwrite)["findings"]
    ]
    assert [each for each in found if each[0] in {"LW319", "LW320"}] == [
        ("LW319", "warning", {"source": "pyproject.toml", "line": 4}),
        ("LW320", "note", {"source": "pyproject.toml", "line": 8}),
    ]


def test_a_rule_that_does_not_exist_is_wrong_usage(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text('[lostwrite]\n[[lostwrite.suppress]]\nrule="LW999"\nreason = "x"\n')
    for words in (CHECK, ["config"]):
        outcome = lostwrite(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            "lostwrite: lostwrite.toml:2: there is no rule 'LW999'; `lostwrite rules` lists them\n"
        )


def test_a_doubt_that_is_suppressed_with_a_reason_is_no_doubt_for_the_gate(
    lostwrite: Run, here: Path
) -> None:
    (here / "lostwrite.toml").write_text(
        '[lostwrite]\nfail-on-doubt = true\n[[lostwrite.suppress]]\nrule = "no-trail"\nreason = "x"\n'
    )
    assert lostwrite(*NO_TRAIL, "--no-suppress").code == 1
    outcome = lostwrite(*NO_TRAIL)
    assert outcome.code == 0
    assert outcome.out.startswith("4 of 4 writes cannot be judged")


def test_a_baseline_is_written_read_and_compared(lostwrite: Run, here: Path) -> None:
    first = lostwrite(*CHECK, "--write-baseline", "b.json")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith(ANSWER)
    assert stat.S_IMODE((here / "b.json").stat().st_mode) == 0o600
    again = lostwrite(*CHECK, "--baseline", "b.json", "--fail-on", "note", "--fail-on-doubt")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith(ANSWER)
    assert "(lostwrite explain LW101), in the baseline\n" in again.out
    assert again.out.endswith(
        "\n2 findings: 1 error, 1 note.\nCompared with the baseline: 0 new, 2 unchanged.\n"
    )
    other = report(lostwrite, "--baseline", "b.json", "--fail-on", "warning", words=NO_TRAIL)
    assert [finding["baseline_state"] for finding in other["findings"]] == ["new"]
    assert other["summary"]["exit_code"] == 1
    compared = other["summary"]["baseline"]
    assert (compared["new"], compared["unchanged"], compared["absent"]) == (1, 0, 2)
    assert [(gone["code"], gone["name"]) for gone in compared["gone"]] == [
        ("LW101", "dropped-write"),
        ("LW209", "known-defect"),
    ]


def test_a_baseline_is_brought_up_to_date_in_its_place(lostwrite: Run, here: Path) -> None:
    """Where a configuration names it, the first run writes it, and finds none that it could read."""
    (here / "lostwrite.toml").write_text('[lostwrite]\nbaseline = "b.json"\n')
    assert lostwrite(*CHECK, "--write-baseline", "./b.json").code == 0
    both = lostwrite(*NO_TRAIL, "--baseline", "b.json", "--write-baseline", "b.json")
    assert both.code == 0
    assert [row["code"] for row in json.loads((here / "b.json").read_text())["findings"]] == ["LW308"]
    assert [path.name for path in here.iterdir() if path.suffix == ".json"] == ["b.json"]


def test_suppressed_findings_are_in_no_baseline(lostwrite: Run, here: Path) -> None:
    (here / "lostwrite.toml").write_text(SUPPRESS)
    lostwrite(*CHECK, "--write-baseline", "b.json")
    assert json.loads((here / "b.json").read_text())["findings"] == []


def test_a_baseline_of_half_the_inputs_is_not_written(lostwrite: Run, here: Path) -> None:
    outcome = lostwrite(*CHECK, "nowhere.log", "--write-baseline", "b.json")
    assert outcome.code == 3
    assert outcome.err.splitlines()[-1] == (
        "lostwrite: no baseline was written: not all inputs could be used"
    )
    assert not (here / "b.json").exists()


def test_a_baseline_that_cannot_be_used_is_exit_3_with_the_report(lostwrite: Run, here: Path) -> None:
    (here / "b.json").write_text('{"schema": "lostwrite.baseline/v7"}')
    outcome = lostwrite(*CHECK, "--baseline", "b.json")
    assert outcome.code == 3
    assert outcome.err == (
        "lostwrite: b.json: is lostwrite.baseline/v7, and lostwrite.baseline/v1 is what can be read; "
        "it needs a newer lostwrite\n"
    )
    assert outcome.out.startswith(ANSWER)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--write-baseline", str(FOLDER / "deploy" / "b.json")], "is in the folder"),
        (["--write-baseline", "r", "--output", "./r"], "is another output of this run"),
        (["--write-baseline", "."], "is a directory"),
        (["--output", "b.json", "--baseline", "b.json"], "is an input, and would be overwritten"),
        (["--baseline", ""], "an empty argument names no input"),
    ],
)
def test_no_input_and_no_other_output_is_written_over(
    lostwrite: Run, here: Path, options: list[str], told: str
) -> None:
    (here / "b.json").write_text("{}")
    outcome = lostwrite(*CHECK, *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err
    assert (here / "b.json").read_text() == "{}"


@pytest.mark.parametrize("words", [["--report=sarif=lostwrite.toml"], ["--write-baseline", "lostwrite.toml"]])
def test_the_configuration_that_holds_is_not_written_over(
    lostwrite: Run, here: Path, words: list[str]
) -> None:
    (here / "lostwrite.toml").write_text(SUPPRESS)
    outcome = lostwrite(*CHECK, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "lostwrite.toml: is an input, and would be overwritten" in outcome.err
    assert (here / "lostwrite.toml").read_text() == SUPPRESS
