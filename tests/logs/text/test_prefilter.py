"""A text log that is prefiltered gives what `check` needs of the whole of it, and the same counts."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import interegular
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import samples
from analyzer.grammar.line import load
from analyzer.logs.kinds import pulumi_text, sst_log, terminal
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from tests.effort import SEARCHING, examples
from tests.logs.enough import assert_prefiltered_enough, read

if TYPE_CHECKING:
    from interegular.fsm import FSM

    from analyzer.grammar.form import Form
    from analyzer.logs.interface import Prefiltered
    from analyzer.logs.text.prefilter import CountedLines, Prefilter

ROWS = (
    " ~  aws:s3:Bucket assets updating (0s)",
    " ~  aws:s3:Bucket assets updated (0.51s) [diff: ~tags]",
    " +  pulumi:pulumi:Stack shop-prod creating (3s)",
    " ~  pulumi-nodejs:dynamic:Resource SiteRoutesUpdate.sst.aws.KvRoutesUpdate updated (0.51s) [diff: ~entry]",
    " ~  aws:s3:Bucket SiteKvKeys.sst.aws.KvKeys updating (0s)",
    "    pulumi:pulumi:Stack shop-prod running",
    "    pulumi:pulumi:Stack shop-prod running built in 3 s",
    "    pulumi:pulumi:Stack shop-prod running entry: site,50f6,,/",
    "@ updating....",
    "Diagnostics:",
    "  aws:s3:Bucket (assets):",
    "    error: no such bucket",
    "",
    "Outputs:",
    "what is this",
)
SHOWN = (
    "SST 3.12.5  ready!",
    "➜  App:        shop",
    "~  Deploy",
    "|  Created     Site sst:aws:Nextjs → SiteKvKeys sst:aws:KvKeys (1.2s)",
    "|  Created     Site sst:aws:Nextjs → SiteRole aws:iam:Role",
    "|  Error       Site sst:aws:Nextjs → SiteKvKeys sst:aws:KvKeys",
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: 44, X: y",
    "✓  Complete",
    "   url: https://x",
    "✕  Failed",
    'time=2025-03-20T12:00:00.000Z level=INFO msg="rpc request" method=POST',
    'time=2025-03-20T12:00:00.000Z level=INFO msg="loaded config" app=shop stage=prod',
    'time=2025-03-20T12:00:01.000Z level=INFO msg="loaded config" app=shop stage=prod',
    'time=2025-03-20T12:00:02.000Z level=INFO msg="INFO pushing partial state updateID=fe6aadedee0704c33ffb620d"',
    'time=2025-03-20T12:00:03.000Z level=INFO msg="INFO pushing partial state updateID=ff6aadedee0704c33ffb620d"',
    'time=2025-03-20T12:00:04.000Z level=INFO msg="initializing project" version=3.12.5',
    'time=2025-03-20T12:00:05.000Z level=WARN msg="loaded config" app=shop stage=prod',
    'time=2025-03-20T12:00:00.000Z level=ERROR msg="exited with error" err=x',
    "##[group]Run sst",
    "added 3 packages",
)


def lines_of(form: Prefiltered, *more: str) -> st.SearchStrategy[str]:
    """Lines that a log of this form may hold: the samples of its grammars, and `more`."""
    known = [line for name in form.GRAMMARS for _, line in samples(load(name).text)]
    return st.sampled_from((*more, *(line for line in known if "\n" not in line)))


def assert_enough(form: Prefiltered, text: str) -> None:
    assert_prefiltered_enough(form, text.encode())


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(lines_of(pulumi_text, *ROWS), min_size=1, max_size=60))
def test_nothing_that_is_needed_of_pulumis_text_is_lost(lines: list[str]) -> None:
    assert_enough(pulumi_text, "\n".join(lines))


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(lines_of(terminal, *ROWS, *SHOWN), min_size=1, max_size=60))
def test_nothing_that_is_needed_of_a_terminals_is_lost(lines: list[str]) -> None:
    assert_enough(terminal, "\n".join(lines))


@settings(max_examples=examples(15), deadline=None)
@given(
    st.lists(lines_of(terminal, *ROWS, *SHOWN), min_size=1, max_size=60),
    st.sampled_from(["2025-03-20T12:00:{:02}.1000000Z {}", "job\tstep\t2025-03-20T12:00:{:02}.1000000Z {}"]),
)
def test_nothing_that_is_needed_of_a_ci_jobs_log_is_lost(lines: list[str], form: str) -> None:
    assert_enough(terminal, "\n".join(form.format(number, line) for number, line in enumerate(lines)))


@settings(max_examples=examples(15), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["web  | ", "sst  | "]), lines_of(terminal, *ROWS, *SHOWN)),
        min_size=1,
        max_size=60,
    )
)
def test_nothing_that_is_needed_of_several_programs_log_is_lost(lines: list[tuple[str, str]]) -> None:
    assert_enough(terminal, "\n".join(prefix + line for prefix, line in lines))


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(lines_of(sst_log, *SHOWN), min_size=1, max_size=40))
def test_nothing_that_is_needed_of_ssts_log_is_lost(lines: list[str]) -> None:
    assert_enough(sst_log, "\n".join(lines))


@pytest.mark.parametrize("end", ["", "\n"])
def test_what_a_policy_names_is_not_what_the_next_section_is_about(end: str) -> None:
    policy = "        - [mandatory] [severity: high]  no-public-buckets  (aws:s3:Bucket: assets)"
    text = "\n".join([policy, "Diagnostics:", "    pulumi:pulumi:Stack shop-prod running"]) + end
    assert_enough(pulumi_text, text)
    whole, _ = read(pulumi_text, text.encode(), prefilter=False)
    assert whole["type"].to_list() == ["aws:s3:Bucket", None, None]


@pytest.mark.parametrize("level", ["INFO", "WARN"])
def test_the_times_of_a_deploy_are_not_those_of_what_it_said_before(level: str) -> None:
    fact = 'time=2025-03-20T12:00:0{}.000Z level={} msg="loaded config" app=shop stage=prod'
    other = 'time=2025-03-20T12:00:0{}.000Z level=INFO msg="rpc request" method=POST'
    lines = [fact.format(1, "INFO"), other.format(2), other.format(3), other.format(4), fact.format(5, level)]
    assert_enough(sst_log, "\n".join(lines))
    part, stats = read(sst_log, "\n".join(lines).encode(), prefilter=True)
    assert part["line"].unique(maintain_order=True).to_list() == [1, 2, 4]
    assert (stats.lines, stats.recognised) == (5, 5)


def test_a_log_that_goes_on_with_what_it_said_before_is_read_to_its_end() -> None:
    fact = 'time=2025-03-20T12:00:01.000Z level=INFO msg="loaded config" app=shop stage=prod\n'
    stats = InputStats("x")
    batches = list(
        sst_log.prefiltered(Source("x", None, (fact * 30_000).encode()), stats, batch_bytes=1 << 16)
    )
    assert sum(batch.height for batch in batches) == 2  # app and stage
    assert stats.lines == stats.recognised == 30_000


@pytest.mark.parametrize("telling", ["@ updating...", " ~  aws:s3:Bucket assets updated (0.51s)"])
def test_rows_of_others_are_counted_and_let_go(telling: str) -> None:
    part, stats = read(pulumi_text, (telling.encode() + b"\n") * 1000, prefilter=True)
    assert part["line"].to_list() == [1, 1000]
    assert stats.lines == 1000
    assert stats.unrecognised == 0


def test_a_failed_row_is_read_and_the_rows_around_it_are_not() -> None:
    row, failed = (
        b" ~  aws:s3:Bucket assets updating (0s)\n",
        b" ~  aws:s3:Bucket assets **updating failed** 1 error\n",
    )
    log = (row * 10 + failed) * 10 + row * 10
    for form in (pulumi_text, terminal):
        part, stats = read(form, log, prefilter=True)
        assert part["line"].to_list() == [1, *range(11, 111, 11), 120]
        assert (stats.lines, stats.recognised) == (120, 120)


def counted_of(prefilter: Prefilter) -> tuple[CountedLines, ...]:
    return (prefilter.ends, prefilter.passes, prefilter.ends_as_noise)


@cache
def automaton(form: Form) -> FSM:
    """What a form matches; its ends are those of the line, so that `$` says nothing more. Making it takes a while."""
    bare = re.sub(r"\(\?P<[^>]+>", "(?:", form.pattern).removeprefix("^")
    return interegular.parse_pattern(re.sub(r"(?<!\\)\$", "", bare)).to_fsm()


def disjoint(one: FSM, other: FSM) -> bool:
    """Whether no line is of both. interegular's own `isdisjoint` takes its state 0 and foreign characters for none."""
    symbols, (of_one, of_other) = one.alphabet.union(other.alphabet)
    reached = [(one.initial, other.initial)]
    seen = set(reached)
    for mine, theirs in reached:
        if mine in one.finals and theirs in other.finals:
            return False
        for symbol in set(symbols.values()):
            my_next = one.map.get(mine, {}).get(of_one[symbol])
            their_next = other.map.get(theirs, {}).get(of_other[symbol])
            if my_next is None or their_next is None or (my_next, their_next) in seen:
                continue
            seen.add((my_next, their_next))
            reached.append((my_next, their_next))
    return True


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("ab*", "[^a]b*", True), ("ab*c", "a[^x]*", False), ("a*", "b*", False), ("a+", "b+", True)],
)
def test_the_proof_can_fail(one: str, other: str, *, expected: bool) -> None:
    automata = (interegular.parse_pattern(pattern).to_fsm() for pattern in (one, other))
    assert disjoint(*automata) is expected


