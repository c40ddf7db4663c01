"""The models that the infrastructure is held against: read right from both makes of packages, of the right versions."""

from importlib import import_module
from pathlib import Path

import pytest

from tools.bicep.model_shapes import Kind, Shape, shape
from tools.bicep.resource_types import NAMED_TYPES, RESOURCE_TYPES, ResourceType


def inner(found: Shape, path: str) -> Kind:
    """The kind at a path of wire names."""
    kind = Kind("object", model=found)
    for step in path.split("."):
        assert kind.model is not None
        kind = kind.model.properties[step].kind
    return kind


def test_the_older_make() -> None:
    """A package with attribute maps: nested names, enumerations, read-only and required properties."""
    account = shape("azure.mgmt.storage", "StorageAccountCreateParameters")
    assert inner(account, "properties.allowSharedKeyAccess").name == "bool"
    assert "TLS1_2" in inner(account, "properties.minimumTlsVersion").values
    assert account.properties["location"].required
    blob = shape("azure.mgmt.storage", "BlobContainer")
    assert blob.properties["id"].read_only


def test_the_newer_make() -> None:
    """A package with annotated fields: nested names, enumerations, read-only and required properties."""
    domain = shape("azure.mgmt.communication", "DomainResource")
    assert "CustomerManaged" in inner(domain, "properties.domainManagement").values
    held = domain.properties["properties"].kind.model
    assert held is not None
    assert held.properties["fromSenderDomain"].read_only
    assert domain.properties["location"].required
    service = shape("azure.mgmt.communication", "CommunicationServiceResource")
    assert inner(service, "properties.linkedDomains") == Kind("array", item=Kind("string"))


def test_variants_are_told_apart() -> None:
    """An object of several kinds is held against the one that its own property names."""
    found = inner(shape("azure.mgmt.eventgrid", "EventSubscription"), "properties.destination").model
    assert found is not None
    assert found.told_by == "endpointType"
    assert "StorageQueue" in found.variants


def test_an_unknown_model_is_no_silence() -> None:
    """A class that a new version of a package moved away is an error, not an empty shape."""
    with pytest.raises(LookupError):
        shape("azure.mgmt.storage", "NoSuchModel")


@pytest.mark.parametrize("name", [str(name) for name in (*RESOURCE_TYPES, *NAMED_TYPES)])
def test_models_are_of_the_version(name: str) -> None:
    """The installed package speaks the API version that the table says, so that an update cannot pass unseen."""
    table: dict[str, ResourceType] = {str(key): value for key, value in (*RESOURCE_TYPES.items(), *NAMED_TYPES.items())}
    found = table[name]
    found.shape_read()
    folder = Path(next(iter(import_module(found.package).__path__)))
    version = f'"{found.models_of or found.version}"'
    sources = [*folder.glob("_config*.py"), *(folder / "operations").glob("*.py")]
    assert any(version in source.read_text(encoding="utf-8") for source in sources)
    assert found.shape_written().properties
