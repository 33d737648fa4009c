"""The compiled patterns and Lark give one answer: on samples, on real logs, on generated lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import samples
from analyzer.grammar.line import load
from analyzer.logs.text.clean import clean, split
from analyzer.logs.text.frames import last_frames
from tests.effort import examples
from tests.grammar.agree import SHARED, assert_agree, compiled

LANGUAGES = ("pulumi", "kv", "sdk", "sst", "slog", "ci", "runner")
PULUMI = load("pulumi")
SAMPLES = [line.rstrip(" ") for _, line in samples(PULUMI.text)]
CORPUS = [*SHARED.glob("pulumi-display/*/*.txt"), *SHARED.glob("sst-logs/*pulumilog*")]

PARTS = (
    *(
        "    ",
        "  ",
        " ",
        "+ ",
        "++",
        "+-",
        "--",
        "- ",
        "~ ",
        ">>",
        "=> ",
        "@ updating",
        "...",
        "x",
        "Ж",
        "*",
        "/",
    ),
    *(
        "aws:s3:Bucket ",
        "pulumi:pulumi:Stack ",
        "urn:pulumi:a::b::c:d:E::f ",
        "prog ",
        "name ",
        "createdX ",
        '"a b" ',
    ),
    *(
        "created",
        "creating replacement",
        "replacement",
        "read",
        "for replacement",
        "update",
        "running",
        "[retain]",
    ),
    *(
        "**creating failed**",
        "**failed**",
        "failed",
        "(0.51s)",
        "(3s)",
        "(interrupted)",
        "(3s",
        "[diff: ~entry]",
    ),
    *(
        "1 error; 2 warnings",
        "error: ",
        "update failed",
        ": ",
        ":",
        "Updating (",
        "):",
        "3 created",
        "2 unchanged",
    ),
    *(
        "Duration: ",
        "1h",
        "2m",
        "3s",
        "Diagnostics:",
        "View Live: ",
        "├─ ",
        "│  └─ ",
        "creating (interrupted)",
        "replaced..",
        "     Type  Name",
        "  Plan",
        "    ++a:b:C: (create-replacement)",
        ": (same) 🔒",
        "[urn=",
        "]",
        "    [mandatory]",
        "        - [",
        "a.b.sst.aws.KvKeys ",
        "$",
        "\\",
        "\t",
        "\r",
    ),
)


def mutations(line: str) -> st.SearchStrategy[str]:
    places = st.integers(0, len(line))
    cut = st.builds(lambda a, b: line[: min(a, b)] + line[max(a, b) :], places, places)
    insert = st.builds(lambda a, part: line[:a] + part + line[a:], places, st.sampled_from(PARTS))
    return cut | insert


LINES = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=9).map("".join),
    st.sampled_from(SAMPLES).flatmap(mutations),
    st.sampled_from(SAMPLES).flatmap(mutations).flatmap(mutations),
    st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=40),
)


@pytest.mark.parametrize("name", LANGUAGES)
def test_samples_are_lines_of_the_form_that_they_stand_beside(name: str) -> None:
    grammar = load(name)
    expected = samples(grammar.text)
    lines = [line.rstrip(" ") for _, line in expected]
    assert {form for form, _ in expected} == {form.name for form in grammar.forms}
    found = compiled(grammar, lines)
    assert [parsed[0] if parsed else None for parsed in found] == [form for form, _ in expected]
    assert_agree(name, lines)


@pytest.mark.skipif(not CORPUS, reason="shared data is absent")
def test_real_logs() -> None:
    lines = []
    for path in CORPUS:
        content = b"".join(last_frames([path.read_bytes()]))
        lines += clean(split(content)[0], content).unique().to_list()
    lines = sorted(set(lines))
    assert len(lines) > 1000
    assert_agree("pulumi", lines)


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(LINES, min_size=20, max_size=40))
def test_generated_lines(lines: list[str]) -> None:
    # Polars costs by the call, so each example is many lines.
    assert_agree("pulumi", lines)


@settings(max_examples=examples(10), deadline=None)
@given(
    st.lists(
        st.builds(
            "".join,
            st.lists(
                st.sampled_from(
                    (
                        *(
                            "operation error ",
                            "S3",
                            ": ",
                            "PutObject",
                            ", exceeded maximum number of attempts, 10",
                        ),
                        *(
                            ", https response error StatusCode: ",
                            "400",
                            ", RequestID: ",
                            "a-b",
                            ", api error ",
                        ),
                        *(
                            "ThrottlingException: ",
                            "Rate exceeded",
                            "AccessDenied: ",
                            "\n\tstatus code: ",
                            "403",
                        ),
                        *(", request id: ", ", ", "x"),
                    )
                ),
                max_size=10,
            ),
        ),
        min_size=20,
        max_size=40,
    )
)
def test_generated_sdk_errors(lines: list[str]) -> None:
    assert_agree("sdk", lines)


@pytest.mark.parametrize(
    ("line", "name", "status"),
    [
        (" +  aws:s3:Bucket a name created created", "a name ", "created"),
        (' +  aws:s3:Bucket "it\'s \\"x\\"" created', '"it\'s \\"x\\"" ', "created"),
        (" +  aws:s3:Bucket createdX created", "createdX ", "created"),
        (" +  aws:s3:Bucket a.b.*/c created [diff: +a]", "a.b.*/c ", "created"),
        (" +  aws:s3:Bucket created created", "created ", "created"),
        (" +  aws:s3:Bucket two  blanks create replacement", "two  blanks ", "create replacement"),
    ],
)
def test_a_name_ends_at_the_first_status(line: str, name: str, status: str) -> None:
    found = compiled(PULUMI, [line])[0]
    assert found is not None
    assert (found[0], found[1]["name"], found[1]["status"].rstrip(" ")) == ("row", name, status)
    assert_agree("pulumi", [line])
