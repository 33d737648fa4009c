"""Commands that fetch evidence: they only read, and carry nothing that has not the form that it must have."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime

import pytest

from analyzer.commands import evidence
from analyzer.commands.words import plain
from tests.build import STORE
from tests.commands.hostile import UNSENDABLE, VALUES

NOON = datetime(2025, 3, 20, 12, 0, tzinfo=UTC)
ACCOUNT = "111122223333"
HOSTILE = [*VALUES, *UNSENDABLE, "$(touch hit)", "a'b", "-x", "--endpoint-url=http://x", "../../x", "a\nb"]


def all_commands(text: str) -> list[str | None]:
    """Every command, with `text` wherever a text of an input can be."""
    return [
        evidence.list_keys(text),
        evidence.copy_hours(text, NOON, NOON.replace(hour=13)),
        evidence.copy_digests(text, NOON),
        evidence.copy_of_state("update", text, text, text),
        evidence.check_again([text], NOON, NOON.replace(minute=1)),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_an_input_is_carried_only_in_the_form_that_it_must_have(text: str) -> None:
    known = all_commands("?")
    for command, with_placeholders in zip(all_commands(text), known, strict=True):
        assert command is not None
        assert command == with_placeholders or re.fullmatch("[0-9A-Za-z_./-]+", text)
        assert plain(command) == command
        assert shlex.split(command)


def test_a_placeholder_is_one_quoted_word() -> None:
    for command in all_commands("?"):
        for word in re.findall(r"\S*<[A-Z]\S*", command or ""):
            assert re.fullmatch(r"'[^']*'", word), word


def test_a_store_is_listed_and_without_one_the_stores_are() -> None:
    assert evidence.list_keys(STORE) == f"lostwrite keys {STORE} --output keys.json"
    assert evidence.list_keys(None) == "aws cloudfront list-key-value-stores --output json"


def test_the_hours_of_the_trail_by_the_minute_of_delivery() -> None:
    command = evidence.copy_hours(ACCOUNT, NOON, NOON.replace(hour=13, minute=5))
    assert command == (
        "aws s3 cp 's3://<BUCKET-OF-THE-TRAIL>/AWSLogs/111122223333/CloudTrail/us-east-1/2025/03/20/' trail/ "
        "--recursive --exclude '*' --include '*_CloudTrail_us-east-1_20250320T12*' "
        "--include '*_CloudTrail_us-east-1_20250320T13*'"
    )


def test_midnight_makes_two_copies_and_a_long_time_none() -> None:
    command = evidence.copy_hours(ACCOUNT, NOON.replace(hour=23), NOON.replace(day=21, hour=0)) or ""
    assert "/2025/03/20/' trail/" in command
    assert (
        " &&\naws s3 cp 's3://<BUCKET-OF-THE-TRAIL>/AWSLogs/111122223333/CloudTrail/us-east-1/2025/03/21/'"
        in command
    )
    assert "--include" not in (
        evidence.copy_hours(ACCOUNT, NOON.replace(hour=0), NOON.replace(hour=23)) or ""
    )
    assert evidence.copy_hours(ACCOUNT, NOON, NOON.replace(day=30)) is None
    assert (
        evidence.copy_hours(ACCOUNT, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
        is None
    )


def test_objects_of_the_state_and_another_window() -> None:
    assert evidence.copy_of_state("update", "shop", "prod", "fe6aadedee0704c33ffb620d") == (
        "aws s3 cp 's3://<SST-STATE-BUCKET>/update/shop/prod/fe6aadedee0704c33ffb620d.json' update.json"
    )
    assert evidence.check_again(["a/pulumi.log"], NOON, NOON.replace(minute=1)) == (
        "lostwrite check a/pulumi.log --trail '<TRAIL>' --since 2025-03-20T12:00:00Z --until 2025-03-20T12:01:00Z"
    )
