"""Long scenarios as an audit finds them: an SST home, a folder of CI logs, and a CloudTrail bucket full of other calls.

`python -m tests.world.archive FOLDER --apps 100 --deploys 100 --records 20_000_000` writes

- `home/eventlog/APP/STAGE/ID.json` and `home/update/APP/STAGE/ID.json` (some logs gzipped, some pruned away),
- `ci/APP/STAGE-ID.log`: other deploys, of which only the text of the CI job is left,
- `trail/AWSLogs/...`: two files an hour; the calls on stores are a part of what is in them,
- `truth/APP.ndjson`: a line for each write: what may be said of it (`tests.world.truth`, and `right` and `level` of
  `tests.world.knowable`: by the records and the event logs that are left).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from isal import igzip

from tests.world import trail
from tests.world.chance import seeded
from tests.world.history import BEGIN, HOSTILE, deploys_of, history
from tests.world.hostile import ci
from tests.world.hostile.switches import NONE
from tests.world.knowable import Evidence
from tests.world.logs import event_log
from tests.world.run import end_with_the_parent
from tests.world.trail import ACCOUNT
from tests.world.truth import truths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from random import Random

    from tests.world.deploy import Deploy
    from tests.world.scenario import Scenario
    from tests.world.service import Done
    from tests.world.truth import Truth

_HOUR = 3600.0
_FILES_AN_HOUR = 2
_OTHERS = 9
"""Resources besides those of stores that each deploy has in its log."""
_BLOCK = 100
"""Records of other services that are written at once."""
_BLOCKS = 40
_MOMENT = "2001-02-03T04"
"""Stands for the hour in a block of records, and is replaced by it."""
_LATE = 600.0
_LOG, _CI, _PRUNED = "log", "ci", "pruned"
_LEFT = (_LOG,) * 17 + (_CI,) * 2 + (_PRUNED,)
"""What is left of a deploy, by chance."""
_ALL_LEFT = (_LOG,)


class Call(NamedTuple):
    """A record of a call on a store, and in which hour's files it is."""

    hour: int
    text: str


class Delivered(NamedTuple):
    """A record in the trail, when it came, and of which call it is."""

    at: float
    done: Done
    record: trail.Record


