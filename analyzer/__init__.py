"""Did every write that a deploy intended really land? Joins Pulumi and SST logs with CloudTrail.

`check` gives a `Report`, `render` writes it as text or JSON, `parse_log` gives the events of one log as a polars
DataFrame, and `scan_logs` those of logs of any size in batches; `trail_report` reports what a trail holds.
`analyzer.api.audit` follows many deploys (`analyzer.audit` is the package that does it). Errors are `LostwriteError`
and its kinds. The names are loaded when they are used, so that `import analyzer` is quick, and nothing else is before
the command has made its path safe (`safe_path`).
"""

from analyzer.version import VERSION

TYPE_CHECKING = False  # as type checkers know it: `typing` would be a file that is looked for

if TYPE_CHECKING:
    from analyzer.api import (
        LogScan,
        Report,
        Suppression,
        Trail,
        TrailReport,
        check,
        parse_log,
        render,
        scan_logs,
        scan_trail,
        trail_report,
    )
    from analyzer.errors import GrammarError, InputError, LostwriteError, UsageError

__version__ = VERSION

__all__ = [
    "GrammarError",
    "InputError",
    "LogScan",
    "LostwriteError",
    "Report",
    "Suppression",
    "Trail",
    "TrailReport",
    "UsageError",
    "__version__",
    "check",
    "parse_log",
    "render",
    "scan_logs",
    "scan_trail",
    "trail_report",
]

_ERRORS = ("GrammarError", "InputError", "LostwriteError", "UsageError")


def __getattr__(name: str) -> object:
    """The public name, from the module that holds it (PEP 562)."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("analyzer.errors" if name in _ERRORS else "analyzer.api"), name)


def __dir__() -> list[str]:
    """The public names."""
    return list(__all__)
