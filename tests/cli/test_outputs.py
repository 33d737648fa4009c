"""`--report`, `--format` and `--output` together, and what a job of GitHub Actions gets without any of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer import api
from analyzer.cli.outputs import Output, outputs
from analyzer.errors import UsageError
from analyzer.reports.nearer import below
from tests.reports import examples
from tests.reports.made import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

JOB = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/job/summary"}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Stands for `analyzer.api.check`; holds what it was asked."""
    asked: list[object] = []

    def check(*words: object, **_: object) -> Report:
        asked.append(words)
        return examples.dropped()

    monkeypatch.setattr(api, "check", check)
    return asked


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program runs: with a log, and a folder for a trail."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.log").touch()
    (tmp_path / "t").mkdir()
    return tmp_path


def text() -> str:
    return api.render(examples.dropped(), "text", width=100)


@pytest.mark.parametrize(
    ("form", "reports", "output", "wanted"),
    [
        (None, [], None, [Output("text", None)]),
        ("json", [], None, [Output("json", None)]),
        (None, [], "o", [Output("text", "o")]),
        (None, ["sarif=s"], None, [Output("text", None), Output("sarif", "s", "--report sarif=")]),
        (None, ["json=-"], None, [Output("json", None, "--report json=")]),
        (None, ["json=-"], "o", [Output("text", "o"), Output("json", None, "--report json=")]),
        ("csv", ["json=a=b"], "o", [Output("csv", "o"), Output("json", "a=b", "--report json=")]),
    ],
)
@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "false"}, {"GITHUB_STEP_SUMMARY": "/s"}])
def test_what_goes_where(
    form: str | None,
    reports: list[str],
    output: str | None,
    wanted: list[Output],
    environment: dict[str, str],
) -> None:
    assert outputs(form, reports, output, environment) == wanted


def test_a_job_gets_annotations_and_a_summary() -> None:
    assert outputs(None, [], None, JOB) == [
        Output("github", None),
        Output("markdown", "/job/summary", "", append=True),
    ]
    assert outputs(None, [], None, {"GITHUB_ACTIONS": "true"}) == [Output("github", None)]


@pytest.mark.parametrize(
    ("form", "reports", "output"), [("text", [], None), (None, ["csv=c"], None), (None, [], "o")]
)
def test_a_job_that_asks_gets_what_it_asks_for(
    form: str | None, reports: list[str], output: str | None
) -> None:
    assert outputs(form, reports, output, JOB) == outputs(form, reports, output, {})


