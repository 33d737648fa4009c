"""The calls of SSM and CloudTrail: all pages, what an endpoint may not do, and a sentence for each refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("botocore")

from botocore.exceptions import ClientError
from botocore.session import Session

from analyzer.collect.calls import Aws
from analyzer.collect.interface import RefusedError
from analyzer.sources.s3.settings import S3Settings
from tests.sources.s3.endpoint import QUICK

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"
BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


@cache
def model(service: str) -> Any:
    """How botocore knows the service."""
    return Session().get_service_model(service)


class Fake:
    """Stands in for botocore's clients: `answer` gets the operation and its options; the calls are counted."""

    def __init__(self, patch: pytest.MonkeyPatch, answer: Callable[[str, dict[str, Any]], Any]) -> None:
        self.calls: list[tuple[str, str | None, str, dict[str, Any]]] = []
        self.answer = answer
        patch.setattr("analyzer.collect.calls.client_of", self.client)
        self.aws = Aws(S3Settings(limits=QUICK))

    def client(self, service: str, _: S3Settings, *, region: str | None = None, **_other: object) -> Any:
        def method(name: str) -> Callable[..., Any]:
            def call(**options: Any) -> Any:
                self.calls.append((service, region, name, dict(options)))
                return self.answer(name, options)

            return call

        class Client:
            meta = SimpleNamespace(service_model=model(service))

            def __getattr__(self, name: str) -> Callable[..., Any]:
                return method(name)

        return Client()


def key(number: int) -> dict[str, str]:
    return {"Fingerprint": str(number)}


def test_public_keys_come_from_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_: str, options: dict[str, Any]) -> dict[str, Any]:
        page = int(options.get("NextToken", "0"))
        return {"PublicKeyList": [key(page)]} | ({"NextToken": str(page + 1)} if page < 3 else {})

    fake = Fake(monkeypatch, answer)
    assert fake.aws.public_keys(BEGIN, END) == [key(number) for number in range(4)]
    assert {(service, region, name) for service, region, name, _ in fake.calls} == {
        ("cloudtrail", "us-east-1", "list_public_keys")
    }


@pytest.mark.parametrize(("step", "most"), [(0, 2), (1, 50)], ids=["repeated", "endless"])
def test_pages_that_do_not_end_are_refused(monkeypatch: pytest.MonkeyPatch, step: int, most: int) -> None:
    fake = Fake(
        monkeypatch,
        lambda _, options: {
            "PublicKeyList": [key(1)],
            "NextToken": str(int(options.get("NextToken", "1")) + step),
        },
    )
    with pytest.raises(RefusedError, match="its pages do not end"):
        fake.aws.public_keys(BEGIN, END)
    assert len(fake.calls) == most


def test_a_trail_is_asked_for_in_the_region_of_its_arn(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(monkeypatch, lambda *_: {"IsLogging": True, "ResponseMetadata": {}, "Extra": 1})
    assert fake.aws.trail_status(ARN) == {"IsLogging": True}
    assert fake.calls == [("cloudtrail", "eu-central-1", "get_trail_status", {"Name": ARN})]


@pytest.mark.parametrize("name", ["audit", ARN.replace("eu-central-1", "eu.evil.example"), f"{ARN}\n"])
def test_what_is_no_arn_of_a_trail_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    fake = Fake(monkeypatch, lambda *_: {})
    with pytest.raises(RefusedError, match="is no ARN of a trail"):
        fake.aws.event_selectors(name)
    assert fake.calls == []


@pytest.mark.parametrize(
    "answer",
    [{}, {"Parameter": {}}, {"Parameter": "text"}, {"Parameter": {"Value": 7}}],
    ids=["nothing", "no value", "text", "a number"],
)
def test_an_answer_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    fake = Fake(monkeypatch, lambda *_: answer)
    with pytest.raises(RefusedError) as refused:
        fake.aws.parameter("/sst/bootstrap")
    assert str(refused.value) == "ssm:GetParameter /sst/bootstrap: the endpoint does not answer as AWS does"


@pytest.mark.parametrize(
    ("code", "sentence", "calls"),
    [
        ("AccessDeniedException", "access is denied (AccessDeniedException): it needs ssm:GetParameter", 1),
        ("ParameterNotFound", "there is no such parameter", 1),
        ("ThrottlingException", "asks to slow down (ThrottlingException), again and again", QUICK.attempts),
    ],
)
def test_a_refusal_is_one_sentence_and_tried_again_where_that_helps(
    monkeypatch: pytest.MonkeyPatch, code: str, sentence: str, calls: int
) -> None:
    def answer(*_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "User: arn:aws:iam::1:user/x"}}, "GetParameter")

    fake = Fake(monkeypatch, answer)
    with pytest.raises(RefusedError) as refused:
        fake.aws.parameter("/sst/bootstrap")
    assert refused.value.source == "ssm:GetParameter /sst/bootstrap"
    assert sentence in refused.value.reason
    assert len(fake.calls) == calls


def test_an_endpoint_that_fails_again_and_again_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(monkeypatch, lambda *_: {"IsLogging": "perhaps"})
    for _ in range(QUICK.failures):
        with pytest.raises(RefusedError):
            fake.aws.trail_status(ARN)
    before = len(fake.calls)
    with pytest.raises(RefusedError, match="not asked for: cloudtrail had failed 5 times in a row"):
        fake.aws.trail_status(ARN)
    assert len(fake.calls) == before
