"""What the words of a request mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analyzer.collect.request import Home, Updates
from analyzer.errors import UsageError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "fe6aadedee0704c33ffb620d"


@pytest.mark.parametrize(
    "word", ["shop", "shop/", "/prod", "shop/prod/x", "../prod", "sh op/prod", "shop/*", "a\n/b"]
)
def test_what_is_no_stage_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="APP/STAGE"):
        Home.of(word)


@pytest.mark.parametrize(
    ("word", "since", "wanted"),
    [
        (None, None, Updates(None, 1)),
        ("latest", None, Updates(None, 1)),
        ("last:3", None, Updates(None, 3)),
        ("last:3", NOON, Updates(None, 3, NOON)),
        (None, NOON, Updates(None, 200, NOON)),
        (ID, None, Updates(ID, 1)),
        ("https://sst.dev/u/3FFB620D", None, Updates("3ffb620d", 1)),
    ],
)
def test_updates_are_named_by_what_a_person_has(
    word: str | None, since: datetime | None, wanted: Updates
) -> None:
    assert Updates.of(word, since, None) == wanted


@pytest.mark.parametrize("word", ["newest", "last:0", "last:201", "last:", "fe6aadedee07", "zzzzzzzz"])
def test_what_names_no_update_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="--update"):
        Updates.of(word, None, None)


def test_an_id_needs_no_time() -> None:
    with pytest.raises(UsageError, match="--since"):
        Updates.of(ID, NOON, None)
