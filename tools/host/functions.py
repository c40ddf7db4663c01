"""The functions of the app, typed by their trigger; anything the host cannot run is refused (HOST.md)."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from croniter import croniter  # type: ignore[import-untyped]

from tools.host.errors import StartError
from tools.host.protos import RpcFunctionMetadata
from tools.host.routing import Route, RouteError, parse_route

_KNOWN_KEYS: dict[tuple[str, str], set[str]] = {
    ("httpTrigger", "IN"): {"route", "methods", "authLevel"},
    ("http", "OUT"): set(),
    ("queueTrigger", "IN"): {"queueName", "connection"},
    ("timerTrigger", "IN"): {"schedule", "runOnStartup", "useMonitor"},
}
_EVERY_BINDING = {"type", "direction", "name", "dataType"}
_AUTH_LEVELS = {"ANONYMOUS", "FUNCTION", "ADMIN"}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"}
_SETTING = re.compile(r"%([^%]+)%")
_SIX_FIELDS = 6


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    function_id: str
    parameter: str


@dataclass(frozen=True, slots=True)
class HttpFunction(_Function):
    """A function behind a route; ``methods`` empty means every method."""

    route: Route
    methods: frozenset[str]
    auth_level: str


@dataclass(frozen=True, slots=True)
class QueueFunction(_Function):
    """A function fed by a queue; ``connection`` names the setting that holds the connection string."""

    queue: str
    connection: str


@dataclass(frozen=True, slots=True)
class TimerFunction(_Function):
    """A function run by the clock; ``schedule`` has six fields, seconds first."""

    schedule: str
    run_on_startup: bool
    monitored: bool


@dataclass(slots=True)
class FunctionSet:
    """All functions of the app, each list sorted by name."""

    http: list[HttpFunction] = field(default_factory=list)
    queues: list[QueueFunction] = field(default_factory=list)
    timers: list[TimerFunction] = field(default_factory=list)

    def names(self) -> list[str]:
        """Return every function's name, sorted."""
        return sorted(function.name for function in [*self.http, *self.queues, *self.timers])


def read_functions(
    indexed: Iterable[RpcFunctionMetadata], *, route_prefix: str, settings: Mapping[str, str] = os.environ
) -> FunctionSet:
    """Sort the indexed functions by trigger; StartError lists everything the host would not run as Azure does."""
    functions = FunctionSet()
    problems: list[str] = []
    for metadata in sorted(indexed, key=lambda one: one.name):
        if settings.get(f"AzureWebJobs.{metadata.name}.Disabled", "").lower() in {"true", "1"}:
            continue
        try:
            _read_one(metadata, functions, route_prefix, settings)
        except (RouteError, ValueError) as error:
            problems.append(f"function {metadata.name}: {error}")
    if problems:
        raise StartError(problems)
    return functions


def _read_one(
    metadata: RpcFunctionMetadata, functions: FunctionSet, route_prefix: str, settings: Mapping[str, str]
) -> None:
    bindings = [json.loads(raw) for raw in metadata.raw_bindings]
    for binding in bindings:
        _refuse_unknown(binding)
    if metadata.retry_options is not None:
        # The real host ignores @retry on queue triggers: the queue's own tries count. Nothing else here retries either.
        message = "@retry is refused: queues retry by themselves (maxDequeueCount), timers and HTTP functions do not"
        raise ValueError(message)
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    if len(triggers) != 1:
        message = f"exactly one trigger is needed, found {len(triggers)}"
        raise ValueError(message)
    trigger = triggers[0]
    common = {"name": metadata.name, "function_id": metadata.function_id, "parameter": trigger["name"]}
    match trigger["type"]:
        case "httpTrigger":
            functions.http.append(_http(trigger, common, route_prefix))
        case "queueTrigger":
            queue = _resolved(trigger, "queueName", settings)
            connection = _resolved(trigger, "connection", settings) or "AzureWebJobsStorage"
            functions.queues.append(QueueFunction(**common, queue=queue, connection=connection))
        case _:
            functions.timers.append(_timer(trigger, common, settings))


def _refuse_unknown(binding: Mapping[str, Any]) -> None:
    kind = (binding["type"], binding["direction"])
    if kind not in _KNOWN_KEYS:
        message = f"binding type {kind[0]} ({kind[1].lower()}) is not known to the local host"
        raise ValueError(message)
    unknown = sorted(set(binding) - _EVERY_BINDING - _KNOWN_KEYS[kind])
    if unknown:
        message = f"binding {kind[0]} has keys not known to the local host: {', '.join(unknown)}"
        raise ValueError(message)
    if binding.get("dataType", "UNDEFINED") not in {"UNDEFINED", "STRING"}:
        message = f"binding {kind[0]} has a dataType that is not emulated: {binding['dataType']}"
        raise ValueError(message)


def _http(trigger: Mapping[str, Any], common: dict[str, Any], route_prefix: str) -> HttpFunction:
    # An empty route means the function's name, as in Azure.
    template = trigger.get("route") or common["name"]
    if template.startswith(("/", "~")):
        message = f"route {template!r} must not start with / or ~ (for the root use '{{ignored:maxlength(0)?}}')"
        raise ValueError(message)
    level = trigger.get("authLevel", "FUNCTION")
    methods = frozenset(trigger.get("methods") or ())
    if level not in _AUTH_LEVELS or not methods <= _METHODS:
        message = f"unknown authLevel or methods: {level} {sorted(methods)}"
        raise ValueError(message)
    route = parse_route(f"{route_prefix}/{template}" if route_prefix else template)
    return HttpFunction(**common, route=route, methods=methods, auth_level=level)


def _timer(trigger: Mapping[str, Any], common: dict[str, Any], settings: Mapping[str, str]) -> TimerFunction:
    schedule = _resolved(trigger, "schedule", settings)
    if len(schedule.split()) != _SIX_FIELDS or not croniter.is_valid(schedule, second_at_beginning=True):
        message = f"schedule {schedule!r} is not a six-field NCRONTAB expression (seconds first)"
        raise ValueError(message)
    return TimerFunction(
        **common,
        schedule=schedule,
        run_on_startup=bool(trigger.get("runOnStartup")),
        monitored=trigger.get("useMonitor") is not False,
    )


def _resolved(trigger: Mapping[str, Any], key: str, settings: Mapping[str, str]) -> str:
    """Return the text with each ``%SETTING%`` replaced by the setting's value."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if not settings.get(name):
            message = f"{key} needs the setting {name}, which is not set"
            raise ValueError(message)
        return settings[name]

    return _SETTING.sub(value, trigger.get(key) or "")
