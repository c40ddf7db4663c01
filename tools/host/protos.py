"""Plain classes that stand in for the worker protocol's protobuf messages (HOST.md, The runtime's contract).

The engine asks for these names and attributes only, so neither protobuf nor gRPC is needed.
"""

from datetime import timedelta
from typing import Any, ClassVar


class _Message:
    """A bag of the attributes it was made with; the engine reads them by name."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class StatusResult(_Message):
    """How an operation ended."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1
    Cancelled: ClassVar[int] = 2

    status: int
    exception: "RpcException | None" = None


class RpcException(_Message):
    """An error of the app, as text."""

    source: str = ""
    message: str = ""
    stack_trace: str = ""


class TypedData:
    """One value of exactly one kind, such as ``TypedData(string="x")``.

    Reading another kind raises AttributeError, as ``WhichOneof`` is what tells the kind.
    """

    __slots__ = ("_kind", "_value")

    def __init__(self, **one: Any) -> None:
        if len(one) > 1:
            message = f"one kind of data only, got {sorted(one)}"
            raise ValueError(message)
        kind, value = next(iter(one.items()), (None, None))
        self._kind: str | None = kind
        self._value: Any = value

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - the protocol's spelling
        """Return the kind held, None when empty."""
        return self._kind

    def __getattr__(self, name: str) -> Any:
        if name == self._kind:
            return self._value
        raise AttributeError(name)


class ParameterBinding:
    """A named input or output value."""

    __slots__ = ("data", "name")

    def __init__(self, *, name: str, data: TypedData | None) -> None:
        self.name = name
        self.data = data

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - the protocol's spelling
        """Return the kind of the value: never shared memory here."""
        return "data"


class RpcHttp(_Message):
    """A request on its way in, or a response on its way out (its ``status_code`` is a string)."""

    method: str
    url: str
    headers: dict[str, str]
    query: dict[str, str]
    params: dict[str, str]
    body: TypedData
    status_code: str
    cookies: "list[RpcHttpCookie] | None"


class _SameSite:
    Lax: ClassVar[int] = 1
    Strict: ClassVar[int] = 2
    ExplicitNone: ClassVar[int] = 3


# ``None`` is a keyword, yet the protocol has a member of that name: the engine reads it by getattr.
setattr(_SameSite, "None", 0)


class RpcHttpCookie(_Message):
    """A cookie that the app sets; absent attributes are None."""

    SameSite: ClassVar[type[_SameSite]] = _SameSite

    name: str
    value: str
    domain: "NullableString | None" = None
    path: "NullableString | None" = None
    expires: "NullableTimestamp | None" = None
    secure: "NullableBool | None" = None
    http_only: "NullableBool | None" = None
    same_site: int = 0
    max_age: "NullableDouble | None" = None


class NullableString(_Message):
    """A text that may be absent."""

    value: str


class NullableBool(_Message):
    """A truth value that may be absent."""

    value: bool


class NullableDouble(_Message):
    """A number that may be absent."""

    value: float


class Timestamp(_Message):
    """An instant, in whole seconds since 1970."""

    seconds: int


class NullableTimestamp(_Message):
    """An instant that may be absent."""

    value: Timestamp


class BindingInfo(_Message):
    """Direction and data type of a binding."""

    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0
    string: ClassVar[int] = 1
    binary: ClassVar[int] = 2
    stream: ClassVar[int] = 3


class RpcRetryOptions(_Message):
    """A retry policy of a function."""

    max_retry_count: int
    retry_strategy: str
    delay_interval: timedelta


class RpcFunctionMetadata(_Message):
    """One function as the engine indexed it; ``raw_bindings`` are JSON texts."""

    name: str
    function_id: str
    raw_bindings: list[str]
    retry_options: RpcRetryOptions | None


class WorkerMetadata(_Message):
    """Name and versions of the engine."""

    runtime_name: str
    runtime_version: str
    worker_version: str


class WorkerInitResponse(_Message):
    """The answer to initialisation."""

    capabilities: dict[str, str]
    result: StatusResult


class FunctionMetadataResponse(_Message):
    """The answer to indexing."""

    function_metadata_results: list[RpcFunctionMetadata] | None
    result: StatusResult


class FunctionLoadResponse(_Message):
    """The answer to loading, which does nothing in this engine."""

    result: StatusResult


class FunctionEnvironmentReloadResponse(_Message):
    """The answer to specialisation, which a local process never asks for."""

    result: StatusResult


class InvocationResponse(_Message):
    """The answer to an invocation."""

    invocation_id: str
    result: StatusResult
    return_value: TypedData | None = None
    output_data: list[ParameterBinding]
