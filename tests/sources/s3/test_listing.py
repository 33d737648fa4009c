"""What is listed of a bucket, what is read of it, and what is said of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from analyzer.sources.find import find
from analyzer.sources.s3.client import Connection
from tests.sources.s3.endpoint import etag_of

if TYPE_CHECKING:
    from tests.sources.s3.endpoint import Endpoint, Handler

ACCOUNT = "AWSLogs/111122223333/"
HOME = f"{ACCOUNT}CloudTrail/us-east-1/"
DEPLOY = datetime(2026, 5, 6, 12, tzinfo=UTC)
SPANS = [(DEPLOY, DEPLOY + timedelta(minutes=3))]


def day(prefix: str, at: datetime, name: str = "x.json.gz") -> str:
    return f"{prefix}{at:%Y/%m/%d}/{name}"


def names(
    endpoint: Endpoint, *words: str, spans: list[tuple[datetime, datetime]] | None = None
) -> tuple[list[str], dict[str, str]]:
    """The keys that are read, and why others are not, by the first of them."""
    found, missing = find(words, s3=Connection(endpoint.settings()), spans=spans or [])
    begin = len("s3://bkt/")
    why: dict[str, str] = {}
    for stats in missing:
        name = stats.source[begin:]
        why[name] = "; ".join([*([why[name]] if name in why else []), *stats.problems])
    return [source.name[begin:] for source in found], why


def test_a_listing_is_read_to_its_end(endpoint: Endpoint) -> None:
    endpoint.page = 7
    endpoint.objects |= {f"logs/{number:03}": b"x" for number in range(60)}
    endpoint.objects["logs2/x"] = b"x"
    assert names(endpoint, "s3://bkt/logs") == ([f"logs/{number:03}" for number in range(60)], {})
    assert len(endpoint.lists) == 1 + 9


def test_an_object_is_found_among_those_that_begin_like_it(endpoint: Endpoint) -> None:
    endpoint.objects |= {"a/log": b"x", "a/log2": b"x", "a/log/x": b"x"}
    assert names(endpoint, "s3://bkt/a/log") == (["a/log"], {})


def test_a_key_is_listed_once_whatever_words_name_it(endpoint: Endpoint) -> None:
    endpoint.objects |= {"a/1": b"x", "a/2": b"x"}
    assert names(endpoint, "s3://bkt/a/2", "s3://bkt/a", "s3://bkt/a/*")[0] == ["a/2", "a/1"]


def test_folders_and_what_is_empty_or_no_log_are_not_read(endpoint: Endpoint) -> None:
    endpoint.objects |= {
        "a/": b"", "a/log": b"x", "a/none": b"", "a/node_modules/p/log": b"x", "a/.git/config": b"x",
    }  # fmt: skip
    found, why = names(endpoint, "s3://bkt/a")
    assert found == ["a/log"]
    assert why == {
        "a/.git/config": "not read: a name that begins with a dot",
        "a/node_modules/p/log": "not read: installed packages",
        "a/none": "not read: empty",
    }


def test_hostile_keys_are_data(endpoint: Endpoint) -> None:
    keys = ["a/../../etc/passwd", "a//b", "a/ü x+%41?#", "a/\x01\x1b[31m", "a/b\\c", "a/C:x"]
    endpoint.objects |= dict.fromkeys(keys, b"x")
    found, missing = find(["s3://bkt/a"], s3=Connection(endpoint.settings()))
    assert missing == []
    assert sorted(source.name for source in found) == sorted(f"s3://bkt/{key}" for key in keys)
    assert [source.open().read() for source in found] == [b"x"] * len(keys)
    assert sorted(endpoint.gets) == sorted(keys)


def test_an_object_has_the_version_and_the_time_of_the_listing(endpoint: Endpoint) -> None:
    endpoint.objects["a/b"] = b"content"
    ((source,), _) = find(["s3://bkt/a"], s3=Connection(endpoint.settings()))
    stamp = source.stamp()
    assert (source.etag, source.size()) == (etag_of(b"content"), 7)
    assert source.modified == datetime(2026, 5, 6, tzinfo=UTC)
    assert stamp is not None
    assert (stamp.etag, stamp.size) == (source.etag, 7)
    assert endpoint.gets == []


def test_connections_are_used_again(endpoint: Endpoint) -> None:
    endpoint.objects |= {f"a/{number:02}": b"content" for number in range(20)}
    ports: set[int] = set()

    def noted(handler: Handler) -> bool:
        ports.add(handler.client_address[1])
        return False

    endpoint.hook = noted
    found, _ = find(["s3://bkt/a"], s3=Connection(endpoint.settings()))
    assert [source.open().read() for source in found] == [b"content"] * 20
    assert len(ports) == 1


def test_keys_that_are_not_below_the_prefix_are_counted_and_not_read(endpoint: Endpoint) -> None:
    from tests.sources.s3.endpoint import entry, page_of

    body = page_of(entry("a/x", 1) + entry("b/y", 1) + entry("../z", 1))
    endpoint.hook = lambda handler: handler.send(200, body)
    found, why = names(endpoint, "s3://bkt/a/")
    assert found == ["a/x"]
    assert why == {"": "2 keys that the endpoint listed are not below the prefix: not read"}


def test_without_a_time_of_the_deploys_all_days_and_regions_are_read(endpoint: Endpoint) -> None:
    keys = [day(HOME, DEPLOY - timedelta(days=400)), day(f"{ACCOUNT}CloudTrail/eu-west-1/", DEPLOY)]
    endpoint.objects |= dict.fromkeys(keys, b"x")
    assert sorted(names(endpoint, "s3://bkt/")[0]) == sorted(keys)


def test_of_a_trail_the_days_that_can_hold_the_calls_are_read(endpoint: Endpoint) -> None:
    offsets = {-400: False, -2: False, -1: True, 0: True, 1: True, 31: True, 32: False, 300: False}
    for tree in ("CloudTrail", "CloudTrail-Digest"):
        for offset in offsets:
            endpoint.objects[day(f"{ACCOUNT}{tree}/us-east-1/", DEPLOY + timedelta(days=offset))] = b"x"
    found, why = names(endpoint, "s3://bkt/", spans=SPANS)
    read = [DEPLOY + timedelta(days=offset) for offset, is_read in offsets.items() if is_read]
    assert found == [
        day(f"{ACCOUNT}{tree}/us-east-1/", at) for tree in ("CloudTrail", "CloudTrail-Digest") for at in read
    ]
    assert list(why.values()) == [
        "2 prefixes not listed: delivered more than a day before the deploys; 2 prefixes not listed: delivered more "
        "than 30 days after the deploys: what took a write away after that is not seen"
    ]


def test_other_regions_and_services_are_not_listed_and_that_is_said(endpoint: Endpoint) -> None:
    endpoint.objects |= {
        day(HOME, DEPLOY): b"x",
        day(f"{ACCOUNT}CloudTrail/eu-west-1/", DEPLOY): b"x",
        day(f"{ACCOUNT}CloudTrail/eu-west-2/", DEPLOY): b"x",
        f"{ACCOUNT}elasticloadbalancing/us-east-1/2026/05/06/x.gz": b"x",
        "notes/pulumi.log": b"x",
    }
    found, why = names(endpoint, "s3://bkt/", spans=SPANS)
    assert found == [day(HOME, DEPLOY), "notes/pulumi.log"]
    assert why == {
        f"{ACCOUNT}CloudTrail/eu-west-1/": "2 prefixes not listed: of another Region than us-east-1, where calls on "
        "key-value stores are recorded",
        f"{ACCOUNT}elasticloadbalancing/": "not listed: logs of other services of AWS",
    }


def test_the_trail_of_an_organization_with_a_prefix_is_understood(endpoint: Endpoint) -> None:
    root = "audit/AWSLogs/o-abcdefghij/111122223333/CloudTrail/us-east-1/"
    endpoint.objects |= {day(root, DEPLOY): b"x", day(root, DEPLOY - timedelta(days=9)): b"x"}
    assert names(endpoint, "s3://bkt/audit/", spans=SPANS)[0] == [day(root, DEPLOY)]


def test_who_names_a_day_a_region_or_a_glob_has_chosen_himself(endpoint: Endpoint) -> None:
    other = f"{ACCOUNT}CloudTrail/eu-west-1/"
    old = DEPLOY - timedelta(days=300)
    endpoint.objects |= {day(HOME, old): b"x", day(other, old): b"x", day(other, DEPLOY): b"x"}
    assert names(endpoint, f"s3://bkt/{HOME}{old:%Y/%m}/", spans=SPANS)[0] == [day(HOME, old)]
    assert names(endpoint, f"s3://bkt/{other}", spans=SPANS)[0] == [day(other, DEPLOY)]
    assert len(names(endpoint, "s3://bkt/AWSLogs/*/CloudTrail", spans=SPANS)[0]) == 3


def test_between_deploys_far_apart_all_days_are_listed(endpoint: Endpoint) -> None:
    spans = [*SPANS, (DEPLOY + timedelta(days=200), DEPLOY + timedelta(days=200))]
    offsets = (-5, 0, 100, 200, 500)
    endpoint.objects |= {day(HOME, DEPLOY + timedelta(days=offset)): b"x" for offset in offsets}
    found = names(endpoint, f"s3://bkt/{HOME}", spans=spans)[0]
    assert found == [day(HOME, DEPLOY + timedelta(days=offset)) for offset in (0, 100, 200)]


def test_a_quiet_account_of_years_costs_few_calls(endpoint: Endpoint) -> None:
    regions = [f"eu-west-{number}" for number in range(1, 17)]
    days = [DEPLOY + timedelta(days=offset) for offset in range(-1100, 7)]
    endpoint.objects |= {day(f"{ACCOUNT}CloudTrail/{region}/", at): b"x" for region in regions for at in days}
    endpoint.objects |= {day(HOME, at, f"{hour}.gz"): b"x" for at in days for hour in range(5)}
    assert len(endpoint.objects) > 20_000
    found, why = names(endpoint, "s3://bkt/", spans=SPANS)
    assert len(found) == 40
    assert len(endpoint.lists) <= 30
    assert len(why) == 2