def write_app(folder: Path, shape: Shape, seed: int) -> list[Call]:
    """Writes the logs of one app and what is true of its writes; gives the records of its calls."""
    app = f"shop{seed}"
    world = history(seed, shape.deploys, shape.days, app, NONE if shape.calm else HOSTILE)
    chance = seeded(seed + 10**6)
    kept = {}
    for deploy in deploys_of(world):
        left = chance.choice(_ALL_LEFT if shape.calm else _LEFT)
        kept[id(deploy)] = (_write_deploy(folder, deploy, world, chance, left), left)
    delivered = list(_delivered(world, chance))
    logged = [deploy for deploy in world.deploys if kept[id(deploy)][1] == _LOG]
    evidence = Evidence(_files(delivered, world, shape.days), logged, world.condition)
    with (folder / "truth" / f"{app}.ndjson").open("w") as file:
        for truth in truths(world):
            name, left = kept[id(truth.deploy)]
            intent = truth.intent
            judged = evidence.judged(truth)
            row = {
                "deploy": name,
                "left": left,
                "name": intent.operation.full_name,
                "action": intent.action,
                "key": intent.key if intent.store else "*:routes",
                "entry": intent.entry or None,
                "fate": truth.fate,
                "right": sorted(judged.right),
                "level": judged.level,
                "undone_by": _undone_by(truth, kept),
            }
            file.write(json.dumps(row) + "\n")
    return [Call(int(each.at // _HOUR), json.dumps(each.record)) for each in delivered]


def _undone_by(truth: Truth, kept: Mapping[int, tuple[str, str]]) -> str | None:
    """What is left of the later deploy of the stage that undid the write or made it again; `nothing`: no log ever."""
    call = truth.renewal
    if call is None:
        return None
    operation = call.actor.operation
    deploys = [each for each in truth.deploy.siblings if operation in each.operations]
    return kept.get(id(deploys[0]), ("", "nothing"))[1] if deploys else "nothing"


def _write_deploy(folder: Path, deploy: Deploy, world: Scenario, chance: Random, left: str) -> str:
    """Writes what is left of a deploy; gives its id."""
    began = world.base + timedelta(seconds=deploy.clock.shows(deploy.began))
    name = update_id(began, chance)
    place = f"{deploy.app}/{deploy.stage}/{name}.json"
    if left == _CI:
        path = folder / "ci" / deploy.app / f"{deploy.stage}-{name}.log"
        _put(path, ci.ci_text(deploy, world.base, ci.draw(chance)).encode())
        return name
    _put(folder / "home" / "update" / place, _update(deploy, world, name, began))
    if left == _LOG:
        body = _with_others(event_log(deploy, world.base), deploy).encode()
        packed = gzip.compress(body, 1, mtime=0) if chance.random() < 0.5 else body
        _put(folder / "home" / "eventlog" / place, packed)
    return name


def update_id(began: datetime, chance: Random) -> str:
    """SST's id of an update that began then (docs/facts/sst-output.md#14-update-object-and-update-id)."""
    milliseconds = int(began.timestamp() * 1000)
    return f"{~milliseconds & (1 << 48) - 1:012x}{chance.getrandbits(48):012x}"


def _update(deploy: Deploy, world: Scenario, name: str, began: datetime) -> bytes:
    ended = {}
    if deploy.ended is not None:
        at = world.base + timedelta(seconds=deploy.clock.shows(deploy.ended))
        ended = {"timeCompleted": at.isoformat()}
    version = deploy.version.value.split()[0]
    errors = [
        {"urn": deploy.urn(operation), "message": operation.message}
        for operation in deploy.operations
        if operation.message and operation.ended is not None
    ]
    body = {
        "id": name,
        "version": version,
        "command": "deploy",
        "errors": errors or None,
        "timeStarted": f"{began:%Y-%m-%dT%H:%M:%S.%f}Z",
        **ended,
    }
    return json.dumps(body).encode()


def _with_others(log: str, deploy: Deploy) -> str:
    """The log with resources that have nothing to do with stores, as every real deploy has many."""
    first, *rest = log.splitlines()
    stamp = json.loads(first)["timestamp"]
    lines = [first]
    for number in range(_OTHERS):
        urn = f"urn:pulumi:{deploy.stage}::{deploy.app}::aws:lambda/function:Function::Fn{number}"
        state = {
            "type": "aws:lambda/function:Function",
            "urn": urn,
            "custom": True,
            "id": f"fn-{number}",
            "inputs": {
                "handler": "bundle.handler",
                "environment": {"variables": {f"NAME_{n}": "value " * 12 for n in range(12)}},
            },
            "outputs": {"arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn-{number}"},
        }
        step = {"op": "same", "urn": urn, "type": state["type"], "old": state, "new": state}
        lines += [
            json.dumps({"sequence": 0, "timestamp": stamp, event: {"metadata": step}})
            for event in ("resourcePreEvent", "resOutputsEvent")
        ]
    return "\n".join([*lines, *rest]) + "\n"


def _delivered(world: Scenario, chance: Random) -> Iterator[Delivered]:
    """The records that the trail has: what it loses, it loses of this app alone."""
    condition = world.condition
    condition.export = trail.Condition().export
    hours = sorted({int(done.at // _HOUR) for done in world.service.history})
    lost = set(chance.sample(hours, min(condition.lost_files, len(hours))))
    for done in world.service.history:
        for record in trail._records_of(done, condition, world.base, chance):
            delivered = done.at + chance.uniform(60, _LATE)
            within = condition.files_since <= delivered <= condition.files_until
            if within and int(done.at // _HOUR) not in lost:
                for _ in range(2 if condition.twice and chance.random() < 0.5 else 1):
                    yield Delivered(delivered, done, record)


def _files(delivered: Iterable[Delivered], world: Scenario, days: int) -> list[trail.File]:
    """The records as the model knows files: those of other services show that the trail reaches from end to end."""
    condition = world.condition
    ends = max(condition.files_since, 0.0), min(condition.files_until, days * 24 * _HOUR)
    return [
        *(trail.File(end) for end in ends),
        *(trail.File(each.at, [each.record], [each.done]) for each in delivered),
    ]


def write_trail(folder: Path, calls: Iterable[Call], days: int, records: int) -> tuple[int, int]:
    """Writes the files, filled up to `records` records; gives the number of files and of bytes, unpacked."""
    by_hour: dict[int, list[str]] = {}
    for call in calls:
        by_hour.setdefault(call.hour, []).append(call.text)
    hours = days * 24
    blocks = _blocks(seeded(1))
    each = round(records / (hours * _FILES_AN_HOUR * _BLOCK))
    files = size = 0
    for hour in range(max([hours, *by_hour]) + 1):
        own = by_hour.get(hour, [])
        delivered = BEGIN + timedelta(seconds=(hour + 1) * _HOUR)
        moment = f"{BEGIN + timedelta(seconds=hour * _HOUR):%Y-%m-%dT%H}".encode()
        for part in range(_FILES_AN_HOUR):
            chosen = [blocks[(hour * 7 + part * 3 + n) % _BLOCKS] for n in range(each)]
            mine = [text.encode() for text in own[part::_FILES_AN_HOUR]]
            filled = [block.replace(_MOMENT.encode(), moment) for block in chosen]
            body = b'{"Records":[' + b",".join([*filled, *mine]) + b"]}"
            size += len(body)
            files += 1
            name = f"{ACCOUNT}_CloudTrail_us-east-1_{delivered:%Y%m%dT%H%MZ}_{hour:012d}{part:04d}.json.gz"
            place = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / "us-east-1" / f"{delivered:%Y/%m/%d}"
            _put(place / name, igzip.compress(body, 1, mtime=0))
    return files, size


def _blocks(chance: Random) -> list[bytes]:
    """Records of other services, of about the size of real ones, in blocks."""
    return [
        json.dumps([_other(chance) for _ in range(_BLOCK)], separators=(",", ":")).encode()[1:-1]
        for _ in range(_BLOCKS)
    ]


def _other(chance: Random) -> dict[str, Any]:
    service, name = chance.choice(
        (
            ("s3", "GetObject"),
            ("kms", "Decrypt"),
            ("sts", "AssumeRole"),
            ("ec2", "DescribeInstances"),
            ("dynamodb", "GetItem"),
        )
    )
    moment = f"{_MOMENT}:{chance.randrange(60):02}:{chance.randrange(60):02}Z"
    principal = f"AROA{chance.getrandbits(64):016X}"
    bucket = f"bucket-{chance.randrange(40)}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"{principal}:session",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/service-{chance.randrange(40)}/session",
            "accountId": ACCOUNT,
            "accessKeyId": f"ASIAEXAMPLE{chance.getrandbits(32):08X}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": principal,
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/service",
                    "accountId": ACCOUNT,
                    "userName": "service",
                },
                "attributes": {"creationDate": moment, "mfaAuthenticated": "false"},
            },
        },
        "eventTime": moment,
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
        "userAgent": "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64",
        "requestParameters": {"bucketName": bucket, "key": f"build/{chance.getrandbits(40)}/chunk.js"},
        "responseElements": None,
        "requestID": f"{chance.getrandbits(128):032x}",
        "eventID": f"{chance.getrandbits(128):032x}",
        "readOnly": True,
        "resources": [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/x"}],
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


class Shape(NamedTuple):
    """How much is written."""

    apps: int = 4
    deploys: int = 100
    """Of each app."""
    days: int = 360
    records: int = 200_000
    """In the trail, of all services."""
    seed: int = 0
    calm: int = 0
    """1: nothing hostile (tests/world/hostile), and every log is there; the service has its faults all the same."""


def write_archive(folder: Path, shape: Shape, jobs: int = 1) -> str:
    """Writes everything; gives a sentence about it."""
    began = time.monotonic()
    (folder / "truth").mkdir(parents=True)
    seeds = range(shape.seed, shape.seed + shape.apps)
    work = partial(write_app, folder, shape)
    calls: list[Call] = []
    if jobs == 1:
        for seed in seeds:
            calls += work(seed)
    else:
        with ProcessPoolExecutor(jobs, get_context("spawn"), end_with_the_parent) as pool:
            for found in pool.map(work, seeds):
                calls += found
    files, size = write_trail(folder / "trail", calls, shape.days, max(shape.records - len(calls), 0))
    logs = sum(1 for path in folder.rglob("*") if path.is_file()) - files - shape.apps
    return (
        f"{shape.apps} apps, {logs} log and update files, {len(calls)} records of calls on stores; {files} trail"
        f" files, {size / 1e6:.0f} MB unpacked; {time.monotonic() - began:.0f} s"
    )


def main(arguments: list[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.world.archive")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    for name, default in Shape._field_defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args(arguments)
    shape = Shape(*(getattr(options, name) for name in Shape._fields))
    sys.stdout.write(write_archive(options.folder, shape, options.jobs) + "\n")


if __name__ == "__main__":
    main()