def test_the_summary_of_a_step_is_appended_to_also_where_it_is_asked_for() -> None:
    _, summary = outputs(None, ["markdown=/job/./summary"], None, JOB)
    assert summary == Output("markdown", "/job/./summary", "--report markdown=", append=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--report", "sarf=x"], "there is no format 'sarf'; choose one of "),
        (["--report", "sarif"], "--report sarif: write it as FORMAT=FILE"),
        (["--report", "sarif="], "--report sarif=: is not a file name"),
        (["--report", "sarif=."], "--report sarif=.: is a directory"),
        (["--report", "sarif=nowhere/s"], "--report sarif=nowhere/s: its folder does not exist"),
        (["--report", "sarif=s", "--report", "csv=./s"], "two reports would go to ./s; give each a place"),
        (["--report", "sarif=-", "--report", "csv=-"], "two reports would go to standard output"),
        (["--report", "sarif=-", "--format", "csv"], "two reports would go to standard output"),
        (["--report", "sarif=/dev/stdout"], "two reports would go to standard output"),
        (["--report", "sarif=s", "--output", "s"], "two reports would go to s"),
        (["--report", "sarif=a.log"], "--report sarif=a.log: is an input, and would be overwritten"),
        (
            ["--report", "sarif=t/s", "--trail", "t"],
            "--report sarif=t/s: is in the folder t, and would be an input",
        ),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_read(
    lostwrite: Run, checks: list[object], folder: Path, words: list[str], message: str
) -> None:
    outcome = lostwrite("check", "a.log", *words)
    assert (outcome.code, outcome.out, checks) == (2, "", [])
    assert outcome.err.startswith(f"lostwrite: {message}")
    assert {path.name for path in folder.iterdir()} == {"a.log", "t"}


@pytest.mark.usefixtures("checks")
def test_several_reports_at_once(lostwrite: Run, tmp_path: Path) -> None:
    words = [f"--report={name}={tmp_path / name}" for name in ("sarif", "junit", "csv")]
    outcome = lostwrite("check", "a.log", *words)
    assert (outcome.code, outcome.out, outcome.err) == (1, text(), "")
    for name in ("sarif", "junit", "csv"):
        assert (tmp_path / name).read_text(encoding="utf-8") == api.render(examples.dropped(), name)


@pytest.mark.usefixtures("checks")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a Linux device")  # noqa: PTH110
@pytest.mark.parametrize("words", [["--report=csv=/dev/full"], ["--report=csv=/dev/full", "--format=json"]])
def test_where_one_report_cannot_be_written_no_other_takes_its_place(
    lostwrite: Run, folder: Path, words: list[str]
) -> None:
    (folder / "old.sarif").write_text("old")
    outcome = lostwrite("check", "a.log", "--report=sarif=old.sarif", "--report=junit=new.xml", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "lostwrite: --report csv=/dev/full: cannot be written: no space left on device\n"
    assert (folder / "old.sarif").read_text() == "old"
    assert {path.name for path in folder.iterdir()} == {"a.log", "t", "old.sarif"}


def test_two_names_of_one_file_are_one_place(lostwrite: Run, checks: list[object], folder: Path) -> None:
    (folder / "one").touch()
    (folder / "two").hardlink_to(folder / "one")
    outcome = lostwrite("check", "a.log", "--report=sarif=one", "--report=csv=two")
    assert (outcome.code, outcome.out, checks) == (2, "", [])
    assert outcome.err == "lostwrite: two reports would go to two; give each a place of its own\n"


@pytest.mark.usefixtures("checks")
def test_a_dash_is_standard_output_and_no_file(lostwrite: Run, folder: Path) -> None:
    outcome = lostwrite("check", "a.log", "-o", "-")
    assert (outcome.code, outcome.out) == (1, text())
    assert {path.name for path in folder.iterdir()} == {"a.log", "t"}


@pytest.mark.usefixtures("checks")
def test_a_report_may_take_the_place_of_the_text(lostwrite: Run) -> None:
    outcome = lostwrite("check", "a.log", "--report", "json=-")
    assert json.loads(outcome.out)["summary"]["writes"] == 2


def test_formats_for_a_repository_name_files_from_where_the_user_stands(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"{tmp_path}/logs/a.log"
    made = examples.report([write(1, verdict="dropped", source=source)])
    monkeypatch.setattr(api, "check", lambda *_, **__: made)
    monkeypatch.chdir(tmp_path)
    names = ("sarif", "gitlab", "junit", "markdown", "github", "text", "json", "ndjson", "csv")
    lostwrite("check", "a.log", *(f"--report={name}={name}" for name in names))
    far = {name for name in names if source in (tmp_path / name).read_text(encoding="utf-8")}
    assert far == {"json", "ndjson", "csv"}
    assert '"uri": "logs/a.log"' in (tmp_path / "sarif").read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_in_a_folder_of_the_repository_a_service_gets_paths_from_its_root(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    sources = ("logs/a.log", f"{tmp_path}/b.log")
    made = examples.report(
        [write(n, operation=n, verdict="dropped", source=source) for n, source in enumerate(sources, start=1)]
    )
    monkeypatch.setattr(api, "check", lambda *_, **__: made)
    monkeypatch.setenv(variable, str(tmp_path))
    (tmp_path / "apps" / "web").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "apps" / "web")
    names = ("sarif", "gitlab", "junit", "github", "markdown", "text", "json")
    lostwrite("check", "a.log", *(f"--report={name}={name}" for name in names))
    rooted = {name for name in names if "apps/web/logs/a.log" in Path(name).read_text(encoding="utf-8")}
    assert rooted == {"sarif", "gitlab", "junit", "github"}
    assert "file=b.log," in Path("github").read_text(encoding="utf-8")
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    lostwrite("check", "a.log", "--report=github=github")
    assert "file=logs/a.log," in Path("github").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("logs/a.log", "apps/web/logs/a.log"),
        ("./a.log", "apps/web/a.log"),
        ("../a.log", "apps/a.log"),
        ("../../a.log", "a.log"),
        ("../../../a.log", "../../../a.log"),
        ("/w/a.log", "/w/a.log"),
        ("-", "-"),
        ("s3://b/a.log", "s3://b/a.log"),
        ("-a.log", "apps/web/-a.log"),
    ],
)
def test_a_path_is_seen_from_the_root_where_it_lies_below_it(source: str, seen: str) -> None:
    proof = {"write": "w1", "order": 0, "kind": "log", "source": source, "detail": "created"}
    made = examples.report([write(1, verdict="dropped", source=source)], evidence=[proof])
    moved = below(made, "apps/web")
    assert moved.findings["source"].to_list() == [seen]
    assert moved.evidence["source"].to_list() == [seen]


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], Path]:
    """Makes the test a job whose summary is this file."""

    def job(file: Path | None = None) -> Path:
        chosen = file or tmp_path / "summary"
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(chosen))
        return chosen

    return job


