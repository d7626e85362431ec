"""What the README, the guides and the docstrings say is run, and complete."""

import doctest
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from tabgan_cli.app import COMMANDS, tabgan

from examples.orders import make_orders
from tabgan import TabGAN, TrainingConfig
from tabgan.schema import ColumnKind, TableSchema, dtype_of

ROOT = Path(__file__).parents[1]
GUIDES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (*GUIDES, "CONTRIBUTING.md", "CHANGELOG.md")
}
README, COMMANDS_PAGE = TEXTS["README.md"], TEXTS["docs/commands.md"]
MAX_README_LINES = 150
ORDERS = 300  # in the table that the blocks find: quick to learn
MODULES = sorted(
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
    for base, package in ((ROOT, "tabgan"), (ROOT / "cli", "tabgan_cli"))
    for path in (base / package).rglob("*.py")
)


@dataclass(frozen=True)
class Block:
    """A fenced block, the page that it is on, and the heading that it stands under."""

    page: str
    heading: str
    language: str
    code: str


def read_blocks(page: str) -> Iterator[Block]:
    heading = ""
    pattern = re.compile(r"^(#+ [^\n]*)$|^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for match in pattern.finditer(TEXTS[page]):
        if match[1]:
            heading = match[1].lstrip("# ")
        else:
            yield Block(page, heading, match[2], match[3])


BLOCKS = [block for page in GUIDES for block in read_blocks(page)]
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


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of few orders, after few steps."""
    path = tmp_path_factory.mktemp("model") / "model.tabgan"
    TabGAN("returned", steps=40, random_state=0, device="cpu").fit(make_orders(ORDERS)).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, model: Path) -> Path:
    """What the pages say is there: the examples, the orders and a model of them."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "model.tabgan").write_bytes(model.read_bytes())
    make_orders(ORDERS).to_csv(folder / "orders.csv", index=False)
    return folder


def test_the_readme_has_examples_of_both_doors() -> None:
    assert {block.language for block in EXAMPLES if block.page == "README.md"} == {"bash", "python"}
    assert [block.page for block in INSTALLS] == ["README.md"] * 2


def test_the_readme_is_read_to_its_end() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda b: f"{b.page}-{b.heading}-{b.language}")
def test_block_runs(block: Block, folder: Path, environment: dict[str, str]) -> None:
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


def test_settings_shown_are_settings() -> None:
    shown = [tomllib.loads(block.code) for block in BLOCKS if block.language == "toml"]
    assert shown
    for settings in shown:
        TrainingConfig(**settings)


def schema_shown() -> Any:
    (block,) = [block for block in BLOCKS if block.language == "json"]
    return json.loads(block.code)


def test_columns_shown_are_columns_of_every_kind_and_with_every_field() -> None:
    shown = schema_shown()
    schema = TableSchema.from_dict(shown)
    assert schema.to_dict()["columns"] == shown["columns"]
    assert {column.kind for column in schema.columns} == set(ColumnKind)
    told = {"text", "format", "unit", "grid", "pattern", "missing_marks", "locale"}
    assert told <= {field for column in shown["columns"] for field in column}
    assert {"name", "address", "company"} <= {column.faker for column in schema.columns}


