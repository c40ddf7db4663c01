"""JSON as it comes in, read so that nothing of it can surprise what comes after (RFC 8259, RFC 7493)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from shared.domain.errors import DomainError
from shared.domain.sayings import say

MOST_BYTES = 1024 * 1024
DEEPEST = 16


class MalformedJsonError(DomainError):
    """The body is no JSON text that can be read in one way only."""

    code = "malformed-json"


class JsonTooLargeError(DomainError):
    """The JSON is larger than any request of this contract."""

    code = "too-large"


def read_json(body: bytes) -> object:
    """The value of a JSON text in UTF-8, of at most 1 MiB and 16 levels.

    Refused besides what is no JSON: a name twice in one object, NaN and infinities, lone surrogates. Raises
    MalformedJsonError, JsonTooLargeError.
    """
    if len(body) > MOST_BYTES:
        raise JsonTooLargeError(say("The JSON may have at most %(most)s bytes.", most=MOST_BYTES))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedJsonError(say("The body is not UTF-8.")) from error
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_not_finite, parse_float=_finite, parse_int=_whole
        )
    except MalformedJsonError:
        raise
    except json.JSONDecodeError as error:
        message = say(
            "The body is not JSON: %(fault)s at line %(line)s, column %(column)s.",
            fault=error.msg,
            line=error.lineno,
            column=error.colno,
        )
        raise MalformedJsonError(message) from error
    except (ValueError, RecursionError) as error:
        raise MalformedJsonError(say("The body is not JSON that can be read.")) from error
    _check(value)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJsonError(say("An object names the same member twice."))
    return found


def _not_finite(_word: str) -> NoReturn:
    raise MalformedJsonError(say("NaN and infinities are no JSON."))


def _finite(word: str) -> float:
    number = float(word)
    if number in {float("inf"), float("-inf")}:
        _not_finite(word)
    return number


def _whole(word: str) -> int:
    return int(word)


def _check(value: object) -> None:
    """No lone surrogates, which no UTF-8 can hold, and no depth that a recursion could fall into."""
    level: Sequence[object] = (value,)
    for _ in range(DEEPEST):
        deeper: list[object] = []
        for one in level:
            if isinstance(one, str):
                _check_text(one)
            elif isinstance(one, dict):
                for name in one:
                    _check_text(name)
                deeper += one.values()
            elif isinstance(one, list):
                deeper += one
        if not deeper:
            return
        level = deeper
    raise MalformedJsonError(say("The JSON is nested deeper than %(most)s levels.", most=DEEPEST))


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedJsonError(say("A text holds half of a surrogate pair.")) from error


def payload_hash(data: object, proof_hashes: Iterable[str]) -> str:
    """What an Idempotency-Key stands for: hex SHA-256 of the canonical JSON and of the proofs' hashes, in order.

    `data` is the parsed JSON as sent, so that the order of its names and its white space do not matter.
    """
    text = json.dumps([data, list(proof_hashes)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def merge_patch(target: Any, patch: Any) -> Any:
    """The target with the patch applied (RFC 7396): null removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
