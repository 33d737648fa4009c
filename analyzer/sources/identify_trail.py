"""Which form of CloudTrail a source is, by the names of its fields or columns; and what only looks like one.

Names count where they stand: those of the first objects of a file, three deep, with `Records` and other lists seen
through. A file that is cut or damaged is detected by what stands before that.
"""

from __future__ import annotations

import csv
import re
from typing import Final, NamedTuple

_DEPTH: Final = 3
_HEADER: Final = 16_384  # bytes of a table's first line that are looked at
_NAMES: Final = 4_000  # tokens that are looked at: the first objects


class _Shape(NamedTuple):
    """One line of the table: what is seen, and what that is.

    Attributes:
        kind: `unknown` where it is refused.
        reason: what it is.
        names: paths that must all be there.
        within: bytes of which one must be in the head, where there are any (records that stand in texts).
        without: paths that must not be there.
    """

    kind: str
    reason: str
    names: tuple[str, ...]
    within: tuple[bytes, ...] = ()
    without: tuple[str, ...] = ()


_IN_TEXT: Final = (
    b'\\"eventSource',
    b'\\"eventVersion',
    b'\\"eventName',
    b'""eventSource',
    b'""eventVersion',
    b"'eventSource",
)
_ANYWHERE: Final = (*_IN_TEXT, b'"eventSource"')
_IN_CELLS: Final = (*_ANYWHERE, b"eventsource", b"eventjson", b"eventJson")
_SPLUNK: Final = ("cloudtrail-splunk", "results of a Splunk search")
_ELASTIC: Final = ("cloudtrail-elastic", "Elastic documents of CloudTrail")
_CWL: Final = "events of CloudWatch Logs"

_SUBSCRIPTION: Final = ("cloudtrail-cwl-subscription", "messages of a CloudWatch Logs subscription")
_INSIGHTS: Final = "results of CloudWatch Logs Insights"
_LOOKUP: Final = ("cloudtrail-lookup-events", "output of `aws cloudtrail lookup-events`")
_RECORDS: Final = ("cloudtrail-records", "CloudTrail records")
_DIGEST: Final = ("cloudtrail-digest", "a CloudTrail digest")
_SELECTORS: Final = ("unknown", "event selectors of a trail: a setting, not records")
_ALIYUN: Final = ("unknown", "events of Aliyun's ActionTrail, not CloudTrail records")
_ATHENA_ROWS: Final = ("cloudtrail-athena-rows", "output of `aws athena get-query-results`")
_WAZUH: Final = ("cloudtrail-wazuh", "events of Wazuh")
_PANTHER: Final = ("cloudtrail-panther", "records as Panther keeps them")
_LOGSTASH: Final = ("cloudtrail-logstash", "records as Logstash keeps them")
_IN_ELASTIC: Final = (b'"aws.cloudtrail.', b'"cloudtrail"', *_IN_TEXT)

