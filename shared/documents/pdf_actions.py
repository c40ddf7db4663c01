"""Whether a PDF holds anything that runs, opens, sends or hides another file."""

from collections.abc import Iterator
from typing import Any

OBJECTS_AT_MOST = 50_000
_KEYS = frozenset(
    {"/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMediaContent", "/XFA", "/Launch"}
)
_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    }
)
_SUBTYPES = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})
_NOT_FOLLOWED = frozenset({"/Parent", "/StructTreeRoot", "/Metadata", "/Font", "/XObject", "/Contents", "/Thumb"})
"""Nothing acts from these: the way back up, the accessibility tree, descriptions, letters, pictures and drawing."""


def is_active(root: Any) -> bool:
    """Whether any object that the document's catalogue reaches is active.

    A jump to a page when the document opens is not; links that a reader has to follow are not either. True as well
    where there is too much to look through, or an object that another program may be able to read: nobody can say
    that it is harmless.
    """
    from pypdf.errors import PyPdfError

    try:
        return _opens_with_action(root.get_object()) or any(_acts(thing) for thing in _reached(root))
    except (PyPdfError, _TooMuchError):
        return True


class _TooMuchError(Exception):
    """More objects than are looked at."""


def _reached(root: Any) -> Iterator[Any]:
    """Every container that hangs on the catalogue, once. _TooMuchError."""
    from pypdf.generic import IndirectObject

    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    for _ in range(OBJECTS_AT_MOST):
        if not waiting:
            return
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            key = (thing.idnum, thing.generation)
            if key in seen:
                continue
            seen.add(key)
            thing = thing.get_object()
        yield thing
        waiting.extend(_inside(thing))
    raise _TooMuchError


def _opens_with_action(root: Any) -> bool:
    """Whether the document does more on opening than jump to a page of its own."""
    action = root.get("/OpenAction") if isinstance(root, dict) else None
    action = action.get_object() if action is not None else None
    return isinstance(action, dict) and action.get("/S") != "/GoTo"


def _acts(thing: Any) -> bool:
    if not isinstance(thing, dict):
        return False
    return (
        not _KEYS.isdisjoint(thing)
        or _name(thing, "/S") in _ACTIONS
        or _name(thing, "/Subtype") in _SUBTYPES
        or _name(thing, "/Type") == "/EmbeddedFile"
    )


def _name(thing: Any, key: str) -> str:
    value = thing.get(key)
    value = value.get_object() if hasattr(value, "get_object") else value
    return value if isinstance(value, str) else ""


def _inside(thing: Any) -> Iterator[Any]:
    """The containers inside a container; plain values are left out, so that they do not count."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    containers = (ArrayObject, DictionaryObject, IndirectObject)
    if isinstance(thing, DictionaryObject):
        yield from (
            value for name, value in thing.items() if name not in _NOT_FOLLOWED and isinstance(value, containers)
        )
    elif isinstance(thing, ArrayObject):
        yield from (value for value in thing if isinstance(value, containers))
