"""A report whose every text tries to be something else: markup, a script, an attribute, a command to a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.build import STORE, Tape, at
from tests.reports.made import DEPLOY, write
from tests.reports.page.scenes import proof, scene

if TYPE_CHECKING:
    from analyzer.reports.report import Report

ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>]]>--></style></title>"
    '"\'`onmouseover=alert(3) x=" {{ 7*7 }} {% raw %} {name} &lt;b&gt;'
)
UNSEEN = "\u202egnp.exe\u200b\x1b[31mred\x07\x00"
LONG = "x" * 300
EVIL = ATTACK + UNSEEN + LONG


def hostile() -> Report:
    """A write that was dropped, one that was lost, one that was refused, one in doubt; all with evil names."""
    tape = Tape()
    evil = {"name": f"{EVIL}.sst.aws.KvKeys", "store": STORE}
    caller = f"arn:aws:sts::111122223333:assumed-role/{EVIL}/{EVIL}"
    tape.write(-100, puts=[EVIL], caller=caller)
    landed = tape.write(1, puts=[f"k1:{EVIL}", EVIL])
    taken = tape.write(2, deletes=[f"k1:{EVIL}"], caller=caller)
    refused = tape.write(4, puts=[f"k2:{EVIL}"], error=f"Bad{EVIL}", message=EVIL)
    tape.read(6, f"k3:{EVIL}", error=EVIL)
    tape.write(100, puts=[EVIL], caller=caller)
    return scene(
        tape,
        [
            write(
                1,
                **evil,
                operation=0,
                key=f"k1:{EVIL}",
                start=at(0),
                end=at(1),
                event_id=landed,
                verdict="lost",
                cause="deleted",
                status="healed",
                healed_by=EVIL,
            ),
            write(
                2,
                **evil,
                operation=1,
                key=f"k2:{EVIL}",
                start=at(3),
                end=at(4),
                verdict="errored",
                cause="access_denied",
                error_api=EVIL,
                remedy_note=EVIL,
            ),
            write(
                3,
                **evil,
                operation=2,
                key=f"k3:{EVIL}",
                start=at(5),
                end=at(7),
                verdict="dropped",
                redeploy=EVIL,
            ),
            write(
                4,
                **evil,
                operation=3,
                key=f"k4:{EVIL}",
                start=at(8),
                end=at(9),
                verdict="unverifiable",
                cause="rivals",
                leaning="dropped",
                leaning_reason=EVIL,
            ),
        ],
        evidence=[
            proof("w1", 0, "call", 1, landed, EVIL),
            proof("w1", 1, "call", 2, taken, EVIL),
            proof("w2", 0, "call", 4, refused, EVIL),
            proof("w3", 0, "coverage", None, "none", EVIL),
            proof("w4", 0, "coverage", None, "none", EVIL),
        ],
        deploys=[
            DEPLOY
            | {
                "app": EVIL,
                "stage": EVIL,
                "stack": EVIL,
                "result": EVIL,
                "started_at": at(0),
                "ended_at": at(60),
                "permalink": f"javascript:alert(1)//{EVIL}",
                "sources": [EVIL],
            }
        ],
        settle=[{"write": "w4", "order": 0, "what": EVIL}],
    )
