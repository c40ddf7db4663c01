"""Make what the product's storage needs and seed the sample registry: `python -m tools.prepare`."""

import asyncio
import importlib
import inspect
import sys
from typing import Any


async def prepare() -> None:
    """Provision the storage that the environment's settings name, then seed it. Safe to run again."""
    try:
        settings = importlib.import_module("shared.settings").load_settings()
    except ModuleNotFoundError as missing:
        if missing.name != "shared.settings":
            raise
        print("shared.settings is not there yet: nothing prepared.", file=sys.stderr)
        return
    for module, name in (("shared.storage.provision", "provision"), ("tools.sample_registry", "seed")):
        try:
            step: Any = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as missing:
            if missing.name != module:
                raise
            print(f"{module} is not there yet: left out.", file=sys.stderr)
            continue
        result = step(settings)
        if inspect.isawaitable(result):
            await result


if __name__ == "__main__":
    asyncio.run(prepare())
