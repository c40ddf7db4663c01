"""All checks of a folder of Bicep files: those of the language, and those of this project."""

from pathlib import Path

from tools.bicep.access_rules import access_faults
from tools.bicep.code_facts import CodeFacts, code_facts
from tools.bicep.deployment_rules import hook_faults, parameter_faults, sign_in_faults, watching_faults
from tools.bicep.expressions import Surroundings
from tools.bicep.faults import Fault
from tools.bicep.modules import default_faults, handed_to_modules, module_faults
from tools.bicep.schema import schema_faults
from tools.bicep.settings_rules import example_faults, settings_faults
from tools.bicep.source import BicepFile, read_bicep
from tools.bicep.storage_rules import storage_faults
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
    given = handed_to_modules(files)
    for file in files.values():
        around = Surroundings(file, outputs, given=given.get(file.path.name, {}))
        found += symbol_faults(file)
        found += module_faults(around, files)
        found += default_faults(around)
        found += schema_faults(around)
    return sorted(set(found))


def project_faults(files: dict[str, BicepFile], root: Path, code: CodeFacts | None = None) -> list[Fault]:
    """Where the infrastructure and the code of `root` do not fit each other."""
    code = code or code_facts(root)
    infra = root / "infra"
    return sorted(
        {
            *settings_faults(files, code),
            *example_faults(root / "local.settings.example.json", code),
            *storage_faults(files, code),
            *access_faults(files),
            *parameter_faults(files, infra / "main.parameters.json", "infra/main.parameters.json"),
            *hook_faults(files, root, code),
            *sign_in_faults(files, code),
            *watching_faults(files, infra / "workbook.json", code),
        }
    )
