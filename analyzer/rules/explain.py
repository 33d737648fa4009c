"""What `lostwrite explain` prints: the page of a rule, a verdict, a cause or another word of a report."""

from __future__ import annotations

from difflib import get_close_matches

from analyzer.errors import UsageError
from analyzer.rules.page import page
from analyzer.rules.registry import rule, rules
from analyzer.rules.words.word import word, words
from analyzer.rules.words.word_page import word_page


def explain(name: str) -> str:
    """The page of the rule with this code or name, or of this word of a report, as text with a final newline.

    `lost-update` is the name of a rule and of a cause: then both, the shorter first.

    Raises:
        UsageError: there is no such rule or word.
    """
    of_word, of_rule = word(name), rule(name)
    if of_word is None and of_rule is None:
        raise UsageError(_unknown(name))
    pages = [] if of_word is None else [word_page(of_word)]
    pages += [] if of_rule is None else [page(of_rule) + "\n"]
    return "\n".join(pages)


def names() -> list[str]:
    """All that `explain` takes: codes and names of rules, then the words."""
    return [
        *(known.CODE for known in rules()),
        *(known.NAME for known in rules()),
        *(known.name for known in words()),
    ]


def _unknown(name: str) -> str:
    spelled = {known.lower().replace("_", "-"): known for known in names()}
    near = get_close_matches(name.strip().lower().replace("_", "-"), spelled, n=3, cutoff=0.65)
    if not near:
        return f"nothing is called {name!r}; `lostwrite rules` lists the rules, and a report spells the other words"
    return f"nothing is called {name!r}; near to it: {', '.join(spelled[each] for each in near)}"
