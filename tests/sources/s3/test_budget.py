"""A run is bounded as a whole: in time, and in what it fetches."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from analyzer.collect.calls import Aws
from analyzer.collect.interface import RefusedError
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.budget import Budget
from analyzer.sources.s3.client import Connection, Object
from analyzer.sources.s3.settings import S3Settings

OBJECT = Object("log", 4, '"e"', None)


class Client:
    """Gives each object."""

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"ETag": '"e"', "Body": BytesIO(b"{}\n\n")}


def test_a_run_ends_by_its_bytes_and_by_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sources.s3.client.client_of", lambda *_, **__: Client())
    moments = [0.0]
    budget = Budget(7200, 6, clock=lambda: moments[-1])
    connection, cloud = Connection(S3Settings(), budget=budget), Aws(S3Settings(), budget=budget)
    for _ in range(2):
        assert connection.get("b", OBJECT, 0, 4).result() == b"{}\n\n"
    with pytest.raises(S3Error, match="GiB were fetched, the most of one run"):
        connection.get("b", OBJECT, 0, 4).result()
    moments.append(7201.0)
    with pytest.raises(S3Error, match="the run had taken 2 hours"):
        connection.page("b", "p/")
    with pytest.raises(RefusedError, match="the run had taken 2 hours"):
        cloud.describe_trails()
