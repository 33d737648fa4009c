"""`lostwrite collect` against a real server: what is gathered, and that `check` judges it alone."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.cli.collecting import Collecting
from analyzer.cli.gathering import Asked
from analyzer.cli.s3 import S3Options
from analyzer.collect.deploys import Deploys
from analyzer.collect.gather import Gathered
from analyzer.errors import InputError
from tests.ministack import aws, endpoint
from tests.reports.runner import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

__all__ = ["aws", "endpoint"]
SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
TRAIL = SAMPLE / "trail"
UPDATE = f"{~1742571620000 & (2**48 - 1):012x}0123456789ab"  # of the time at which the sample's deploy began
STATE, TRAILS = "sst-state-abcdefghijkl", "trails"


@pytest.fixture(scope="module")
def stage(endpoint: str, aws: None) -> Iterator[str]:  # noqa: ARG001 - credentials
    """The endpoint of an account with the sample's deploy: SST's home, and a trail with its bucket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "111122223333")  # which the service takes for the account
        fill(endpoint)
        yield endpoint


def fill(endpoint: str) -> None:
    import boto3

    s3, ssm, trails = (
        boto3.client(service, endpoint_url=endpoint, region_name="us-east-1")
        for service in ("s3", "ssm", "cloudtrail")
    )
    for bucket in (STATE, TRAILS):
        s3.create_bucket(Bucket=bucket)
    ssm.put_parameter(Name="/sst/bootstrap", Value=json.dumps({"version": 5, "state": STATE}), Type="String")
    log = gzip.compress((SAMPLE / "deploy" / "eventlog.json").read_bytes())
    update = {"id": UPDATE, "command": "deploy", "version": "3.17.4", "timeStarted": "2025-03-21T15:40:20Z"}
    objects: dict[str, Any] = {"eventlog": log, "update": json.dumps(update).encode(), "snapshot": b"{}"}
    for kind, body in objects.items():
        s3.put_object(Bucket=STATE, Key=f"{kind}/shop/prod/{UPDATE}.json", Body=body)
    for file in filter(Path.is_file, TRAIL.rglob("*")):
        s3.put_object(Bucket=TRAILS, Key=str(file.relative_to(TRAIL)), Body=file.read_bytes())
    trails.create_trail(Name="main", S3BucketName=TRAILS, IsMultiRegionTrail=True)
    asked = {"eventCategory": ["Data"], "resources.type": ["AWS::CloudFront::KeyValueStore"]}
    fields = [{"Field": field, "Equals": values} for field, values in asked.items()]
    trails.put_event_selectors(TrailName="main", AdvancedEventSelectors=[{"FieldSelectors": fields}])
    trails.start_logging(Name="main")