# The wrappers stand before what they wrap.
_OBJECTS: Final = (
    _Shape(*_DIGEST, ("digestStartTime", "digestEndTime")),
    _Shape(*_SELECTORS, ("TrailARN", "AdvancedEventSelectors")),
    _Shape(*_SELECTORS, ("TrailARN", "EventSelectors")),
    _Shape(*_SUBSCRIPTION, ("awslogs", "awslogs.data")),
    _Shape(*_SUBSCRIPTION, ("messageType", "logEvents"), (*_IN_TEXT, b"CONTROL_MESSAGE")),
    _Shape("cloudtrail-cwl-events", _CWL, ("events", "events.message"), _ANYWHERE),
    _Shape("cloudtrail-cwl-events", _CWL, ("message", "timestamp", "ingestionTime"), _ANYWHERE),
    _Shape("cloudtrail-cwl-insights", _INSIGHTS, ("results", "results.field", "results.value"), _ANYWHERE),
    _Shape("cloudtrail-cwl-insights-json", _INSIGHTS, ("@message",), _ANYWHERE, without=("_source",)),
    _Shape(*_ATHENA_ROWS, ("ResultSet", "ResultSet.Rows"), _IN_CELLS),
    _Shape(*_ATHENA_ROWS, ("Data", "Data.VarCharValue"), _IN_CELLS),
    _Shape("cloudtrail-lake", "results of a CloudTrail Lake query", ("QueryResultRows",)),
    _Shape("cloudtrail-lake", "rows of a CloudTrail Lake query", ("eventJson",), _IN_TEXT),
    _Shape(*_LOOKUP, ("Events", "Events.CloudTrailEvent")),
    _Shape(*_LOOKUP, ("CloudTrailEvent",)),
    _Shape("cloudtrail-eventbridge", "EventBridge events", ("detail-type", "detail")),
    _Shape("cloudtrail-ocsf", "OCSF events", ("class_uid", "metadata"), (b"CloudTrail",)),
    _Shape(*_SPLUNK, ("result", "result._raw"), _IN_TEXT),
    _Shape(*_SPLUNK, ("results", "results._raw"), _IN_TEXT),
    _Shape(*_SPLUNK, ("_raw",), _IN_TEXT),
    _Shape(*_SPLUNK, ("result", "result.eventSource", "result.eventName")),
    _Shape(*_SPLUNK, ("event", "event.eventSource", "event.eventName")),
    _Shape(*_SPLUNK, ("event", "sourcetype"), _IN_TEXT, without=("event.action",)),
    _Shape(*_WAZUH, ("aws.eventSource", "aws.eventName")),
    _Shape(*_WAZUH, ("data.aws", "data.aws.eventSource")),
    _Shape(*_WAZUH, ("_source.data.aws",)),
    _Shape(*_WAZUH, ("hits", "hits.hits"), (b'"Wazuh-AWS"', b'"log_info"', b'"data.aws.eventSource"')),
    _Shape(*_ELASTIC, ("aws.cloudtrail",)),
    _Shape(*_ELASTIC, ("_source",), _IN_ELASTIC),
    _Shape(*_ELASTIC, ("hits", "hits.hits"), _IN_ELASTIC),
    _Shape(*_ELASTIC, ("@timestamp", "event.original"), _IN_TEXT),
    _Shape(*_PANTHER, ("p_log_type", "eventSource", "eventName"), (b"AWS.CloudTrail",)),
    _Shape(*_LOGSTASH, ("@timestamp", "eventSource", "eventName"), without=("eventTime",)),
    _Shape(*_RECORDS, ("Records.eventSource", "Records.eventName"), (b".amazonaws.com",)),
    _Shape(*_ALIYUN, ("eventId", "serviceName")),
    _Shape(*_ALIYUN, ("acsRegion",)),
    _Shape(*_RECORDS, ("eventSource", "eventName"), (b".amazonaws.com",)),
    _Shape(*_RECORDS, ("eventVersion", "userIdentity", "eventID")),
    _Shape(*_RECORDS, ("eventCategory", "eventType"), (b'"AwsAggregatedEvent"', b'"AwsCloudTrailInsight"')),
)

_COLUMNS: Final = (
    _Shape("cloudtrail-sentinel", "rows of Microsoft Sentinel", ("timegenerated [utc]", "eventsource", "eventname")),
    _Shape("cloudtrail-sentinel", "rows of Microsoft Sentinel", ("timegenerated", "eventsource", "eventname")),
    _Shape("cloudtrail-event-history", "Event history of the console", ("event name", "event time", "event source")),
    _Shape("cloudtrail-splunk-csv", "results of a Splunk search", ("_raw",), _IN_TEXT),
    _Shape("cloudtrail-splunk-csv", "results of a Splunk search", ("eventsource", "eventname", "_time")),
    _Shape("cloudtrail-cwl-insights-csv", _INSIGHTS, ("@message",), _IN_TEXT),
    _Shape("cloudtrail-athena", "results of an Athena query", ("eventsource", "eventname")),
    _Shape("cloudtrail-lake-csv", "results of a CloudTrail Lake query", ("eventjson",), _IN_TEXT),
    _Shape("cloudtrail-athena", "rows with a record as JSON", (), (b'""eventSource""',)),
)  # fmt: skip

_TOKEN: Final = re.compile(
    rb'"((?:[^"\\]|\\.){0,200})"(\s*+:)?|"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\]]', re.DOTALL
)
_JSON: Final = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]')
_ONE_COLUMN: Final = re.compile(rb'"?(?:_raw|@message|[\w. ]{1,60}"?[ \t]*\r?\n"\{\s*"")')
_TEXTS: Final = re.compile(rb'\[?\s*"\s*(?:\\[nt])*\{(?:\s|\\[nt])*\\"')
_YAML: Final = re.compile(
    rb"""(?:---[^\n]{0,80}\n|\#[^\n]{0,400}\n|\s)*+
    (?:-[ ]+)*(?:["']?(?:Events|events|results|QueryResultRows|ResultSet|Records|NextToken|nextToken|CloudTrailEvent
    |searchedLogStreams|queryLanguage|statistics|status|QueryStatus|QueryStatistics|UpdateCount|eventVersion|userIdentity
    |eventTime|eventSource|eventName|awsRegion|version|id|detail|detail-type|AccessKeyId|EventId)["']?:(?:\s|$))""",
    re.VERBOSE,
)
_CLI_TEXT: Final = re.compile(rb"(?m:^(?:EVENTS|RESULTS|QUERYRESULTROWS|RECORDS)\t[^\n]*\{\s*\"\w)")
_PASTED: Final = re.compile(rb'"eventSource"\s*:\s*"[^"]{0,200}\.amazonaws\.com"')
_DOT: Final = re.compile(r"\.")
_LINE: Final = re.compile(rb'\d{4}-\d\d-\d\dT[\d:.+Z-]{5,30} (?:[^\s{]{1,600} )?\{\s*"')
_LAKE_TIME: Final = re.compile(rb'"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"?(?:[,;]|\s)')


