"""``POST /admin/functions/{name}``: run a function now, by hand (API.md, as the real host; no key needed locally)."""

import json
from collections.abc import Mapping

from tools.host.functions import QueueFunction
from tools.host.protos import TypedData
from tools.host.queue_message import manual_metadata
from tools.host.runtime import Runtime
from tools.host.timers import Timer
from tools.host.web import Answer, Request, fault, json_answer, json_object

_FUNCTIONS = "/admin/functions/"


class Admin:
    """Runs timer and queue functions by hand.

    Unlike the real host it waits for the end of the run before it answers 202, so that a test or a demo can go on
    at once; the answer's header ``x-host-outcome`` says ``ok`` or ``failed``.
    """

    def __init__(
        self, runtime: Runtime, timers: Mapping[str, Timer], queues: Mapping[str, QueueFunction], http_names: set[str]
    ) -> None:
        self._runtime = runtime
        self._timers = timers
        self._queues = queues
        self._http_names = http_names

    async def answer(self, request: Request) -> Answer:
        """Serve ``/admin/…``."""
        if request.raw_path == "/admin/host/status":
            return json_answer({"state": "Running"})
        name = request.raw_path.removeprefix(_FUNCTIONS)
        if not request.raw_path.startswith(_FUNCTIONS) or request.method != "POST":
            return Answer(404)
        text = _input(await request.body())
        if isinstance(text, Answer):
            return text
        if name in self._http_names:
            return fault(400, "http-function", "An HTTP function is run by its route.")
        if name in self._timers:
            succeeded = await self._timers[name].run()
        elif name in self._queues:
            succeeded = await self._run_queue(self._queues[name], text)
        else:
            return Answer(404)
        return Answer(202, [("x-host-outcome", "ok" if succeeded else "failed")])

    async def _run_queue(self, function: QueueFunction, text: str) -> bool:
        inputs = {function.parameter: TypedData(string=text)}
        return await self._runtime.run(function.name, function.function_id, inputs, manual_metadata(text))


def _input(body: bytes) -> str | Answer:
    """Return the text of ``{"input": …}``: a text as it is, anything else as JSON; no body is an empty text."""
    if not body.strip():
        return ""
    content = json_object(body)
    if isinstance(content, Answer):
        return content
    if set(content) - {"input"}:
        return fault(400, "bad-input", 'Send {"input": …} and nothing else.')
    value = content.get("input")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
