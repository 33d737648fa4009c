"""`lostwrite audit` as a user calls it: its options, its exit codes, what it keeps and what it says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.audit.executors.serial import Serial

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
HOME, TRAIL = str(SAMPLE / "deploy"), str(SAMPLE / "trail")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test has a folder of its own, in which `.lostwrite` is made; on a busy machine too no progress is shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("analyzer.cli.audit_progress._FIRST", 3600.0)


def test_an_open_loss_is_told_and_makes_the_exit_code_1(lostwrite: Run) -> None:
    outcome = lostwrite("audit", HOME, "--trail", TRAIL, "--jobs", "1")
    assert (outcome.code, outcome.err) == (1, "")
    assert "LOST" in outcome.out
    assert Path(".lostwrite/manifest.json").exists()
    assert lostwrite("audit", HOME, "--trail", TRAIL, "--jobs", "1", "--exit-zero").code == 0
    again = lostwrite("audit", HOME, "--trail", TRAIL, "--jobs", "1")
    assert again == outcome


def test_every_report_is_written_where_it_is_to_be(lostwrite: Run) -> None:
    places = ["html=pages", "csv=a.csv", "markdown=a.md", "sarif=a.sarif", "ndjson=a.ndjson"]
    words = [word for place in places for word in ("--report", place)]
    given = ("audit", HOME, "--trail", TRAIL, "--jobs", "1", "--catalogue", "kept", *words)
    outcome = lostwrite(*given, "--format", "json", "-o", "a.json")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "")
    assert json.loads(Path("a.json").read_bytes())["schema"].startswith("lostwrite.audit/")
    assert json.loads(Path("a.sarif").read_bytes())["version"] == "2.1.0"
    assert "<html" in Path("pages/index.html").read_text(encoding="utf-8")
    assert all(Path(f"a.{kind}").read_bytes() for kind in ("csv", "md", "ndjson"))
    for earlier in ("a.json", "kept"):
        compared = lostwrite(*given[:8], "--diff", earlier, "--report", "json=-")
        changes = json.loads(compared.out)["changes"]
        assert (changes["new"], changes["healed"], len(changes["unchanged"])) == ([], [], 1)


def test_it_is_narrowed_to_what_is_asked_for(lostwrite: Run) -> None:
    def deploys(*words: str) -> int:
        given = ("--trail", TRAIL, "--jobs", "1", "--format", "json", "--no-config", "--color", "never")
        return len(json.loads(lostwrite("audit", HOME, *given, *words).out)["deploys"])

    assert deploys() == 1
    assert deploys("--since", "2025-03-01", "--until", "2025-03-31") == 1
    assert deploys("--since", "2025-04-01") == 0
    assert deploys("--app", "another") == deploys("--stage", "another") == 0
    assert deploys("--rebuild") == deploys("--verify") == deploys("--follow-links") == 1


def test_what_counts_is_chosen(lostwrite: Run) -> None:
    foreign = str(SAMPLE.parent / "racing-routes" / "trail")
    given = ("audit", HOME, "--trail", foreign, "--jobs", "1")  # of another deploy: all is in doubt
    assert lostwrite(*given).code == 0
    assert lostwrite(*given, "--fail-on-doubt").code == 1
    assert lostwrite(*given, "--fail-on", "note", "--min-confidence", "low").code == 1
    Path("c.toml").write_text("[lostwrite]\nfail-on-doubt = true\n")
    assert lostwrite(*given, "--config", "c.toml").code in {1, 2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-q", "-v"), "give one of them"),
        (("--quiet", "--verbose"), "give one of them"),
        (("--format", "junit"), "an audit has no format 'junit'"),
        (("--format", "html"), "--report html=DIR"),
        (("--report", "html=/nowhere/at/all"), "its parent folder does not exist"),
        (("--scheduler", "tcp://h:1"), "give --executor dask too"),
        (("--executor", "dask", "--scheduler", "tcp://h:1", "--jobs", "2"), "give one of them"),
        (("--executor", "dask", "--scheduler", "h"), "tcp://HOST:PORT"),
        (("--trail", "-"), "no standard input"),
        (("--catalogue", ""), "is not a name of a folder"),
        (("--profile", "p"), "s3://"),
        (("--endpoint-url", "http://127.0.0.1:1"), "s3://"),
        (("--region", "eu-west-1"), "s3://"),
        (("--no-sign-request",), "s3://"),
        (("--request-payer",), "s3://"),
        (("--since", "2025-02-01", "--until", "2025-01-01"), "later than"),
        (("--output", HOME + "/eventlog.json"), "would be an input"),
        (("--report", f"html={HOME}/pages"), "would be an input"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_read(
    lostwrite: Run, words: tuple[str, ...], said: str
) -> None:
    outcome = lostwrite("audit", HOME, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert not Path(".lostwrite").exists()


def test_an_input_that_is_missing_is_named_and_the_others_are_read(lostwrite: Run) -> None:
    outcome = lostwrite(
        "audit", HOME, "none", "--trail", TRAIL, "--keys", "no.json", "--jobs", "1", "--exit-zero"
    )
    assert outcome.code == 3
    assert re.search(r"^lostwrite: none: ", outcome.err, re.MULTILINE)
    assert "LOST" in outcome.out
    proofs = ("--selectors", "s.json", "--selectors-since", "2025-01-01", "--public-keys", "p.json")
    assert "s.json" in lostwrite("audit", HOME, "--trail", TRAIL, "--jobs", "1", *proofs).err


def test_a_scheduler_that_does_not_answer_is_exit_3(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.audit.executors.dask._CONNECT", 1)
    outcome = lostwrite("audit", HOME, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert (outcome.code, outcome.out) == (3, "")
    assert "tcp://127.0.0.1:9: there is no Dask scheduler that answers" in outcome.err


def test_what_is_not_installed_is_exit_2(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    outcome = lostwrite("audit", HOME, "--executor", "dask")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "pip install 'lostwrite[cluster]'" in outcome.err


def test_one_that_is_interrupted_says_how_to_continue(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path("home")
    shutil.copytree(HOME, home)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    given = ("audit", str(home), "--trail", TRAIL, "--jobs", "1", "--catalogue", "kept\x1b[2J")
    with monkeypatch.context() as patched:
        patched.setattr(Serial, "run", interrupted)
        outcome = lostwrite(*given)
    assert (outcome.code, outcome.out) == (130, "")
    assert (
        outcome.err
        == "lostwrite: interrupted: the same command continues; what was done so far is in kept\\x1b[2J\n"
    )
    assert lostwrite(*given).code == 1


def test_all_executors_give_the_same_report(lostwrite: Run) -> None:
    found = [
        lostwrite("audit", HOME, "--trail", TRAIL, "--catalogue", name, "--format", "csv", *words)
        for name, words in (
            ("serial", ("--jobs", "1")),
            ("local", ("--jobs", "2")),
            ("dask", ("--executor", "dask", "--jobs", "1")),
        )
    ]
    assert found[0].out
    assert found[0] == found[1] == found[2]
