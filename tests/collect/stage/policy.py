"""Whether a policy of docs/iam.md allows a call: actions, resources, and the prefixes of listings."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.adoption.test_iam import listed, policies
from tests.collect.stage.proxy import S3, SSM, TRAIL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.collect.stage.proxy import Asked


def policy(heading: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The statements below a heading of the page, with real names for those in capital letters."""
    text = json.dumps(policies()[heading]["Statement"])
    for name, value in names.items():
        text = text.replace(name, value)
    found: list[dict[str, Any]] = json.loads(text)
    return found


def allowed(asked: Asked, statements: list[dict[str, Any]], store: str) -> bool:
    """Whether a statement allows the call; one on keys is on `store`."""
    where = _resource(asked, store)
    return any(
        asked.action in listed(each["Action"])
        and any(fnmatchcase(where, pattern) for pattern in listed(each["Resource"]))
        and _meets(asked, each.get("Condition"))
        for each in statements
    )


def _resource(asked: Asked, store: str) -> str:
    body = json.loads(asked.body) if asked.body else {}
    if asked.service == SSM:
        return f"arn:aws:ssm:{asked.region}:111122223333:parameter{body['Name']}"
    if asked.service == TRAIL:
        return str(body.get("TrailName") or body.get("Name") or "*")
    if asked.service == S3:
        return f"arn:aws:s3:::{asked.bucket}" + (f"/{asked.key}" if asked.key else "")
    return store


def _meets(asked: Asked, condition: dict[str, Any] | None) -> bool:
    if condition is None:
        return True
    patterns = condition["StringLike"]["s3:prefix"]
    return any(fnmatchcase(asked.query.get("prefix", ""), pattern) for pattern in patterns)
