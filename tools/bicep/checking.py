"""All checks of a folder of Bicep files that need no knowledge of this project."""

from pathlib import Path

from tools.bicep.expressions import Surroundings
from tools.bicep.faults import Fault
from tools.bicep.modules import default_faults, module_faults
from tools.bicep.schema import schema_faults
from tools.bicep.source import BicepFile, read_bicep
from tools.bicep.symbols import symbol_faults


def read_folder(folder: Path, *, root: Path) -> dict[str, BicepFile]:
    """Every Bicep file of a folder, by its name."""
    return {path.name: read_bicep(path, root=root) for path in sorted(folder.glob("*.bicep"))}


def language_faults(files: dict[str, BicepFile]) -> list[Fault]:
    """What is wrong with the files by the language and by Azure's models. Where a file cannot be read, that alone."""
    unreadable = [fault for file in files.values() for fault in file.faults]
    if unreadable:
        return sorted(unreadable)
    outputs = {name: {one.name: one.type for one in file.outputs.values()} for name, file in files.items()}
    found: list[Fault] = []
    for file in files.values():
        around = Surroundings(file, outputs)
        found += symbol_faults(file)
        found += module_faults(around, files)
        found += default_faults(around)
        found += schema_faults(around)
    return sorted(set(found))
