"""What is shipped: two packages, typed, with one version and one command."""

import importlib
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

import tabgan

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    alone = ["--no-isolation"] if find_spec("hatchling") else []
    command = [sys.executable, "-m", "build", "--wheel", *alone, "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    assert path.name == f"tabgan-{tabgan.__version__}-py3-none-any.whl"
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    roots = {name.split("/")[0] for name in names}
    assert roots == {"tabgan", "tabgan_cli", f"tabgan-{tabgan.__version__}.dist-info"}
    assert {"tabgan/py.typed", "tabgan/fitting/fit.py", "tabgan_cli/app.py"} <= set(names)
    page = "tabgan/evaluation/report/html"
    assert {f"{page}/report.html.j2", f"{page}/report.css"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".tabgan")]


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    folder = f"tabgan-{tabgan.__version__}.dist-info"
    assert "tabgan = tabgan_cli.app:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()


def test_the_version_is_written_once() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    path = PROJECT["tool"]["hatch"]["version"]["path"]
    written = [
        str(source.relative_to(ROOT))
        for package in ("tabgan", "cli")
        for source in (ROOT / package).rglob("*.py")
        if f'"{tabgan.__version__}"' in source.read_text(encoding="utf-8")
    ]
    assert written == [path]


def test_the_newest_change_is_this_version_or_unreleased() -> None:
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in log or f"## [{tabgan.__version__}]" in log


def test_the_entry_point_is_there() -> None:
    module, function = PROJECT["project"]["scripts"]["tabgan"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_every_runtime_dependency_has_its_reason() -> None:
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for requirement in PROJECT["project"]["dependencies"]:
        name = requirement.split(">")[0].split("=")[0]
        assert f"| {name} |" in reasons, f"CONTRIBUTING gives no reason for {name}"
