"""The inputs of a worked example as files: logs, a trail, a listing, selectors; and what is asked of them.

All is of one day, 2025-03-20. A log whose lines begin with `|` is the text after it (`| |  Created     SiteKvKeys`);
another is engine events, a line each:

    15:40:31-32  create SiteKvKeys  7c62: metadata={} /robots.txt=s3       keys under a namespace
    15:40:33-    update SiteRoutesUpdate  7c62:routes + a -> 7c62:routes + b   an entry; `->` what was, what is
    15:40:34-35  delete aws:x/y:Z name {"input": 1} => {"output": 2}       any other resource
    15:40:36     error on SiteKvKeys: message                              error, warning, info
    the log stops                                                          no summary, no end

A step without its second time never ends; one that ends in `fails: message` fails; `purge`, `keeps` (retainOnDelete),
`unset` (the provider returned no outputs) and `in other` (another store) may stand after a state. A line of a trail:

    15:40:34  UpdateKeys put a b delete c  E2 -> E3  by job in other id REQUEST fails CODE: message

where `at E2` is the ETag of a failed write; `s3 GetObject` is a call on another service; `the file is cut` in a record
that begins after those above. `Config` is the text of a lostwrite.toml, read on that day.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer import check
from analyzer.config.file import read_config
from tests.trail.cloudtrail import HIDDEN, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.reports.report import Report
    from tests.rules.example import Section

DAY = date(2025, 3, 20)
STORE = "arn:aws:cloudfront::111122223333:key-value-store/5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d"
CONFIG = "lostwrite.toml"
_GONE = "(gone)"
_CUT = "the file is cut"
_DYNAMIC = "pulumi-nodejs:dynamic:Resource"
_CLASSES = {"KvKeys": "KvKeys", "RouteKey": "KvKeys", "RoutesUpdate": "KvRoutesUpdate"}
_STEP = re.compile(r"(?P<start>[\d:]+)-(?P<end>[\d:]*) +(?P<op>[a-z-]+) +(?P<what>.+)")
_SAID = re.compile(
    r"(?P<at>[\d:]+) +(?P<severity>error|warning|info)(?: on (?P<name>[^\s:]+))?:? (?P<text>.+)"
)
_CALL = re.compile(r"(?P<at>[\d:]+) +(?:(?P<service>[a-z0-9-]+) +)?(?P<api>[A-Z]\w+) *(?P<rest>.*)")
_READS = ("GetKey", "ListKeys", "DescribeKeyValueStore")


def run(inputs: Sequence[Section], folder: Path) -> Report:
    """What `check` says of the inputs, which are written below `folder`, the current one."""
    assert folder.samefile(Path.cwd())
    logs, given = _written(inputs)
    for section in inputs:
        if section.title == _GONE:
            continue
        if section.name == "Config":
            config = read_config(_text(section), CONFIG, shared=False)
            given["suppressions"], given["today"] = (config.suppressions if config else ()), DAY
        elif section.name == "Command":
            given |= _asked(section.title)
    return check(logs, **given)


def command(inputs: Sequence[Section], folder: Path) -> list[str]:
    """The words of the command that checks the inputs, which are written below `folder`, the current one."""
    assert folder.samefile(Path.cwd())
    logs, given = _written(inputs)
    words = [word for name, files in given.items() for file in files for word in (f"--{name}", file)]
    for section in inputs:
        if section.name == "Config":
            words += ["--config", _write(CONFIG, _text(section))]
        elif section.name == "Command":
            words += shlex.split(section.title)
    return ["check", *logs, *words]


def _written(inputs: Sequence[Section]) -> tuple[list[str], dict[str, Any]]:
    """The files of the logs, and those of what else is read, by their option."""
    sections = [section for section in inputs if section.title != _GONE]
    logs: list[str] = []
    given: dict[str, Any] = {"trail": [], "keys": [], "selectors": []}
    for section in sections:
        if section.name == "Log":
            logs += _log(section, "" if not logs else f"{len(logs) + 1}-")
        elif section.name == "Trail":
            given["trail"].append(_write(_name("trail.json", given["trail"]), _trail(section.lines)))
        elif section.name == "Keys":
            given["keys"].append(_write(_name("keys.json", given["keys"]), _listing(section)))
        elif section.name == "Selectors":
            given["selectors"].append(_write("selectors.json", _text(section)))
    return logs, given


def _text(section: Section) -> str:
    return "\n".join(section.lines)


def store(name: str | None) -> str:
    """The ARN of a store that the example calls `name`; None is the one that most are about."""
    if name is None:
        return STORE
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"{STORE.rpartition('/')[0]}/{digits[:8]}-{digits[8:12]}-4c1e-9f55-{digits[12:24]}"


def moment(text: str, after: str = "00:00:00") -> datetime:
    """`15:40:33`, or the end of one (`33`), the rest of which is as in `after`."""
    whole = after[: len("00:00:00") - len(text)] + text if len(text) < len("00:00") else text
    return datetime.combine(DAY, time.fromisoformat(whole), tzinfo=UTC)


def _name(name: str, there: Sequence[str]) -> str:
    return name if not there else f"{len(there) + 1}-{name}"


def _write(name: str, text: str) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    day_after = datetime.combine(DAY + timedelta(days=1), time(), tzinfo=UTC).timestamp()
    os.utime(path, (day_after, day_after))
    return name


def _asked(words: str) -> dict[str, Any]:
    """`--since 15:40 --until 15:41` as parameters of `check`."""
    parts = shlex.split(words)
    return {
        name.removeprefix("--").replace("-", "_"): moment(value)
        if re.fullmatch(r"[\d:]+", value)
        else datetime.fromisoformat(value)
        for name, value in zip(parts[::2], parts[1::2], strict=True)
    }


def _log(section: Section, before: str) -> list[str]:
    """The files of a deploy: its log, and what SST notes of the update where the version is given."""
    if section.lines and section.lines[0].startswith("|"):
        text = "".join(line[1:].removeprefix(" ") + "\n" for line in section.lines)
        return [_write(f"{before}deploy.log", text)]
    stack, _, version = section.title.partition("SST ")
    app, _, stage = (stack.strip(" ,") or "shop/prod").partition("/")
    events = list(_events(section.lines, app, stage))
    text = "".join(json.dumps({"sequence": n} | event) + "\n" for n, event in enumerate(events))
    if not version:
        return [_write(f"{before}eventlog.json", text)]
    began, ended = events[0]["timestamp"], events[-1]["timestamp"]
    update = f"{(1 << 48) - 1 - began * 1000:012x}" + "0123456789ab"
    said = {"id": update, "version": version, "command": "deploy", "timeStarted": _rfc(began)}
    if "cancelEvent" in events[-1]:
        said["timeCompleted"] = _rfc(ended)
    return [
        _write(f"eventlog/{app}/{stage}/{update}.json", text),
        _write(f"update/{app}/{stage}/{update}.json", json.dumps(said)),
    ]


def _rfc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _events(lines: Iterable[str], app: str, stage: str) -> list[dict[str, Any]]:
    """Engine events, by their times; a step begins, and ends or fails."""
    timed: list[tuple[int, dict[str, Any]]] = []
    stops = False
    for line in lines:
        if line == "the log stops":
            stops = True
        elif step := _STEP.fullmatch(line):
            timed += _step(step, f"urn:pulumi:{stage}::{app}::")
        elif said := _SAID.fullmatch(line):
            urn = _urn(f"urn:pulumi:{stage}::{app}::", said["name"])[0] if said["name"] else ""
            timed.append((_seconds(said["at"]), _diagnostic(urn, said["text"], said["severity"])))
        else:
            raise ValueError(f"no line of a log: {line!r}")
    timed.sort(key=lambda event: event[0])
    first, last = timed[0][0], timed[-1][0] + 1
    events: list[tuple[int, dict[str, Any]]] = [(first, {"preludeEvent": {"config": {}}}), *timed]
    if not stops:
        summary = {"maybeCorrupt": False, "durationSeconds": last - first, "resourceChanges": {}}
        events += [(last, {"summaryEvent": summary}), (last, {"cancelEvent": {}})]
    return [{"timestamp": at} | event for at, event in events]


def _seconds(text: str, after: str = "00:00:00") -> int:
    return int(moment(text, after).timestamp())


def _diagnostic(urn: str, message: str, severity: str) -> dict[str, Any]:
    said = {"urn": urn, "prefix": "", "message": f"{message}\n", "color": "raw", "severity": severity}
    return {"diagnosticEvent": said}


def _step(step: re.Match[str], stack: str) -> list[tuple[int, dict[str, Any]]]:
    what, fails, error = step["what"].partition("fails: ")
    name, _, states = what.strip().partition(" ")
    type_ = None
    if name.count(":") > 1:
        type_, (name, _, states) = name, states.strip().partition(" ")
    urn, type_ = _urn(stack, name, type_)
    first, _, last = states.strip().rpartition(" -> ")
    op = step["op"]
    deleted = op in ("delete", "delete-replaced")
    old = _state(last if deleted else first, urn, type_) if deleted or first else None
    new = None if deleted else _state(last, urn, type_)
    about = {"op": op, "urn": urn, "type": type_, "old": old, "provider": ""}
    before: dict[str, Any] = {"metadata": about | {"new": new and {**new, "outputs": {}}}}
    events = [(_seconds(step["start"]), {"resourcePreEvent": before})]
    if not step["end"]:
        return events
    end = _seconds(step["end"], step["start"])
    if fails:
        events.append((end, _diagnostic(urn, error, "error")))
        events.append((end, {"resOpFailedEvent": before | {"status": 2, "steps": 0}}))
    else:
        events.append((end, {"resOutputsEvent": {"metadata": about | {"new": new}}}))
    return events


def _urn(stack: str, name: str, type_: str | None = None) -> tuple[str, str]:
    """The URN and the type; of SST's own kinds, they follow from the end of the name."""
    sst = next((cls for end, cls in _CLASSES.items() if name.endswith(end)), None)
    if type_ is None and sst:
        return f"{stack}{_DYNAMIC}::{name}.sst.aws.{sst}", _DYNAMIC
    type_ = type_ or _DYNAMIC
    return f"{stack}{type_}::{name}", type_


