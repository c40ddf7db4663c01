"""docs/deploying.md names every parameter of a deployment, with what holds unless it is set."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_the_table_has_every_parameter() -> None:
    """What can be set by `azd env set`, and each default that is written as code, is that of main.parameters.json."""
    parameters = json.loads((ROOT / "infra" / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
    given = dict(re.findall(r"\$\{([A-Z_]+)(?:=([^}]*))?\}", "\n".join(one["value"] for one in parameters.values())))
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8").partition("## All parameters")[2]
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", page.partition("\n## ")[0], re.MULTILINE))
    assert rows.keys() == given.keys() - {"AZURE_ENV_NAME", "AZURE_LOCATION"}
    for name, written in rows.items():
        if default := re.fullmatch(r"`(.+)`", written):
            assert default[1] == given[name], name
        else:
            assert given[name] == "", f"{name} has a default that the page does not say"
