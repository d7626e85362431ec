"""Settings: every default inside its bounds, every bound told."""

from dataclasses import fields

import pytest

from tabgan.config import _BOUNDS, TrainingConfig
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
    assert getattr(TrainingConfig.from_dict({name: high}), name) == high


def test_unknown_settings_of_other_releases_are_left_out() -> None:
    config = TrainingConfig(steps=7)
    assert TrainingConfig.from_dict(config.to_dict() | {"later": 1}) == config
