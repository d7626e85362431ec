"""What is shipped: two packages, typed, with one version and one command."""

import ast
import importlib
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import tabgan

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIRED = PROJECT["project"]["dependencies"]
EXTRAS = [
    requirement
    for name in ("dask", "duckdb", "excel", "faker", "imbalance", "remote")
    for requirement in PROJECT["project"]["optional-dependencies"][name]
]


def name_of(requirement: str) -> str:
    """The package that a requirement is of, as the index spells it."""
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return str(name)


def imported_packages() -> set[str]:
    """What the two packages import, at a file's top or later: names of packages on the index."""
    found: set[str] = set()
    for folder in (ROOT / "tabgan", ROOT / "cli" / "tabgan_cli"):
        for source in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add((node.module or "").split(".")[0])
    homes = packages_distributions()
    others = found - set(sys.stdlib_module_names) - {"tabgan", "tabgan_cli"}
    return {home.lower() for name in others for home in homes[name]}


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
    assert {f"{page}/{name}" for name in ("report.html.j2", "page.html.j2", "report.css")} <= set(
        names
    )
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


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    required, extra = set(map(name_of, REQUIRED)), set(map(name_of, EXTRAS))
    assert imported_packages() - required - extra == set()
    assert required - imported_packages() == set()


def test_the_lower_bounds_are_those_of_everything_but_torch() -> None:
    bounds = runpy.run_path(str(ROOT / ".ci" / "lower_bounds.py"))["lower_bounds"]()
    assert set(bounds) == set(map(name_of, [*REQUIRED, *EXTRAS])) - {"torch"}


def test_every_runtime_dependency_has_its_reason() -> None:
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in map(name_of, REQUIRED):
        assert f"| {name} |" in reasons, f"CONTRIBUTING gives no reason for {name}"
