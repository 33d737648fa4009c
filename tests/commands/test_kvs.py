"""The commands are run in shells: what arrives is what was meant, and nothing that is newer goes."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from analyzer.commands.kvs import BATCH, Delete, Edit, Put, Step, is_store, look, update
from analyzer.commands.words import as_json, quote
from tests.commands.hostile import VALUES
from tests.commands.lasting_jq import LastingJq
from tests.commands.shells import SHELLS, STAND_IN, Jq, Ran, require, run, run_batch
from tests.commands.stores import Fake, arn, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Case = tuple[Sequence[Step], Mapping[str, str], Mapping[str, str]]
    """Steps, what the store holds, and what it holds afterwards."""


@pytest.fixture(scope="module")
def jq() -> Iterator[LastingJq]:
    """One for all tests."""
    require("jq")
    with LastingJq() as lasting:
        yield lasting


def command(number: int, steps: Sequence[Step]) -> str:
    text = update(arn(number), steps)
    assert text is not None
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    return text


def run_cases(shell: str, cases: Sequence[Case], folder: Path, jq: Jq | None = None) -> Ran:
    """Runs the command of each case on a store of its own, one after the other in one shell."""
    fake = Fake({arn(number): dict(held) for number, (_, held, _) in enumerate(cases)})
    ran = run(shell, [command(number, steps) for number, (steps, _, _) in enumerate(cases)], fake, folder, jq)
    for number, (steps, _, wanted) in enumerate(cases):
        assert same(fake.held[arn(number)], wanted, steps), steps
    assert not list(folder.glob("*/hit"))
    assert ran.alive, ran.err[-2000:]
    assert len(ran.statuses) == len(cases)
    return ran


def same(found: Mapping[str, str], wanted: Mapping[str, str], steps: Sequence[Step]) -> bool:
    """Whether a store holds what is wanted; lists are compared as values: JSON has several spellings of one."""
    lists = {step.key for step in steps if isinstance(step, Edit)}
    return found.keys() == wanted.keys() and all(
        json.loads(found[key]) == json.loads(wanted[key]) if key in lists else found[key] == wanted[key]
        for key in wanted
    )


def read_of(step: Step, held: Mapping[str, str]) -> str:
    """What `get-key` prints for the step's key, as a word; two quotes where the key is absent."""
    return quote(as_json({"Key": step.key, "Value": held[step.key]})) if step.key in held else "''"


def listed(*entries: str) -> str:
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def of_value(value: str) -> list[Case]:
    """The value as namespace, key, value, old value, entry to add and to remove, and neighbour in a list."""
    cases: list[Case] = [
        ([Put(f"{value}:k", "v")], {}, {f"{value}:k": "v"}),
        ([Put(f"ns:{value}", "v")], {"o": "o"}, {f"ns:{value}": "v", "o": "o"}),
        ([Put("ns:k", value)], {}, {"ns:k": value}),
        ([Put("ns:k", "new", (value,))], {"ns:k": value}, {"ns:k": "new"}),
        ([Delete("ns:k", (value,))], {"ns:k": value}, {}),
        ([Edit("ns:routes", add=(value,))], {"ns:routes": '["a"]'}, {"ns:routes": listed("a", value)}),
        ([Edit("ns:routes", remove=(value,))], {"ns:routes": listed("a", value)}, {"ns:routes": '["a"]'}),
        ([Edit("ns:routes", add=("b",))], {"ns:routes": listed(value)}, {"ns:routes": listed(value, "b")}),
        ([Edit(f"{value}:list", add=("b",))], {}, {f"{value}:list": '["b"]'}),
    ]
    return cases


# Every pair of a value and a place is run in one of the shells; dash is the fastest by far, and takes most. Seven and
# the number of places have no common divisor: each shell sees all places.
TURNS = ("bash", "dash", "dash", "zsh", "dash", "dash", "dash")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_arrives_is_what_was_meant(shell: str, tmp_path: Path, jq: LastingJq) -> None:
    cases = [case for value in VALUES for case in of_value(value)]
    mine = [case for number, case in enumerate(cases) if TURNS[number % len(TURNS)] == shell]
    fake = Fake({arn(number): dict(held) for number, (_, held, _) in enumerate(mine)})
    pasted = [
        (command(number, steps), read_of(steps[0], held)) for number, (steps, held, _) in enumerate(mine)
    ]
    edit = b""
    statuses = []
    for words in run_batch(shell, pasted, tmp_path):
        if words[0] == b"jq":
            edit = jq.answer(words[1].decode(), [word.decode() for word in words[2:]]).out.encode()
        elif words[0] == b"status":
            statuses.append(words[1])
        else:
            fake.answer([edit if word.decode() == STAND_IN else word for word in words])
    assert statuses == [b"0"] * len(mine)
    assert not list(tmp_path.glob("hit"))
    for number, (steps, _, wanted) in enumerate(mine):
        assert same(fake.held[arn(number)], wanted, steps), steps