def test_what_is_gathered_is_judged_alone(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    bundle = str(tmp_path / "bundle")
    gathered = lostwrite("collect", "shop/prod", "--output", bundle, "--endpoint-url", stage)
    assert gathered.out.startswith(f"{bundle}: 13 files, ")
    assert "  1 deploy: 4 writes to 1 store\n  1 trail: 7 files\nRefused:\n" in gathered.out
    assert gathered.out.endswith(f"Next: lostwrite check {bundle}\n")
    assert gathered.code == 1  # the server has no such store, so that its listing was refused: the only thing
    assert gathered.out.count("\n  cloudfront-keyvaluestore:ListKeys ") == 1
    judged = lostwrite("check", bundle)
    assert judged.code == 1
    assert "ea01:routes (RouterRoute/RoutesUpdate, store 10a80d9c) never landed" in judged.out
    assert "dropped  proven" in judged.out


def test_check_gathers_and_judges_at_once(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    packed = str(tmp_path / "bundle.tar.zst")
    assert lostwrite("collect", "shop/prod", "-o", packed, "--endpoint-url", stage, "-q").out == ""
    for words in (["--collect", "shop/prod", "--endpoint-url", stage], [packed]):
        judged = lostwrite("check", *words, "--quiet")
        assert (judged.code, judged.err) == (1, "")
        assert judged.out.startswith("1 of 4 writes never landed: dropped (proven)\n")
        assert judged.out.count("ListKeys") == 1


def test_a_time_chooses_deploys_and_values_are_left_out(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    """The one update of the home began on 21 March."""
    words = ("collect", "shop/prod", "--endpoint-url", stage, "--region", "us-east-1", "--redact", "--quiet")
    later = lostwrite(*words, "-o", str(tmp_path / "later"), "--since", "2025-04-01", "--until", "2025-04-02")
    assert later.code == 3
    bundle = tmp_path / "bundle"
    then = lostwrite(*words, "-o", str(bundle), "--since", "2025-03-21", "--until", "2025-03-22")
    assert then.code == 1
    items = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["items"]
    assert [item["redacted"] for item in items if item["kind"] == "log"] == [True]
    nobody = lostwrite("collect", "shop/prod", "-o", str(tmp_path / "none"), "--profile", "nobody")
    assert (nobody.code, nobody.out) == (2, "")
    assert "--profile nobody: there is no such profile" in nobody.err


def test_a_log_of_ones_own_is_read_where_it_is(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    log = str(SAMPLE / "deploy" / "eventlog.json")
    judged = lostwrite("check", log, "--collect", "--bundle", str(kept), "--endpoint-url", stage)
    assert judged.code == 1
    assert "first-route-never-written/deploy/eventlog.json\n" in judged.out
    assert str(kept / "logs") not in judged.out
    assert "never landed" in lostwrite("check", str(kept), "--quiet").out


def test_what_cannot_be_had_is_one_sentence(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    none = lostwrite("check", "--collect", "shop/none", "--endpoint-url", stage)
    assert (none.code, none.out) == (3, "")
    assert none.err.count("\n") == 1
    assert "s3://sst-state-abcdefghijkl/update/shop/none/: the state bucket has no such update" in none.err
    nothing = lostwrite("collect", "shop/none", "-o", str(tmp_path / "b"), "--endpoint-url", stage)
    assert (nothing.code, nothing.err) == (3, "")
    assert "Next:" not in nothing.out


def test_the_page_shows_what_is_printed(
    lostwrite: Run, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(arn: str, **_: object) -> bytes:
        raise InputError(arn, "cannot be listed: AccessDeniedException: not authorized")

    monkeypatch.setattr("analyzer.store.live.list_store", denied)
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "collect.md").read_text(encoding="utf-8")
    runs = re.findall(r"<!-- run: lostwrite ([^\n]+) -->\n```text\n(.*?)```", page, re.DOTALL)
    assert len(runs) == 2
    for command, shown in runs:
        to_server = ["--endpoint-url", stage] if command.startswith("collect") else []
        printed = lostwrite(*command.split(), *to_server).out
        assert re.sub(r"\d+ KB", "22 KB", printed).startswith(shown)


@pytest.mark.parametrize("quiet", [False, True])
def test_names_that_are_more_than_names_come_out_harmless(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet: bool
) -> None:
    """Of a log, of the bundle, and of what the endpoint answers: no terminal and no job obeys them."""
    monkeypatch.chdir(tmp_path)
    evil = "::error::\x1b[31m\u202e\r::add-mask::x"
    Path(evil).write_text("not a log", encoding="utf-8")
    said = [f"{evil}: {evil}"]
    monkeypatch.setattr("analyzer.cli.collect.summary", lambda *_: said)
    words = ["collect", "--log", evil, "-o", f"{evil}b", "--endpoint-url", "http://127.0.0.1:9"]
    outcome = lostwrite(*words, *(["--quiet"] if quiet else []))
    told = outcome.out + outcome.err
    assert commands(told) == []
    assert not {"\x1b", "\u202e", "\r"} & set(told)
    assert "not a deploy log" in told if quiet else "\\x3a:error::\\x1b[31m\\u202e\\r" in told
    assert quiet or "Next: lostwrite check, with the name of this bundle: " in outcome.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["collect", "-o", "b"], "give APP/STAGE, as in shop/production, or --log FILE"),
        (["collect", "shop", "-o", "b"], "write the app and the stage as APP/STAGE"),
        (["collect", "a/b", "-o", "-"], "--output names a folder, or one file"),
        (["collect", "a/b", "-o", ""], "--output names a folder, or one file"),
        (["check", "nope.json", "--collect"], "nope.json: there is no such file, and APP/STAGE is written"),
        (["collect", "--log", "a", "--update", "latest", "-o", "b"], "--update needs APP/STAGE"),
        (["collect", "a/b", "--store", "x", "-o", "b"], "--store x: is no ARN"),
        (["collect", "a/b", "--bucket", "x/y", "-o", "b"], "--bucket x/y: is no name of a bucket"),
        (["check", "a/b", "--update", "latest"], "--update needs --collect"),
        (["check", "a/b", "--bundle", "b"], "--bundle needs --collect"),
        (["check", "a/b", "c/d", "--collect"], "one APP/STAGE at a time, not a/b and c/d"),
        (["check", "a/b", "--collect", "--live"], "leave out --live"),
        (["check", "-", "--collect"], "reads no log from standard input"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_call(lostwrite: Run, words: list[str], said: str) -> None:
    outcome = lostwrite(*words, "--endpoint-url", "http://127.0.0.1:9")
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_without_the_flag_no_word_is_a_stage(lostwrite: Run) -> None:
    outcome = lostwrite("check", "shop/prod")
    assert (outcome.code, outcome.out) == (3, "")
    assert "shop/prod: no such file or directory" in outcome.err


def test_an_interrupt_leaves_a_bundle_of_what_was_gathered(
    lostwrite: Run, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.collect.gather.find_trails", interrupted)
    bundle = str(tmp_path / "bundle")
    ended = lostwrite("collect", "shop/prod", "--output", bundle, "--endpoint-url", stage, "--quiet")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err == f"lostwrite: {bundle} has what was gathered by now; the same command goes on\n"
    assert "its gathering did not end" in " ".join(lostwrite("check", bundle).out.split())


def test_a_bundle_may_have_any_name(
    lostwrite: Run, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to do next is a command only where a shell reads it as it is meant."""
    monkeypatch.chdir(tmp_path)
    for name, shown in {
        "-x": "check './-x'",
        "Bücher\n'$(id)": "check, with the name of this bundle: its name has characters that no shell reads safely:"
        " rename it first",
    }.items():
        gathered = lostwrite("collect", "shop/prod", f"--output={name}", "--endpoint-url", stage)
        assert gathered.out.endswith(f"Next: lostwrite {shown}\n"), gathered
        assert (tmp_path / name / "manifest.json").is_file()


def test_a_log_that_is_none_is_called_by_its_address(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    """Not by its place in a folder that is packed and removed."""
    strange = tmp_path / "strange.log"
    strange.write_bytes(bytes(1000))
    packed = str(tmp_path / "b.tar.zst")
    gathered = lostwrite("collect", "--log", str(strange), "-o", packed, "--endpoint-url", stage)
    assert f"\n  file:{strange}: not a deploy log: a binary file\n" in gathered.out


def test_all_rounds_of_a_run_that_waits_have_one_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[object] = []

    def gathered(*_: object, budget: object, **__: object) -> Gathered:
        budgets.append(budget)
        nothing = Deploys(1, 1, (), (), (), (), True, lambda _: False, {}, ())
        return Gathered((), nothing, (), 0, 0)

    monkeypatch.setattr("analyzer.cli.collecting.gather_into", gathered)
    asked = Asked("shop/prod")
    options = S3Options(None, None, None)
    report: Any = None
    collecting = Collecting(asked.request(), asked, options, str(tmp_path / "b"), quiet=True)
    with collecting.judging(lambda *_, **__: report) as judged:
        for _ in range(2):
            judged([])
    first, second = budgets
    assert first is second
    assert first is not None
