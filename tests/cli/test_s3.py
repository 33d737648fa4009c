"""`s3://` inputs on the command line: against a real server the same as files; options, and what is said without."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.ministack import aws, endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

__all__ = ["aws", "endpoint"]
SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
LOG, TRAIL = SAMPLE / "deploy" / "eventlog.json", SAMPLE / "trail"
STORE = "arn:aws:cloudfront::111122223333:key-value-store/10a80d9c-3115-4880-a614-384550375359"


@pytest.fixture(scope="module")
def bucket(endpoint: str, aws: None) -> tuple[Any, str]:  # noqa: ARG001 - credentials
    """A client, and the endpoint: a bucket `bkt` contains the sample, and many more objects of its trail."""
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="bkt")
    for file in filter(Path.is_file, SAMPLE.rglob("*")):
        client.put_object(Bucket="bkt", Key=f"in/{file.relative_to(SAMPLE)}", Body=file.read_bytes())
    record = gzip.compress(b'{"Records": []}')
    for number in range(60):
        client.put_object(Bucket="bkt", Key=f"many/{number:02}.json.gz", Body=record)
    client.put_object(Bucket="bkt", Key="in/deploy/eventlog.json.gz", Body=gzip.compress(LOG.read_bytes()))
    client.put_object(Bucket="bkt", Key="keys/list.json", Body=b'{"Items": [{"Key": "a", "Value": "b"}]}')
    return client, endpoint


def without_names(text: str) -> str:
    """A report without the places of its inputs, and what follows from the length of these."""
    plain = re.sub(r"\S*(?:eventlog\.json\S*|s3://\S*|samples/\S*)", "NAME", text)
    return re.sub(r"\s+", " ", plain)


def test_check_says_of_objects_what_it_says_of_files(lostwrite: Run, bucket: tuple[Any, str]) -> None:
    files = lostwrite("check", str(LOG), "--trail", str(TRAIL))
    for log in ("s3://bkt/in/deploy/eventlog.json", "s3://bkt/in/deploy/eventlog.json.gz"):
        objects = lostwrite("check", log, "--trail", "s3://bkt/in/trail", "--endpoint-url", bucket[1])
        assert (objects.code, objects.err) == (files.code, "")
        assert "never landed: dropped (proven)" in objects.out
        assert without_names(objects.out) == without_names(files.out)


def test_trail_and_parse_say_of_objects_what_they_say_of_files(
    lostwrite: Run, bucket: tuple[Any, str]
) -> None:
    at = ("--endpoint-url", bucket[1])
    assert lostwrite("trail", "s3://bkt/in/trail", *at).out == lostwrite("trail", str(TRAIL)).out
    one = lostwrite("parse", "s3://bkt/in/deploy/eventlog.json", *at)
    assert (one.code, one.out) == (0, lostwrite("parse", str(LOG)).out)


def test_many_objects_are_read_by_several_processes_as_by_one(
    lostwrite: Run, bucket: tuple[Any, str]
) -> None:
    words = ("trail", "s3://bkt/many", "s3://bkt/in/trail", "--endpoint-url", bucket[1], "--jobs")
    one, two = lostwrite(*words, "1"), lostwrite(*words, "2")
    assert one == two
    assert "7 calls" in one.out
    assert "68 cloudtrail-s3" in one.out


def test_a_listing_of_keys_may_be_an_object(lostwrite: Run, bucket: tuple[Any, str]) -> None:
    listed = f"{STORE}=s3://bkt/keys/list.json"
    outcome = lostwrite(
        "check", str(LOG), "--keys", listed, "--endpoint-url", bucket[1], "--format", "json", "--exit-zero"
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert '"key-listing"' in outcome.out


@pytest.mark.parametrize(
    ("word", "told"),
    [("s3://nobody/x", "no such bucket"), ("s3://bkt/none", "no such object, and none below it")],
)
def test_what_is_not_there_is_told_and_the_rest_is_read(
    lostwrite: Run, bucket: tuple[Any, str], word: str, told: str
) -> None:
    outcome = lostwrite(
        "check", str(LOG), "--trail", word, "--trail", str(TRAIL), "--endpoint-url", bucket[1]
    )
    assert outcome.code == 3
    assert outcome.err == f"lostwrite: {word}: {told}\n"
    assert "never landed: dropped (proven)" in outcome.out


@pytest.mark.parametrize("command", ["check", "parse", "trail"])
@pytest.mark.parametrize(
    "options",
    [
        ("--profile", "p"), ("--no-sign-request",), ("--request-payer",), ("--region", "eu-west-1"),
        ("--endpoint-url", "http://127.0.0.1:1"),
    ],
)  # fmt: skip
def test_the_options_need_an_address_in_s3(lostwrite: Run, command: str, options: tuple[str, ...]) -> None:
    outcome = lostwrite(command, str(LOG), *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert options[0] in outcome.err
    assert "s3://" in outcome.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--profile", "nobody"), "--profile nobody: there is no such profile"),
        (("--endpoint-url", "ftp://x"), "--endpoint-url: is no URL of a server"),
        (("--endpoint-url", "http://u:secret@127.0.0.1:1"), "must have no user, no password"),
        (("--no-sign-request", "--profile", "p"), "--no-sign-request cannot be combined with --profile"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    lostwrite: Run,
    aws: None,  # noqa: ARG001 - no profile of this machine
    options: tuple[str, ...],
    told: str,
) -> None:
    outcome = lostwrite("trail", "s3://bkt/in", *options)
    assert outcome.code == 2
    assert told in outcome.err
    assert "secret" not in outcome.err


@pytest.mark.parametrize("command", ["check", "parse", "trail"])
def test_the_options_reach_the_connection(
    lostwrite: Run, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.errors import InputError

    seen: list[Any] = []

    def listed(word: str, connection: Any, _: object) -> None:
        seen.append(connection.settings)
        raise InputError(word, "enough")

    monkeypatch.setattr("analyzer.sources.s3.objects.find_objects", listed)
    given = (
        "--profile",
        "p",
        "--region",
        "eu-west-1",
        "--endpoint-url",
        "https://r2.example",
        "--request-payer",
    )
    assert lostwrite(command, "s3://bkt/in", *given).code == 3
    assert lostwrite(command, "s3://bkt/in", "--no-sign-request").code == 3
    named, unsigned = seen[0], seen[-1]
    assert (named.profile, named.region, named.endpoint_url) == ("p", "eu-west-1", "https://r2.example")
    assert (named.sign, named.requester_pays) == (True, True)
    assert (unsigned.sign, unsigned.requester_pays) == (False, False)


def test_without_the_extra_it_says_what_to_install(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)
    outcome = lostwrite("trail", "s3://bkt/in")
    assert outcome.code == 2
    assert outcome.err == "lostwrite: s3:// addresses need the extra `s3`: pip install 'lostwrite[s3]'\n"
