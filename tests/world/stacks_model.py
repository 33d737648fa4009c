"""Stacks that are deployed again and again, straight to WRITES, DEPLOYS and CALLS, with the truth about each deploy.

docs/facts/alignment.md has the shapes at its top: four stacks of 1 to 8 sites, 12 deploys each, most of them soon after
the one before, so that another run of the same stack explains a log nearly as well as its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import floor
from typing import TYPE_CHECKING

from analyzer.tables import CALLS, DEPLOYS, WRITES, from_columns
from tests.world.chance import seeded

if TYPE_CHECKING:
    from random import Random

    import polars as pl

STACKS = 4
DEPLOYS_OF_STACK = 12
_BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Shape:
    """What a world is like; shares are of 1.

    Attributes:
        close: deploys that follow the one before within 30 to 120 s.
        tight: all operations start within 6 s.
        missing: records that no file has.
        drops: writes that no call was made for.
        refused: writes whose call was refused; a third of these is reported as done.
        absent: deploys whose calls are not in the trail.
        nothing: deploys of which no write was made.
        hashed: sites whose keys are named after their content; the others write their `metadata` alone.
        reverted: writes of a site that give it the content of the time before.
        steps: deploys within which the log's clock steps, by up to five minutes.
        clock: right, uniform (each log's own), mixed (one in five is off), shared (one offset for a stack).
    """

    close: float = 0.6
    tight: bool = False
    missing: float = 0.0
    drops: float = 0.06
    refused: float = 0.03
    absent: float = 0.05
    nothing: float = 0.02
    hashed: float = 1.0
    reverted: float = 0.1
    steps: float = 0.0
    clock: str = "right"


@dataclass(frozen=True, slots=True)
class Truth:
    """Which calls are a deploy's own.

    Attributes:
        stack: whose deploy it is.
        offset: its log's clock minus CloudTrail's.
        writer: the caller and the access key.
        recorded: how many of its successful calls are in the trail.
        second: the offset after the clock stepped; null where it did not.
    """

    stack: str
    offset: float
    writer: tuple[str, str]
    recorded: int
    second: float | None = None

    def error(self, offset: float) -> float:
        """How far `offset` is from the nearest that is true."""
        return min(abs(offset - true) for true in (self.offset, self.second) if true is not None)


@dataclass(slots=True)
class World:
    """The rows of the tables, and the truth of each deploy whose log is available."""

    writes: list[dict[str, object]] = field(default_factory=list)
    deploys: list[dict[str, object]] = field(default_factory=list)
    calls: list[dict[str, object]] = field(default_factory=list)
    truth: dict[str, Truth] = field(default_factory=dict)

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """WRITES, DEPLOYS and CALLS."""
        calls = sorted(self.calls, key=lambda row: (str(row["at"]), str(row["event_id"])))
        named = ((self.writes, WRITES), (self.deploys, DEPLOYS), (calls, CALLS))
        tables = [from_columns({name: [row.get(name) for row in rows] for name in s}, s) for rows, s in named]
        return tables[0], tables[1], tables[2]


def world(seed: int, shape: Shape, into: World | None = None) -> World:
    """Four stacks; their rows are added to `into`, under names of their own."""
    made = World() if into is None else into
    chance = seeded(seed)
    for number in range(STACKS):
        _Stack(made, chance, shape, f"s{seed}", number).run()
    return made


class _Stack:
    def __init__(self, made: World, chance: Random, shape: Shape, prefix: str, number: int) -> None:
        self.world, self.chance, self.shape = made, chance, shape
        self.name = f"{prefix}-{number}"
        # Two stages share the store of a router.
        self.store = f"arn:store/{prefix}-{max(number, 1)}"
        self.list = f"r{max(number, 1)}:routes"
        self.number = number
        spread = 6 if shape.tight else 57
        self.sites = [
            (
                f"{number}{chance.randrange(4096):03x}",
                [3 + chance.random() * spread for _ in range(2)],
                chance.random() < 0.7,
            )
            for _ in range(chance.randint(1, 8))
        ]
        self.files = [chance.randint(1, 9) for _ in self.sites]
        self.content = [0 for _ in self.sites]
        self.hashed = [chance.random() < shape.hashed for _ in self.sites]
        self.shared = float(chance.uniform(-_HOUR, _HOUR))

    def run(self) -> None:
        """All its deploys, and what strangers do meanwhile."""
        begin = time = self.chance.random() * 600
        for nth in range(DEPLOYS_OF_STACK):
            end = self._deploy(nth, time)
            close = self.chance.random() < self.shape.close
            time = (
                max(end + 3, time + self.chance.uniform(30, 120))
                if close
                else end + self.chance.uniform(300, 5400)
            )
        self._strangers(begin, time)

    def _deploy(self, nth: int, began: float) -> float:
        chance, shape = self.chance, self.shape
        deploy = f"{self.name}-{nth:02d}"
        writer = self._writer(deploy)
        offset = self._offset()
        absent, idle = chance.random() < shape.absent, chance.random() < shape.nothing
        logged = chance.random() < 0.7
        everything = nth == 0 or chance.random() < 0.5
        chosen = [n for n in range(len(self.sites)) if everything or chance.random() < 0.5]
        chosen = chosen or [chance.randrange(len(self.sites))]
        steps_at = began + chance.uniform(10, 45) if chance.random() < shape.steps else float("inf")
        second = offset + chance.uniform(-300, 300)
        timed: list[tuple[float, list[dict[str, object]]]] = []
        recorded, end = 0, began + 5
        for site in chosen:
            namespace, delays, routed = self.sites[site]
            self.content[site] += -1 if chance.random() < shape.reverted else 1
            for part in range(2 if routed else 1):
                start = began + delays[part] * chance.uniform(0.85, 1.15)
                stop = start + chance.uniform(0.3, 2.0)
                keys = [self.list] if part else self._keys(namespace, site)
                fate = self._fate(idle=idle)
                reported = "failed" if fate == "refused" else "succeeded"
                if part and not absent and fate != "dropped":
                    self._call(start, keys, writer, ok=True, api="GetKey")
                if fate != "dropped" and not absent and chance.random() >= shape.missing:
                    self._call(chance.uniform(start, stop), keys, writer, ok=fate == "done")
                    recorded += fate == "done"
                here = offset if start < steps_at else second
                span = (start + here, stop + here)
                timed.append((stop, self._writes(deploy, f"{site}-{part}", keys, span, reported, nth, part)))
                end = max(end, stop)
        end += chance.uniform(1, 10)
        if logged:
            rows = [row for _, of_one in sorted(timed, key=lambda one: one[0]) for row in of_one]
            self._log(deploy, rows, began + offset, end + (offset if end < steps_at else second))
            self.world.truth[deploy] = Truth(
                self.name, offset, writer, recorded, second if end >= steps_at else None
            )
        return end

    def _fate(self, *, idle: bool) -> str:
        lot = self.chance.random()
        if idle or lot < self.shape.drops:
            return "dropped"
        if lot < self.shape.drops + self.shape.refused:
            return "swallowed" if self.chance.random() < 1 / 3 else "refused"
        return "done"

    def _keys(self, namespace: str, site: int) -> list[str]:
        if not self.hashed[site]:
            return [f"{namespace}:metadata"]
        hashed = seeded(self.content[site] * 64 + site)
        files = [f"{namespace}:/{hashed.randrange(1 << 24):06x}.js" for _ in range(self.files[site])]
        return [f"{namespace}:metadata", *files]

    def _writer(self, deploy: str) -> tuple[str, str]:
        role = "arn:aws:sts::111122223333:assumed-role"
        return (
            (f"{role}/ci/GitHubActions", f"ASIA{deploy}"),
            (f"{role}/ci/GitHubActions", f"ASIA{deploy}"),
            (f"{role}/ci/{deploy}", f"ASIA{deploy}"),
            (f"arn:aws:iam::111122223333:user/{self.name}", f"AKIA{self.name}"),
        )[self.number]

    def _offset(self) -> float:
        own = self.chance.uniform(-_HOUR, _HOUR)
        small = self.chance.uniform(-0.5, 0.5)
        off = self.chance.random() < 0.2
        clock = self.shape.clock
        return {"right": small, "uniform": own, "mixed": own if off else small, "shared": self.shared}[clock]

    def _call(
        self, second: float, keys: list[str], writer: tuple[str, str], *, ok: bool, api: str = "UpdateKeys"
    ) -> None:
        event = f"{self.name}-{len(self.world.calls):07d}"
        common: dict[str, object] = {
            "store": self.store,
            "event_id": event,
            "request_id": f"r-{event}",
            "at": _BEGIN + timedelta(seconds=floor(second)),
            "api": api,
            "effect": "read" if api == "GetKey" else "put",
            "ok": ok,
            "error_code": None if ok else "AccessDenied",
            "caller": writer[0],
            "access_key": writer[1],
            "source_ip": "198.51.100.7",
            "source": "trail",
            "form": "s3-log",
        }
        self.world.calls.extend(common | {"key": key} for key in keys)

    def _writes(  # noqa: PLR0913, PLR0917 - what a log says of an operation
        self,
        deploy: str,
        name: str,
        keys: list[str],
        span: tuple[float, float],
        reported: str,
        nth: int,
        part: int,
    ) -> list[dict[str, object]]:
        common: dict[str, object] = {
            "deploy": deploy,
            "type": "sst:aws:KvRoutesUpdate" if part else "sst:aws:KvKeys",
            "name": name,
            "op": "create" if nth == 0 else "update",
            "action": "append" if part else "put",
            "store": self.store,
            "pattern": False,
            "reported": reported,
            "start": _BEGIN + timedelta(seconds=floor(span[0])),
            "end": _BEGIN + timedelta(seconds=floor(span[1])),
            "exact": True,
        }
        return [common | {"key": key} for key in keys]

    def _log(self, deploy: str, rows: list[dict[str, object]], began: float, ended: float) -> None:
        names: dict[object, int] = {}
        first = len(self.world.writes)
        for row in rows:
            number = first + names.setdefault(row["name"], len(names))
            self.world.writes.append(row | {"id": f"w{len(self.world.writes)}", "operation": number})
        self.world.deploys.append(
            {
                "id": deploy,
                "stack": self.name,
                "started_at": _BEGIN + timedelta(seconds=floor(began)),
                "ended_at": _BEGIN + timedelta(seconds=floor(ended)),
                "form": "exact",
            }
        )

    def _strangers(self, begin: float, end: float) -> None:
        """A monitor reads the list, a bot writes keys of its own, a person writes a site's now and then."""
        monitor, bot = (
            ("arn:aws:iam::111122223333:user/monitor", "AKIAM"),
            ("arn:aws:iam::111122223333:user/bot", "AKIAB"),
        )
        person = ("arn:aws:iam::111122223333:user/somebody", "AKIAP")
        for second in range(int(begin), int(end), 120):
            self._call(second + self.chance.random() * 120, [self.list], monitor, ok=True, api="GetKey")
            if self.chance.random() < 0.3:
                self._call(second + self.chance.random() * 120, ["bot:beat"], bot, ok=True)
            if self.chance.random() < 0.02:
                namespace = self.chance.choice(self.sites)[0]
                self._call(second + self.chance.random() * 120, [f"{namespace}:metadata"], person, ok=True)
