"""`tabgan fit --config FILE.toml`: any setting of the training, from a file."""

from pathlib import Path

import pytest

from tabgan import TabularModel
from tabgan.config import PRESETS
from tests.cli.people_table import Run


def fit(run: Run, table: Path, text: str, *options: object) -> TabularModel:
    config = table.with_name("config.toml")
    config.write_text(text, encoding="utf-8")
    model = table.with_name("model.tabgan")
    result = run("fit", table, "-m", model, "--seed", 0, "--quiet", "--config", config, *options)
    assert result.exit_code == 0, result.stderr
    return TabularModel.load(model, "cpu")


def test_any_setting_is_reached(run: Run, table: Path) -> None:
    text = "steps = 3\nbatch_size = 32\nhidden_dim = 8 # small\nema_decay = 0.5\n"
    config = fit(run, table, text).config
    assert (config.steps, config.batch_size, config.hidden_dim) == (3, 32, 8)
    assert config.ema_decay == 0.5


def test_options_go_before_the_file_and_the_file_before_the_preset(run: Run, table: Path) -> None:
    text = 'steps = 30\nobjective = "minimax"\nhidden_dim = 8\n'
    model = fit(run, table, text, "--preset", "fast", "--steps", 4)
    assert (model.config.steps, model.config.objective) == (4, "minimax")
    assert model.config.candidates == PRESETS["fast"].candidates


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("batchsize = 3", "there is no setting 'batchsize'; perhaps 'batch_size' is meant."),
        ("width = 8", "the setting 'width' is called 'hidden_dim' now; rename it."),
        ("batch_size = 1", "batch_size=1 is outside what is allowed: 2 to 1000000."),
        ("batch_size = '8'", "batch_size='8' is not a whole number; give one from 2 to 1000000."),
        ("steps = true", "steps=True is not a whole number; give one from 1 to 10000000."),
        ("objective = 3", "objective=3 is unknown; choose one of relativistic, wasserstein, "),
        ("[training]\nsteps = 3", "there is no setting 'training'; `tabgan.TrainingConfig` lists"),
        ("steps = ", "config.toml' is no TOML: Invalid value (at end of document); write lines"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    run: Run, table: Path, text: str, sentence: str
) -> None:
    path = table.with_name("config.toml")
    path.write_text(text, encoding="utf-8")
    result = run("fit", table, "-m", table.with_name("model.tabgan"), "--config", path)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert not table.with_name("model.tabgan").exists()


def test_a_file_that_is_not_there_or_no_text_is_refused(run: Run, table: Path) -> None:
    result = run("fit", table, "--config", table.with_name("none.toml"))
    assert result.exit_code == 1
    assert "there is no config '" in result.stderr
    odd = table.with_name("odd.toml")
    odd.write_bytes(b"\xff\xfe")
    result = run("fit", table, "--config", odd)
    assert "is not text in UTF-8; write lines such as batch_size = 128." in result.stderr
