"""The grammars, compiled ahead of time by `python -m analyzer.grammar.compiled grammars/compiled`.

Loading Lark and compiling would take a tenth of a second at every start. A compiled form is used only if it was made
from the same grammar, byte for byte; else the grammar is compiled again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from analyzer.errors import GrammarError
from analyzer.grammar.files import read_compiled, read_grammar
from analyzer.grammar.form import Form

LANGUAGES = ("ci", "glog", "kv", "pulumi", "runner", "sdk", "slog", "sst")
"""The grammars whose rules are forms of lines."""


def forms_of(source: str, text: str) -> tuple[Form, ...]:
    """The forms of a grammar in the order of its `start`; the arguments and errors are those of `compile_forms`."""
    try:
        kept = json.loads(read_compiled(source.removesuffix(".lark")))
    except GrammarError:
        kept = {}
    if kept.get("sha256") != _digest(text):
        from analyzer.grammar.regular import compile_forms  # loads Lark

        return compile_forms(source, text)
    return tuple(
        Form(
            form["name"],
            form["pattern"],
            tuple(form["prefixes"]),
            tuple(form["groups"]),
            frozenset(form["required"]),
        )
        for form in kept["forms"]
    )


def document(name: str) -> str:
    """What is kept of the line language `grammars/NAME.lark`.

    Raises:
        GrammarError: the file is missing, or holds a form that is not regular.
    """
    from analyzer.grammar.regular import compile_forms

    text = read_grammar(name)
    forms = [
        asdict(form) | {"required": sorted(form.required)} for form in compile_forms(f"{name}.lark", text)
    ]
    return json.dumps({"sha256": _digest(text), "forms": forms}, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> None:
    """Writes a file for each language into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LANGUAGES:
        (folder / f"{name}.json").write_text(document(name), encoding="utf-8")
    for name, text in parsers().items():
        path = folder / f"{name}.parser.json"
        if not path.exists() or _built_with(path.read_text(encoding="utf-8")) != _built_with(text):
            path.write_text(text, encoding="utf-8")  # Lark writes the same parser in another order each time


def parsers() -> dict[str, str]:
    """What `lalr` keeps of the parsers of what stands inside messages, by the grammar."""
    from analyzer.grammar import lalr

    sdk = [form.name for form in forms_of("sdk.lark", read_grammar("sdk"))]
    return {
        "logfmt": lalr.document(read_grammar("logfmt")),
        "diff": lalr.document(read_grammar("diff")),
        "sdk": lalr.document(read_grammar("sdk"), sdk, whole=True),
    }


def _built_with(kept: str) -> object:
    return json.loads(kept)["built_with"]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one folder
        sys.exit("usage: python -m analyzer.grammar.compiled FOLDER")
    write(Path(sys.argv[1]))
