"""What azd runs after a deployment, run on the local product."""

from pathlib import Path

from tests.journeys.client import LocalHost
from tools.azd.seed_registries import REGISTRIES, seed
from tools.azd.smoke_test import smoke_faults, wait_for_health
from tools.embedded import LocalProduct


def test_the_smoke_test_passes_the_real_app(product: LocalProduct) -> None:
    """The running app is healthy, described, closed to strangers and forgers, and open to customers."""
    wait_for_health(product.base_url)
    assert smoke_faults(product.base_url) == []


def test_what_is_exported_can_be_seeded(product: LocalProduct, host: LocalHost, tmp_path: Path) -> None:
    """The registries' own exports go in again through the hook, every row unchanged."""
    with host.person("admin") as admin:
        for name in REGISTRIES:
            exported = admin.http.get(f"/api/review/registry/{name}")
            (tmp_path / f"{name}.csv").write_bytes(exported.content)
        cookie = "; ".join(f"{name}={value}" for name, value in admin.http.cookies.items())
    said = seed(product.base_url, tmp_path, {"Cookie": cookie})
    assert [sentence.partition(":")[0] for sentence in said] == [f"{name}.csv" for name in REGISTRIES]
    assert all("0 created, 0 updated" in sentence and "0 failed" in sentence for sentence in said)
