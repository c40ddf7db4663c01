"""Make what the product's storage needs and seed the sample registry: `python -m tools.prepare`.

Reads its settings from the environment, or with `--wait` as a JSON object from standard input: its libraries are loaded
by then, and the settings can be told once the emulator's address is known.
"""

import asyncio
import json
import sys

from shared.settings import SettingsError, read_settings
from shared.storage.provision import provision
from tools import sample_registry


def main(arguments: list[str]) -> None:
    """Learn the settings, provision the storage that they name, then seed it. Safe to run again."""
    environment: dict[str, str] | None = json.load(sys.stdin) if "--wait" in arguments else None
    try:
        settings = read_settings(environment)
    except SettingsError as problem:
        sys.exit(f"prepare: {problem}")
    asyncio.run(provision(settings))
    sample_registry.seed(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
