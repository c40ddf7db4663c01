"""What the SDKs' errors mean here: a fault of the platform, or an answer (STORAGE.md, What the SDKs really do)."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError

from shared.domain.sayings import say
from shared.usecases.records import ServiceUnavailableError

_TRANSIENT = frozenset({408, 429})
_SERVER_FAULT = 500
_CONFLICTS = frozenset({404, 409, 412})


def is_answer(error: AzureError) -> bool:
    """Whether the service understood and refused; otherwise nobody knows what became of the request."""
    status = error.status_code if isinstance(error, HttpResponseError) else None
    return status is not None and status < _SERVER_FAULT and status not in _TRANSIENT


def is_conflict(error: AzureError) -> bool:
    """Whether the refusal says that the stored rows are not those that were read."""
    return isinstance(error, HttpResponseError) and error.status_code in _CONFLICTS


@contextmanager
def service_faults() -> Iterator[None]:
    """Turn faults of the platform into ServiceUnavailableError; answers pass through for the caller to read."""
    try:
        yield
    except AzureError as error:
        if is_answer(error):
            raise
        raise ServiceUnavailableError(say("The storage did not answer.")) from error


__all__ = ["ResourceExistsError", "ResourceNotFoundError", "is_answer", "is_conflict", "service_faults"]
