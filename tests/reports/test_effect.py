"""What users of the site notice, for each kind of write."""

from __future__ import annotations

import pytest

from analyzer.reports.effect import effect
from tests.reports.examples import ROUTE, write

KEY = {"type": "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey", "key": "flag:beta"}


@pytest.mark.parametrize(
    ("differs", "wanted"),
    [
        (
            {**ROUTE, "entry": "url,5ce0,,/docs"},
            "Requests for /docs* do not reach what was deployed: they fail with 'Failed to contact the origin', or an "
            "older route answers them.",
        ),
        (
            {**ROUTE, "entry": r"site,50f6,www\.shop\.com,/", "verdict": "unfinished"},
            "If it did not land, requests for www.shop.com/* do not reach what was deployed: they fail with 'Failed to "
            "contact the origin', or an older route answers them.",
        ),
        (
            {**ROUTE, "entry": None},
            "Requests for the route of SiteRoutesUpdate do not reach what was deployed: they fail with 'Failed to "
            "contact the origin', or an older route answers them.",
        ),
        (
            {**ROUTE, "action": "remove"},
            "Requests for /* still go to what was to be taken out of the routes, and fail once it is gone.",
        ),
        (
            {},
            "SiteKvKeys runs without its new settings: requests fail, or are answered as before the deploy.",
        ),
        (
            {"key": "7c62:*", "pattern": True},
            "SiteKvKeys runs without its new files and settings: requests fail, or are answered as before the deploy.",
        ),
        (
            {"key": "7c62:/a.html"},
            "The new file /a.html is not served: requests get an error page or the old version.",
        ),
        (
            {"key": "7c62:/a.html", "action": "delete"},
            "Requests for /a.html still go to the old file, and fail once it is gone.",
        ),
        (KEY, "Functions that read flag:beta get no value, or the old one."),
        (
            KEY | {"action": "delete"},
            "Functions that read flag:beta still get the value that was to be deleted.",
        ),
        (KEY | {"key": None}, "Functions that read the key get no value, or the old one."),
    ],
)
def test_effect(differs: dict[str, object], wanted: str) -> None:
    assert effect([write(1, **{"verdict": "dropped"} | differs)]) == wanted


def test_settings_and_files_are_both_told() -> None:
    rows = [write(1, key="7c62:/a", verdict="lost"), write(2, verdict="lost")]
    assert effect(rows) == "SiteKvKeys runs without its new settings, and the new file /a is not served."


def test_the_first_files_are_named_and_the_others_counted() -> None:
    rows = [write(n, key=f"7c62:/{n}", verdict="dropped") for n in range(6)]
    assert effect(rows) == (
        "The new files /0, /1, /2, /3 and 2 more are not served: requests get an error page or the old version."
    )
