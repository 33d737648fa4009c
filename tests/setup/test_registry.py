"""What every format has in common: it is valid, selects the same events, says the cost, and takes stores alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import hcl2
import pytest
import yaml

from analyzer.errors import UsageError
from analyzer.setup.registry import names, setup_text
from tests.build import STORE
from tests.commands.hostile import UNSENDABLE, VALUES

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "arn:aws:cloudfront::111122223333:key-value-store/00000002-0000-4000-8000-000000000000"
NO_STORES = [
    *VALUES,
    *UNSENDABLE,
    "",
    "-x",
    STORE + "\n",
    STORE + "'",
    "arn:aws:s3:::bucket",
    STORE.replace("111122223333", "١١١١٢٢٢٢٣٣٣٣"),  # digits, but none of an account
]

Selected = list[tuple[str, list[str]]]


def test_the_formats() -> None:
    assert names() == ("cli", "cloudformation", "sst", "terraform")


@pytest.mark.parametrize("name", names())
def test_what_is_no_store_enters_no_text(name: str) -> None:
    for text in NO_STORES:
        with pytest.raises(UsageError, match="no ARN of a key-value store"):
            setup_text([STORE, text], name)


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="cli, cloudformation, sst, terraform"):
        setup_text([], "../as_cli")


@pytest.mark.parametrize("name", names())
def test_every_format_says_what_it_costs_and_that_it_depends(name: str) -> None:
    text = setup_text([], name)
    assert "0.10 USD for 100,000" in text
    assert "depends" in text
    assert "https://aws.amazon.com/cloudtrail/pricing/" in text
    assert text.isascii()
    assert text.endswith("\n")


def of_cloudformation(text: str) -> Selected:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda _loader, _tag, _node: "")
    Loader.add_constructor("!Equals", lambda _loader, _node: [])
    trail = yaml.load(text, Loader)["Resources"]["Trail"]["Properties"]  # noqa: S506 - a SafeLoader
    (selector,) = trail["AdvancedEventSelectors"]
    return [(field["Field"], field["Equals"]) for field in selector["FieldSelectors"]]


def of_terraform(text: str) -> Selected:
    resources: list[dict[str, Any]] = hcl2.loads(text)["resource"]
    (trail,) = (kind['"aws_cloudtrail"'] for kind in resources if '"aws_cloudtrail"' in kind)
    (selector,) = trail['"key_value_stores"']["advanced_event_selector"]
    return [
        (json.loads(field["field"]), [json.loads(value) for value in field["equals"]])
        for field in selector["field_selector"]
    ]


def of_sst(text: str) -> Selected:
    return [
        (json.loads(field), json.loads(values))
        for field, values in re.findall(r"\{ field: (.*?), equals: (\[.*?\]) \}", text)
    ]


def of_cli(text: str) -> Selected:
    selector = json.loads(re.findall(r"^selector='(.*)'$", text, re.MULTILINE)[0])
    return [(field["Field"], field["Equals"]) for field in selector["FieldSelectors"]]


@pytest.mark.parametrize("reader", [of_cli, of_cloudformation, of_sst, of_terraform])
def test_every_format_selects_reads_and_writes_of_the_stores(reader: Any) -> None:
    name = reader.__name__.removeprefix("of_")
    every: Selected = [("eventCategory", ["Data"]), ("resources.type", ["AWS::CloudFront::KeyValueStore"])]
    assert reader(setup_text([], name)) == every
    given = [STORE, OTHER, STORE]
    assert reader(setup_text(given, name)) == [*every, ("resources.ARN", [STORE, OTHER])]


def test_the_template_passes_cfn_lint() -> None:
    from cfnlint import lint
    from cfnlint.api import ManualArgs

    found = lint(setup_text([STORE], "cloudformation"), None, ["us-east-1"], ManualArgs())
    assert [str(match) for match in found] == []


def test_the_bucket_takes_files_of_its_own_trail_alone() -> None:
    for name in ("cloudformation", "sst", "terraform"):
        assert setup_text([], name).lower().count("aws:sourcearn") == 2, name


def test_the_part_of_sst_is_javascript(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    module = tmp_path / "part.mjs"
    module.write_text("export async function run() {\n" + setup_text([STORE], "sst") + "}\n")
    subprocess.run([node, "--check", str(module)], check=True, capture_output=True)
