"""Values whose name says that they are secret: `NAME=value`, `"name": "value"`, `--name value`, `<name>value</name>`.

Not `NAME:value` without a blank, which may be a key of a store.
"""

from __future__ import annotations

from typing import Final

from analyzer.redaction.rule import EDGE, MARK, SHUT, Rule

_KEYS = (
    "api|private|access|secret|master|signing|encryption|account|service|admin|auth|licen[cs]e|deploy|jwt|webhook"
    "|hmac|shared|ingest|app|client"
)
WORDS = (
    r"(?:secret|passw(?:or)?d|passphrase|passcode|pass[_-]?wd|pwd|token|credential|creds|plaintext|mnemonic"
    rf"|connection[_ -]?string|(?:{_KEYS})[ _-]?key"
    r"|(?-i:(?:^|[^0-9A-Za-z]|\\[nrt])(?:pass|pw)|[a-z0-9]P(?:ass|w)|PASS|_PW))"
)
_NAME = rf"{WORDS}[0-9A-Za-z_-]*(?:[. ](?:value|string))?"
QUOTE = r"(?:\\*[\"'`]|&quot;|&#3[49];|%22|\\+u0022)"
_SEPARATOR = (
    rf"(?:{QUOTE}?\]?\s*(?:=>|:=|={{1,3}}|%3d|\\+u003d)\s*|{QUOTE}\]?\s*(?::|%3a)(?:\s|%20|\+)*"
    # of YAML also with a tag or a block, of an LDIF with two colons, of Pulumi's rows aligned
    r"|[ \t]*::?\s+(?:!!?[a-z]+\s+)?(?:[|>][+-]?(?:\\r|\\n|[\r\n])(?:\s|\\n)*)?)"
    # of Pulumi, with its marks of colours
    r"(?:<\{%[a-z0-9 ]+%\}>)*"
)
_END = r"(?:[\s\x00-\x1f\"'`\\,;&}\])>]|$)"

# What each kind of quotes holds, up to the quote that closes it: a backslash more hides a quote within.
QUOTED = (
    (r"\\{5,}\"", rf"(?:[^\"\\{SHUT}]|\\+[^\"\\])+", r"\\+\"|$"),
    (r"\\{3}\"", rf"(?:[^\"\\{SHUT}]|\\+[^\"\\]|\\{{5,}}\")+", r"\\{3,4}\"|$"),
    (r"\\\"", rf"(?:[^\"\\{SHUT}]|\\+[^\"\\]|\\{{3,}}\")+", r"\\{1,2}\"|$"),
    (r"\"", rf"(?:[^\"\\{SHUT}]|\\.)+", r"\"|$"),
    (r"\\*'", rf"(?:[^'\\{SHUT}]|\\[^'])+", r"\\*'|$"),
    (r"`", rf"[^`{SHUT}]+", r"`|$"),
    (r"&quot;|&#34;|%22|\\+u0022", r".+?", r"&quot;|&#34;|%22|\\+u0022|$"),
    (r"\[", rf"\s*\\*[\"'][^\]{SHUT}]+", r"\]|$"),
    (r"\{", rf"[^{{}}{SHUT}]+", r"\}|$"),
)
_PLAIN = rf"(?:[^\s\x00-\x1f\"'`\\,;&}}{SHUT}]|\\[^nrtu\"'\s\\]|[\"'][0-9A-Za-z])"
# Commas and their like belong to the value where no other name follows them.
_MORE = rf"(?:[,;&}}]+[^\s\x00-\x1f\"'`\\,;&}}=:{SHUT}]+)"
# Not the tags of YAML and Pulumi's marks of colours, which stand before a value.
_FIRST = rf"(?:[^\s\x00-\x1f\"'`\\,;&}}{{\[<!{SHUT}]|<[^{{\s\"'`\\{SHUT}]|![^!\s\"'`\\{SHUT}])"
_UNQUOTED = rf"{_FIRST}(?:{_PLAIN}{{3,}}{_MORE}*|{_PLAIN}{{0,2}}{_MORE}+)"


def _value(first: int) -> tuple[str, str]:
    """A pattern for a value and its replacement; its groups are numbered from `first`."""
    forms = [f"({open_}){within}({close})" for open_, within, close in QUOTED]
    forms.append(rf"{_UNQUOTED}({_END})")
    opening = "".join(f"${{{first + 2 * number}}}" for number in range(len(QUOTED)))
    closing = "".join(f"${{{first + 2 * number + 1}}}" for number in range(len(QUOTED)))
    closing += f"${{{first + 2 * len(QUOTED)}}}"
    return f"(?:{'|'.join(forms)})", f"{opening}{MARK}{closing}"


VALUE, HIDDEN = _value(2)

# Names that end so hold no secret, but where it is, how long it lives, and their like.
_HARMLESS = (
    r"(?:arns?|names?|ur[il]s?|endpoint|file|path|type|version|versions|length|size|count|ttl|policy|providers?"
    r"|manager|rotation|algorithm|enabled|status|state|alias|prefix|location|exp(?:iry|iration|ires)?(?:[_-]?(?:at|in))?"
    r"|lifetime|usage|limit|outputs?|refs?|spec|metadata|izers?)"
)
# Values that say that there is none, that it is hidden, or where it is.
_PLACEHOLDER = (
    r"(?:arn:aws|\[secret\]|\[redacted\]|\(?sensitive|(?:null|none|undefined|unknown|true|false|nil|optional|required)(?:[\s\"'\\,;&})\]<]|$)"
    # words of configurations and of errors, where nothing follows them
    r"|(?:string|inherit|read|write|include|omit|same-origin|missing|expired|invalid|valid)(?:[\"'\\,;&})\]]|\s*$|\s*[\r\n])"
    r"|\*{3,}|output<|<[a-z _-]+>|\$\{|\{\{|process\.env|import\.meta|os\.environ|HIDDEN_DUE_TO|Value hidden)"
)

