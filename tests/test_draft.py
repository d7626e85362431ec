"""A draft's numbers are those of the whole generator."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from tabgan.conditions import Condition
from tabgan.devices import use_threads
from tabgan.draft import ColumnPart, Draft
from tabgan.encoders.column import EncodedColumn
from tabgan.encoders.table import Layout
from tabgan.features import Rows
from tabgan.generation import FEWEST_ORDERS, afford, generate
from tabgan.networks import Generator

# a number with two modes, a spike and gaps; three levels; a number with one mode
LAYOUT = Layout(
    n_classes=(4, 3, 1),
    n_modes=(2, 0, 1),
    ordered=(0, 2),
    spans=np.array([[0, 0.5], [0.5, 1], [0.4, 0.4], [0, 0], [0, 0], [0, 0], [0, 0], [0, 1]], float),
)


@pytest.fixture
def generator() -> Generator:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = Generator(LAYOUT, noise=6, width=16, depth=3).eval().requires_grad_(False)
    made.bias.copy_(torch.linspace(-1, 1, LAYOUT.width))
    return made


def given(n_rows: int, *known: int) -> Condition:
    rng = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(n, (n_rows,), generator=rng) for n in LAYOUT.n_classes], 1)
    scalars = torch.rand(n_rows, 3, generator=rng) * 2 - 1
    scalars[:, 1] = 0
    scalars[:, 0] *= codes[:, 0] < 2
    condition = Condition.empty(n_rows, 3, torch.device("cpu"))
    for column in known:
        cells = EncodedColumn(codes[:, column].numpy(), scalars[:, column].numpy())
        condition.know(column, cells)
    return condition


def draft_of(generator: Generator, condition: Condition) -> Draft:
    parts = [ColumnPart.of(generator, column) for column in range(3)]
    return Draft(parts, condition, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("known", [(), (0,), (0, 1), (1, 2), (0, 1, 2)])
def test_the_first_layer_is_that_of_the_whole_row(
    generator: Generator, known: tuple[int, ...]
) -> None:
    condition = given(50, *known)
    draft = draft_of(generator, condition)
    noise = generator.draw_noise(50, torch.Generator().manual_seed(0))
    features = generator.features
    rows = Rows(features.indicate(condition.codes), condition.scalars)
    shown = features(rows) * condition.known[:, features.column_of_feature]
    whole = generator.tower.first(torch.cat([noise, shown, condition.known.float()], dim=1))
    torch.testing.assert_close(draft._shown, whole)


def test_settling_draws_what_the_generator_would(generator: Generator) -> None:
    condition = given(40_000, 1)
    draft = draft_of(generator, condition)
    draft.settle([0, 2], torch.Generator().manual_seed(2))
    assert torch.equal(draft.codes[:, 1], condition.codes[:, 1])
    random = torch.Generator().manual_seed(3)
    logits, raw = generator(generator.draw_noise(40_000, random), condition)
    rows = generator.activate(logits, raw, condition, 1.0, random)
    ours = generator.features.indicate(draft.codes).mean(0)
    torch.testing.assert_close(ours, rows.indicators.mean(0), atol=0.01, rtol=0)
    torch.testing.assert_close(draft.scalars.mean(0), rows.scalars.mean(0), atol=0.01, rtol=0)


def test_the_target_is_settled_last_others_in_many_orders(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator.layout = replace(LAYOUT, target=1)
    passes: list[Sequence[int]] = []
    settle = Draft.settle

    def watch(draft: Draft, due: Sequence[int], random: torch.Generator) -> None:
        passes.append(due)
        settle(draft, due, random)

    monkeypatch.setattr(Draft, "settle", watch)
    with use_threads(1):
        generate(generator, Condition.empty(2_000, 3, torch.device("cpu")), 9, torch.Generator())
    orders = [tuple(column for (column,) in passes[i : i + 3]) for i in range(0, len(passes), 3)]
    assert len(orders) == FEWEST_ORDERS
    assert set(orders) == {(0, 2, 1), (2, 0, 1)}


def test_few_passes_settle_several_columns_each(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    monkeypatch.setattr(Draft, "settle", lambda _draft, due, _random: passes.append(len(due)))
    generate(generator, Condition.empty(10, 3, torch.device("cpu")), 2, torch.Generator())
    assert passes == [2, 1]


def test_rows_do_not_depend_on_threads(generator: Generator) -> None:
    condition = given(3_000, 1)
    tables = []
    for threads in (1, 3):
        with use_threads(threads):
            tables.append(generate(generator, condition, 3, torch.Generator().manual_seed(0)))
    assert (tables[0].codes == tables[1].codes).all()
    assert (tables[0].scalars == tables[1].scalars).all()


def test_wide_tables_cost_as_many_cells_as_others() -> None:
    assert afford(5_000, 100) == 5_000
    assert afford(5_000, 1_000) == 500


@pytest.mark.parametrize("known", [(0,), (1, 2), (0, 1, 2)])
def test_given_cells_come_through_all_passes(generator: Generator, known: tuple[int, ...]) -> None:
    condition = given(300, *known)
    table = generate(generator, condition, 3, torch.Generator().manual_seed(0))
    kept = list(known)
    assert (table.codes[:, kept] == condition.codes.numpy()[:, kept]).all()
    assert (table.scalars[:, kept] == condition.scalars.numpy()[:, kept]).all()
    assert (table.codes < np.array(LAYOUT.n_classes)).all()
