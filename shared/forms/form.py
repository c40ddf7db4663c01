"""The base of every request model, and its faults in our own words (PAGES.md, Decisions: validators).

pydantic's messages are English prose of its own and its codes are not ours: each of its error types is mapped here to a
stable code and a sentence.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from shared.domain.errors import Fault, InvalidClaimError
from shared.domain.reason_texts import N_
from shared.domain.sayings import Saying, say
from shared.forms.texts import OWN_CODES

MOST_FAULTS = 100
UNKNOWN_FIELD = "unknown-field"

_MAPPED: Mapping[str, tuple[str, str]] = {
    "missing": ("required", N_("Fill this in.")),
    "extra_forbidden": (UNKNOWN_FIELD, N_("There is no such field.")),
    "string_unicode": ("control-characters", N_("This holds characters that cannot be read or printed.")),
    "string_too_long": ("too-long", N_("At most %(most)d characters fit.")),
    "too_long": ("too-many", N_("At most %(most)d fit here.")),
}
_KINDS = {
    "string_type": N_("This must be text."),
    "bool_type": N_("This must be true or false."),
    "int_type": N_("This must be a whole number."),
    "list_type": N_("This must be a list."),
    "dict_type": N_("This must be an object."),
    "model_type": N_("This must be an object."),
    "model_attributes_type": N_("This must be an object."),
}


class Form(BaseModel):
    """A strict model with camelCase names: no conversions, no unknown fields.

    Null and blank texts are the same as leaving the field out.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=False,
        regex_engine="rust-regex",
        defer_build=True,  # each form's validator is made when it is first used: a cold start needs none of them
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = cls.names()
        return {name: value for name, value in data.items() if not (name in known and is_blank(value))}

    @classmethod
    def names(cls) -> frozenset[str]:
        """Every name that a request may use for one of the fields."""
        cls.model_rebuild()  # the fields know their aliases only then; again is nothing
        found: set[str] = set()
        for name, field in cls.model_fields.items():
            if isinstance(field.validation_alias, AliasChoices):
                found |= {str(choice) for choice in field.validation_alias.choices}
            else:
                found.add(field.alias or name)
        return frozenset(found)


def is_blank(value: object) -> bool:
    """Null, or a text of white space only."""
    return value is None or (isinstance(value, str) and not value.strip())


def pointer(path: Iterable[str | int]) -> str:
    """The RFC 6901 JSON Pointer of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Every fault of a failed validation, at most 100."""
    found = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    return tuple(_fault(details) for details in found)


def _fault(details: Mapping[str, Any]) -> Fault:
    code, message = _words(str(details["type"]), details)
    return Fault(pointer=pointer(details["loc"]), code=code, message=message)


def _words(kind: str, details: Mapping[str, Any]) -> tuple[str, str]:
    context: Mapping[str, Any] = details.get("ctx", {})
    if kind in OWN_CODES:
        return kind, context.get("words") or str(details["msg"])
    if kind in _KINDS:
        return "wrong-type", Saying(_KINDS[kind], {})
    if kind == "literal_error":
        known = str(context.get("expected")).replace(" or ", ", ")
        return "invalid-choice", say("This must be one of: %(known)s.", known=known)
    code, message = _MAPPED.get(kind, ("invalid", N_("This value cannot be accepted.")))
    return code, Saying(message, {"most": context["max_length"]} if "max_length" in context else {})


def parse[F: Form](form: type[F], data: object) -> F:
    """The request's values. InvalidClaimError with every fault."""
    try:
        return form.model_validate(data)
    except ValidationError as error:
        raise InvalidClaimError(faults_of(error)) from error
