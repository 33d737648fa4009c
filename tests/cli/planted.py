"""A deploy, a trail and a listing with every secret of the corpus in every place that a stranger can write to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.redaction.secrets import KEY_LINES, SECRETS, Secret
from tests.trail.cloudtrail import STORE, log, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_URN = "urn:pulumi:prod::shop::sst:aws:Router$pulumi-nodejs:dynamic:Resource::"
_TYPE = "pulumi-nodejs:dynamic:Resource"
_TIME = "2026-06-10T00:05:02Z"
_OWN_LINE: dict[str, Callable[[str], str]] = {
    "unrecognised": str,
    "diagnostic": lambda text: f"    {text}",
    "escaped": lambda text: f"a message\\n{text}\\nand more",
}
_WITHIN: dict[str, Callable[[str], str]] = {
    "output": lambda text: f"    out: {json.dumps(text)}",
    "error": lambda text: f"    error: operation error CloudFront KeyValueStore: {text}: failed",
    "console": lambda text: f"    pulumi:pulumi:Stack shop-prod running {text} now",
    "resource": lambda text: f" +  aws:s3:Bucket {text} created (1s)",
    "glog": lambda text: f"I0610 00:05:02.000001   12345 deploy.go:190] {text}",
    "slog": lambda text: f"time={_TIME} level=INFO msg={json.dumps(text)} a={json.dumps(text)}",
    "json": lambda text: json.dumps({"level": "info", "msg": text, "error": text, text: 1}),
    "ci": lambda text: f"2026-06-10T00:05:02.1234567Z {text}",
    "verb": lambda text: f"|  Created     {text} sst:aws:Bucket (1.0s)",
}


def text_log() -> str:
    """A log of Pulumi's text output, and what else a terminal or a CI shows."""
    places = [("Updating (prod):", "")]
    for name, place in {**_OWN_LINE, **_WITHIN}.items():
        chosen = [secret for secret in SECRETS if _fits(secret, name)]
        places.append((_heading(name), "\n".join(place(secret.text) for secret in chosen)))
    body = "\n".join(part for pair in places for part in pair if part)
    return "\n".join((body, *KEY_LINES, "Resources:", "    + 1 created", ""))


def _fits(secret: Secret, place: str) -> bool:
    """Whether a secret can stand there.

    Names hold no blanks, and what Pulumi escapes is read without backslashes. Some secrets are known only as a line,
    and those of two lines only where both are in one text.
    """
    no_name = place == "resource" and (" " in secret.text or "\\" in secret.text)
    return "\n" not in secret.text and (place in _OWN_LINE or not (secret.whole or no_name))


def _heading(name: str) -> str:
    return {"output": "Outputs:", "diagnostic": "Diagnostics:\n  pulumi:pulumi:Stack (shop-prod):"}.get(
        name, ""
    )


def engine_events() -> str:
    """The same as lines of engine events: messages, urns, keys, values and entries."""
    events: list[dict[str, object]] = [
        {"preludeEvent": {"config": {}}},
        *(event for secret in SECRETS for event in _events(secret)),
    ]
    events.append({"diagnosticEvent": {"message": "\n".join(KEY_LINES), "severity": "error"}})
    numbered = (
        {"sequence": number, "timestamp": 1_781_049_900 + number // 100, **event}
        for number, event in enumerate(events)
    )
    return "".join(json.dumps(event) + "\n" for event in numbered)


def _events(secret: Secret) -> Iterator[dict[str, object]]:
    if secret.whole:
        return
    text = secret.text
    if "\n" in text or "::" in text:  # no name of a resource holds these
        yield {"diagnosticEvent": {"message": f"{text}\n", "severity": "error"}}
        yield {"stdoutEvent": {"message": f"{text}\n", "color": "raw"}}
        return
    urn = f"{_URN}{text}.sst.aws.KvKeys"
    inputs: dict[str, object] = {"store": STORE, "namespace": "7c62", "entries": {text: text, "plain": text}}
    yield from _operation(urn, inputs)
    yield {
        "resOpFailedEvent": {
            "metadata": _metadata(f"{_URN}{text}", "update", inputs),
            "status": 1,
            "steps": 1,
        }
    }
    route: dict[str, object] = {
        "store": STORE,
        "namespace": "7c62",
        "key": "routes",
        "entry": f"site,{text},,/",
    }
    yield from _operation(f"{_URN}R{len(text)}.{text}.sst.aws.KvRoutesUpdate", route)
    yield {
        "diagnosticEvent": {
            "urn": urn,
            "prefix": f"{text}: ",
            "message": f"error: {text}\n",
            "severity": "error",
        }
    }
    yield {"stdoutEvent": {"message": text, "color": "raw"}}
    yield {"policyEvent": {"resourceUrn": urn, "message": text, "policyName": text, "enforcementLevel": text}}


def _operation(urn: str, inputs: dict[str, object]) -> Iterator[dict[str, object]]:
    for kind in ("resourcePreEvent", "resOutputsEvent"):
        yield {kind: {"metadata": _metadata(urn, "create", inputs)}}


def _metadata(urn: str, op: str, inputs: dict[str, object]) -> dict[str, object]:
    side = {"type": _TYPE, "urn": urn, "custom": True, "id": "x", "inputs": inputs, "outputs": inputs}
    return {"op": op, "urn": urn, "type": _TYPE, "old": None, "new": side}


def trail_records() -> list[dict[str, object]]:
    """Records with a secret in each field that the caller or a service writes."""
    records: list[dict[str, object]] = []
    for number, secret in enumerate(one for one in SECRETS if not one.whole):
        text = secret.text
        records.append(
            record(
                f"e{number}",
                userAgent=f"cli {text}",
                sourceIPAddress=text,
                errorCode="AccessDenied" if number % 2 else None,
                errorMessage=f"User {text} is not allowed" if number % 2 else None,
                userIdentity={
                    "type": "AssumedRole",
                    "arn": f"arn:aws:sts::111122223333:assumed-role/ci,{text}",
                },
                requestParameters={
                    "kvsARN": STORE,
                    "ifMatch": f"KV{number}",
                    "puts": [{"key": f"7c62:{text}", "value": text}],
                },
                responseElements=None if number % 2 else {"eTag": f"KV{number + 1}", "itemCount": 1},
            )
        )
    return records


def listing() -> str:
    """A listing of the store's keys."""
    items = [{"key": f"7c62:{one.text}", "value": one.text} for one in SECRETS if not one.whole]
    return json.dumps(
        {
            "schema": "lostwrite.keys/v1",
            "store": STORE,
            "listed_at": "2026-06-10T02:00:00Z",
            "etag": "KVX",
            "item_count": len(items),
            "items": items,
        }
    )


def plant(folder: Path) -> None:
    """Writes them: two logs, a trail in two forms, a listing; and a folder and files that are named by a secret."""
    named = folder / ("logs-password=" + SECRETS[0].text)
    named.mkdir()
    (named / "deploy.log").write_text(text_log(), encoding="utf-8")
    (named / f"{SECRETS[1].text}.log").write_text("hello\n", encoding="utf-8")
    (folder / "eventlog.json").write_text(engine_events(), encoding="utf-8")
    (folder / "trail.json").write_bytes(log(*trail_records()))
    (folder / "keys.json").write_text(listing(), encoding="utf-8")
