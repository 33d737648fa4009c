"""The table of a language says of every form of its grammar what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.grammar.line import load
from analyzer.logs.kinds import pulumi_text, pulumi_verbose, sst_log, terminal
from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.languages.pulumi.forms import FORMS, PulumiForm
from analyzer.logs.languages.sst import events
from analyzer.logs.languages.sst import language as sst
from analyzer.logs.text.forms import Alone, Meaning, role_of, where

if TYPE_CHECKING:
    from analyzer.logs.text.language import Language
    from analyzer.logs.text.parse import Dialect

DIALECTS = (pulumi_text.DIALECT, pulumi_verbose.DIALECT, terminal.DIALECT, sst_log.DIALECT)
LANGUAGES = list(dict.fromkeys(language for dialect in DIALECTS for language in dialect.languages))


def names(language: Language) -> list[str]:
    return [form.name for form in load(language.GRAMMAR).forms]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.__name__)
def test_table_and_grammar_name_the_same_forms_in_the_same_order(language: Language) -> None:
    lacking = set(names(language)) - set(language.FORMS)
    assert not lacking, f"no row in the table of forms: {sorted(lacking)}"
    assert list(language.FORMS) == names(language)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_languages_that_are_read_together_share_no_form(dialect: Dialect) -> None:
    named = [form for language in dialect.languages for form in language.FORMS]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.__name__)
def test_what_the_prefilter_takes_for_noise_or_nothing_is_so(language: Language) -> None:
    for form, row in language.FORMS.items():
        assert (row.role == "noise") or row.alone is not Alone.NOISE, form
        assert row.role is None or row.alone is not Alone.NOTHING, form
        assert row.ends or row.alone is not Alone.TELLS, form


@pytest.mark.parametrize("lacking", ["values", "plain"])
def test_a_row_of_pulumis_table_must_say_whether_it_holds_values_and_is_plain(lacking: str) -> None:
    said = {"role": "frame", "values": True, "plain": False}
    del said[lacking]
    with pytest.raises(TypeError, match=lacking):
        PulumiForm(**said)  # type: ignore[arg-type]


def test_no_form_that_stands_for_a_row_of_values_is_kept_as_a_message() -> None:
    """Where such a row stands in a section that only frames, its text may be a secret."""
    inside = {form for form, row in FORMS.items() if row.inside and not row.values}
    assert inside == {"count", "tally", "pack_policy", "group", "urn_group", "old_group"}


def test_what_a_row_of_pulumi_captures_is_read() -> None:
    """A capture that the list of its role lacks would be dropped, and the event would have no name or type."""
    unread = {
        "urn_failed": {"failed"},
        "blank_row": {"failed"},
        "component_row": {"same_failed"},
    }  # the mark of what failed: the form says so
    unread |= {form: {"tree_branch"} for form in ("tree_row", "tree_branch_row")}  # the lines of the drawing
    rows = {role: names for role, names in pulumi.CAPTURES.items() if role != "frame"}
    forms = [form for form in load(pulumi.GRAMMAR).forms if FORMS[form.name].role in rows]
    dropped = {form.name: set(form.groups) - set(rows[str(FORMS[form.name].role)]) for form in forms}
    assert {form: names for form, names in dropped.items() if names} == unread


def test_the_tables_of_ssts_events_name_forms_of_its_grammar() -> None:
    named = {form for table in events.TABLES for form in table["form"]}
    assert named <= set(sst.FORMS)


def test_each_form_of_a_row_has_its_role() -> None:
    import polars as pl

    forms = {"a": Meaning(role="x"), "b": Meaning(role=None, ends=True), "c": Meaning(role="y")}
    lines = pl.DataFrame({"form": ["a", "b", "c", None, "other"]})
    assert lines.select(role_of(forms)).to_series().to_list() == ["x", None, "y", None, None]
    assert where(forms, lambda row: row.ends) == ("b",)
