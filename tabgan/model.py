"""A fitted model: everything that rows are drawn from, and nothing of the rows it learned from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch

from tabgan.conditions import Condition
from tabgan.config import TrainingConfig
from tabgan.devices import choose_device
from tabgan.clauses import Clause
from tabgan.encoders.column import Selection
from tabgan.encoders.table import TableEncoder
from tabgan.errors import ConditionError, SettingError
from tabgan.generation import generate
from tabgan.model_file import read_model, write_model
from tabgan.networks import Generator
from tabgan.progress import TrainingRecord
from tabgan.schema import TableSchema, close_names

BLOCK_ROWS = 4_096  # rows are made in blocks of this size, whoever asks for how many

Where = Mapping[Any, Any]


@dataclass(frozen=True)
class ModelCard:
    """What a model was fitted on and with.

    Attributes:
        rows: Rows of the table.
        seed: Of the fit; with the same settings it repeats the fit.
        tabgan, torch: Releases that the model was fitted with.
    """

    rows: int
    seed: int
    tabgan: str
    torch: str
    seconds: float
    device: str
    threads: int
    protect: bool


@dataclass(frozen=True)
class TabularModel:
    """Schema, encoders, generator: rows of the table's kind, as many as are asked for."""

    encoder: TableEncoder
    generator: Generator
    config: TrainingConfig
    record: TrainingRecord
    card: ModelCard

    @property
    def schema(self) -> TableSchema:
        """The columns of the table that was learned."""
        return self.encoder.schema

    def sample(
        self, n_rows: int, *, where: Where | None = None, seed: int | None = None
    ) -> pd.DataFrame:
        """Draw rows with the columns, order and dtypes of the table that was learned.

        Args:
            n_rows: How many.
            where: What every row must satisfy: {column: value}, {column: (operator, value)} or
                {column: [(operator, value), ...]} with the operators = < <= > >=. None as a value
                asks for missing ones.
            seed: Of the draws. Fewer rows with the same seed are the first of more.

        Raises:
            SettingError: `n_rows` is not a positive whole number.
            ConditionError: No row can satisfy `where`.
        """
        batches = list(self.iter_frames(n_rows, where=where, seed=seed))
        return pd.concat(batches, ignore_index=True) if len(batches) > 1 else batches[0]

    def iter_frames(
        self, n_rows: int, *, where: Where | None = None, seed: int | None = None
    ) -> Iterator[pd.DataFrame]:
        """Draw rows as `sample` does, a block at a time.

        Every block is made whole from the model, the seed and its number, then cut to what is asked
        for: what a row is does not depend on how many were asked for.
        """
        if isinstance(n_rows, bool) or not isinstance(n_rows, int | np.integer) or n_rows < 1:
            raise SettingError(
                f"{n_rows!r} rows cannot be drawn; ask for a whole number from 1 up."
            )
        selections = self.select(where or {})
        entropy = np.random.SeedSequence(seed).entropy
        return self._iter_blocks(int(n_rows), selections, entropy)

    def _iter_blocks(
        self, n_rows: int, selections: Mapping[int, Selection], entropy: Any
    ) -> Iterator[pd.DataFrame]:
        for block in range(-(-n_rows // BLOCK_ROWS)):
            frame = self._make_block(block, selections, entropy)
            yield frame.iloc[: n_rows - block * BLOCK_ROWS]

    def _make_block(
        self, block: int, selections: Mapping[int, Selection], entropy: Any
    ) -> pd.DataFrame:
        source = np.random.SeedSequence(entropy, spawn_key=(block,))
        rng = np.random.default_rng(source)
        device = next(self.generator.parameters()).device
        condition = Condition.empty(BLOCK_ROWS, len(self.encoder.encoders), device)
        for place, selection in selections.items():
            cells = selection.draw(BLOCK_ROWS, rng)
            condition.codes[:, place] = torch.from_numpy(cells.codes).to(condition.codes)
            condition.scalars[:, place] = torch.from_numpy(cells.scalars).to(condition.scalars)
            condition.known[:, place] = True
        random = torch.Generator(device).manual_seed(int(rng.integers(2**62)))
        table = generate(self.generator, condition, self.config.passes, random)
        rows = np.arange(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS)
        frame = self.encoder.decode(table, rows, rng)
        for place, selection in selections.items():
            encoder = self.encoder.encoders[place]
            name = encoder.column.name
            frame[name] = encoder.impose(frame[name], selection, rng)
        return frame

    def select(self, where: Where) -> dict[int, Selection]:
        """Turn conditions into what they leave of each column, by the column's number.

        Raises:
            ConditionError: A column is unknown, or nothing is left of it.
        """
        if not isinstance(where, Mapping):
            raise ConditionError(
                f"where={where!r} is no mapping; give one such as {{'age': ('>=', 65)}}."
            )
        names = list(self.schema.names)
        selections = {}
        for name, asked in where.items():
            if name not in names:
                raise ConditionError(f"there is no column {name!r}; {close_names(name, names)}.")
            place = names.index(name)
            selections[place] = self.encoder.encoders[place].select(_to_clauses(name, asked))
        return selections

    def save(self, path: str | Path) -> None:
        """Write the model as one file, beside it first, then renamed."""
        state = {name: t.cpu().numpy() for name, t in self.generator.state_dict().items()}
        content = {
            "schema": self.schema.to_dict(),
            "card": vars(self.card),
            "config": self.config.to_dict(),
            "record": self.record.to_dict(),
            "encoders": self.encoder.to_state(),
            "generator": state,
        }
        write_model(Path(path), content)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Read a model that was saved on any device.

        Raises:
            ModelFileError: The file is no model that this release can read.
        """
        content = read_model(Path(path))
        schema = TableSchema.from_dict(content["schema"])
        encoder = TableEncoder.from_state(schema, content["encoders"])
        config = TrainingConfig.from_dict(content["config"])
        with torch.random.fork_rng(devices=[]):
            generator = Generator(
                encoder.layout, noise=config.noise, width=config.width, depth=config.depth
            )
        state = {name: torch.from_numpy(array) for name, array in content["generator"].items()}
        generator.load_state_dict(state)
        return cls(
            encoder=encoder,
            generator=generator.to(choose_device(device)).eval().requires_grad_(False),
            config=config,
            record=TrainingRecord.from_dict(content["record"]),
            card=ModelCard(**content["card"]),
        )


def _to_clauses(name: object, asked: Any) -> list[Clause]:
    """Read what is asked of one column: a value, (operator, value), or a list of the latter."""
    if isinstance(asked, list):
        clauses = [clause for part in asked for clause in _to_clauses(name, part)]
        if not clauses:
            raise ConditionError(f"column {name!r} is asked for with an empty list; give a value.")
        return clauses
    if isinstance(asked, tuple):
        if len(asked) != 2 or asked[0] not in ("=", "<", "<=", ">", ">="):
            raise ConditionError(
                f"column {name!r} is asked for with {asked!r}; give a value, or an operator "
                "(= < <= > >=) and a value."
            )
        return [Clause(*asked)]
    return [Clause("=", asked)]
