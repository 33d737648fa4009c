"""A hundred shapes of what stands before every line of a log: clocks, levels, sources, counters, in many ways to print.

Each is the product of a template and of what changes from line to line. The template's fields: `{iso}`, `{level}`, ...
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGAN: Final = datetime(2026, 3, 9, 22, 58, 41, 204_518, UTC)
_LEVELS: Final = ("INFO", "ERROR", "WARN", "DEBUG")

SHAPES: Final = (
    # Clocks of all kinds.
    "{iso}Z ", "{iso}Z - ", "[{iso}Z] ", "{iso}+02:00 ", "{iso}+0200 | ", "{blank} ", "[{blank}] ", "{blank} UTC ",
    "{comma} ", "{slashed} ", "({slashed}) ", "{us} ", "[{dotted}] ", "{clf} ", "[{clf}] ", "{mail} ", "{ctime}: ",
    "{syslog} ", "{logcat} ", "{hms} ", "[{hms}] ", "[{hmsms}] ", "{hmsms} | ", "{kitchen} ", "{epoch} ", "[{epoch}] ",
    "{epochms} ", "{epochf}: ", "{tai} ", "+{elapsed}s ", "[{elapsed}s] ", "[{took}] ", "{date} | {hms} | ",
    # A clock and a level.
    "[{hms} {lvl3}] ", "{blank} [{level}] ", "{iso}Z {level5} ", "{comma} - {level} - ", "[{level}] {iso}Z ",
    "{hmsms} {level5} [main] ", "{iso}Z\t{levellow}\t", "{glog} main.go:{n3}] ", "{kitchen} {lvl3} ", "{letter} {hms} ",
    "{blank} {level5} --- [deploy] ", "[{blank}][{level}] ", "{iso}Z [{levellow}] ", "{comma} {level5r} ",
    "{letter}/deploy({pid}): ", "{logcat} {pid} {pid} {letter} deploy: ", "time {hms} {levellow}: ",
    # A clock and a source.
    "{syslog} ip-10-0-3-7 deploy[{pid}]: ", "{iso}Z stdout F ", "{iso}Z {stream} F ", "<{n2}>{syslog} box deploy: ",
    "{iso}Z app[worker.1]: ", "{iso}Z deploy-7f9c4 ", "{hms} [deploy] ", "[{hms}] [deploy] [{level}] ",
    "{iso}Z Step #4 - \"up\": ", "Step #4: ", "{iso}Z step-deploy | ", "{iso}Z: [deploy/{n}] ", "{hms} deploy.ts:{n3} ",
    "[{iso}Z] runner-{hexid} ", "{iso}Z {hexid} ", "{iso}Z [req={hexid}] ", "{date} {hmsms} {pid} {level} deploy - ",
    "{clf} deploy ", "{iso}Z ci/deploy/{n} ", "{blank}  deploy  | ",
    # A source alone.
    "deploy: ", "[deploy] ", "[deploy:7] ", "deploy | ", "deploy-1   | ", "deploy> ", "[deploy]\t", "{{deploy}} ",
    "(deploy) ", "@acme/web:deploy: ", "deploy » ", "deploy ▶ ", "│ ", "    │ ",
    "🚀 deploy | ", "[1/3] deploy | ", "+deploy | ",
    "deploy::up ",
    # Counters and quotes.
    "{n}: ", "{n6}\t", "{n4} | ", "#{n} ", "#12 {elapsed} ", "L{n}: ", "deploy.log:{n}:", "[{n}] ", "{n4}  ",
    "+", "> ", "    ", "\t", "// ", "# ", "* ", "[{pct}%] ", "{n}/{hms} ", "{level}: ", "[{level}] ", "{level5} | ",
)  # fmt: skip
"""Templates; the first hundred that are not alike are the sweep's."""


def prefixed(log: str, template: str, seed: int = 0) -> str:
    """`log` with a prefix of the shape `template` before each line."""
    lines = log.splitlines()
    prefixes = _prefixes(template, lines, random.Random(seed))  # noqa: S311 - nothing here is secret
    return "".join(f"{prefix}{line}".rstrip(" ") + "\n" for prefix, line in zip(prefixes, lines, strict=True))


def _prefixes(template: str, lines: list[str], chance: random.Random) -> Iterator[str]:
    at = _BEGAN
    hexid = f"{chance.randrange(16**8):08x}"
    for number, line in enumerate(lines, start=1):
        at += timedelta(milliseconds=chance.randrange(20, 1400))
        level = (
            "ERROR"
            if "error" in line.lower() or "failed" in line.lower()
            else chance.choice(_LEVELS[:1] * 5 + _LEVELS[2:])
        )
        yield template.format(**_fields(number, at, level), hexid=hexid)


def _fields(number: int, at: datetime, level: str) -> dict[str, str]:
    seconds = (at - _BEGAN).total_seconds()
    stamp = at.timestamp()
    return {
        "iso": f"{at:%Y-%m-%dT%H:%M:%S.%f}",
        "blank": f"{at:%Y-%m-%d %H:%M:%S}",
        "comma": f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03}",
        "slashed": f"{at:%Y/%m/%d %H:%M:%S}",
        "us": f"{at:%m/%d/%Y %I:%M:%S %p}",
        "dotted": f"{at:%d.%m.%Y %H:%M:%S}",
        "clf": f"{at:%d/%b/%Y:%H:%M:%S} +0000",
        "mail": f"{at:%a, %d %b %Y %H:%M:%S} +0000",
        "ctime": f"{at:%a %b} {at.day:2} {at:%H:%M:%S %Y}",
        "syslog": f"{at:%b} {at.day:2} {at:%H:%M:%S}",
        "logcat": f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03}",
        "glog": f"{level[0]}{at:%m%d %H:%M:%S.%f} {4123:7}",
        "date": f"{at:%Y-%m-%d}",
        "hms": f"{at:%H:%M:%S}",
        "hmsms": f"{at:%H:%M:%S}.{at.microsecond // 1000:03}",
        "kitchen": f"{at.hour % 12 or 12}:{at:%M%p}",
        "epoch": f"{int(stamp)}",
        "epochms": f"{int(stamp * 1000)}",
        "epochf": f"{stamp:.3f}",
        "tai": f"@{2**62 + 10 + int(stamp):016x}{at.microsecond * 1000:08x}",
        "elapsed": f"{seconds:.3f}",
        "took": f"{int(seconds) // 60}m{seconds % 60:.1f}s",
        "level": level,
        "level5": f"{level:5}",
        "level5r": f"{level:>5}",
        "levellow": level.lower(),
        "lvl3": {"INFO": "INF", "ERROR": "ERR", "WARN": "WRN", "DEBUG": "DBG"}[level],
        "letter": level[0],
        "stream": "stderr" if level == "ERROR" else "stdout",
        "n": f"{number}",
        "n2": "11" if level == "ERROR" else "14",
        "n3": f"{137 if level == 'ERROR' else 12}",
        "n4": f"{number:4}",
        "n6": f"{number:6}",
        "pid": f"{4123 if level != 'ERROR' else 4188}",
        "pct": f"{min(number, 100):3}",
    }
