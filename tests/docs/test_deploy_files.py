"""deploy/: the files fit each other, the site and the settings. No container engine is at hand to run two of them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.settings import Settings
from publisher.web.site import ROUTES
from tests.docs.pages import read_page

INSIDE = {"/metrics", "/mailbox", "/healthz", "/readyz"}
EXPOSED = 15  # tenths of systemd's own measure, where 100 is a service without any protection


@pytest.fixture
def compose() -> dict[str, Any]:
    """compose.yaml, read."""
    found: dict[str, Any] = yaml.safe_load(read_page("deploy/compose.yaml"))
    return found


def test_both_proxies_keep_the_same_inside() -> None:
    by_caddy = set(re.findall(r"/\w+(?=[ \n])", re.findall(r"@inside path (.*\n)", read_page("deploy/Caddyfile"))[0]))
    by_nginx = {f"/{name}" for name in re.findall(r"\^/\((.*?)\)", read_page("deploy/nginx.conf"))[0].split("|")}
    assert by_caddy == by_nginx == INSIDE


def test_container_asks_an_address_that_there_is() -> None:
    (asked,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", read_page("deploy/Containerfile"))
    assert asked in {route.path for route in ROUTES}


def test_compose_names_what_it_has(compose: dict[str, Any]) -> None:
    services = compose["services"].values()
    assert {name for one in services for name in one["secrets"]} == compose["secrets"].keys()
    named = {volume.split(":")[0] for one in services for volume in one["volumes"] if not volume.startswith(".")}
    assert named == compose["volumes"].keys()


def test_compose_gives_good_settings(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in compose["services"]["publisher"]["environment"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PUBLISHER_RELAYS__MAIN__HOST", "smtp.example.org")
    settings = Settings()
    assert settings.web.trusted_proxies == ("172.16.0.0/12",)
    assert str(settings.database.password_file) == "/run/secrets/database"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze: apt-get install systemd")
@pytest.mark.parametrize("name", ["publisher.service", "publisher-worker.service"])
def test_unit_is_right_and_guarded(name: str, tmp_path: Path) -> None:
    unit = tmp_path / name
    unit.write_text(read_page(f"deploy/{name}").replace("/opt/publisher/bin/publisher", "/bin/true"), "utf-8")
    for check in (["verify"], ["security", "--offline=true", f"--threshold={EXPOSED}"]):
        done = subprocess.run(["systemd-analyze", *check, unit], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
