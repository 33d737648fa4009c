"""The bucketed join gives what the plain one does."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analyzer.tables import TIME
from analyzer.verdicts.within import within
from tests.build import at

SECONDS = st.integers(-300, 300)


@given(
    spans=st.lists(st.tuples(st.sampled_from("ab"), SECONDS, st.integers(-5, 400)), max_size=6),
    moments=st.lists(st.tuples(st.sampled_from("ab"), SECONDS), max_size=12),
)
def test_it_pairs_what_lies_within(spans: list[tuple[str, int, int]], moments: list[tuple[str, int]]) -> None:
    """Also for windows that end before they begin: they hold nothing."""
    windows = pl.DataFrame(
        [(n, key, at(low), at(low + length)) for n, (key, low, length) in enumerate(spans)],
        schema={"window": pl.Int64, "key": pl.String, "low": TIME, "high": TIME},
        orient="row",
    )
    calls = pl.DataFrame(
        [(n, key, at(second)) for n, (key, second) in enumerate(moments)],
        schema={"moment": pl.Int64, "key": pl.String, "at": TIME},
        orient="row",
    )
    found = within(windows, calls, ["key"])
    expected = {
        (w, m)
        for w, (key, low, length) in enumerate(spans)
        for m, (called, second) in enumerate(moments)
        if key == called and low <= second <= low + length
    }
    assert set(zip(found["window"], found["moment"], strict=True)) == expected
    assert found.height == len(expected)


def test_a_window_without_an_end_holds_nothing() -> None:
    windows = pl.DataFrame(
        {"key": ["a"], "low": [at(0)], "high": [None]}, schema_overrides={"low": TIME, "high": TIME}
    )
    calls = pl.DataFrame({"key": ["a"], "at": [at(1)]}, schema_overrides={"at": TIME})
    assert within(windows, calls, ["key"]).is_empty()
