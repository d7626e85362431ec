"""The training loop: it learns, repeats, keeps limits, and rolls back after failures."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.layout import Layout
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import SettingError, TrainingError
from tabgan.refinement.row_features import to_tree_features
from tabgan.runtime.progress import Progress, TrainingRecord, ValidationPoint
from tabgan.schema import TableSchema
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.trainer import Trainer
from tabgan.training.validation import ValidationResult, ValidationSet, choose_held_out

SMALL = TrainingConfig(
    steps=60,
    batch_size=64,
    hidden_dim=32,
    n_layers=2,
    latent_dim=8,
    n_validations=3,
    min_steps_between_validations=20,
)


@pytest.fixture(scope="module")
def encoded(people: pd.DataFrame) -> tuple[EncodedTable, Layout]:
    rng = np.random.default_rng(0)
    schema = TableSchema.infer(people)
    encoder = TableEncoder.fit(people, schema, EncoderConfig(rng), lambda done, total: None)
    return encoder.encode(people, rng), replace(encoder.layout, target=1)


def make_training(
    encoded: tuple[EncodedTable, Layout], config: TrainingConfig = SMALL, **options: Any
) -> Trainer:
    table, layout = encoded
    settings: dict[str, Any] = {"seed": 0, "device": torch.device("cpu"), **options}
    rows, aside = table.split(np.arange(0, 300, 4))
    validation = ValidationSet(
        aside, lambda rows: to_tree_features(rows, layout), config.decoding_steps, settings["seed"]
    )
    validation.test.noise_floor = validation.score(rows)
    return Trainer(rows, layout, config, validation, **settings)


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(
        torch.equal(a, b)
        for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_learns(encoded: tuple[EncodedTable, Layout], objective: str) -> None:
    config = TrainingConfig(
        **(SMALL.to_dict() | {"objective": objective, "steps": 600, "ema_decay": 0.98})
    )
    device, gains = torch.device("cpu"), []
    for seed in range(3):  # one score is of 75 rows
        training = make_training(encoded, config, seed=seed)
        validation, generator = training.validation, training.gan.ema_generator
        before = validation.score(validation.generate(generator, device))
        nll = validation.compute_nll(generator, device)
        training.run()
        assert before is not None
        assert training.record.score is not None
        assert training.record.nll is not None
        assert training.record.nll < nll - 0.1
        gains.append(training.record.score - before)
    assert np.mean(gains) > 0.2


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_game_alone_learns(encoded: tuple[EncodedTable, Layout], objective: str) -> None:
    game = {"nll_weight": 0.0, "objective": objective, "steps": 300, "ema_decay": 0.98}
    config, device, gains = TrainingConfig(**(SMALL.to_dict() | game)), torch.device("cpu"), []
    for seed in range(3):  # one score is of 75 rows
        training = make_training(encoded, config, seed=seed)
        validation = training.validation
        before = validation.score(validation.generate(training.gan.ema_generator, device))
        training.run()
        record = training.record
        assert before is not None
        assert record.score is not None
        best = max(record.history, key=lambda point: point.score or 0.0)  # no likelihood chooses
        assert record.score == best.score
        assert all(point.critic_loss is not None for point in record.history)  # in every step
        gains.append(record.score - before)
    assert np.mean(gains) > 0.2, gains


def test_same_seed_same_weights(encoded: tuple[EncodedTable, Layout]) -> None:
    first, again = make_training(encoded), make_training(encoded)
    assert same(first.run(), again.run())
    assert first.record == again.record
    assert not same(first.best, make_training(encoded, seed=1).run())


def test_a_time_limit_ends_training_and_its_steps_repeat_it(
    encoded: tuple[EncodedTable, Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainingConfig(**(SMALL.to_dict() | {"steps": 1_000_000}))
    monkeypatch.setattr("tabgan.training.early_stopping.NEAR_FLOOR", 2.0)  # no score ends it
    limited = make_training(encoded, config, deadline=2.0)
    clock = SimpleNamespace(monotonic=lambda: 0.01 * limited.gan.steps_done)
    monkeypatch.setattr(
        "tabgan.training.time_budget.time", clock
    )  # a step takes 10 ms, on any machine
    network = limited.run()
    assert limited.record.ended == "as many steps as the time limit allows were done"
    assert 100 < limited.record.steps_done <= 200
    repeat = TrainingConfig(**(SMALL.to_dict() | {"steps": limited.record.steps}))
    assert same(network, make_training(encoded, repeat).run())


def test_a_time_limit_that_is_too_short_is_refused(encoded: tuple[EncodedTable, Layout]) -> None:
    with pytest.raises(SettingError, match=r"raise it by at least \d+ s"):
        make_training(encoded, deadline=time.monotonic() + 0.01).run()


def test_weights_that_are_not_finite_are_rolled_back(encoded: tuple[EncodedTable, Layout]) -> None:
    told: list[Progress] = []
    training = make_training(encoded, on_progress=told.append)
    step = training.gan.step

    def poisoned(lr_factor: float) -> None:
        step(lr_factor)
        if training.gan.steps_done == 30 and not training.record.messages:
            with torch.no_grad():
                next(training.gan.generator.parameters()).fill_(float("nan"))

    training.gan.step = poisoned  # type: ignore[method-assign]
    network = training.run()
    assert all(torch.isfinite(weights).all() for weights in network.parameters())
    (message,) = training.record.messages
    assert "no longer numbers" in message
    assert message in [progress.message for progress in told]


def test_a_training_that_never_works_says_so(encoded: tuple[EncodedTable, Layout]) -> None:
    training = make_training(encoded, deadline=time.monotonic() + 60)

    def poisoned(lr_factor: float) -> None:
        training.gan.steps_done += 1
        with torch.no_grad():
            next(training.gan.generator.parameters()).fill_(float("nan"))

    training.gan.step = poisoned  # type: ignore[method-assign]
    with pytest.raises(TrainingError, match="no longer numbers.*try lower learning rates"):
        training.run()


def test_collapse_is_diagnosed(encoded: tuple[EncodedTable, Layout]) -> None:
    training = make_training(encoded)
    training.gan.step(1.0)
    one_row = EncodedTable(np.zeros((75, 7), np.int32), np.zeros((75, 7), np.float32))
    failure = training.validation.diagnose_failure(training.gan, one_row)
    assert failure == "the generator has collapsed to few modes"


def test_a_failure_that_stays_halves_the_learning_rates(
    encoded: tuple[EncodedTable, Layout],
) -> None:
    training = make_training(encoded)
    learning_rates = training.gan.learning_rates
    for step in (40, 50):
        result = ValidationResult(ValidationPoint(step, 0.1), "the critic wins outright")
        training._on_validation(result)
    assert training.gan.learning_rates == tuple(rate / 2 for rate in learning_rates)
    assert "step 50: the critic wins outright" in training.record.messages[0]


def test_ctrl_c_keeps_the_best_so_far(
    encoded: tuple[EncodedTable, Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tabgan.training.early_stopping.NEAR_FLOOR", 2.0)  # no score ends it
    training = make_training(encoded)
    step = training.gan.step

    def interrupted(lr_factor: float) -> None:
        if training.gan.steps_done == 45:
            raise KeyboardInterrupt
        step(lr_factor)

    training.gan.step = interrupted  # type: ignore[method-assign]
    training.run()
    assert training.record.ended == "it was interrupted"
    assert training.record.best_step in {20, 40}


def test_ctrl_c_says_at_once_how_long_the_rest_takes(
    encoded: tuple[EncodedTable, Layout],
) -> None:
    told: list[str] = []

    def interrupt(progress: Progress) -> None:
        if progress.message:
            told.append(progress.message)
        elif progress.score is not None:
            training.validation.row_seconds = 0.001
            raise KeyboardInterrupt

    training = make_training(
        encoded, on_progress=interrupt, rows_to_follow=2_000, rows_to_refine=20_500
    )
    training.run()
    assert told == ["finishing the model, about 25 s; again to stop at once"]


def test_ctrl_c_where_nothing_is_to_be_kept(encoded: tuple[EncodedTable, Layout]) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.score is not None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_training(encoded, on_progress=interrupt, keeps_interrupted=False).run()


def test_ctrl_c_before_a_first_validation_is_passed_on(
    encoded: tuple[EncodedTable, Layout],
) -> None:
    training = make_training(encoded)

    def interrupted(lr_factor: float) -> None:
        raise KeyboardInterrupt

    training.gan.step = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        training.run()


def test_rows_held_out_are_stratified() -> None:
    strata = np.repeat([0, 1], [9_900, 100]).astype(np.int32)
    rows = choose_held_out(10_000, strata, 0.1, np.random.default_rng(0))
    assert len(rows) == len(set(rows.tolist())) == 1_000
    assert strata[rows].sum() == pytest.approx(10, abs=1)


@pytest.mark.parametrize(("n_rows", "held_out"), [(100, 0), (400, 100), (3_000, 500)])
def test_small_tables_give_more_and_tiny_ones_nothing(n_rows: int, held_out: int) -> None:
    assert len(choose_held_out(n_rows, None, 0.1, np.random.default_rng(0))) == held_out


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_the_loop_runs_on_a_gpu(encoded: tuple[EncodedTable, Layout]) -> None:
    training = make_training(encoded, device=torch.device("cuda"))
    assert next(training.run().parameters()).is_cuda


def test_losses_are_recorded_at_each_validation(encoded: tuple[EncodedTable, Layout]) -> None:
    training = make_training(encoded)
    training.run()
    history = training.record.history
    assert [point.step for point in history] == [20, 40, 60]
    for point in history:
        losses = (point.nll, point.critic_loss, point.generator_loss)
        assert all(loss is not None and np.isfinite(loss) for loss in losses)
    assert TrainingRecord.from_dict(training.record.to_dict()) == training.record


def test_without_an_adversarial_step_there_is_no_loss_of_one(
    encoded: tuple[EncodedTable, Layout],
) -> None:
    training = make_training(encoded, replace(SMALL, adversarial_interval=1_000))
    training.run()
    first, *rest = training.record.history
    assert first.critic_loss is not None  # the very first step is one
    assert [point.critic_loss for point in rest] == [None] * len(rest)
