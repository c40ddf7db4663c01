"""host.json: read, checked, refused on any key the host does not know (HOST.md, Faithful where it matters)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.host.errors import StartError

# Matter only in Azure: checked to be known, without effect here.
_WITHOUT_EFFECT = {"version", "logging", "extensionBundle", "functionTimeout", "telemetryMode", "extensions"}
_HTTP_KEYS = {"routePrefix", "customHeaders", "hsts"}
_QUEUE_KEYS = {
    "batchSize",
    "newBatchThreshold",
    "maxDequeueCount",
    "visibilityTimeout",
    "maxPollingInterval",
    "messageEncoding",
}
_SPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2}(?:\.\d{1,7})?)")
_MAX_BATCH = 32


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How queues are read; the defaults are the extension's own. Times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout: float = 0.0
    max_polling_interval: float = 60.0
    base64: bool = True


@dataclass(frozen=True, slots=True)
class HostJson:
    """What host.json says that matters here."""

    route_prefix: str = "api"
    custom_headers: dict[str, str] = field(default_factory=dict)
    queues: QueueSettings = field(default_factory=QueueSettings)


def parse_span(text: object) -> float | None:
    """Return the seconds of a time span ``[d.]hh:mm:ss[.fff]``; None when it is not one."""
    match = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    hours, minutes, seconds = int(match["hours"]), int(match["minutes"]), float(match["seconds"])
    in_range = hours < 24 and minutes < 60 and seconds < 60  # noqa: PLR2004 - the parts of a clock
    return int(match["days"] or 0) * 86400 + hours * 3600 + minutes * 60 + seconds if in_range else None


def read_host_json(path: Path) -> HostJson:
    """Read host.json; StartError names every unknown key and every bad value at once."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StartError([f"{path} is missing"]) from error
    except ValueError as error:
        raise StartError([f"{path} is not JSON: {error}"]) from error
    reader = _Reader()
    host_json = reader.read(content)
    if reader.problems:
        raise StartError([f"host.json: {problem}" for problem in reader.problems])
    return host_json


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, content: object) -> HostJson:
        root = self._section(content, "", _WITHOUT_EFFECT)
        if root.get("version") != "2.0":
            self.problems.append('version must be "2.0"')
        if (
            "functionTimeout" in root
            and root["functionTimeout"] != "-1"
            and parse_span(root["functionTimeout"]) is None
        ):
            self.problems.append("functionTimeout must be hh:mm:ss")
        extensions = self._section(root.get("extensions", {}), "extensions.", {"http", "queues"})
        http = self._section(extensions.get("http", {}), "extensions.http.", _HTTP_KEYS)
        queues = self._section(extensions.get("queues", {}), "extensions.queues.", _QUEUE_KEYS)
        return HostJson(
            route_prefix=self._text(http, "routePrefix", "api").strip("/"),
            custom_headers=self._headers(http),
            queues=self._queues(queues),
        )

    def _section(self, value: object, where: str, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self.problems.append(f"{where.rstrip('.') or 'the file'} must be an object")
            return {}
        self.problems += [f"{where}{key} is not known to the local host" for key in value if key not in known]
        return value

    def _text(self, section: Mapping[str, Any], key: str, default: str) -> str:
        value = section.get(key, default)
        if isinstance(value, str):
            return value
        self.problems.append(f"{key} must be a text")
        return default

    def _headers(self, http: Mapping[str, Any]) -> dict[str, str]:
        headers = http.get("customHeaders", {})
        if isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values()):
            return headers
        self.problems.append("customHeaders must be an object of texts")
        return {}

    def _queues(self, section: Mapping[str, Any]) -> QueueSettings:
        batch_size = self._number(section, "batchSize", 16, low=1, high=_MAX_BATCH)
        encoding = section.get("messageEncoding", "base64")
        if encoding not in {"base64", "none"}:
            self.problems.append('messageEncoding must be "base64" or "none"')
        return QueueSettings(
            batch_size=batch_size,
            new_batch_threshold=self._number(section, "newBatchThreshold", batch_size // 2, low=0, high=1000),
            max_dequeue_count=self._number(section, "maxDequeueCount", 5, low=1, high=1000),
            visibility_timeout=self._span(section, "visibilityTimeout", 0.0, low=0.0, high=7 * 86400.0),
            max_polling_interval=self._span(section, "maxPollingInterval", 60.0, low=0.1, high=60.0),
            base64=encoding == "base64",
        )

    def _number(self, section: Mapping[str, Any], key: str, default: int, *, low: int, high: int) -> int:
        value = section.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.problems.append(f"{key} must be a whole number from {low} to {high}")
        return default

    def _span(self, section: Mapping[str, Any], key: str, default: float, *, low: float, high: float) -> float:
        if key not in section:
            return default
        seconds = parse_span(section[key])
        if seconds is not None and low <= seconds <= high:
            return seconds
        self.problems.append(f"{key} must be hh:mm:ss, from {low:g} to {high:g} seconds")
        return default
