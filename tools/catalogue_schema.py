"""The shape of shared/domain/catalogue.json, and the JSON Schema drawn from it that editors check the file with.

Write the schema again with `python -m tools.catalogue_schema`.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.domain.catalogue import Activity, Programme, SlotKind, SolutionArea

FOLDER = Path(__file__).parents[1] / "shared" / "domain"
CATALOGUE = FOLDER / "catalogue.json"
SCHEMA = FOLDER / "catalogue.schema.json"

Kebab = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class NamedArea(_Row):
    """A solution area."""

    id: SolutionArea
    name: Name


class NamedActivity(_Row):
    """An activity."""

    id: Activity
    name: Name


class NamedProgramme(_Row):
    """A programme."""

    id: Programme
    name: Name


class ClaimTypeRow(_Row):
    """What one activity in one solution area asks for, and what it takes."""

    programme: Programme
    solution_area: SolutionArea
    activity: Activity
    slot: SlotKind
    poe_required: bool
    technical_contact: bool
    revenue_fields: bool


class TogetherRow(_Row):
    """Activities that one claim may combine."""

    solution_area: SolutionArea
    activities: Annotated[list[Activity], Field(min_length=2)]


class ProductRow(_Row):
    """A product, further names that a proof may use, and the products of the subscriptions that hold it."""

    id: Kebab
    name: Name
    solution_area: SolutionArea
    aliases: list[Name]
    held_by: Annotated[list[Kebab], Field(min_length=1)]


class CatalogueFile(BaseModel):
    """What can be claimed."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)

    schema_: Annotated[Literal["./catalogue.schema.json"], Field(alias="$schema")]
    solution_areas: list[NamedArea]
    activities: list[NamedActivity]
    programmes: list[NamedProgramme]
    claim_types: Annotated[list[ClaimTypeRow], Field(min_length=1)]
    together: list[TogetherRow]
    foreign_programmes: list[Kebab]
    products: Annotated[list[ProductRow], Field(min_length=1)]


def schema_text() -> str:
    """The schema file's whole text."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **CatalogueFile.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    print(f"wrote {SCHEMA.name}")
