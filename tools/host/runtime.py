"""Drives Microsoft's runtime engine: initialise, read the functions, invoke them (HOST.md, The runtime's contract)."""

import asyncio
import secrets
import sys
import traceback
import uuid
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as engine  # type: ignore[import-untyped]
from azure_functions_runtime.utils.threadpool import start_threadpool_executor  # type: ignore[import-untyped]

from tools.host import protos
from tools.host.errors import StartError
from tools.host.invocations import Invocation, RunningInvocations, log_end


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended: ``value`` is what a response binding returned, ``failed`` that the app raised."""

    failed: bool
    value: protos.TypedData | None = None
    stack_trace: str | None = None


class Runtime:
    """The engine with one app indexed in it. Once per process, for the engine keeps its registry in a module."""

    def __init__(self) -> None:
        self.running = RunningInvocations()

    async def index(self, app: Path) -> list[protos.RpcFunctionMetadata]:
        """Index the app in the (absolute) folder and return its functions; StartError when it cannot be imported."""
        root = str(app)
        sys.path.insert(0, root)
        start_threadpool_executor()
        init = SimpleNamespace(capabilities={}, function_app_directory=root)
        answer = await engine.worker_init_request(_message("worker_init_request", init))
        if answer.result.status != protos.StatusResult.Success:
            exception = answer.result.exception
            raise StartError([f"the app cannot be indexed: {exception.message}\n{exception.stack_trace}"])
        if "HttpUri" in answer.capabilities:
            raise StartError(["streaming HTTP functions (azurefunctions-extensions-http-fastapi) are not emulated"])
        metadata = await engine.functions_metadata_request(_message("functions_metadata_request", None))
        functions: list[protos.RpcFunctionMetadata] | None = metadata.function_metadata_results
        if not functions:
            raise StartError([f"no function found: is there a function_app.py with functions in {app}?"])
        return functions

    async def invoke(
        self,
        invocation: Invocation,
        function_id: str,
        inputs: dict[str, protos.TypedData],
        trigger_metadata: dict[str, protos.TypedData],
        trace_parent: str,
    ) -> Outcome:
        """Run the function once. Whatever the app raises, SystemExit too, is an outcome and no error of the host."""
        request = _message(
            "invocation_request",
            SimpleNamespace(
                invocation_id=invocation.invocation_id,
                function_id=function_id,
                input_data=[protos.ParameterBinding(name=name, data=data) for name, data in inputs.items()],
                trigger_metadata=trigger_metadata,
                trace_context=SimpleNamespace(trace_parent=trace_parent, trace_state="", attributes={}),
                retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
            ),
        )
        try:
            answer = await engine.invocation_request(request)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return Outcome(failed=True, stack_trace=traceback.format_exc())
        except (SystemExit, KeyboardInterrupt, GeneratorExit):
            # These three pass the engine's `except Exception`; in Azure they end the worker process.
            return Outcome(failed=True, stack_trace=traceback.format_exc())
        if answer.result.status != protos.StatusResult.Success:
            exception = answer.result.exception
            return Outcome(failed=True, stack_trace=exception.stack_trace or exception.message)
        return Outcome(failed=False, value=answer.return_value)

    async def run(
        self,
        function: str,
        function_id: str,
        inputs: dict[str, protos.TypedData],
        trigger_metadata: dict[str, protos.TypedData],
    ) -> bool:
        """Run a function whose answer nobody waits for (queue, timer), log its line; return whether it succeeded."""
        with self.running.entered(str(uuid.uuid4()), function) as invocation:
            outcome = await self.invoke(invocation, function_id, inputs, trigger_metadata, new_trace_parent())
            log_end(invocation, "failed" if outcome.failed else "ok", outcome.stack_trace)
            return not outcome.failed


def new_trace_parent() -> str:
    """Return a fresh W3C traceparent, not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _message(kind: str, content: object) -> Any:
    return SimpleNamespace(
        request=SimpleNamespace(**{kind: content}), properties={"host": "127.0.0.1", "protos": protos}
    )
