"""A function app of two functions, for tests of what starts apps."""

from pathlib import Path

from tools.embedded import ROOT

FUNCTION_APP = """
import os

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="api/health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"{os.getpid()} {os.environ['PUBLIC_URL']} {os.environ['CLAIM_ID_SECRET']}")


@app.route(route="api/crash", methods=["GET"])
async def crash(req: func.HttpRequest) -> func.HttpResponse:
    if code := os.environ.get("SAMPLE_CRASH"):
        os._exit(int(code))
    return func.HttpResponse("no crash planned")
"""


def write_sample_app(folder: Path) -> Path:
    """Write the app into a folder, with this project's host.json, and return the folder."""
    folder.mkdir()
    (folder / "function_app.py").write_text(FUNCTION_APP, encoding="utf-8")
    (folder / "host.json").write_text((ROOT / "host.json").read_text(encoding="utf-8"), encoding="utf-8")
    return folder
