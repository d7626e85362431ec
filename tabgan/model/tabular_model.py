"""A fitted model: all that rows are drawn from, and no row of the table that was learned."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self, Unpack

import pandas as pd

from tabgan.errors import ModelFileError, SettingError
from tabgan.io import FileKind, check_replaceable, to_batches
from tabgan.io.model_file import CHECKPOINT_KIND, read_model, write_model
from tabgan.model.rejection import watch_rejection
from tabgan.model.sample_plan import SampleSettings
from tabgan.model.sampled_model import SampledModel
from tabgan.model.saved_model import naming_file, read_model_fields
from tabgan.model.score import score_cells, score_samples
from tabgan.query.shares import Shares
from tabgan.query.where import Where
from tabgan.runtime.devices import choose_device, parallel_map, use_threads
from tabgan.schema.arrays import Floats


@dataclass(frozen=True)
class TabularModel(SampledModel):
    """Rows are drawn by the generator, chosen by the refiner (if there is one), decoded, restored.

    `sample` draws new ones, `complete` draws what is unknown of given ones, `impute` fills their
    gaps, `predict` says what a column most probably is, and `score_samples` how likely rows are.
    """

    def sample(
        self,
        n_rows: int,
        *,
        where: Where | None = None,
        shares: Shares | None = None,
        seed: int | None = None,
        refine: bool = True,
        candidates: int | None = None,
        fast: bool | None = None,
    ) -> pd.DataFrame:
        """Draw rows with the columns, order and dtypes of the table that was learned.

        Args:
            n_rows: How many.
            where: What every row must satisfy: a text as of `tabgan sample --where`, such as
                "city in (Ulm, Bonn) or age>=65"; a list of texts that all hold; or a mapping of
                columns to values, as of `tabgan.query.mapping`. None asks for missing ones.
            shares: Of the rows, that values of a column shall have, up to rounding:
                {"city": {"Bonn": 0.5}}, or texts as of `tabgan sample --share`. The rest goes to
                its other values, in their proportions; other columns are as they are given these.
            seed: Of the draws. Fewer rows with the same seed are the first of more.
            refine: Whether rows are chosen among more candidates, so that they are more alike.
            candidates: For each row that is chosen; as many as `fit` found enough when None.
            fast: Whether a row is drawn in one pass, several times as fast. None does so if `fit`
                found such rows to be better and nothing is asked of them.

        Raises:
            SettingError: `n_rows` is not a positive whole number, shares add up to more than 1,
                there cannot be so many candidates, or the model draws no rows in one pass.
            ConditionError: No row can satisfy `where`, or have a value that a share is asked of.
        """
        frames = self.iter_frames(
            n_rows,
            where=where,
            shares=shares,
            seed=seed,
            refine=refine,
            candidates=candidates,
            fast=fast,
        )
        batches = list(frames)
        return pd.concat(batches, ignore_index=True) if len(batches) > 1 else batches[0]

    def iter_frames(
        self, n_rows: int, **settings: Unpack[SampleSettings]
    ) -> Iterator[pd.DataFrame]:
        """Yield the rows of `sample`, a block at a time."""
        plan = self.plan_sample(n_rows, **settings)
        frames = parallel_map(partial(self.sample_block, plan), range(len(plan)), self.device)
        return watch_rejection(frames, plan.counts, plan.n_rows, plan.strata.declared)

    def iter_batches(
        self,
        n_rows: int,
        *,
        batch_rows: int | None = None,
        **settings: Unpack[SampleSettings],
    ) -> Iterator[Any]:
        """Yield the rows of `sample` as Arrow record batches that share one schema.

        Every batch but the last has `batch_rows` rows; left out, they come as they are made.
        """
        frames = self.iter_frames(n_rows, **settings)
        if batch_rows is not None and batch_rows < 1:
            raise SettingError(f"batches of {batch_rows} rows hold nothing; ask for 1 or more.")
        return to_batches(frames, self.schema.columns, batch_rows)

    def score_samples(self, frame: Any, *, seed: int = 0) -> Floats:
        """Return the log-density of each row, natural log; (n_rows, n_columns) -> (n_rows,).

        `tabgan.model.score` says what counts how. Rows that were learned score higher than others.

        Args:
            frame: Rows of any kind of frame; they may hold what is new, and a warning counts
                categories that are.
            seed: Of the orders in which cells are judged.

        Raises:
            TableError: A column is missing or one too many, or holds what is not of its kind.
        """
        return score_samples(self, frame, seed)

    def score_cells(self, frame: Any) -> pd.DataFrame:
        """Return how surprising each cell is given the rest of its row: -log p(cell), in nats.

        It has the columns and the index of the frame, and in `attrs["broken_facts"]` the places of
        the rows that break a fact, by its text. Arguments and errors as of `score_samples`.
        """
        return score_cells(self, frame)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the model as one file; what is no model is replaced only with `overwrite`."""
        check_replaceable(Path(path), FileKind.MODEL, overwrite)
        write_model(Path(path), self.to_content())

    def to_content(self) -> dict[str, Any]:
        """Return what the file of the model holds: nested plain values, and arrays."""
        return {
            "schema": self.schema.to_dict(),
            "relations": self.relations.to_dict(),
            "card": self.card.to_dict(),
            "config": self.config.to_dict(),
            "record": self.record.to_dict(),
            "encoders": self.encoder.to_state(),
            "generator": {n: t.cpu().numpy() for n, t in self.generator.state_dict().items()},
            "refiner": self.refiner and self.refiner.to_state(),
            "one_pass": self.one_pass and self.one_pass.to_state(),
        }

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Read a model that was saved on any device.

        Raises:
            ModelFileError: It is no model that this release can read.
        """
        content, chosen = read_model(Path(path)), choose_device(device)
        if content.get("kind") == CHECKPOINT_KIND:
            advice = "not a model; go on with `tabgan fit --resume`"
            raise ModelFileError(f"{path} is the checkpoint of a fit that did not end, {advice}.")
        with naming_file(Path(path)), use_threads(None):  # one in a forked process
            return cls(**read_model_fields(content, chosen))
