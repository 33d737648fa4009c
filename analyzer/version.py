"""The version of this program, as reports and `--version` print it; `pyproject.toml` has the same."""

VERSION = "0.1.0"