PLAIN = {"ui_what", "ui_of"}
"""Names and types alone: what a record, a runner or a shell prints may look so, and is not meant so."""


def test_no_line_that_is_told_by_its_form_is_of_one_that_comes_first() -> None:
    for prefilter in (pulumi_text.prefilter(), terminal.prefilter(), sst_log.prefilter()):
        assert_told_first(prefilter)


def assert_told_first(prefilter: Prefilter) -> None:
    told = {name: counted.forms for counted in counted_of(prefilter) for name in counted.forms}
    told |= dict.fromkeys(prefilter.noise, ())
    told |= dict.fromkeys(prefilter.ends_read, (*prefilter.ends.forms, *prefilter.ends_read))
    forms = {form.name: form for form in prefilter.forms}
    others = set(forms if SEARCHING else sorted(forms)[::3])
    for place, form in enumerate(prefilter.forms):
        if form.name in told:
            before = {each.name for each in prefilter.forms[:place]} - {*told[form.name], *PLAIN}
            # A third of the others; `make properties` has all.
            alike = [
                name for name in before & others if not disjoint(automaton(form), automaton(forms[name]))
            ]
            assert alike == [], form.name


@pytest.mark.parametrize("prefilter", [pulumi_text.prefilter(), terminal.prefilter(), sst_log.prefilter()])
def test_a_prefilter_names_forms_of_its_languages_each_once(prefilter: Prefilter) -> None:
    of_counted = [name for counted in counted_of(prefilter) for name in counted.forms]
    named = [*of_counted, *prefilter.ends_read, *prefilter.noise, *prefilter.nothing]
    assert len(named) == len(set(named))
    assert set(named) <= {form.name for form in prefilter.forms}


@pytest.mark.parametrize("prefilter", [pulumi_text.prefilter(), terminal.prefilter(), sst_log.prefilter()])
def test_what_is_sought_only_among_lines_with_a_character_holds_it(prefilter: Prefilter) -> None:
    forms = {form.name: form for form in prefilter.forms}
    for char, names in prefilter.among.items():
        without = interegular.parse_pattern(f"[^{char}]*").to_fsm()
        assert all(disjoint(automaton(forms[name]), without) for name in names)
        assert set(names).isdisjoint(name for counted in counted_of(prefilter) for name in counted.forms)


@pytest.mark.parametrize("prefilter", [terminal.prefilter(), sst_log.prefilter()])
def test_a_record_that_repeats_a_fact_or_opens_a_section_tells_something(prefilter: Prefilter) -> None:
    telling = anywhere(prefilter.passes.telling)
    assert anywhere(prefilter.passes.opening) <= telling
    assert anywhere(prefilter.repeating) <= telling


def anywhere(pattern: str) -> FSM:
    return interegular.parse_pattern(f".*(?:{pattern}).*").to_fsm()