# An id is shown; the tokens of an API that pages or repeats are no credentials.
_IDS = (
    rf"(?:(?:{_KEYS})[\s_-]?key|token|credential)s?[_-]?u?ids?"
    r"|(?:next|page|pagination|continuation|starting|idempotency|public[_-]?key)[_-]?token|(?-i:[cC]lient(?:Request)?Token)"
)

_STEPS = (
    (rf"(?i)({_IDS})({_SEPARATOR})", "${1}" + SHUT + "${2}"),
    (rf"(?i)(pwd{_SEPARATOR}{QUOTE}?)([/.~]|[A-Z]:[\\/])", "${1}" + SHUT + "${2}"),
    (rf"(?i)({WORDS}[0-9A-Za-z_-]*?{_HARMLESS})({_SEPARATOR})", "${1}" + SHUT + "${2}"),
    (rf"(?i)((?:secret|token|credential)s{_SEPARATOR})([0-9]{{1,9}}(?:[\s,}})]|$))", "${1}" + SHUT + "${2}"),
    # a parser's token
    (r"(?i)((?:unexpected|invalid|illegal) token)(:)", "${1}" + SHUT + "${2}"),
    (rf"(?i)({_NAME}{_SEPARATOR}{QUOTE}?)({_PLACEHOLDER})", "${1}" + SHUT + "${2}"),
)

_VARIABLE = r"\s*(?:export\s+)?[0-9A-Z_]*(?:SECRET|PASS|PASSWORD|PASSPHRASE|PASSWD|TOKEN|PWD|CREDENTIALS?)"

_CELL = r"[^\s.:/|\[\]()]"
_CAPITALS = (
    r"(?:SECRET|PASSWORD|PASSPHRASE|_PASS|TOKEN|PWD|CREDENTIALS"
    r"|(?:API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|MASTER)_KEY)"
)

RULES: Final = (
    # what SST hands to functions: SST_SECRET_Name=value, SST_RESOURCE_Name={"value":"…","type":"sst.sst.Secret"}
    Rule(
        r"SST_SECRET_|sst\.sst\.Secret|SST_RESOURCE_",
        (
            (rf"(SST_SECRET_[0-9A-Za-z_]+{_SEPARATOR}){VALUE}", "${1}" + HIDDEN),
            (rf"(?s)(SST_RESOURCE_[^{{}}]*\{{[^{{}}]*?\\*\"value\\*\"\s*:\s*){VALUE}", "${1}" + HIDDEN),
            (
                rf"(?s)(\\*\"type\\*\"\s*:\s*\\*\"sst\.sst\.Secret[^{{}}]*?\"value\\*\"\s*:\s*){VALUE}",
                "${1}" + HIDDEN,
            ),
            (
                r"(?s)(\\*\"value\\*\"\s*:\s*\\*\")[^{}]*?(\\*\",\s*\\*\"type\\*\"\s*:\s*\\*\"sst\.sst\.Secret)",
                "${1}" + MARK + "${2}",
            ),
        ),
    ),
    # a whole line of an environment: its value goes to the end
    Rule(
        r"(?:SECRET|PASS|PASSWORD|PASSPHRASE|PASSWD|TOKEN|PWD|CREDENTIALS?)=",
        (
            (rf"({_VARIABLE}=[\"']?)({_PLACEHOLDER})", "${1}" + SHUT + "${2}"),
            (r"(?m)^(\s*(?:export\s+)?PWD=)", "${1}" + SHUT),
            (rf"(?m)(^|{EDGE})({_VARIABLE}=)[^\s\"'`{SHUT}](?:[^\r\n\\\x1b]|\\[^nrt])*", "${1}${2}" + MARK),
        ),
    ),
    Rule(
        rf"(?i){WORDS}",
        (
            *_STEPS,
            (rf"(?is)({_NAME}{_SEPARATOR}){VALUE}", "${1}" + HIDDEN),
            # Go's maps, and the names of variables: not those of keys of a store
            (
                rf"(?s)((?:(?i:map\[(?:[^\]{SHUT}]*?\s)?[0-9a-z_.-]*{WORDS}[0-9a-z_-]*)"
                rf"|(?:^|[^0-9A-Za-z_])[0-9A-Z_]*{_CAPITALS}):){VALUE}",
                "${1}" + HIDDEN,
            ),
            # a row of a table, and an instruction of Docker
            (
                rf"(?im)(^\s*(?:[0-9A-Za-z_.:-]*{_NAME}(?:\t|\s{{2,}})|(?:[^\r\n]*\s)?ENV\s+[0-9A-Za-z_]*{_NAME}\s+))"
                rf"(?:{_CELL}{{6,}}[0-9]{_CELL}*|{_CELL}*[0-9]{_CELL}{{6,}})(\s*)$",
                "${1}" + MARK + "${2}",
            ),
            # a diff has the new value behind the old one
            (rf"(?is)(\[redacted\]{QUOTE}?\s*(?:=>|->|~>)\s*){VALUE}", "${1}" + HIDDEN),
        ),
    ),
)
TRIGGERS: Final = tuple(rule.head for rule in RULES)
