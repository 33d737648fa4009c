"""Lines of JSON: a finding each, as in the JSON report, with its deploy and its write beside it."""

from __future__ import annotations

import json

from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import STORE, only


def test_a_line_has_all_members_of_the_finding_and_those_of_its_write() -> None:
    made = only(examples.dropped(), "LW101")
    (finding,) = json.loads(render(made, "json"))["findings"]
    (line,) = render(made, "ndjson").splitlines()
    assert json.loads(line) == finding | {
        "app": "shop",
        "stage": "prod",
        "store": STORE,
        "resource": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
        "action": "append",
        "key": "7c62:routes",
        "entry": "site,50f6,,/",
        "verdict": "dropped",
        "cause": "never_attempted",
    }


def test_a_finding_about_no_write_has_nulls() -> None:
    (line,) = render(only(examples.two_deploys(), "LW303"), "ndjson").splitlines()
    row = json.loads(line)
    assert (row["write"], row["verdict"], row["key"]) == (None, None, None)
    assert (row["app"], row["stage"]) == ("shop", "prod")


def test_lines_keep_the_order_of_the_findings() -> None:
    codes = [json.loads(line)["code"] for line in render(examples.two_deploys(), "ndjson").splitlines()]
    assert codes == examples.two_deploys().findings["code"].to_list()


def test_nothing_found_is_no_line() -> None:
    assert render(only(examples.nothing_found()), "ndjson") == ""