@pytest.mark.usefixtures("checks")
def test_in_a_job_what_others_wrote_into_the_summary_stays(
    lostwrite: Run, summary: Callable[..., Path]
) -> None:
    file = summary()
    file.write_text("of another step", encoding="utf-8")
    outcome = lostwrite("check", "a.log")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == api.render(examples.dropped(), "github")
    page = api.render(examples.dropped(), "markdown")
    assert file.read_text(encoding="utf-8") == f"of another step\n\n{page}"
    lostwrite("check", "a.log", "--report", f"markdown={file}")
    assert file.read_text(encoding="utf-8") == f"of another step\n\n{page}\n\n{page}"


@pytest.mark.usefixtures("checks")
def test_a_summary_that_is_not_there_yet_is_private(lostwrite: Run, summary: Callable[..., Path]) -> None:
    file = summary()
    lostwrite("check", "a.log")
    assert file.read_text(encoding="utf-8") == api.render(examples.dropped(), "markdown")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "nowhere"])
@pytest.mark.usefixtures("checks")
def test_a_summary_that_is_no_file_is_left_and_the_report_is_whole(
    lostwrite: Run, summary: Callable[..., Path], tmp_path: Path, kind: str
) -> None:
    file = summary(tmp_path / "no" / "summary" if kind == "nowhere" else None)
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    if kind == "link":
        file.symlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    outcome = lostwrite("check", "a.log")
    assert (outcome.code, outcome.out) == (1, api.render(examples.dropped(), "github"))
    assert outcome.err.startswith(f"lostwrite: GITHUB_STEP_SUMMARY {file}: cannot be written: ")
    assert victim.read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("checks")
def test_a_summary_that_was_asked_for_and_cannot_be_written_is_an_error(
    lostwrite: Run, summary: Callable[..., Path], tmp_path: Path
) -> None:
    file = summary()
    file.symlink_to(tmp_path / "victim")
    outcome = lostwrite("check", "a.log", "--report", f"markdown={file}")
    assert outcome.code == 2
    assert "cannot be written" in outcome.err


@pytest.mark.usefixtures("checks")
def test_a_summary_does_not_grow_beyond_what_github_shows(
    lostwrite: Run, summary: Callable[..., Path]
) -> None:
    file = summary()
    file.write_bytes(b"x" * (1 << 20))
    outcome = lostwrite("check", "a.log")
    assert (outcome.code, file.stat().st_size) == (1, 1 << 20)
    assert "it would be larger than the 1 MiB that GitHub shows" in outcome.err


def test_an_unknown_format_is_no_file_of_the_folder() -> None:
    with pytest.raises(UsageError, match=r"there is no format '\.\./as_json'"):
        outputs(None, ["../as_json=x"], None, {})
