"""What is read of the registries page by page."""

from dataclasses import dataclass

type Place = tuple[str, str]
"""Where a row stands in a registry: its owner, and its name there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPage[T]:
    """Some rows; `behind` is the place to go on from, null at the end. A page may be short and still go on."""

    items: tuple[T, ...]
    behind: Place | None