def test_columns_shown_can_be_learned() -> None:
    pytest.importorskip("faker")
    rng, rows = np.random.default_rng(0), range(200)
    minutes = pd.to_timedelta(15 * rng.integers(0, 30_000, len(rows)), unit="min")
    sizes = rng.integers(1, 900, len(rows))
    words = ["good", "late", "quick", "box", "torn", "nice", "again", "slow", "never", "paid"]
    made_up: dict[Any, Any] = {
        "weight": rng.gamma(2, 3, len(rows)).round(2),
        "pieces": rng.integers(1, 9, len(rows)),
        "discount": np.where(rng.random(len(rows)) < 0.5, 0, rng.random(len(rows))),
        "city": rng.choice(["Ulm", "Wien"], len(rows)),
        "returned": rng.random(len(rows)) < 0.3,
        "ordered": (pd.Timestamp("2024-01-01") + minutes).strftime("%d/%m/%Y %H:%M"),
        "order": [f"A-{4_999 * row:06d}" for row in rows],
        "mail": [f"{'ann' if row % 3 else 'bo'}{row + 1}@mail.test" for row in rows],
        "comment": [" ".join(rng.choice(words, 5)) for _ in rows],
        "price": [f"${price:,.2f}" for price in rng.gamma(2, 900, len(rows))],
        "size": [f"{size} MB" if size > 9 else f"{size}.0 GB" for size in sizes],
        "age": rng.choice(["?", "30", "41"], len(rows)),
        "currency": "EUR",
        "reserved": None,
    }
    schema = TableSchema.from_dict(schema_shown())
    frame = pd.DataFrame({name: made_up.get(name, "Ann") for name in schema.names}, index=rows)
    for column in schema.columns:
        frame[column.name] = frame[column.name].astype(dtype_of(column.dtype))
    made = TabGAN(schema=schema, steps=2, random_state=0).fit(frame).sample(20)
    assert made["order"].str.fullmatch(r"A-[0-9]{6}").all()
    assert made["mail"].str.fullmatch(r"(ann|bo)[0-9]{1,3}@mail\.test").all()
    assert pd.to_datetime(made["ordered"], format="%d/%m/%Y %H:%M").dt.minute.mod(15).eq(0).all()
    assert made["price"].str.fullmatch(r"\$[0-9,]+\.[0-9]{2}").all()
    assert made["size"].str.fullmatch(r"[0-9]+ MB|[0-9]+\.[0-9] GB").all()
    assert made["age"].isin([*map(str, range(30, 42)), "?"]).all()


def options_of(name: str) -> set[str]:
    command = tabgan.get_command(click.Context(tabgan), name)
    assert command is not None
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return {text for option in options for text in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_section_with_its_options_and_no_other(name: str) -> None:
    sections = re.split(r"^## ", COMMANDS_PAGE, flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"tabgan {name}\n")]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `-")]
    shown = [option for cell in cells for option in re.findall(r"(?<![-\w])--?[a-z][-a-z]*", cell)]
    assert sorted(shown) == sorted(options_of(name))


def test_no_page_shows_an_option_that_is_not_there() -> None:
    known = {"--version", "--help"}.union(*map(options_of, COMMANDS))
    for page in GUIDES:
        lines = [line for line in TEXTS[page].splitlines() if "benchmarks" not in line]
        shown = set(re.findall(r"(?<=[`\s])--[a-z][-a-z]*", "\n".join(lines)))
        others = {"--nproc-per-node", "--tools"}  # torchrun's, and a benchmark's
        assert shown - known - others == set(), page


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.testmod(module)
    assert result.failed == 0


def test_links_inside_the_project_lead_somewhere() -> None:
    for name, text in TEXTS.items():
        for target, heading in re.findall(r"\]\((?!https?://)([^)#]*)(?:#([^)]+))?\)", text):
            path = (ROOT / name).parent / target if target else ROOT / name
            assert path.exists(), f"{name} links to {target}"
            if heading:
                headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
                slugs = {
                    re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in headings
                }
                assert heading in slugs, f"{name} links to {target}#{heading}"


def test_the_places_that_contributors_are_sent_to_exist() -> None:
    rows = [line for line in TEXTS["CONTRIBUTING.md"].splitlines() if "`" in line]
    for row in rows:
        indices = [ROOT / path for path in re.findall(r"`((?:\w+|\.ci)/[\w./]*)`", row)]
        assert [path for path in indices if not path.exists()] == [], row
        sources = [path.read_text(encoding="utf-8") for path in indices if path.suffix == ".py"]
        for name in re.findall(r"`([A-Z_]{4,})`", row) if sources else ():
            assert any(re.search(rf"^{name}\b", text, re.MULTILINE) for text in sources), name
