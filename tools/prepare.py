"""Make what the product's storage needs and seed the sample registry: `python -m tools.prepare`."""

import asyncio
import importlib
import inspect
import sys
from typing import Any

from shared.settings import SettingsError, read_settings

STEPS = (("shared.storage.provision", "provision"), ("tools.sample_registry", "seed"))


def prepare() -> None:
    """Provision the storage that the environment's settings name, then seed it. Safe to run again."""
    settings = read_settings()
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


if __name__ == "__main__":
    try:
        prepare()
    except SettingsError as problem:
        sys.exit(f"prepare: {problem}")
