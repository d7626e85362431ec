"""That what a fit learns can be read back from a file: tried as early as it can be.

A relation that cannot be is not kept, and a warning says so; a column that cannot be is refused
before any training.
"""

import warnings
from dataclasses import replace

import pandas as pd
import torch

from tabgan.config import Protection
from tabgan.encoding.table_encoder import TableEncoder
from tabgan.errors import (
    MissingExtraError,
    RelationError,
    TableError,
    TrainingError,
    UnsavedRelationWarning,
    reason,
)
from tabgan.io.model_file import read_back
from tabgan.model.saved_model import read_model_fields
from tabgan.model.tabular_model import TabularModel
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.saved_relations import find_unreadable
from tabgan.schema import TableSchema
from tabgan.state_reader import StateReader


def discover_readable(
    frame: pd.DataFrame, schema: TableSchema, config: RelationConfig, protection: Protection
) -> RelationSet:
    """Return the relations of a table, as `RelationSet.discover` does, that a file can hold.

    Raises:
        RelationError: As of `discover`, or a declared one cannot be read back.
    """
    forget = tuple(config.forget)
    while True:
        relations = RelationSet.discover(frame, schema, replace(config, forget=forget), protection)
        unreadable = find_unreadable(relations.kept, schema)
        for discovery in relations.kept:
            text = discovery.relation.text
            if text in unreadable:
                _tell(text, unreadable[text], discovery.is_declared)
        if not unreadable:
            return relations
        forget += tuple(unreadable)


def _tell(text: str, why: str, is_declared: bool) -> None:
    problem = f"the relation {text!r} cannot be read back from a model file ({why})"
    if is_declared:
        raise RelationError(f"{problem}: leave it out.")
    warnings.warn(
        f"{problem}: it holds in the table, and is not kept.", UnsavedRelationWarning, stacklevel=4
    )


def check_encoders(relations: RelationSet, encoder: TableEncoder) -> None:
    """Refuse columns whose encoders cannot be read back.

    Raises:
        TableError: There is one.
    """
    for column, each in zip(relations.free.columns, encoder.encoders, strict=True):
        alone = TableSchema((column,))
        try:
            state = StateReader(read_back({"encoders": [each.to_state()]}))
            TableEncoder.from_state(alone, state.states("encoders"))
        except MissingExtraError:
            raise
        except Exception as error:
            raise TableError(
                f"what is learned of the column {column.name!r} cannot be read back from a model "
                f"file ({reason(error)}): give it another kind by a schema, or leave it out."
            ) from error


def check_model(model: TabularModel) -> TabularModel:
    """Return a model that can be read back from its file.

    Raises:
        TrainingError: It cannot be.
    """
    try:
        read_model_fields(read_back(model.to_content()), torch.device("cpu"))
    except MissingExtraError:
        raise
    except Exception as error:
        raise TrainingError(
            f"the model that was learned cannot be read back from a file ({reason(error)}), so it "
            "is not kept: leave out the column or the relation that is named."
        ) from error
    return model
