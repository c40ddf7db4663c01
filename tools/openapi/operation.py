"""The words that an operation is described with; everything the code already says is not said again.

Path, methods and roles are the route's own (`functions.routing.DECLARED`), the description is the handler's docstring,
status and title of a problem stand in `functions.problems.ANSWERS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from shared.forms.form import Form

JSON, MERGE_PATCH, MULTIPART, CSV = (
    "application/json",
    "application/merge-patch+json",
    "multipart/form-data",
    "text/csv",
)
BINARY = "application/octet-stream"

type Tag = Literal["Partner", "Reviewer", "Program admin", "Customer", "Anyone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonBody:
    """A JSON object, held to a form. A `patch` is merged into what is there (RFC 7396): every name may be left out."""

    form: type[Form]
    example: Mapping[str, Any]
    required: bool = True
    patch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multipart body: JSON of a form, or a file of a media type; `many` where it may come again."""

    name: str
    words: str
    form: type[Form] | None = None
    media: str = BINARY
    required: bool = True
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartBody:
    """Named parts; `example` is what the JSON part may hold."""

    parts: tuple[Part, ...]
    example: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvBody:
    """A table in UTF-8, with these columns in its header, separated by commas or semicolons."""

    words: str
    example: str


type Body = JsonBody | MultipartBody | CsvBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One status that tells of success: a model's JSON, a file of these media types, or nothing."""

    status: int = 200
    words: str = "Done."
    model: type[BaseModel] | None = None
    files: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter that no form holds; `schema` is JSON Schema."""

    name: str
    words: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What the document says about one function.

    `query` is the form of its query string, without the names in `unread`; `problems` are the codes that do not follow
    from the rest; `if_match` and `idempotency_key` say which of these headers must be there.
    """

    summary: str
    answers: tuple[Answer, ...]
    tag: Tag | None = None
    bodies: tuple[Body, ...] = ()
    query: type[Form] | None = None
    unread: frozenset[str] = frozenset()
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()
    if_match: bool = False
    idempotency_key: bool = False
    languages: bool = False


type Operations = Mapping[str, Operation]
"""By function name."""

FLAG: Mapping[str, Any] = {"type": "boolean", "default": False}
DRY_RUN = Parameter(name="dryRun", words="Write nothing, and answer as if it had been written.", schema=FLAG)
RESULTS = Parameter(
    name="results",
    words="`errors` lists only the rows that failed.",
    schema={"type": "string", "enum": ["all", "errors"], "default": "all"},
)
