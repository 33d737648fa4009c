"""Real threads race on one list of routes, on a real server: the analyser must say what the final listing says."""

from __future__ import annotations

import gzip
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from analyzer import check
from analyzer.store.endpoint import kvs_client
from analyzer.store.live import list_store
from tests.world.calls import Call, Refused
from tests.world.chance import seeded
from tests.world.clock import Clock
from tests.world.deploy import Deploy, steps_of
from tests.world.logs import event_log
from tests.world.resources import KV_KEYS, KV_ROUTES, Operation, Props, Version
from tests.world.server import AWS, SERVER, Recorder, Writer
from tests.world.service import Actor, Service
from tests.world.trail import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEPLOYS, SITES, MANY = 2, 4, 60
ROUNDS = [
    (version, spelling)
    for version in (Version.V3_10_11, Version.V3_11_2, Version.V3_12_5)
    for spelling in (AWS, SERVER)
]
REST, AFTER = 3.0, 7.0
"""Seconds before and after the race: a chain must reach beyond the deploys, and a listing judges what ended 5 s ago."""
ROUTER = "9900"
BUCKET = "trail"


@dataclass
class Race:
    """One store, two deploys at once, and what was left."""

    version: Version
    spelling: str
    arn: str
    deploys: list[Deploy]
    listed: dict[str, str] = field(default_factory=dict)

    @property
    def routes(self) -> list[str]:
        """The final list, put together."""
        value = json.loads(self.listed.get(f"{ROUTER}:routes", "[]"))
        if isinstance(value, dict):
            value = json.loads("".join(self.listed[f"{ROUTER}:routes:{n}"] for n in range(value["parts"])))
        assert isinstance(value, list)
        return value


@dataclass
class Field:
    """All races, run once."""

    races: list[Race]
    base: datetime
    trail: Path
    records: list[dict[str, Any]]
    endpoint: str


@pytest.fixture(scope="module")
def raced(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Every race, one after the other; the trail lies in the server's S3, and is fetched from there."""
    folder = tmp_path_factory.mktemp("raced")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }.items():
            patch.setenv(name, value)
        patch.setattr("boto3.DEFAULT_SESSION", None)
        base = datetime.now(UTC).replace(microsecond=0)
        recorder = Recorder()
        races = [_race(endpoint, version, spelling) for version, spelling in ROUNDS]
        for race in races:
            _beat(endpoint, recorder, race)
        time.sleep(REST)
        for race in races:
            _run(endpoint, recorder, race, base)
        time.sleep(AFTER)
        for race in races:
            _beat(endpoint, recorder, race)
            pages = kvs_client(endpoint, "us-east-1").get_paginator("list_keys").paginate(KvsARN=race.arn)
            race.listed = {item["Key"]: item["Value"] for page in pages for item in page.get("Items", ())}
        _store(endpoint, recorder, folder)
        yield Field(races, base, folder / "trail", recorder.records, endpoint)


def _race(endpoint: str, version: Version, spelling: str) -> Race:
    control = boto3.client("cloudfront", region_name="us-east-1", endpoint_url=endpoint)
    arn: str = control.create_key_value_store(Name=f"s{uuid4().hex}")["KeyValueStore"]["ARN"]
    deploys = []
    for number in range(DEPLOYS):
        actor = Actor(f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy-{number}/ci", "ci", "sdk", "198.51.100.7")
        chance = seeded(number)
        service = Service(Clock(), chance)
        stage = f"stage{number}"
        deploy = Deploy("shop", stage, version, actor, {}, {}, service, chance, 0.0)
        for site in range(SITES):
            own = f"{number:02x}{site:02x}"
            entries = tuple((f"/f{n}", "s3") for n in range(MANY if site == 0 else 2))
            keys = Props(arn, own, entries)
            route = Props(arn, ROUTER, entry=f"site,{own},,/{stage}/{site}")
            deploy.operations.append(Operation(KV_KEYS, f"Site{site}KvKeys", "create", keys, None))
            deploy.operations.append(Operation(KV_ROUTES, f"Site{site}RoutesUpdate", "create", route, None))
        deploys.append(deploy)
    return Race(version, spelling, arn, deploys)


def _beat(endpoint: str, recorder: Recorder, race: Race) -> None:
    """A write of another tool; the list exists before the deploys."""
    writer = Writer(endpoint, recorder, f"arn:aws:iam::{ACCOUNT}:user/beat", AWS)
    etag = writer.answer(Call("DescribeKeyValueStore", race.arn)).etag
    writer.answer(Call("UpdateKeys", race.arn, if_match=etag, puts=(("flag:beat", "on"),)))


def _run(endpoint: str, recorder: Recorder, race: Race, base: datetime) -> None:
    """All operations of all deploys at once, a thread each."""
    operations = [(deploy, operation) for deploy in race.deploys for operation in deploy.operations]
    start = threading.Barrier(len(operations))

    def now() -> float:
        return (datetime.now(UTC) - base).total_seconds()

    def work(deploy: Deploy, operation: Operation) -> None:
        writer = Writer(endpoint, recorder, deploy.actor.caller, race.spelling)
        start.wait()
        operation.began = now()
        try:
            operation.outputs = writer.run(steps_of(race.version, operation, seeded(1)))
        except Refused as error:
            operation.error, operation.message = error, error.text()
        operation.ended = now()

    for deploy in race.deploys:
        deploy.began = now()
    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in operations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a writer did not end"
    for deploy in race.deploys:
        deploy.ended = now()


def _store(endpoint: str, recorder: Recorder, folder: Path) -> None:
    """Puts the records into the server's S3 as CloudTrail would, half an hour later, and fetches them again."""
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint)
    s3.create_bucket(Bucket=BUCKET)
    delivered = datetime.now(UTC) + timedelta(minutes=40)
    for number, part in enumerate((recorder.records[::2], recorder.records[1::2])):
        name = f"{ACCOUNT}_CloudTrail_us-east-1_{delivered:%Y%m%dT%H%M}Z_{number:016d}.json.gz"
        key = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{delivered:%Y/%m/%d}/{name}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(json.dumps({"Records": part}).encode()))
    for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        path = folder / "trail" / item["Key"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read())


