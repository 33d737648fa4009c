"""Configuration files: what they may say, and the file, key and line of what they may not."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.config.file import read_config
from analyzer.errors import UsageError
from analyzer.gate.terms import Suppression

GOOD = """\
[project]
name = "shop"

[tool.lostwrite]
fail-on = "warning"
fail-on-doubt = true
baseline = "ci/baseline.json"

[[tool.lostwrite.suppress]]
rule = "LW3*"
key = "7c62:*"
stage = "dev"
reason = " no trail there "
expires = 2026-12-31
"""


def test_keys_have_their_lines_and_suppressions_theirs() -> None:
    found = read_config(GOOD, "pyproject.toml", shared=True)
    assert found is not None
    assert found.values == {
        "fail-on": ("warning", 5),
        "fail-on-doubt": (True, 6),
        "baseline": ("ci/baseline.json", 7),
    }
    assert found.suppressions == (
        Suppression(
            "no trail there",
            rule="LW3*",
            key="7c62:*",
            stage="dev",
            expires=date(2026, 12, 31),
            source="pyproject.toml",
            line=9,
        ),
    )


def test_a_file_of_its_own_has_its_keys_under_lostwrite() -> None:
    found = read_config('lostwrite.fail-on = "note"', "lostwrite.toml", shared=False)
    assert found is not None
    assert found.values == {"fail-on": ("note", 1)}
    for empty in ("", "# nothing\n", "[lostwrite]\n"):
        assert read_config(empty, "lostwrite.toml", shared=False) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[project]\nname = "lostwrite"\n[tool.ruff]\n',
        'tool = "lostwrite"',
        "broken [ but of nobody here",
    ],
)
def test_a_pyproject_without_the_table_is_no_configuration(text: str) -> None:
    assert read_config(text, "pyproject.toml", shared=True) is None


SUPPRESS = "[[lostwrite.suppress]]\n"
REFUSED = [
    ("[lostwrite]\nfail_on = 'error'", "c:2: unknown key 'fail_on': 'fail-on' is one"),
    ("[lostwrite]\n\nsomething = 1", "c:3: unknown key 'something'"),
    ("fail-on = 'error'", "c:1: unknown key 'fail-on': keys stand under [lostwrite]"),
    ("[lostwrite]\n[tool.lostwrite]", "c:2: unknown key 'tool': keys stand under [lostwrite]"),
    ("lostwrite = 1", "c:1: must be a table: [lostwrite]"),
    (
        "[lostwrite]\nfail-on = 'fatal'",
        "c:2: fail-on must be one of error, warning, note, not 'fatal'",
    ),
    ("[lostwrite]\nfail-on = ['error']", "c:2: fail-on must be one of error, warning, note, not ['error']"),
    ("[lostwrite]\nmin-confidence = true", "c:2: min-confidence must be one of low, high, proven, not true"),
    ("[lostwrite]\nfail-on-doubt = 'yes'", "c:2: fail-on-doubt must be true or false, not 'yes'"),
    ("[lostwrite]\nfail-on-doubt = 1", "c:2: fail-on-doubt must be true or false, not 1"),
    ("[lostwrite]\njobs = 2", "c:2: jobs is an option, and an environment variable, but no key of a file"),
    ("[lostwrite]\noutput = 'x'", "c:2: unknown key 'output'"),
    ("[lostwrite]\ntrail = ['x']", "c:2: unknown key 'trail'"),
    ("[lostwrite]\nsuppress = 'LW101'", "c:2: suppress must be an array of tables: [[lostwrite.suppress]]"),
    ("[lostwrite.suppress]\nrule = 'x'", "c:1: suppress must be an array of tables: [[lostwrite.suppress]]"),
    (SUPPRESS + "rule = 'LW101'", "c:1: a suppression needs a reason"),
    (SUPPRESS + "reason = 'x'", "c:1: a suppression needs one of rule, key, resource, store"),
    (SUPPRESS + "stage = 'dev'\nreason = 'x'", "c:1: a suppression needs one of rule, key, resource, store"),
    (SUPPRESS + "rule = 'a'\nreason = ' '", "c:3: reason must be a text of 1 to 500 characters, not ' '"),
    (SUPPRESS + "rule = 1\nreason = 'x'", "c:2: rule must be a text of 1 to 500 characters, not 1"),
    (SUPPRESS + "rule = 'a'\nreson = 'x'", "c:3: unknown key 'reson': 'reason' is one"),
    (
        SUPPRESS + "rule = 'a'\nreason = 'x'\nexpires = 'soon'",
        "c:4: expires must be a date, as 2026-12-31, not 'soon'",
    ),
    (
        SUPPRESS + "rule = 'a'\nreason = 'x'\nexpires = 2026-12-31T00:00:00Z",
        "c:4: expires must be a date, as 2026-12-31, not 2026-12-31T00:00:00+00:00",
    ),
    (
        SUPPRESS + "rule = 'a'\nreason = 'x'\n" + SUPPRESS + "key = 'k'",
        "c:4: a suppression needs a reason",
    ),
    (
        "[lostwrite]\n" + (SUPPRESS + "rule = 'a'\nreason = 'x'\n") * 1001,
        "c:2: suppress has more than 1000 entries: use a baseline",
    ),
    (
        "[lostwrite]\n" + "a ." * 20 + "b = 1",
        "c:2: a key has more than 20 parts, which none of a configuration has",
    ),
    (
        "[lostwrite." + "'a'." * 400_000 + "b]",
        "c:1: a key has more than 20 parts, which none of a configuration has",
    ),
    ("lostwrite.suppress = [\n\n{rule = 'a', reasn = 'x'}]", "c:3: unknown key 'reasn': 'reason' is one"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_wrong_is_told_with_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_config(text, "c", shared=False)
    assert str(caught.value) == message


@pytest.mark.parametrize("path", ["/etc/passwd", "~/b.json", "\\\\host\\b", "C:\\b", "", " ", "a\\u0000b"])
def test_a_baseline_is_a_path_from_the_file_on(path: str) -> None:
    quoted = f'"{path}"' if "u0000" in path else f"'{path}'"
    with pytest.raises(
        UsageError, match=r"^c:2: baseline must be a path relative to the folder of this file"
    ):
        read_config(f"[lostwrite]\nbaseline = {quoted}", "c", shared=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lostwrite", r"^c: is no TOML: .*\(at (line 1, column 11|end of document)\)$"),
        ("lostwrite = " + "[" * 5000, r"^c: is no TOML"),
        ("lostwrite = " + "9" * 5000, r"^c: is no TOML that can be read$"),
    ],
)
def test_what_is_no_toml_is_refused_in_a_sentence(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_config(text, "c", shared=False)