def detect_trail(body: bytes) -> tuple[str, str] | None:
    """The kind and the reason of what begins with `body` (no white space before); None if it is nothing of this.

    The kind is `unknown` where it only looks like CloudTrail, and the reason says what it is.
    """
    if body.startswith(b"PAR1"):
        return "cloudtrail-ocsf-parquet", "a Parquet file"
    if _TEXTS.match(body) and any(mark in body for mark in _IN_TEXT):
        return _RECORDS
    if _JSON.match(body):
        return _match(_OBJECTS, paths(body), body)
    if _LINE.match(body) and b'"eventSource"' in body and b'"eventVersion"' in body:
        return "cloudtrail-cwl-export", "lines of a CloudWatch Logs export"
    return _table(body)


def detect_in_text(body: bytes) -> tuple[str, str] | None:
    """The kind and the reason of a text that is no log, with records in it; None if it has none."""
    has_texts = any(mark in body for mark in _IN_TEXT)
    is_one = has_texts or _PASTED.search(body) is not None
    if _CLI_TEXT.search(body) and is_one:
        return "cloudtrail-cli-text", "text output of the AWS CLI"
    if _YAML.match(body) and (is_one or b"eventSource" in body or b"eventsource" in body):
        return "cloudtrail-yaml", "YAML with CloudTrail records"
    if _PASTED.search(body) and not _JSON.match(body):
        return "cloudtrail-pasted", "text with CloudTrail records in it"
    return None


def _match(shapes: tuple[_Shape, ...], names: set[str], body: bytes) -> tuple[str, str] | None:
    for shape in shapes:
        if (
            names.issuperset(shape.names)
            and names.isdisjoint(shape.without)
            and (not shape.within or any(mark in body for mark in shape.within))
        ):
            return shape.kind, shape.reason
    return None


def table_columns(body: bytes) -> list[str]:
    """The columns of the table that `body` is, if it is one: what its first line lists."""
    header, comma = _header(body), delimiter_of(body)
    if comma not in header and not _ONE_COLUMN.match(body):
        return []
    try:
        return [name.strip() for name in next(csv.reader([header], delimiter=comma), [])]
    except csv.Error:
        return []


def delimiter_of(body: bytes) -> str:
    """What stands between the columns of a table: a comma; a semicolon, or a tab, where its first line has more."""
    return max(",;\t", key=_header(body).count)


def _header(body: bytes) -> str:
    return body[:_HEADER].split(b"\n", 1)[0].decode("utf-8", "replace")


def _table(body: bytes) -> tuple[str, str] | None:
    columns = table_columns(body)
    identity = _match(_COLUMNS, {name.lower() for name in columns}, body) if columns else None
    if identity and identity[0] == "cloudtrail-athena" and _LAKE_TIME.search(body):
        return "cloudtrail-lake-csv", "results of a CloudTrail Lake query"
    return identity


def paths(body: bytes) -> set[str]:
    """The names in the first objects of `body`, as paths (`detail.eventName`); lists are seen through."""
    names: set[str] = set()
    outer: list[str] = []  # the path of each object or list that is open
    key = ""
    for count, token in enumerate(_TOKEN.finditer(body)):
        text = token[0]
        if count > _NAMES:
            break
        if text in (b"{", b"["):
            outer.append(key)
        elif text in (b"}", b"]"):
            key = outer.pop() if outer else ""
        elif token[2]:
            above = outer[-1] if outer else ""
            name = token[1].decode("utf-8", "replace")
            key = f"{above}.{name}" if above else name
            if key.count(".") < _DEPTH or not outer[1:]:
                names.add(key)
                names.update(key[: dot.start()] for dot in _DOT.finditer(key))
    return names
