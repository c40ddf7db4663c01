"""Make what the product's storage needs and seed the sample registry: `python -m tools.prepare`.

Loads its libraries first and only then reads its settings: from the environment, or with `--wait` as a JSON object from
standard input, so that they can be told later, once the emulator's address is known.
"""

import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import Mapping
from typing import Any

from shared.settings import SettingsError, read_settings

STEPS = (("shared.storage.provision", "provision"), ("tools.sample_registry", "seed"))
LOADED_EARLY = ("azure.data.tables.aio", "azure.storage.blob.aio", "azure.storage.queue.aio", "shared.usecases.ports")


def prepare(environment: Mapping[str, str] | None) -> None:
    """Provision the storage that the settings name, then seed it. Safe to run again."""
    settings = read_settings(environment)
    for module, name in STEPS:
        try:
            step: Any = getattr(importlib.import_module(module), name)
            result = step(settings)
        except ImportError as missing:
            if not (missing.name or "").startswith(("shared.", "tools.sample_registry")):
                raise
            print(f"{module} cannot be used before {missing.name} is complete: left out.", file=sys.stderr)
            continue
        if inspect.iscoroutine(result):
            asyncio.run(result)


def main(arguments: list[str]) -> None:
    """Load, learn the settings, prepare."""
    for module in LOADED_EARLY:
        importlib.import_module(module)
    environment: dict[str, str] | None = json.load(sys.stdin) if "--wait" in arguments else None
    try:
        prepare(environment)
    except SettingsError as problem:
        sys.exit(f"prepare: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
