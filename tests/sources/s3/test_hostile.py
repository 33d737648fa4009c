"""Endpoints that throttle, stall, page for ever, lie or send elsewhere: each is bounded, and told in one sentence."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer.sources.find import find
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.s3.client import Connection
from analyzer.sources.unpack import read_whole
from tests.sources.s3.endpoint import QUICK, Endpoint, Handler, entry, page_of, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.sources.s3.settings import S3Limits
    from analyzer.sources.source import Source

CONTENT = b"what is in the object" * 100


@pytest.fixture(autouse=True)
def _soon_over() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 60


def sources(
    endpoint: Endpoint, word: str = "s3://bkt/logs", limits: S3Limits = QUICK
) -> tuple[list[Source], list[str]]:
    """The sources of a word, and what was wrong."""
    found, missing = find([word], s3=Connection(endpoint.settings(limits)))
    return list(found), [problem for stats in missing for problem in stats.problems]


def read(endpoint: Endpoint, limits: S3Limits = QUICK) -> list[tuple[bytes, list[str]]]:
    """What reading all objects gives, in their order, fetched ahead."""
    found, missing = sources(endpoint, limits=limits)
    assert missing == []
    return [read_whole(source) for source in ahead(found)]


def of_objects(answer: Callable[[Handler], bool]) -> Callable[[Handler], bool]:
    return lambda handler: handler.command == "GET" and "list-type" not in handler.query and answer(handler)


def of_lists(answer: Callable[[Handler], bool]) -> Callable[[Handler], bool]:
    return lambda handler: "list-type" in handler.query and answer(handler)


def test_an_endpoint_that_asks_to_slow_down_is_asked_again(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT
    calls: list[str] = []

    def slow(handler: Handler) -> bool:
        calls.append(handler.path)
        return len(calls) % 2 == 1 and handler.fail(503, "SlowDown")

    endpoint.hook = slow
    assert read(endpoint) == [(CONTENT, [])]


def test_one_that_throttles_for_ever_is_given_up(endpoint: Endpoint) -> None:
    endpoint.objects |= {f"logs/{number:02}": CONTENT for number in range(30)}
    endpoint.hook = of_objects(lambda handler: handler.fail(503, "SlowDown"))
    outcomes = read(endpoint)
    told = [problems for _, problems in outcomes]
    assert [data for data, _ in outcomes] == [b""] * 30
    assert told[0] == ["the endpoint asks to slow down (503 SlowDown), again and again"]
    assert told[-1] == ["not asked for: the endpoint had failed for 5 objects in a row"]
    assert len(endpoint.gets) <= QUICK.attempts * (QUICK.failures + QUICK.in_flight)


def test_a_body_that_stalls_is_not_waited_for(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT

    def stall(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:100])
        handler.wfile.flush()
        time.sleep(6)
        handler.close_connection = True
        return True

    endpoint.hook = of_objects(stall)
    ((data, problems),) = read(endpoint, replace(QUICK, silence=2, attempts=1))
    assert (data, problems) == (b"", ["the endpoint stopped answering"])


def test_one_that_drips_is_not_waited_for(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT

    def drip(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        for byte in CONTENT[:80]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)
        handler.close_connection = True
        return True

    endpoint.hook = of_objects(drip)
    ((data, problems),) = read(endpoint, replace(QUICK, answer=4))
    assert (data, problems) == (b"", ["the endpoint gave no complete answer within 4 s"])


def refused(endpoint: Endpoint, limits: S3Limits = QUICK) -> str:
    """Why a word gave nothing."""
    found, problems = sources(endpoint, limits=limits)
    assert found == []
    (problem,) = problems
    return problem


def test_pages_that_never_end_are_bounded_in_number(endpoint: Endpoint) -> None:
    def endless(handler: Handler) -> bool:
        number = len(endpoint.lists)
        entries = "".join(entry(f"logs/{number:06}-{each}", 1) for each in range(100))
        handler.send(200, page_of(entries, f"t{number}"))
        return True

    endpoint.hook = of_lists(endless)
    assert refused(endpoint, replace(QUICK, objects=1000)) == "more than 1,000 objects: name a longer prefix"


def test_pages_that_never_end_are_bounded_in_time(endpoint: Endpoint) -> None:
    def endless(handler: Handler) -> bool:
        handler.send(200, page_of(entry(f"logs/{len(endpoint.lists):06}", 1), f"t{len(endpoint.lists)}"))
        return True

    endpoint.hook = of_lists(endless)
    assert refused(endpoint, replace(QUICK, listing=0.3)) == "its listing did not end within 0.3 s"


def test_a_page_token_that_comes_again_ends_the_listing(endpoint: Endpoint) -> None:
    endpoint.hook = of_lists(lambda handler: handler.send(200, page_of(entry("logs/a", 1), "same")))
    assert refused(endpoint) == "its listing does not end: the endpoint gives a page again"


def test_pages_with_nothing_in_them_end_the_listing(endpoint: Endpoint) -> None:
    endpoint.hook = of_lists(lambda handler: handler.send(200, page_of("", f"t{len(endpoint.lists)}")))
    assert refused(endpoint) == "its listing does not end: the endpoint gives pages with nothing in them"


def test_a_page_of_endless_bytes_is_not_held(endpoint: Endpoint) -> None:
    big = b"<ListBucketResult>" + b" " * 400_000
    endpoint.hook = of_lists(lambda handler: handler.send(200, big))
    assert refused(endpoint, replace(QUICK, page=100_000)) == "the endpoint answers more than was asked for"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"no XML", "the endpoint fails (500), again and again"),  # botocore takes it for an error of S3's
        (
            b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "the endpoint does not answer as S3 does",
        ),
        (page_of(entry("logs/a", -1)), "the endpoint does not answer as S3 does"),
        (page_of(entry("logs/a", 1 << 60)), "the endpoint does not answer as S3 does"),
    ],
)
def test_what_is_no_listing_is_not_taken_for_one(endpoint: Endpoint, body: bytes, told: str) -> None:
    endpoint.hook = of_lists(lambda handler: handler.send(200, body))
    assert refused(endpoint) == told


def test_an_object_that_changes_while_it_is_read_is_never_of_two_versions(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = b"1" * 3000

    def change(_: Handler) -> bool:
        if len(endpoint.gets) == 2:
            endpoint.objects["logs/a"] = b"2" * 3000
        return False

    endpoint.hook = of_objects(change)
    ((data, problems),) = read(endpoint, replace(QUICK, range=1000))
    assert data == b""
    assert problems == ["the object was changed after it was listed: it was not read"]
    assert {header["If-Match"] for header in endpoint.headers} == {endpoint.headers[0]["If-Match"]}


def test_one_that_gives_another_version_in_spite_of_the_condition_is_seen(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT
    endpoint.hook = of_objects(lambda handler: handler.send(200, CONTENT, ETag='"another"'))
    assert read(endpoint) == [(b"", ["the object was changed after it was listed: it was not read"])]


def test_an_object_that_is_deleted_after_the_listing_is_named(endpoint: Endpoint) -> None:
    endpoint.objects |= {"logs/a": CONTENT, "logs/b": CONTENT}
    endpoint.hook = of_objects(lambda handler: handler.key == "logs/a" and handler.fail(404, "NoSuchKey"))
    assert read(endpoint) == [
        (b"", ["there is no such bucket or object (404 NoSuchKey)"]),
        (CONTENT, []),
    ]


@pytest.mark.parametrize("length", [len(CONTENT) + 10, len(CONTENT)])
def test_a_body_that_is_cut_is_not_taken_for_whole(endpoint: Endpoint, length: int) -> None:
    endpoint.objects["logs/a"] = CONTENT

    def cut(handler: Handler) -> bool:
        handler.send(200, CONTENT[:-5], Content_Length=str(length))
        handler.close_connection = True
        return True

    endpoint.hook = of_objects(cut)
    closed = ["the endpoint closed the connection in the middle of an answer"]
    assert read(endpoint) == [(b"", closed)]


def test_a_body_of_another_length_than_was_listed_is_not_used(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT
    endpoint.hook = of_objects(lambda handler: handler.send(200, CONTENT[:-5]))
    told = ["the endpoint gave another number of bytes than the listing says: it was not read"]
    assert read(endpoint) == [(b"", told)]


def test_an_object_that_is_larger_than_was_listed_is_not_held(endpoint: Endpoint) -> None:
    endpoint.hook = lambda handler: handler.send(
        200, page_of(entry("logs/a", 10)) if "list-type" in handler.query else b"x" * 1_000_000
    )
    told = ["the endpoint answers more than was asked for"]
    assert read(endpoint, replace(QUICK, range=1000)) == [(b"", told)]


def test_a_giant_object_is_read_no_further_than_may_be_held(endpoint: Endpoint) -> None:
    def giant(handler: Handler) -> bool:
        if "list-type" in handler.query:
            handler.send(200, page_of(entry("logs/a", 1 << 45)))
        else:
            handler.send(206, b"x" * 100_000, ETag='"e"')
        return True

    endpoint.hook = giant
    found, _ = sources(endpoint, limits=replace(QUICK, range=100_000))
    assert read_whole(found[0], cap=1 << 20) == (b"", ["holds more than 1 MiB: not read"])
    assert len(endpoint.gets) < 15


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(endpoint: Endpoint, status: int) -> None:
    with running(Endpoint(objects={"logs/a": CONTENT})) as other:
        endpoint.objects["logs/a"] = CONTENT
        for kind in (of_objects, of_lists):
            endpoint.hook = kind(lambda handler: handler.send(status, Location=f"{other.url}{handler.path}"))
            found, problems = sources(endpoint)
            problems += [problem for source in found for problem in read_whole(source)[1]]
            assert len(problems) == 1
            assert "redirects elsewhere" in problems[0]
        assert other.lists == []
        assert other.gets == []


def test_the_region_of_a_bucket_that_an_endpoint_names_leads_nowhere(endpoint: Endpoint) -> None:
    with running(Endpoint()) as other:
        region = f"{other.url.removeprefix('http://')}/#"
        endpoint.hook = lambda handler: handler.send(
            301, b"<Error><Code>PermanentRedirect</Code></Error>", x_amz_bucket_region=region
        )
        assert refused(endpoint)
        assert other.lists == []


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "AccessDenied", "access is denied (403 AccessDenied)"),
        (404, "NoSuchBucket", "no such bucket"),
        (400, "ExpiredToken", "the credentials have expired (400 ExpiredToken)"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (403, "InvalidAccessKeyId", "the credentials are not accepted"),
        (400, "AuthorizationHeaderMalformed", "the bucket is in another Region"),
        (500, "InternalError", "the endpoint fails (500 InternalError), again and again"),
        (400, "Strange", "cannot be read (400 Strange): no"),
    ],
)
def test_a_refusal_is_one_sentence(endpoint: Endpoint, status: int, code: str, told: str) -> None:
    endpoint.hook = lambda handler: handler.fail(status, code)
    assert refused(endpoint).startswith(told)


def test_an_object_that_may_not_be_read_is_named_and_the_others_are_read(endpoint: Endpoint) -> None:
    endpoint.objects |= {f"logs/{number:02}": CONTENT for number in range(12)}
    endpoint.hook = of_objects(lambda handler: handler.key != "logs/07" and handler.fail(403, "AccessDenied"))
    outcomes = read(endpoint)
    assert outcomes[7] == (CONTENT, [])
    assert {len(problems) for _, problems in outcomes} == {0, 1}
    assert all("kms:Decrypt" in problems[0] for _, problems in outcomes if problems)


def test_an_archived_object_says_so(endpoint: Endpoint) -> None:
    endpoint.objects["logs/a"] = CONTENT
    endpoint.hook = of_objects(lambda handler: handler.fail(403, "InvalidObjectState"))
    assert read(endpoint)[0][1] == ["the object is archived (403 InvalidObjectState): restore it first"]


def test_an_endpoint_that_is_not_there_is_said_to_be_so(endpoint: Endpoint) -> None:
    gone = Endpoint(url="http://127.0.0.1:9")
    assert refused(gone) == "the endpoint cannot be reached"
    assert endpoint.lists == []


def test_credentials_are_asked_for_where_there_are_none(endpoint: Endpoint) -> None:
    settings = replace(endpoint.settings(), sign=True)
    _, missing = find(["s3://bkt/logs"], s3=Connection(settings))
    assert missing[0].problems[0].startswith("no credentials of AWS were found")


def test_credentials_are_nowhere_but_in_the_client(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pickle

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENTIFIER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wholly-secret")
    endpoint.objects["logs/a"] = CONTENT
    connection = Connection(replace(endpoint.settings(), sign=True))
    found, _ = find(["s3://bkt/logs"], s3=connection)
    (source,) = found
    assert read_whole(source) == (CONTENT, [])
    assert endpoint.headers[0]["Authorization"].startswith("AWS4-HMAC-SHA256")
    held = pickle.dumps(source) + repr(source).encode() + repr(connection).encode()
    assert b"secret" not in held
    assert b"AKID" not in held
    assert read_whole(pickle.loads(pickle.dumps(source))) == (CONTENT, [])  # noqa: S301 - our own


def test_an_endpoint_without_tls_is_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.errors import UsageError
    from analyzer.sources.s3.settings import S3Settings

    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://192.0.2.1:9000")
    with pytest.raises(UsageError, match="without TLS"):
        Connection(S3Settings(sign=False)).page("bkt", "")


def test_a_key_out_of_order_ends_a_listing_that_relies_on_it(endpoint: Endpoint) -> None:
    from datetime import UTC, datetime

    tree = "AWSLogs/111122223333/CloudTrail/us-east-1/"
    entries = entry(f"{tree}2026/05/07/b", 1) + entry(f"{tree}2026/05/06/a", 1)
    endpoint.hook = of_lists(lambda handler: handler.send(200, page_of(entries)))
    span = (datetime(2026, 5, 6, tzinfo=UTC), datetime(2026, 5, 6, tzinfo=UTC))
    _, missing = find([f"s3://bkt/{tree}"], s3=Connection(endpoint.settings()), spans=[span])
    assert missing[0].problems == ["the endpoint does not list keys in their order, as S3 does"]
