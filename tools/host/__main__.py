"""Command line of the local Functions host: ``python -m tools.host --app DIR --port N``, or ``--forward URL``."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tools.host.errors import StartError
from tools.host.front import serve_front
from tools.host.server import serve


def main() -> int:
    """Serve an app until a signal; 0 after a graceful stop, 1 with the reasons when it could not be started."""
    parser = argparse.ArgumentParser(prog="python -m tools.host", description="Run a Functions app locally.")
    parser.add_argument("--app", type=Path, default=Path(), help="the app's folder, holding function_app.py")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7071, help="port, 0 for any free one (default: %(default)s)")
    parser.add_argument("--forward", metavar="URL", help="serve no app: stand in front of the host that does")
    arguments = parser.parse_args()
    # Only the app's own folder may serve its imports: the folder the host was started in must not hide a missing one.
    sys.path[:] = [entry for entry in sys.path if entry not in {"", str(Path.cwd())}]
    try:
        if arguments.forward:
            asyncio.run(serve_front(arguments.forward, arguments.host, arguments.port))
        else:
            asyncio.run(serve(arguments.app.absolute(), arguments.host, arguments.port))
    except StartError as error:
        for problem in error.problems:
            print(f"cannot start: {problem}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    # Threads of synchronous functions that were given up must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
