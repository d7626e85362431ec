"""What the README and the docstrings say is run, and complete."""

import doctest
import importlib
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from tabgan_cli.app import COMMANDS, tabgan

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
    for base, package in ((ROOT, "tabgan"), (ROOT / "cli", "tabgan_cli"))
    for path in (base / package).rglob("*.py")
)


@dataclass(frozen=True)
class Block:
    """A fenced block of the README and the heading that it stands under."""

    heading: str
    language: str
    code: str


def read_blocks() -> Iterator[Block]:
    heading = ""
    pattern = re.compile(r"^(#+ [^\n]*)$|^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for match in pattern.finditer(README):
        if match[1]:
            heading = match[1].lstrip("# ")
        else:
            yield Block(heading, match[2], match[3])


BLOCKS = list(read_blocks())
INSTALLS = [block for block in BLOCKS if "pip install" in block.code]  # `.ci/run` does these
EXAMPLES = [b for b in BLOCKS if b not in INSTALLS and b.language in {"bash", "python"}]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `tabgan` and `python` are those of this checkout."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name, words in (("python", ""), ("tabgan", "-m tabgan_cli.app")):
        (bin_ / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (bin_ / name).chmod(0o755)
    path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}


def test_the_readme_has_examples_of_both_doors() -> None:
    assert {block.language for block in EXAMPLES} == {"bash", "python"}
    assert len(INSTALLS) == 2


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: f"{block.heading}-{block.language}")
def test_readme_block_runs(block: Block, tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    bash = ["bash", "-euo", "pipefail", "-c"]
    shell = bash if block.language == "bash" else [sys.executable, "-c"]
    done = subprocess.run(  # noqa: S603
        [*shell, block.code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_shows_every_command_and_option() -> None:
    for name in COMMANDS:
        command = tabgan.get_command(click.Context(tabgan), name)
        assert command is not None
        (row,) = [line for line in README.splitlines() if line.startswith(f"| `{name}")]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for option in parameter.opts:
                    assert re.search(rf"(?<![-\w]){option}(?![-\w])", row), f"{name} {option}"


def test_the_readme_shows_no_option_that_is_not_there() -> None:
    known = {"--version", "--help"}
    for name in COMMANDS:
        command = tabgan.get_command(click.Context(tabgan), name)
        assert command is not None
        known |= {option for parameter in command.params for option in parameter.opts}
    rows = [line for line in README.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"--[a-z][-a-z]*", "\n".join(rows))) <= known


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.testmod(module)
    assert result.failed == 0


def test_links_inside_the_project_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
            assert (ROOT / target).exists(), f"{name} links to {target}"
