"""What a model file holds -> a model, if it is one: everything is checked, and together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tabgan.config import TrainingConfig
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.encoding.trial_cells import make_trial_table
from tabgan.errors import MissingExtraError, ModelFileError, TabganError, reason
from tabgan.model.model_card import ModelCard
from tabgan.model.row_source import OnePass
from tabgan.networks.generator import Generator
from tabgan.refinement.refiner import Refiner
from tabgan.refinement.row_features import RefinerFeatures
from tabgan.relations import RelationSet
from tabgan.runtime.progress import TrainingRecord
from tabgan.schema import TableSchema
from tabgan.state_reader import StateReader

TRIAL_ROWS = 64  # that relations restore once
MAX_FOUND = 500  # characters of what is wrong: a text of the file may be in it


def read_model_fields(content: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
    """Return the fields of a `TabularModel` from what its file holds.

    Args:
        content: As `read_model` returns it.
        device: For the generator.

    Raises:
        TabganError: They are no fields of a model, or contradict each other.
    """
    state = StateReader(content)
    schema = TableSchema.from_dict(state.state("schema").values)
    relations = RelationSet.from_dict(state.state("relations").values, schema)
    encoder = TableEncoder.from_state(relations.free, state.states("encoders"))
    config = TrainingConfig.from_dict(state.state("config").values)
    generator = Generator.from_state(encoder.layout, config, state.state("generator"))
    refiner = Refiner.from_state(state.state("refiner")) if state.has("refiner") else None
    one_pass, features = None, RefinerFeatures(encoder, relations)
    _check_compared(refiner, "refiner", features, state)
    if state.has("one_pass"):
        one_pass = OnePass.from_state(encoder.layout, state.state("one_pass"))
        _check_compared(one_pass.refiner, "one_pass/refiner", features, state)
    card = ModelCard.from_dict(state.state("card").values)
    has_both = one_pass is not None or not card.draws_in_one_pass
    state.check(has_both, "one_pass", "is missing, and rows are drawn by it")
    _check_restorable(features, state)
    return {
        "relations": relations,
        "encoder": encoder,
        "generator": generator.to(device),
        "refiner": refiner,
        "config": config,
        "record": TrainingRecord.from_dict(state.state("record").values),
        "card": card,
        "one_pass": one_pass,
    }


def _check_compared(
    refiner: Refiner | None, name: str, features: RefinerFeatures, state: StateReader
) -> None:
    """Refuse a refiner whose trees compare features that rows lack.

    Raises:
        ModelFileError: It is one.
    """
    n_features = features.n_features
    is_of_rows = refiner is None or refiner.n_features <= n_features
    state.check(is_of_rows, name, f"compares more than {n_features} features, which rows have")


def _check_restorable(features: RefinerFeatures, state: StateReader) -> None:
    """Restore a few rows by the relations: what each holds may be sound, and they not go together.

    Raises:
        ModelFileError: They cannot be restored.
    """
    table = make_trial_table(features.encoder.parts, TRIAL_ROWS)
    try:
        with np.errstate(all="ignore"):
            features(table)
    except MissingExtraError:
        raise
    except Exception as error:
        raise state.error("relations", f"restore no rows ({reason(error)})") from error


@contextmanager
def naming_file(path: Path) -> Iterator[None]:
    """Turn whatever is found wrong with the content of a model file into one sentence about it.

    Raises:
        ModelFileError: Something was.
    """
    try:
        yield
    except MissingExtraError:
        raise
    except TabganError as error:
        found = str(error).rstrip(".").removesuffix("; fit again")
        found = found if len(found) <= MAX_FOUND else f"{found[:MAX_FOUND]}..."
        raise ModelFileError(f"{path} is damaged: {found}; fit again.") from error
    except Exception as error:
        what = "damaged, or of a release of tabgan that this one cannot read; fit again"
        raise ModelFileError(f"{path} is {what}.") from error
