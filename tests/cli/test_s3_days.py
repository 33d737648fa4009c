"""`check` with a trail in a bucket of years: what is read, what is said of the rest, and how many calls it costs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.s3.endpoint import Endpoint, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
LOG, TRAIL = SAMPLE / "deploy" / "eventlog.json", SAMPLE / "trail"
ACCOUNT = "AWSLogs/111122223333"
EMPTY = gzip.compress(b'{"Records": []}')


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Endpoint]:
    """The sample, and years of other days, Regions and services."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    objects = {str(file.relative_to(TRAIL)): file.read_bytes() for file in TRAIL.rglob("*") if file.is_file()}
    for region in ("us-east-1", "eu-west-1", "ap-south-1"):
        for year in (2022, 2023, 2024, 2025):
            for month in range(1, 13):
                for day in (1, 2, 11, 28):
                    name = f"111122223333_CloudTrail_{region}_{year}{month:02}{day:02}T1200Z_abcdefghijklmnop.json.gz"
                    key = f"{ACCOUNT}/CloudTrail/{region}/{year}/{month:02}/{day:02}/{name}"
                    objects[key] = EMPTY
    objects[f"{ACCOUNT}/vpcflowlogs/us-east-1/2025/03/21/flow.log.gz"] = EMPTY
    with running(Endpoint(objects=objects)) as endpoint:
        yield endpoint


def reported(outcome: Outcome) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(outcome.out)
    return report


def test_the_days_of_the_deploy_are_enough_for_the_same_verdicts(lostwrite: Run, bucket: Endpoint) -> None:
    files = lostwrite("check", str(LOG), "--trail", str(TRAIL), "--format", "json")
    objects = lostwrite(
        "check", str(LOG), "--trail", "s3://bkt", "--no-sign-request", "--endpoint-url", bucket.url,
        "--format", "json",
    )  # fmt: skip
    assert (objects.code, objects.err) == (files.code, "")
    verdicts = [
        [(write["key"], write["verdict"], write["cause"]) for write in reported(outcome)["writes"]]
        for outcome in (files, objects)
    ]
    assert verdicts[0] == verdicts[1]
    assert (len(bucket.gets), len(bucket.lists)) == (len(set(bucket.gets)), 6)
    assert len(bucket.gets) < 20
    problems = " ".join(problem for each in reported(objects)["inputs"] for problem in each["problems"])
    for told in (
        "delivered more than a day before the deploys",
        "delivered more than 30 days after the deploys",
        "2 prefixes not listed: of another Region than us-east-1",
        "logs of other services of AWS",
    ):
        assert told in problems


def test_logs_in_archives_in_a_bucket_are_read_with_one_get(lostwrite: Run, bucket: Endpoint) -> None:
    import io
    import tarfile
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(LOG, "logs/eventlog.json")
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        tar.add(TRAIL, "trail")
    bucket.objects |= {"x/a.zip": packed.getvalue(), "x/b.tgz": tarred.getvalue()}
    at = ("--no-sign-request", "--endpoint-url", bucket.url)
    outcome = lostwrite("check", "s3://bkt/x/a.zip", "--trail", "s3://bkt/x/b.tgz", *at)
    assert (outcome.code, outcome.err) == (1, "")
    assert "never landed: dropped (proven)" in outcome.out
    assert bucket.gets == ["x/a.zip", "x/b.tgz"]


def test_outputs_stand_beside_inputs_in_a_bucket(lostwrite: Run, bucket: Endpoint, tmp_path: Path) -> None:
    bucket.objects["x/eventlog.json"] = LOG.read_bytes()
    outcome = lostwrite(
        "check", "s3://bkt/x", "--trail", f"s3://bkt/{ACCOUNT}/", "--no-sign-request",
        "--endpoint-url", bucket.url, "-o", str(tmp_path / "o.txt"), "--report", f"html={tmp_path}/p.html",
        "--report", f"sarif={tmp_path}/s.json",
    )  # fmt: skip
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "")
    assert "s3://bkt/x/eventlog.json" in (tmp_path / "o.txt").read_text()
    page = (tmp_path / "p.html").read_text()
    assert "s3://bkt/x/eventlog.json" in page.replace("<wbr>", "")
    assert 'href="s3:' not in page
    assert '{"uri":"s3://bkt/x/eventlog.json"}' in "".join((tmp_path / "s.json").read_text().split())


def test_a_trail_of_which_no_object_may_be_read_is_unread(lostwrite: Run, bucket: Endpoint) -> None:
    bucket.hook = lambda handler: "list-type" not in handler.query and handler.fail(403, "AccessDenied")
    outcome = lostwrite(
        "check", str(LOG), "--trail", "s3://bkt", "--no-sign-request", "--endpoint-url", bucket.url
    )
    assert outcome.code == 3
    assert outcome.err.count("\n") == 1
    assert "access is denied (403 AccessDenied)" in outcome.err