def _verdicts(raced: Field, race: Race, folder: Path, *, listing: bool) -> dict[tuple[str, str, str], str]:
    """By deploy, resource and key."""
    logs = []
    for number, deploy in enumerate(race.deploys):
        path = folder / str(number) / "eventlog.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(event_log(deploy, raced.base))
        logs.append(path)
    keys = []
    if listing:
        keys = [folder / "keys.json"]
        keys[0].write_bytes(list_store(race.arn, endpoint_url=raced.endpoint))
    report = check(logs, trail=[raced.trail], keys=keys)
    of = {row["id"]: row["stage"] for row in report.deploys.iter_rows(named=True)}
    rows = report.writes.iter_rows(named=True)
    return {(of[row["deploy"]], row["name"], row["key"]): row["verdict"] for row in rows}


def _truths(race: Race) -> Iterator[tuple[tuple[str, str, str], bool, Operation]]:
    """Each write, and whether the final listing holds it."""
    for deploy in race.deploys:
        for operation in deploy.operations:
            assert operation.new is not None
            place = (deploy.stage, operation.full_name)
            if operation.kind == KV_ROUTES:
                yield (*place, f"{ROUTER}:routes"), operation.new.entry in race.routes, operation
            for key, value in operation.new.entries:
                full = f"{operation.new.namespace}:{key}"
                yield (*place, full), race.listed.get(full) == value, operation


@pytest.mark.parametrize("number", range(len(ROUNDS)), ids=[f"{v.value}, {s}" for v, s in ROUNDS])
@pytest.mark.usefixtures("credentials")
class TestRace:
    def test_by_the_trail_alone_nothing_is_said_falsely(
        self, raced: Field, number: int, tmp_path: Path
    ) -> None:
        """Within one second nothing tells whose call is whose: of a list, no more are said lost than are missing."""
        race = raced.races[number]
        said = _verdicts(raced, race, tmp_path, listing=False)
        lost = missing = 0
        for place, held, operation in _truths(race):
            if operation.kind == KV_ROUTES and operation.reported == "succeeded":
                lost += said[place] == "lost"
                missing += not held
                assert said[place] not in {"dropped", "errored"}, place
            elif operation.reported == "succeeded":
                assert said[place] not in {"lost", "dropped", "errored"} or not held, place
            else:
                wrong = {"lost", "dropped"} if held else {"lost", "dropped", "landed"}
                assert said[place] not in wrong, place
        assert lost <= missing

    def test_with_the_listing_every_write_is_told_exactly(
        self, raced: Field, number: int, tmp_path: Path
    ) -> None:
        race = raced.races[number]
        said = _verdicts(raced, race, tmp_path, listing=True)
        for place, held, operation in _truths(race):
            if operation.reported == "succeeded":
                right = {"landed"} if held else {"lost", "mismatched"}
                assert said[place] in right, (place, held)


def test_a_version_that_reads_anew_loses_nothing(raced: Field) -> None:
    for race in raced.races:
        if race.version is not Version.V3_10_11:
            for place, held, operation in _truths(race):
                assert held or operation.reported == "failed", place


def test_the_races_were_real(raced: Field) -> None:
    """Writers met: each store refused stale ETags, in both spellings; and the old version lost an entry."""
    refused = {
        (record["requestParameters"]["kvsARN"], record["errorCode"])
        for record in raced.records
        if "errorCode" in record
    }
    for race in raced.races:
        code = "ValidationException" if race.spelling == AWS else "ConflictException"
        assert (race.arn, code) in refused
    old = next(race for race in raced.races if (race.version, race.spelling) == (Version.V3_10_11, AWS))
    assert any(not held and operation.reported == "succeeded" for _, held, operation in _truths(old))
