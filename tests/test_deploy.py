import shutil
import subprocess
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from server.config import Config

UNITS = sorted(Path("deploy/systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    # The programs of a unit are on the office's machine, not here: any that exists stands in.
    text = unit.read_text("utf-8")
    printer = "/opt/khiu-printer/bin/khiu-printer"
    for program in (printer, "/opt/khiu/.venv/bin/khiu", "/usr/bin/cage"):
        text = text.replace(f"ExecStart={program}", "ExecStart=/bin/true")
    name = unit.name.replace("@", "@kiosk")
    (tmp_path / name).write_text(text, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in checked.stderr.splitlines() if name.split(".")[0] in line]
    assert (ours, checked.returncode) == ([], 0)


def test_a_unit_with_a_mistake_is_found(tmp_path: Path) -> None:
    shutil.copy(UNITS[0], tmp_path / "bad.service")
    with (tmp_path / "bad.service").open("a") as unit:
        unit.write("\n[Service]\nRestart=sometimes\n")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "bad.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "restart specifier" in checked.stderr


def test_the_example_settings_are_the_defaults() -> None:
    example = tomllib.loads(Path("deploy/settings.example.toml").read_text("utf-8"))
    assert example == asdict(Config())


def test_the_proxy_passes_websockets_and_hides_the_metrics() -> None:
    proxy = Path("deploy/nginx/khiu.conf").read_text("utf-8")
    assert "proxy_set_header Upgrade $http_upgrade;" in proxy
    assert "location = /metrics { deny all; }" in proxy
