"""Options of `tabgan fit` as a `FitRequest` of the library."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tabgan.config import Protection, TrainingConfig, check_names, combine
from tabgan.errors import SchemaError, SettingError, reason
from tabgan.fitting.fit_request import FitRequest
from tabgan.relations import RelationConfig
from tabgan.schema import TableSchema

MAX_BYTES = 64_000_000  # of a config or a schema


def read_request(
    *,
    preset: str,
    config: Path | None,
    objective: str | None,
    steps: int | None,
    refine: bool,
    schema: Path | None,
    relations: bool,
    declare: Sequence[str],
    forget: Sequence[str],
    protect: bool,
    protect_below: int,
    **others: Any,
) -> FitRequest:
    """Return the request as far as it is known before the table is read: no target, no limits.

    Options are those of `TabGAN`, but that `config` and `schema` are files of TOML and JSON; others
    are fields of the request.

    Raises:
        SettingError: A setting is unknown, or outside what is allowed.
        SchemaError: The schema cannot be read.
    """
    rounds = None if refine else 0
    given = {"objective": objective, "steps": steps, "refine_rounds": rounds}
    return FitRequest(
        config=_combine(preset, config, given),
        schema=None if schema is None else _read_schema(schema),
        relations=RelationConfig(relations, declare, forget),
        protection=Protection(protect, protect_below),
        **others,
    )


def _combine(preset: str, path: Path | None, given: dict[str, Any]) -> TrainingConfig:
    """Return the settings of the training: options before the file, the file before the preset."""
    return combine(preset, None if path is None else _read_config(path), **given)


def _read_config(path: Path) -> dict[str, Any]:

    how = "write lines such as batch_size = 128"
    text = _read_text(path, "config", how, SettingError)
    try:
        settings = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of its syntax, or of endless numbers and lists
        raise SettingError(f"the config '{path}' is no TOML: {reason(error)}; {how}.") from None
    check_names(settings)
    return settings


def _read_schema(path: Path) -> TableSchema:

    how = "`tabgan inspect TABLE --json` prints one"
    text = _read_text(path, "schema", how, SchemaError)
    try:
        entry = json.loads(text)
    except json.JSONDecodeError as error:
        raise SchemaError(
            f"the schema '{path}' is no JSON: {error.msg} in line {error.lineno}; {how}."
        ) from None
    except (ValueError, RecursionError) as error:  # endless numbers, lists in lists in lists
        raise SchemaError(f"the schema '{path}' cannot be read: {reason(error)}; {how}.") from None
    return TableSchema.from_dict(entry)


def _read_text(path: Path, what: str, how: str, error: type[Exception]) -> str:
    """Read a file of text; what goes wrong is raised as one sentence."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise error(f"the {what} '{path}' is longer than {MAX_BYTES:,} bytes; {how}.")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise error(f"there is no {what} '{path}'; {how}.") from None
    except OSError as refused:
        raise error(f"the {what} '{path}' cannot be read: {refused.strerror}.") from refused
    except UnicodeDecodeError:
        raise error(f"the {what} '{path}' is not text in UTF-8; {how}.") from None
