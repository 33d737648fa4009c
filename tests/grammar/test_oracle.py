"""What Lark says of one line."""

from __future__ import annotations

from tests.grammar.agree import oracle


def test_captures_are_those_of_the_form() -> None:
    line = "    aws:iam:Role my role"
    assert oracle("pulumi").parse(line) == ("quiet", {"colon_type": "aws:iam:Role", "quiet_name": "my role"})


def test_a_line_of_no_form() -> None:
    assert oracle("pulumi").parse("what is this") is None


def test_where_it_stopped_and_what_it_expected() -> None:
    said = oracle("pulumi").explain(" +  aws:s3:Bucket assets made")
    assert said == "stopped at column 26 as form timed_row, where TIMED was expected"
    assert (
        oracle("pulumi").explain("Updating prod")
        == 'stopped at column 9 as form header, where " (" was expected'
    )
    assert oracle("pulumi").explain("what is this") == "no form begins like this"


def test_a_line_that_parses_is_named() -> None:
    assert oracle("pulumi").explain("Duration: 3s") == "it is a line of form duration"
