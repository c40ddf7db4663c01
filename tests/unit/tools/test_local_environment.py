"""The settings of the product on this machine."""

import base64
import stat
from pathlib import Path

from tools.local_environment import connection_string, development_secrets, local_environment, written_out

STORAGE = connection_string(blob="http://127.0.0.1:1", queue="http://127.0.0.1:2", table="http://127.0.0.1:3")


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """A second start finds the same secrets, so links in mails sent before still work; nobody else can read them."""
    first = development_secrets(tmp_path)
    assert development_secrets(tmp_path) == first
    assert len(set(first.values())) == len(first) == 4
    assert base64.b64decode(first["EMAIL_ACCESS_KEY"], validate=True)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    """Secrets are random, not built in: no two machines share them."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert set(development_secrets(tmp_path / "a").values()).isdisjoint(development_secrets(tmp_path / "b").values())


def test_the_emulators_short_name_is_written_out(tmp_path: Path) -> None:
    """`UseDevelopmentStorage=true`, which the Python SDKs do not know, becomes the addresses it stands for."""
    settings = local_environment(storage="UseDevelopmentStorage=true", port=1, folder=tmp_path, base={})
    assert "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1" in settings["AzureWebJobsStorage"]
    assert settings["DataStorage"] == settings["ProofStorage"] == settings["AzureWebJobsStorage"]
    assert written_out(STORAGE) == STORAGE


def test_what_the_caller_sets_wins(tmp_path: Path) -> None:
    """A setting already in the environment is kept, an empty one is not a setting."""
    base = {"PUBLIC_URL": "https://cpor.example", "EMAIL_SENDER": "", "PATH": "/bin"}
    settings = local_environment(storage=STORAGE, port=7071, folder=tmp_path, base=base)
    assert settings["PUBLIC_URL"] == "https://cpor.example"
    assert settings["EMAIL_SENDER"] == "no-reply@cpor.example"
    assert settings["TENANT_AUTHORITY"] == "http://127.0.0.1:7071/.dev/authority"
