"""Settings: every default inside its bounds, every bound told, every old name known."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from tabgan.config import (
    OBJECTIVES,
    PRESETS,
    RENAMED,
    SHARES,
    Protection,
    TrainingConfig,
    combine,
)
from tabgan.errors import SettingError
from tabgan.training import objectives

NUMBERS = fields(TrainingConfig)[1:]


def test_the_objectives_are_those_that_have_losses() -> None:
    assert tuple(objectives.OBJECTIVES) == OBJECTIVES


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_what_is_out_of_bounds_is_refused(setting: Any) -> None:
    name, (low, high) = setting.name, setting.metadata["bounds"]
    with pytest.raises(SettingError, match=f"{name}=.* is outside what is allowed: {low} to"):
        TrainingConfig(**{name: low - 1})
    highest = dict.fromkeys(SHARES, 0.0) | {name: high}
    assert getattr(TrainingConfig(**highest), name) == high
    assert low <= setting.default <= high


@pytest.mark.parametrize("value", ["7", None, True, float("nan"), [7]])
@pytest.mark.parametrize("name", ["steps", "nll_weight"])
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    settings: Any = {name: value}
    with pytest.raises(SettingError, match=f"{name}="):
        TrainingConfig(**settings)


def test_whole_numbers_are_whole() -> None:
    with pytest.raises(SettingError, match=r"steps=2\.5 is not a whole number; give one from 1"):
        TrainingConfig(steps=2.5)  # type: ignore[arg-type]
    assert TrainingConfig(steps=np.int64(7)).steps == 7  # type: ignore[arg-type]


def test_unknown_names_are_refused_with_the_closest_ones() -> None:
    with pytest.raises(SettingError, match="no setting 'batchsize'; perhaps 'batch_size' is meant"):
        TrainingConfig(batchsize=7)  # type: ignore[call-arg]
    with pytest.raises(SettingError, match="objective='hinge' is unknown; choose one of relativ"):
        TrainingConfig(objective="hinge")


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_old_names_are_refused_with_the_new_one_and_read_from_files(old: str, new: str) -> None:
    with pytest.raises(SettingError, match=f"'{old}' is called '{new}' now; rename it"):
        TrainingConfig(**{old: 1})  # type: ignore[arg-type]
    default = getattr(TrainingConfig(), new)
    read = TrainingConfig.from_dict({old: default / 2 if isinstance(default, float) else default})
    assert getattr(read, new) == (default / 2 if isinstance(default, float) else default)


def test_unknown_settings_of_later_releases_are_left_out() -> None:
    config = TrainingConfig(steps=7)
    assert TrainingConfig.from_dict(config.to_dict() | {"later": 1}) == config


def test_shares_that_leave_nothing_are_refused() -> None:
    assert TrainingConfig(p_unconditional=0.1, p_one_column=0.7).p_all_but_target == 0.2
    with pytest.raises(SettingError, match=r"p_one_column=0\.9 .* is more than 1, .*; lower one\."):
        TrainingConfig(p_one_column=0.9)


def test_an_option_goes_before_the_config_and_that_before_the_preset() -> None:
    config = {"batch_size": 128, "objective": "minimax"}
    both = combine("fast", config, objective="wasserstein", steps=None)
    assert both == replace(PRESETS["fast"], batch_size=128, objective="wasserstein")
    whole = TrainingConfig(steps=7, objective="minimax")
    assert combine("best", whole, objective=None) == whole
    with pytest.raises(SettingError, match="give a TrainingConfig, or settings by name"):
        combine("fast", "batch_size")  # type: ignore[arg-type]


def test_protection_of_single_rows_protects_nothing() -> None:
    with pytest.raises(SettingError, match="protect_below=1 protects nothing; give 2 or more"):
        Protection(is_on=True, min_rows=1)


@pytest.mark.parametrize(("n_rows", "hidden_dim"), [(10, 16), (137, 17), (500, 62), (9_999, 256)])
def test_under_protection_networks_of_few_rows_are_narrow(n_rows: int, hidden_dim: int) -> None:
    config = TrainingConfig()
    limited = Protection(is_on=True, min_rows=7).limit(config, n_rows)
    assert limited == replace(config, hidden_dim=hidden_dim, refine_leaf_weight=28.0)
    assert Protection().limit(config, n_rows) is config


def test_protection_raises_no_limit_that_was_set() -> None:
    config = TrainingConfig(hidden_dim=8, refine_leaf_weight=500.0)
    assert Protection(is_on=True).limit(config, 1_000) == config