def _state(text: str, urn: str, type_: str) -> dict[str, Any]:
    inputs, _, outputs = text.partition(" => ")
    words = inputs.split()
    arn = store(words[words.index("in") + 1]) if "in" in words else STORE
    head = words[0] if words else ""
    if head.startswith("{") or not words:
        given = json.loads(inputs or "{}")
    elif head.endswith(":"):
        entries = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        given = {"namespace": head[:-1], "entries": entries, "purge": "purge" in words, "store": arn}
    elif "+" in words:
        namespace, _, key = head.partition(":")
        given = {"namespace": namespace, "key": key, "entry": words[words.index("+") + 1], "store": arn}
    else:
        key, _, value = head.partition("=")
        given = {"key": key, "value": value, "keyValueStoreArn": arn}
    provider = {"__provider": "code"} if type_ == _DYNAMIC else {}
    got = {} if "unset" in words else json.loads(outputs) if outputs else given
    return {
        "type": type_,
        "urn": urn,
        "custom": True,
        "id": "id",
        "retainOnDelete": "keeps" in words,
        "inputs": provider | given,
        "outputs": provider | got,
    }


def _trail(lines: Iterable[str]) -> str:
    calls = [line for line in lines if line != _CUT]
    text = json.dumps({"Records": [_record(number, line) for number, line in enumerate(calls, start=1)]})
    return text[: -len("]}")] + ', {"eventVers' if _CUT in lines else text


