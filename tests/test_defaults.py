"""Every default is one: in the settings, in Python's signatures and on the command line."""

import inspect
from dataclasses import MISSING, fields
from typing import Any

import click
import pytest
from tabgan_cli.app import COMMANDS, tabgan
from tabgan_cli.evaluate import TIME_LIMIT

from tabgan import TabGAN, TabGANSampler, TrainingConfig, augmentation_study, evaluate
from tabgan.augmentation.added_rows import MARKER_COLUMN
from tabgan.config import Protection
from tabgan.fitting.fit_request import FitRequest
from tabgan.training.objectives import OBJECTIVES

SAME_THING = {"random_state": "seed"}  # scikit-learn's name on the left


def options_of(command: str) -> dict[str, click.Option]:
    loaded = tabgan.get_command(click.Context(tabgan), command)
    assert loaded is not None
    return {str(p.name): p for p in loaded.params if isinstance(p, click.Option)}


def default_of(option: click.Option) -> Any:
    """The default as a user sees it: the value, or the text that stands for the library's."""
    if isinstance(option.show_default, str):
        return option.show_default
    value = option.to_info_dict()["default"]
    return value if option.required or value is not None else None


def signature_of(function: Any) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}


def defaults_of(bag: Any) -> dict[str, Any]:
    return {field.name: field.default for field in fields(bag) if field.default is not MISSING}


def test_fit_has_the_defaults_of_the_library() -> None:
    settings = {field.name: field.default for field in fields(TrainingConfig)}
    request = defaults_of(FitRequest)
    for name, option in options_of("fit").items():
        if name in settings:
            assert option.default is None or option.to_info_dict()["default"] is None
            assert default_of(option) == str(settings[name]), name
        elif name in request:
            assert option.to_info_dict()["default"] == request[name], name


def test_the_estimator_has_the_defaults_of_the_library() -> None:
    request = defaults_of(FitRequest)
    settings = {field.name: field.default for field in fields(TrainingConfig)}
    for name, default in signature_of(TabGAN).items():
        known = SAME_THING.get(name, name)
        if known in request and known != "config":
            assert default == request[known], name
        elif known in settings:
            assert default in {None, settings[known]}, name  # None: as in TrainingConfig


def test_protection_has_one_default() -> None:
    for defaults in (signature_of(TabGAN), signature_of(TabGANSampler)):
        assert Protection(defaults["protect"], defaults["protect_below"]) == Protection()
    options = {name: option.to_info_dict()["default"] for name, option in options_of("fit").items()}
    assert Protection(options["protect"], options["protect_below"]) == Protection()


def test_evaluate_has_the_defaults_of_the_library() -> None:
    signature = signature_of(evaluate)
    for name, option in options_of("evaluate").items():
        if name in signature and name != "test":
            default = signature[name]
            written = ",".join(default) if isinstance(default, tuple | list) else default
            assert option.to_info_dict()["default"] == written, name


def test_a_study_has_the_defaults_of_the_library_but_for_its_time() -> None:
    signature, options = signature_of(augmentation_study), options_of("evaluate")
    assert default_of(options["folds"]) == str(signature["folds"])
    assert default_of(options["repeats"]) == signature["repeats"]
    assert default_of(options["learners"]) == ",".join(signature["learners"])
    assert default_of(options["seed"]) == signature["seed"]
    assert default_of(options["time_limit"]) == f"{TIME_LIMIT:g}"


@pytest.mark.parametrize("name", ["model", "device", "threads", "seed", "quiet"])
def test_fit_and_sample_agree(name: str) -> None:
    ours, theirs = options_of("fit")[name], options_of("sample")[name]
    assert ours.to_info_dict()["default"] == theirs.to_info_dict()["default"]
    assert ours.opts == theirs.opts


@pytest.mark.parametrize("name", ["time_limit", "device", "seed", "quiet"])
def test_fit_and_augment_agree(name: str) -> None:
    ours, theirs = options_of("fit")[name], options_of("augment")[name]
    assert ours.to_info_dict()["default"] == theirs.to_info_dict()["default"]
    assert ours.opts == theirs.opts


def test_augment_marks_as_the_library_does() -> None:
    assert options_of("augment")["mark"].show_default == MARKER_COLUMN


def test_every_default_that_is_a_value_is_shown() -> None:
    for command in COMMANDS:
        for name, option in options_of(command).items():
            default = option.to_info_dict()["default"]
            if option.is_flag or option.multiple or default is None or option.required:
                continue
            assert option.show_default, f"{command} --{name} hides its default {default!r}"


def test_the_help_names_every_objective() -> None:
    text = options_of("fit")["objective"].help or ""
    assert [name for name in OBJECTIVES if name not in text] == []
