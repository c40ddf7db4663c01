"""The fields of a PDF's form: what they are called, and what was filled in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FIELDS_AT_MOST = 5_000
_SIGNATURE_WORDS = ("sign", "podpis")
_WORDS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field without fields below it; `value` is what stands in the file, in whatever type."""

    name: str
    label: str
    kind: str
    value: Any

    @property
    def text(self) -> str:
        """What somebody wrote into it; empty where that is no text."""
        return self.value.strip() if isinstance(self.value, str) and self.kind != "/Btn" else ""

    @property
    def signs(self) -> bool:
        """A signature field with a signature, or a text field that is named for one and holds letters."""
        if self.kind == "/Sig":
            return isinstance(self.value, dict) and "/Contents" in self.value
        if sum(character.isalpha() for character in self.text) <= 1:
            return False
        words = _WORDS.findall(_CAMEL.sub(" ", self.name))
        return any(word.casefold().startswith(_SIGNATURE_WORDS) for word in words)


def form_fields(root: Any) -> Iterator[FormField]:
    """The fields of the document with that catalogue. Kind and value come down from the fields above.

    A field below itself is looked at once; no more than FIELDS_AT_MOST are looked at.
    """
    form = _resolved(_resolved(root).get("/AcroForm"))
    fields = _resolved(form.get("/Fields")) if isinstance(form, dict) else None
    waiting = [(child, "", "", None) for child in _children(fields)]
    seen: set[int] = set()
    while waiting and len(seen) < FIELDS_AT_MOST:
        reference, above, kind, value = waiting.pop()
        field = _resolved(reference)
        if not isinstance(field, dict) or id(field) in seen:
            continue
        seen.add(id(field))
        name = f"{above}.{_text(field, '/T')}".strip(".")
        kind = _text(field, "/FT") or kind
        value = _resolved(field["/V"]) if "/V" in field else value
        below = _children(_resolved(field.get("/Kids")))
        waiting += [(child, name, kind, value) for child in below]
        if not below or "/V" in field:
            yield FormField(name=name, label=_text(field, "/TU") or name, kind=kind, value=value)


def _children(thing: Any) -> list[Any]:
    return list(reversed(thing[:FIELDS_AT_MOST])) if isinstance(thing, list) else []


def _resolved(thing: Any) -> Any:
    return thing.get_object() if hasattr(thing, "get_object") else thing


def _text(field: Any, key: str) -> str:
    value = _resolved(field.get(key))
    return value if isinstance(value, str) else ""
