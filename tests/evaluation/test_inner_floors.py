"""The order inside the room: each part imports only from those before it."""

import pytest

from tests.test_architecture import OURS

# From the ground up; the docstring of `tabgan.evaluation` says the same.
FLOORS = (
    ("metrics", "number_format"),
    ("utility",),
    ("report",),
    ("evaluate", "study"),
    ("imputation",),
    ("",),  # `__init__`
)
FLOOR = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
MODULES = [name for name in OURS if name.startswith("tabgan.evaluation")]


def part_of(name: str) -> str:
    """The entry of `FLOORS` that a module belongs to: `metrics`, of `metrics/fidelity.py`."""
    return name.split(".")[2] if name.count(".") > 1 else ""


def test_every_part_has_its_floor() -> None:
    assert {part_of(name) for name in MODULES} == set(FLOOR)


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down_inside_the_room(name: str) -> None:
    part = part_of(name)
    others = {part_of(other) for other in OURS[name] if other in MODULES} - {part}
    above = {other for other in others if FLOOR[other] >= FLOOR[part]}
    assert not above, f"{name} imports from {above}"