def _record(number: int, line: str) -> dict[str, Any]:
    call = _CALL.fullmatch(line)
    if call is None:
        raise ValueError(f"no line of a trail: {line!r}")
    calling, _, error = call["rest"].partition("fails ")
    said, words = _words(calling)
    code, _, message = error.partition(": ")
    arn = store(said.get("in"))
    at = moment(call["at"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    who = said.get("by", "ci")
    common: dict[str, Any] = {
        "eventTime": at,
        "requestID": said.get("id", f"request-{number}"),
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::111122223333:assumed-role/{who}/run",
            "accountId": "111122223333",
            "accessKeyId": f"ASIA{who.upper()}",
        },
        "errorCode": code or None,
        "errorMessage": message or None,
    }
    event = f"event-{number}"
    if call["service"]:
        source = {
            "eventSource": f"{call['service']}.amazonaws.com",
            "resources": None,
            "eventCategory": "Management",
        }
        return record(event, call["api"], **common, **source, requestParameters=None, responseElements=None)
    resources = [{"accountId": "111122223333", "type": "AWS::CloudFront::KeyValueStore", "ARN": arn}]
    before, after = said.get("at"), said.get("->")
    asked = {"kvsARN": arn} | ({"ifMatch": before} if before else {}) | _named(call["api"], words)
    reads = call["api"] in _READS
    answer = None if reads or code else {"itemCount": 3, "totalSizeInBytes": 100, "eTag": after}
    fields = {
        "requestParameters": asked,
        "responseElements": answer,
        "readOnly": reads,
        "resources": resources,
    }
    return record(event, call["api"], **common, **fields)


def _words(text: str) -> tuple[dict[str, str], list[str]]:
    """What `by`, `in`, `id`, `at` and `->` say, and the other words."""
    words = text.split()
    said: dict[str, str] = {}
    if "->" in words:
        place = words.index("->")
        said |= {"at": words[place - 1], "->": words[place + 1]}
        del words[place - 1 : place + 2]
    for name in ("by", "in", "id", "at"):
        if name in words:
            place = words.index(name)
            said[name] = words[place + 1]
            del words[place : place + 2]
    return said, words


def _named(api: str, words: list[str]) -> dict[str, Any]:
    """The keys of a call."""
    if api == "UpdateKeys":
        cut = words.index("delete") if "delete" in words else len(words)
        puts = [{"key": key, "value": HIDDEN} for key in words[:cut] if key != "put"]
        deletes = [{"key": key} for key in words[cut + 1 :]]
        return ({"puts": puts} if puts else {}) | ({"deletes": deletes} if deletes else {})
    value = {"value": HIDDEN} if api == "PutKey" else {}
    return {"key": words[0]} | value if words else {}


def _listing(section: Section) -> str:
    """`at 15:50:00, ETag E3` and `key=value` lines: what `lostwrite keys` writes."""
    at, _, rest = section.title.removeprefix("at ").partition(", ETag ")
    etag, _, other = (rest or "E0").partition(" in ")
    items = [dict(zip(("key", "value"), line.split("=", 1), strict=True)) for line in section.lines]
    listing = {
        "schema": "lostwrite.keys/v1",
        "store": store(other or None),
        "listed_at": moment(at).isoformat(),
        "etag": etag,
        "item_count": len(items),
        "items": items,
    }
    return json.dumps(listing)
