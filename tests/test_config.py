"""Settings: every default inside its bounds, every bound told."""

from dataclasses import fields, replace

import pytest

from tabgan.config import _BOUNDS, PRESETS, SHARES, TrainingConfig, name_preset
from tabgan.errors import SettingError


def test_every_number_has_bounds() -> None:
    assert {field.name for field in fields(TrainingConfig)} == {
        "objective",
        *(name for name, _, _ in _BOUNDS),
    }


@pytest.mark.parametrize(("name", "low", "high"), _BOUNDS)
def test_what_is_out_of_bounds_is_refused(name: str, low: float, high: float) -> None:
    with pytest.raises(SettingError, match=f"{name}=.* is outside what is allowed: {low} to"):
        TrainingConfig.from_dict({name: low - 1})
    highest = dict.fromkeys(SHARES, 0.0) | {name: high}
    assert getattr(TrainingConfig.from_dict(highest), name) == high


def test_shares_that_leave_nothing_are_refused() -> None:
    assert TrainingConfig(share_empty=0.1, share_single=0.7).share_target == 0.2
    with pytest.raises(SettingError, match=r"share_single=0\.9 .* is more than 1, .*; lower one\."):
        TrainingConfig(share_single=0.9)


def test_unknown_settings_of_other_releases_are_left_out() -> None:
    config = TrainingConfig(steps=7)
    assert TrainingConfig.from_dict(config.to_dict() | {"later": 1}) == config


def test_presets_are_told_apart() -> None:
    assert [name_preset(replace(PRESETS[name], steps=7)) for name in PRESETS] == list(PRESETS)
    assert name_preset(TrainingConfig(refine_rounds=0)) == "balanced"
    assert name_preset(TrainingConfig(refine_rounds=7)) is None
    assert name_preset(TrainingConfig(width=64)) is None
