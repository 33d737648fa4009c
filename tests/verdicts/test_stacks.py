"""Stacks of one name that are those of two applications."""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.stacks import told_apart
from tests.build import deploys, write, writes
from tests.verdicts.judging import bracketed, closed, judged_calls

OF_TWO = deploys("d1", "d2").with_columns(
    stack=pl.lit("acme-shop-prod"),
    app=pl.Series(["acme", "acme-shop"]),
    stage=pl.Series(["shop-prod", "prod"]),
)
"""Two applications whose stacks have one name, and so their sites one namespace."""


def test_a_name_that_two_stacks_have_says_whose_it_is() -> None:
    assert told_apart(OF_TWO)["stack"].to_list() == [
        "acme-shop-prod (shop-prod of acme)",
        "acme-shop-prod (prod of acme-shop)",
    ]


def test_a_name_that_one_stack_has_stays_as_it_is() -> None:
    of_one = OF_TWO.with_columns(app=pl.lit("acme"), stage=pl.Series(["shop-prod", None]))
    assert told_apart(of_one)["stack"].to_list() == ["acme-shop-prod"] * 2


def test_the_delete_by_the_other_application_is_a_collision_and_no_removal_of_its_own() -> None:
    """Both sites have one name, one key and one namespace: the removal of the one takes away what the other put."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(1001, deletes=["ns:metadata"])
    site = {"name": "WebKvKeys.sst.aws.KvKeys", "type": "sst:aws:KvKeys"}
    rows = writes(
        write("ns:metadata", 0, 2, deploy="d1", action="put", op="create", value="v", urn="a", **site),
        write("ns:metadata", 1000, 1002, deploy="d2", action="delete", op="delete", urn="b", **site),
    )
    found = judged_calls(closed(tape).calls(), rows, stacks=OF_TWO).verdicts
    assert found.select("verdict", "cause").rows() == [("lost", "namespace_collision"), ("landed", None)]
