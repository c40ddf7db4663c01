"""Tables, queues and containers: whatever the code names is created, and nothing else is."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from tools.bicep.code_facts import CodeFacts
from tools.bicep.expressions import Surroundings, said
from tools.bicep.faults import Fault
from tools.bicep.source import BicepFile, Made, literal, members, text, walk

_ACCOUNTS = "Microsoft.Storage/storageAccounts"
_KINDS = {
    f"{_ACCOUNTS}/tableServices/tables": ("table", "tables", "dataAccount"),
    f"{_ACCOUNTS}/queueServices/queues": ("queue", "queues", "dataAccount"),
    f"{_ACCOUNTS}/blobServices/containers": ("container", "containers", "proofAccount"),
}
Named = dict[str, tuple[BicepFile, Node]]


def storage_faults(files: Mapping[str, BicepFile], code: CodeFacts) -> Iterator[Fault]:
    """Names that the code uses and Bicep does not create in the account where the app looks, and the reverse."""
    for kind, (word, attribute, account) in _KINDS.items():
        wanted: frozenset[str] = getattr(code, attribute)
        created = _created(files, kind, account)
        for name in sorted(wanted - created.keys()):
            yield Fault("infra/storage.bicep", 0, word, f"the code uses the {word} {name}, nothing creates it")
        for name in sorted(created.keys() - wanted):
            file, node = created[name]
            yield file.fault(node, word, f"nothing uses the {word} {name}")
    queues = _created(files, f"{_ACCOUNTS}/queueServices/queues", "dataAccount")
    for name in sorted(code.triggers - queues.keys()):
        yield Fault("infra/storage.bicep", 0, "queue", f"a function listens to {name}, nothing creates it")
    yield from _event_faults(files, code)


def _created(files: Mapping[str, BicepFile], kind: str, account: str) -> Named:
    """What is created of a kind in an account, by its name; computed names stand as they are written."""
    found: Named = {}
    for file in files.values():
        for resource in file.resources.values():
            if resource.type == kind and not resource.existing and _account(file, resource) == account:
                name = members(resource.body)["name"]
                around = Surroundings(file, {}).inside(resource.loop)
                for one in said(name, around) or {text(name)}:
                    found[one] = (file, name)
    return found


def _account(file: BicepFile, resource: Made) -> str:
    """The symbol of the account that a resource is in the end made in."""
    name = resource.name
    while name in file.resources and "parent" in (held := members(file.resources[name].body)):
        name = text(held["parent"])
    return name


def _event_faults(files: Mapping[str, BicepFile], code: CodeFacts) -> Iterator[Fault]:
    """Each type of event that the app is told of is put onto the queue where it listens, and no other type is."""
    found = set()
    for file in files.values():
        for resource in file.resources.values():
            held = [members(node) for node in walk(resource.body) if node.type == "object"]
            kinds = {
                literal(one) or text(one)
                for node in held
                if "includedEventTypes" in node
                for one in node["includedEventTypes"].named_children
            }
            for node in (node["queueName"] for node in held if "queueName" in node):
                names = _given(files, file, node)
                found |= kinds
                wanted = {code.told_by_events.get(kind, "no queue") for kind in kinds}
                if names != wanted:
                    yield file.fault(
                        node, "queue", f"{', '.join(sorted(kinds))} goes to {sorted(names)}, not {sorted(wanted)}"
                    )
    for kind in sorted(code.told_by_events.keys() - found):
        yield Fault("infra", 0, "queue", f"nobody puts {kind} onto a queue")


def _given(files: Mapping[str, BicepFile], file: BicepFile, node: Node) -> set[str]:
    """What a value says: itself, or what is handed to the parameter that it is."""
    if text(node) not in file.parameters:
        return {literal(node) or text(node)}
    callers = [
        members(members(module.body)["params"])
        for one in files.values()
        for module in one.modules.values()
        if module.path == file.path.name
    ]
    return {literal(given[text(node)]) or text(given[text(node)]) for given in callers if text(node) in given}
