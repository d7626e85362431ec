"""What `tabgan fit` was asked for, and how it reads as a request to the library."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tabgan.config import TrainingConfig
    from tabgan.fitting.fit_request import FitRequest
    from tabgan.schema import TableSchema


@dataclass(frozen=True)
class Settings:
    """The options of `tabgan fit`, under the names that they have on the command line."""

    model: Path
    target: str | None
    schema: Path | None
    objective: str | None
    preset: str
    steps: int | None
    time_limit: float | None
    refine: bool
    declare: tuple[str, ...]
    forget: tuple[str, ...]
    relations: bool
    protect: bool
    protect_below: int
    memory_limit: str | None
    checkpoint_every: float | None
    resume: bool
    device: str
    threads: int | None
    seed: int | None
    quiet: bool


def read_request(settings: Settings) -> "FitRequest":
    """Say what can be said before the table is read: all but the target's name, and limits."""
    from tabgan.fitting.fit_request import FitRequest  # noqa: PLC0415 - slow
    from tabgan.relations import RelationSetting  # noqa: PLC0415 - slow

    return FitRequest(
        config=_config(settings),
        schema=None if settings.schema is None else _read_schema(settings.schema),
        relation_setting=RelationSetting(settings.relations, settings.declare, settings.forget),
        protect=settings.protect,
        protect_below=settings.protect_below,
        seed=settings.seed,
        device=settings.device,
        threads=settings.threads,
    )


def _config(settings: Settings) -> "TrainingConfig":
    """Give the settings of the training: the preset's, but for what was asked."""
    from tabgan.config import find_preset  # noqa: PLC0415 - slow
    from tabgan.training.objectives import OBJECTIVES  # noqa: PLC0415 - slow

    rounds = None if settings.refine else 0
    asked = {
        "objective": settings.objective,
        "steps": settings.steps,
        "refine_rounds": rounds,
    }
    given: dict[str, Any] = {name: v for name, v in asked.items() if v is not None}
    config = replace(find_preset(settings.preset), **given)
    if config.objective not in OBJECTIVES:
        raise click.BadParameter(
            f"{config.objective!r} is unknown; choose one of {', '.join(OBJECTIVES)}.",
            param_hint="--objective",
        )
    return config


def _read_schema(path: Path) -> "TableSchema":
    from tabgan.errors import SchemaError  # noqa: PLC0415 - slow
    from tabgan.schema import TableSchema  # noqa: PLC0415 - slow

    how = "`tabgan inspect TABLE --json` prints one"
    try:
        entry = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SchemaError(f"there is no schema '{path}'; {how}.") from None
    except OSError as error:
        raise SchemaError(f"the schema '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise SchemaError(f"the schema '{path}' is not text in UTF-8; {how}.") from None
    except json.JSONDecodeError as error:
        raise SchemaError(
            f"the schema '{path}' is no JSON: {error.msg} in line {error.lineno}; {how}."
        ) from None
    return TableSchema.from_dict(entry)
