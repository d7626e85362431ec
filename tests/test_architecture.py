"""The house as it stands: who may import whom, and what nobody does."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 260

# Each floor may import from the lines above it, not from its own; a room is one entry.
FLOORS = (
    ("errors",),
    ("state_reader",),
    ("config", "runtime", "schema"),
    ("io",),
    ("query", "encoding", "evaluation"),
    ("relations", "networks"),
    ("training", "refinement"),
    ("model",),
    ("fitting", "dask"),
    ("estimators", "augmentation"),
    ("tabgan",),
    ("tabgan_cli",),
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
PICKLES = {"pickle", "cPickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}

SOURCES = {
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
    for base, package in ((ROOT, "tabgan"), (ROOT / "cli", "tabgan_cli"))
    for path in sorted((base / package).rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


def imported_by(name: str) -> set[str]:
    """Everything that a module imports, at its top or later, by its full name."""
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            module = node.module or ""
            modules = {f"{module}.{alias.name}" for alias in node.names}
            found |= {full if full in SOURCES else module for full in modules}
    return found


def room_of(name: str) -> str:
    """The entry of `FLOORS` that a module belongs to: `schema` of `tabgan.schema.column`."""
    parts = name.split(".")
    return parts[0] if parts[0] == "tabgan_cli" or len(parts) == 1 else parts[1]


OURS = {name: {other for other in imported_by(name) if other in SOURCES} for name in SOURCES}


def files_of(room: str) -> set[str]:
    """The names of a room's files and of the rooms within."""
    start = f"{room}."
    names = {name.removeprefix(start).split(".")[0] for name in SOURCES if name.startswith(start)}
    return names - {"__main__"}


ROOMS = [name for name in SOURCES if name != "tabgan" and len(files_of(name)) > 3]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_its_files(room: str) -> None:
    """Its `__init__` does; its docstring lists no file that is not there."""
    named = re.findall(r"\w+", SOURCES[room].read_text(encoding="utf-8"))
    assert files_of(room) - set(named) == set()
    docstring = ast.get_docstring(TREES[room]) or ""
    lists = re.findall(r"^(\w+(?:, \w+)*)(?:  +|$)", docstring, re.MULTILINE)
    assert {name for names in lists for name in names.split(", ")} <= files_of(room)


def test_every_module_has_its_place() -> None:
    rooms = {room_of(name) for name in SOURCES}
    assert rooms - set(LEVEL) == set(), "new rooms: put them into FLOORS"
    assert set(LEVEL) - rooms == set(), "rooms that are gone: take them out of FLOORS"


@pytest.mark.parametrize("name", SOURCES)
def test_imports_point_down(name: str) -> None:
    room = room_of(name)
    for other in OURS[name]:
        assert room_of(other) == room or LEVEL[room_of(other)] < LEVEL[room], (
            f"{name} imports {other}"
        )


def test_no_circles() -> None:
    TopologicalSorter(OURS).prepare()


def test_the_library_knows_no_click() -> None:
    for name in SOURCES:
        if not name.startswith("tabgan_cli"):
            assert not {other for other in imported_by(name) if other.split(".")[0] == "click"}


def test_evaluation_knows_no_torch() -> None:
    waiting = [name for name in SOURCES if name.startswith("tabgan.evaluation")]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        roots = {other.split(".")[0] for other in imported_by(name)}
        assert "torch" not in roots, f"{name} imports torch"
        waiting += OURS[name] - seen
    assert len(seen) > 5


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_pickled_is_read_or_written(name: str) -> None:
    assert not {other.split(".")[0] for other in imported_by(name)} & PICKLES
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"read_pickle", "to_pickle"}
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            assert (owner, node.attr) not in {("torch", "load"), ("torch", "save")}
        elif isinstance(node, ast.keyword):
            assert node.arg != "allow_pickle"


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_says_what_it_is_and_stays_small(name: str) -> None:
    assert ast.get_docstring(TREES[name])
    assert not set(name.split(".")) & VAGUE
    lines = SOURCES[name].read_text(encoding="utf-8").count("\n")
    assert lines < MAX_LINES, f"{name} has {lines} lines: split it"
