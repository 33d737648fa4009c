"""Private keys in their armour, and what has no name and no beginning: long random runs of letters and digits."""

from __future__ import annotations

from typing import Final

from analyzer.redaction.rule import MARK, SHUT, Rule

_BLANK = r"(?:[ +]|%20)"
_WORDS = r"[0-9A-Za-z ,_+%-]{0,60}"
_PRIVATE = rf"PRIVATE{_BLANK}KEY(?:{_BLANK}BLOCK)?"
BEGIN = rf"-{{4,5}}{_BLANK}?BEGIN{_WORDS}{_PRIVATE}{_BLANK}?-{{4,5}}|PuTTY-User-Key-File-[0-9]+:"
END = rf"-{{4,5}}{_BLANK}?END{_WORDS}{_PRIVATE}{_BLANK}?-{{4,5}}|Private-MAC:\s*[0-9A-Fa-f]*"

_ARMOUR = r"LS0tLS1CRUdJTiB(?:QUklW|SU0E|FQyB|PUEVO|FTkNS|EU0E|QR1AgUFJJ)"
_RUN = r"[0-9A-Za-z/+]"
_IN = r"[0-9A-Za-z/+_-]*"

# A secret key of AWS is 40 characters of base64. So are some names and paths, and hashes: these have no capitals, or no
# digits, or words, many slashes or long numbers in them.
_FORTY = (
    (r"([0-9A-Za-z/+_-]{40,})", SHUT + "${1}" + SHUT),
    # a private key without its armour: PKCS #1 and #8, SEC 1, OpenSSH
    (rf"{SHUT}(?:MII[CEJ]|MIG[HT]|MHc|b3BlbnNzaC1rZXkt){_RUN}{{60,}}{SHUT}=*", MARK),
    (rf"{SHUT}([0-9A-Za-z/+_-]{{89,}}){SHUT}", "${1}"),
    # hashes in base64, as lock files and content policies have them
    (rf"(?i)(sha(?:1|224|256|384|512)[-:=]){SHUT}({_IN}){SHUT}", "${1}${2}"),
    (rf"{SHUT}([A-Za-z/+_-]*|[0-9A-Z/+_-]*|[0-9a-z/+_-]*){SHUT}", "${1}"),
    (rf"{SHUT}({_IN}(?:[a-z]{{9}}|[a-z]{{6}}{_IN}[0-9A-Z/+_-][a-z]{{6}}|[0-9]{{7}}){_IN}){SHUT}", "${1}"),
    (rf"{SHUT}({_IN}(?:/{_IN}){{6,}}){SHUT}", "${1}"),
    (rf"{SHUT}{_RUN}{{40}}{SHUT}", MARK),
    # a line of a key: nothing else but what a log puts before each line
    (rf"(?m)^([\s|│>~+*-]*){SHUT}{_RUN}{{44,76}}{SHUT}=*(\s*)$", "${1}" + MARK + "${2}"),
    # 64 bytes, as the keys of Azure's storage
    (rf"{SHUT}{_RUN}{{86}}{SHUT}==", MARK),
)

RULES: Final = (
    Rule(
        r"PRIVATE(?: |\+|%20)KEY|PuTTY-User-Key-File-|LS0tLS1CRUdJTiB",
        (
            (rf"({BEGIN})(\[redacted\])", "${1}" + SHUT + "${2}"),
            (rf"(?s)({BEGIN})[^{SHUT}-].*?(?:(?:{END})|$)", "${1}" + MARK),
            # the armour itself in base64: PRIVATE, RSA, EC, OPENSSH, ENCRYPTED, DSA, PGP PRIVATE; not CERTIFICATE
            (rf"({_ARMOUR})[0-9A-Za-z+/=_-]{{16,}}", "${1}" + MARK),
        ),
    ),
    Rule(rf"{_RUN}{{40}}", _FORTY),
)
TRIGGERS: Final = (RULES[0].head,)
RUN: Final = RULES[1].head
"""A trigger of its own: beside others, its states would be multiplied with theirs."""
