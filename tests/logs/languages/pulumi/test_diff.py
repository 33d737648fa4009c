"""`--diff` and `--urns`: the steps, what the totals prove of them, and what is no step."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from tests.effort import examples

URN = "urn:pulumi:dev::shop::pkg:m:T::{}"


def read(log: str, size: int = 4 << 20) -> pl.DataFrame:
    stats = InputStats("x")
    frames = list(pulumi_text.read(Source("x", None, log.encode()), stats, batch_bytes=size))
    assert stats.unrecognised == 0
    return pl.concat(frames)


def diff(*steps: tuple[str, str], totals: str = "", signs: str = "+ ") -> str:
    lines = [
        f"{signs}pkg:m:T: ({op})\n    [id=1]\n    [urn={URN.format(name)}]\n  + x: 1\n" for op, name in steps
    ]
    return "".join(lines) + ("Resources:\n" + totals + "\n" if totals else "")


def ends(log: str) -> dict[tuple[str, str], str]:
    table = read(log).filter(pl.col("kind").is_in(["started", "done", "failed"]))
    assert (table["kind"] == table["outcome"]).all()
    return {(op, name): outcome for op, name, outcome in table.select("op", "name", "outcome").iter_rows()}


def test_a_step_begins_where_it_says_its_urn() -> None:
    log = (
        "    - aws:s3/bucket:Bucket: (delete [retain]) 🔒\n        [id=b]\n"
        "        [urn=urn:pulumi:dev::shop::x:y:Z$aws:s3/bucket:Bucket::my bucket]\n        acl: secret\n"
    )
    (step,) = read(log).filter(pl.col("kind") == "started").to_dicts()
    assert (step["line"], step["op"], step["type"], step["name"]) == (
        3,
        "delete",
        "aws:s3/bucket:Bucket",
        "my bucket",
    )
    assert step["urn"] == "urn:pulumi:dev::shop::x:y:Z$aws:s3/bucket:Bucket::my bucket"
    assert step["old"] == '{"retainOnDelete": true}'
    assert "secret" not in str(read(log).to_dicts())


def test_a_default_provider_is_not_counted() -> None:
    """Some versions print its steps; none counts them (pulumi/pulumi pkg/engine/update.go isInternalStep)."""
    provider = "+ pulumi:providers:aws: (create)\n    [urn=urn:pulumi:dev::shop::pulumi:providers:aws::default_6_1]\n"
    steps = [("create", "a"), ("delete-replaced", "b")]
    assert ends(provider + diff(*steps, totals="    + 1 created\n    1 unchanged\n")) == {
        ("create", "default_6_1"): "started",
        ("create", "a"): "done",
        ("delete-replaced", "b"): "done",
    }
    assert (
        ends(provider + diff(("import", "c"), totals="    1 errored\n"))["create", "default_6_1"] == "started"
    )


def test_a_type_without_a_colon() -> None:
    log = (
        "- pkg:m:T: (delete)\n    [urn=urn:pulumi:dev::shop::pkg:m:T::a]\n"
        "    + component: (create) 🔒\n        [urn=urn:pulumi:dev::shop::pkg:m:T$component::b]\n"
    )
    steps = read(log).filter(pl.col("kind") == "started")
    assert steps.select("type", "name", "op").rows() == [
        ("pkg:m:T", "a", "delete"),
        ("component", "b", "create"),
    ]


def test_urns() -> None:
    log = (
        "  urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev: (same)\n"
        "    --urn:pulumi:dev::shop::a:b:C::x (y): (delete-replaced)\n"
    )
    table = read(log)
    assert table.select("kind", "op", "type", "name").rows() == [
        ("started", "same", "pulumi:pulumi:Stack", "shop-dev"),
        ("started", "delete-replaced", "a:b:C", "x (y)"),
    ]


@pytest.mark.parametrize(
    ("steps", "totals", "expected"),
    [
        ([("create", "a"), ("create", "b")], "    + 2 created\n", ["done", "done"]),
        ([("create", "a"), ("create", "b")], "    + 2 to create\n", ["done", "done"]),
        ([("create", "a"), ("create", "b")], "    + 1 created\n    1 errored\n", ["started", "started"]),
        ([("create", "a"), ("update", "b")], "    + 1 created\n    1 errored\n", ["done", "failed"]),
        ([("create", "a"), ("update", "b")], "    + 1 created\n", ["done", "started"]),  # interrupted, say
        ([("same", "a"), ("same", "b")], "    5 unchanged\n", ["done", "done"]),
        ([("same", "a"), ("update", "b")], "    ~ 1 updated\n    1 changes. 5 unchanged\n", ["done", "done"]),
        ([("read", "a")], "\nDuration: 1s\n", ["done"]),
        ([("read", "a")], "\n", ["started"]),  # a preview says of a failed read nothing but an error
        ([("read", "a"), ("create", "b")], "    + 1 to create\n\nDuration: 1s\n", ["started", "done"]),
        (
            [("create", "a"), ("delete-replaced", "b")],
            "    + 1 created\n    1 awaiting\n",
            ["done", "started"],
        ),
        ([("read", "a")], "    1 errored\n", ["started"]),
        ([("refresh", "a"), ("import", "b")], "    1 errored\n", ["done", "done"]),
        (
            [("create-replacement", "a"), ("replace", "a")],
            "    +-1 replaced\n    1 errored\n",
            ["done", "done"],
        ),
        ([("create-replacement", "a")], "    1 errored\n", ["failed"]),
        ([("update", "a"), ("delete-replaced", "b")], "    1 unchanged\n    1 errored\n", ["failed", "done"]),
        (
            [("update", "a"), ("delete-replaced", "b")],
            "    1 unchanged\n    2 errored\n",
            ["failed", "started"],
        ),
        ([("update", "a"), ("update", "a")], "    ~ 1 updated\n", ["done"]),  # printed twice
        ([("create", "a")], "", ["started"]),  # cut, or a mandatory policy
    ],
)
def test_what_the_totals_prove(steps: list[tuple[str, str]], totals: str, expected: list[str]) -> None:
    assert list(ends(diff(*steps, totals=totals)).values()) == expected


def test_a_preview_that_does_not_say_so_at_its_head_plans() -> None:
    table = read(diff(("create", "a"), totals="    + 1 to create\n"))
    assert table.filter(kind="done")["planning"].to_list() == [True]


def test_each_run_has_its_own_totals() -> None:
    plan = "Previewing update (dev):\n" + diff(("create", "a"), totals="    + 1 to create\n")
    log = plan + "Updating (dev):\n" + diff(("create", "a"), totals="    1 errored\n")
    table = read(log).filter(pl.col("kind").is_in(["done", "failed"]))
    assert table.select("run", "planning", "kind").rows() == [(1, True, "done"), (2, False, "failed")]
    cut = (
        "Updating (dev):\n"
        + diff(("create", "a"))
        + "Updating (dev):\n"
        + diff(("create", "b"), totals="    + 1 created\n")
    )
    assert ends(cut) == {("create", "a"): "started", ("create", "b"): "done"}


def test_what_changes_repeats_is_no_step() -> None:
    log = (
        "Changes:\n  pkg:m:T (a):\n"
        + diff(("create", "a")).replace("\n", "\n    ").rstrip()
        + "\n\nDuration: 1s\n"
    )
    table = read(log)
    assert set(table["kind"]) == {"summary", "noise"}
    assert table["urn"].drop_nulls().to_list() == [URN.format("a")]


@pytest.mark.parametrize("section", ["Diagnostics:", "Outputs:", "System Messages"])
def test_what_looks_like_a_step_inside_a_section_is_none(section: str) -> None:
    log = f"{section}\n    + pkg:m:T: (create)\n        [urn={URN.format('a')}]\n"
    assert not read(log)["kind"].is_in(["started", "done", "failed"]).any()


def test_what_a_violated_policy_says_follows_without_indent() -> None:
    log = (
        diff(("create", "a"))
        + "    [mandatory]  acme v0.0.1  no-x (a: pkg:m:T)\nNo x.\nNot one.\n"
        + diff(("create", "b"))
    )
    (said,) = read(log).filter(kind="diagnostic").to_dicts()
    assert (said["type"], said["name"], said["severity"]) == ("pkg:m:T", "a", "error")
    assert said["message"].endswith("(a: pkg:m:T)\nNo x.\nNot one.")
    assert ends(log) == {("create", "a"): "started", ("create", "b"): "started"}


OPS = ("create", "update", "delete", "replace", "create-replacement", "delete-replaced", "same", "read")
TOTALS = (
    "    + 1 created\n",
    "    ~ 2 updated\n",
    "    - 1 deleted\n",
    "    1 errored\n",
    "    3 unchanged\n",
)


@settings(max_examples=examples(12), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "Updating (dev):\n"]),
            st.lists(st.tuples(st.sampled_from(OPS), st.sampled_from("abc")), max_size=5),
            st.lists(st.sampled_from(TOTALS), max_size=3),
            st.sampled_from(["", "\n", "Duration: 1s\n"]),
        ),
        max_size=4,
    ),
    st.integers(1, 400),
)
def test_neither_the_batch_nor_the_order_is_lost(
    runs: list[tuple[str, list[tuple[str, str]], list[str], str]], size: int
) -> None:
    log = (
        "".join(head + diff(*steps, totals="".join(totals)) + end for head, steps, totals, end in runs)
        or "\n"
    )
    table = read(log)
    assert read(log, size).equals(table)
    assert table["line"].is_sorted()
    assert table["seq"].drop_nulls().to_list() == list(range(table["seq"].count()))
    assert "step" not in table["kind"]