@pytest.mark.parametrize("shell", SHELLS)
def test_every_word_arrives_in_every_shell(shell: str, tmp_path: Path) -> None:
    words = [as_json(shown) for value in VALUES for shown in (value, f"{value}:k", [value, {value: value}])]
    lines = [f"lw_call note {quote(word)}" for word in words]
    ran = run(shell, lines, Fake(), tmp_path)
    assert [note[0].decode() for note in ran.notes] == words
    assert ran.alive


@pytest.mark.parametrize("shell", SHELLS)
def test_the_installed_jq_runs_it(shell: str, tmp_path: Path) -> None:
    hostile = "😀\u202e'\n$(touch hit)\n\n"
    steps: list[Step] = [
        Put("a", hostile, ("old",)),
        Delete("b", (hostile,)),
        Edit("l", add=("x",), remove=(hostile,)),
    ]
    held = {"a": "old", "b": hostile, "l": listed(hostile, "é")}
    ran = run_cases(shell, [(steps, held, {"a": hostile, "l": '["é","x"]'})], tmp_path)
    assert ran.statuses == [0]
    (update_keys,) = (words for words in ran.calls if words[1] == b"update-keys")
    assert parameters(update_keys)[1]["IfMatch"] == "KV0"


REFUSED: list[tuple[Step, dict[str, str]]] = [
    (Put("k", "v"), {"k": "newer"}),
    (Put("k", "v", ("old", "older")), {"k": "newer"}),
    (Put("k", "v", ("old",)), {"k": ""}),
    (Put("k", "v", ("old",)), {"k": "old\n"}),
    (Delete("k", ("old",)), {"k": "newer"}),
    (Delete("k", ("\x1b]0;x\x07",)), {"k": "\x1b[2J"}),
    (Put("\x1b[2J\u202e", "v"), {"\x1b[2J\u202e": "newer"}),
    (Edit("k", add=("a",)), {"k": '{"parts":2}'}),
    (Edit("k", add=("a",)), {"k": '["cut'}),
    (Edit("k", add=("a",)), {"k": '["x",1]'}),
    (Edit("k", add=("a",)), {"k": '"\x1b[2J"'}),
    (Edit("k", add=("a",)), {"k": ""}),
    (Edit("k", add=("a",)), {"k": "null"}),
    (Edit("k", remove=("a",)), {"k": '["a","\\ud800"]'}),
    (Edit("k", add=("a",)), {"k": '["\ufffd"]'}),
    (Edit("k", add=("a" * 100,)), {"k": listed("b" * 900)}),
    (Put("denied", "v"), {}),
    (Edit("denied", add=("a",)), {"denied": '["b"]'}),
]
DONE: list[tuple[Step, dict[str, str]]] = [
    (Put("k", "v", ("old",)), {"k": "v"}),
    (Delete("k", ("old",)), {}),
    (Edit("k", add=("a",), remove=("b",)), {"k": '["a", "c"]'}),
    (Edit("k", remove=("b",)), {}),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_newer_cannot_be_read_or_is_done_stays_and_the_shell_goes_on(
    shell: str, tmp_path: Path, jq: LastingJq
) -> None:
    cases = [*REFUSED, *DONE]
    fake = Fake({arn(number): dict(held) for number, (_, held) in enumerate(cases)}, denied={"denied"})
    ran = run(shell, [command(number, [step]) for number, (step, _) in enumerate(cases)], fake, tmp_path, jq)
    assert ran.alive
    assert [bool(status) for status in ran.statuses] == [True] * len(REFUSED) + [False] * len(DONE)
    assert fake.held == {arn(number): held for number, (_, held) in enumerate(cases)}
    assert not any(words[1] == b"update-keys" for words in ran.calls)
    assert ran.out.count("nothing to do") == len(DONE)
    assert ran.err.count("may be newer") == 7
    assert re.search("[\x1b\u202e]", ran.err) is None


@pytest.mark.parametrize("shell", SHELLS)
def test_a_change_in_between_is_not_lost(shell: str, tmp_path: Path, jq: LastingJq) -> None:
    fake = Fake({arn(0): {"l": '["a"]'}}, between=[(arn(0), "l", '["a","theirs"]')])
    again = command(0, [Edit("l", add=("mine",))])
    ran = run(shell, [again, again], fake, tmp_path, jq)
    assert [bool(status) for status in ran.statuses] == [True, False]
    assert fake.held == {arn(0): {"l": '["a","theirs","mine"]'}}


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_of_a_command_outlives_it(shell: str, tmp_path: Path, jq: LastingJq) -> None:
    fake = Fake({arn(0): {}, arn(1): {}}, noise="a warning: {}")
    left = 'lw_call note "${lw_tag-}${lw_now-}${lw_edit-}${lw_why-}${AWS_PAGER-kept}"'
    steps = [Put("k", "v")]
    both = f"{command(0, steps)}\n{command(1, steps)}"
    ran = run(shell, [both, left, command(9, steps), left], fake, tmp_path, jq)
    assert ran.notes == [[b"kept"], [b"kept"]]
    assert [bool(status) for status in ran.statuses] == [False, False, True, False]
    assert fake.held == {arn(0): {"k": "v"}, arn(1): {"k": "v"}}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_is_set_to_changes_nothing(shell: str, tmp_path: Path, jq: LastingJq) -> None:
    """A trace goes to standard error with the key in it, where the CLI says why a key could not be read."""
    key = "An error occurred (ResourceNotFoundException) when calling"
    fake = Fake({arn(0): {key: "newer"}, arn(1): {}, arn(2): {}}, denied={key})
    traced = f"set -x; {command(0, [Put(key, 'v')])}"
    strict = f"set +x; set -eu; {command(1, [Put('k', 'v'), Put('l', 'v')])}"
    odd = f"set +eu; IFS=kv_lw; {command(2, [Put('k', 'v')])}"
    ran = run(shell, [traced, strict, odd], fake, tmp_path, jq)
    assert fake.held == {arn(0): {key: "newer"}, arn(1): {"k": "v", "l": "v"}, arn(2): {"k": "v"}}
    assert [bool(status) for status in ran.statuses] == [True, False, False]


def test_every_line_closes_its_quotes_and_fits_a_terminal() -> None:
    for value in VALUES:
        steps: list[Step] = [
            Put(f"k{value}", value * 2, (value,)),
            Delete("d", (value,)),
            Edit("l", (value,), (value,)),
        ]
        for line in command(0, steps).split("\n"):
            shlex.split(line.removesuffix("\\"))
            assert len(line.encode()) < 1000
            assert "!" not in line


def test_a_look_lists_what_begins_and_ends_so() -> None:
    text = look(arn(0), "a'b`!", ":routes")
    assert 'starts_with(Key, `"a\\u0027b\\u0060\\u0021"`) && ends_with(Key, `":routes"`)' in text
    assert "--query" not in look(arn(0), "", "")
    shlex.split(text)


@pytest.mark.parametrize(
    "store",
    [
        "",
        "x",
        "arn:aws:cloudfront::1@evil.example/:key-value-store/x",
        f"{arn(0)}\n",
        f"{arn(0)} --endpoint-url http://evil.example",
        f"{arn(0)}$(touch hit)",
        arn(0).replace("1", "\u0661"),
        *(
            f"{arn(0)}{value}"
            for value in VALUES
            if value not in ("", "plain", "-", "--help", "null", "true", "0")
        ),
    ],
)
def test_only_an_arn_of_a_store_is_called(store: str) -> None:
    if not is_store(store):
        with pytest.raises(ValueError, match="no key-value store"):
            update(store, [Put("k", "v")])
        with pytest.raises(ValueError, match="no key-value store"):
            look(store, "", "")
    assert is_store(store) == (store.removeprefix(arn(0)) in ("EOF", "ResourceNotFoundException"))


def test_what_is_too_large_for_one_call_has_no_command() -> None:
    assert update(arn(0), [Put(f"k{number}", "v") for number in range(BATCH)]) is not None
    assert update(arn(0), [Put(f"k{number}", "v") for number in range(BATCH + 1)]) is None
    assert update(arn(0), [Put(f"k{number}", "é" * 512) for number in range(40)]) is None
