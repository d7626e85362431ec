"""What rows drawn at the end of a fit show: how many break a relation, or are rejected."""

from dataclasses import replace

import numpy as np
import pandas as pd

from tabgan.model.kept_share import describe_rejections
from tabgan.model.rejection import shorten
from tabgan.model.tabular_model import TabularModel

CHECKED_ROWS = 1_000  # drawn at the end, to count those that break a relation
MAX_BROKEN_SHARE = 0.05  # of them; that more are drawn again for every sample is said


def count_broken(model: TabularModel) -> TabularModel:
    """Return the model with the rows that break its relations counted; a message names many."""
    rooms = [one.room for one in model.encoder.encoders if one.room is not None]
    rows = np.arange(min([CHECKED_ROWS, *rooms]))
    if not len(rows):
        return model
    plan = model.plan_sample(len(rows), seed=model.card.seed)
    frame = model.draw(rows, plan.strata.parts[0].conditions, plan.source.raw, plan.rng(0))
    broken = {
        text: int(mask.sum())
        for text, mask in model.relations.find_broken(frame).items()
        if text not in plan.strata.declared
    }
    model.record.messages += [
        f"{count:,} of {len(rows):,} rows drawn break the relation {shorten(text)!r}; forget it, "
        "train for more steps, or find what is odd in its columns"
        for text, count in broken.items()
        if count > MAX_BROKEN_SHARE * len(rows)
    ]
    return replace(model, card=replace(model.card, rows_checked=len(rows), broken=broken))


def name_rejections(model: TabularModel) -> list[str]:
    """Return in words what declared relations do that most rows drawn do not obey."""

    def draw(n_rows: int) -> pd.DataFrame:
        plan = model.plan_sample(n_rows, seed=model.card.seed)
        blocks = [
            model.draw(
                plan.rows(number), plan.strata.parts[0].conditions, plan.source, plan.rng(number)
            )
            for number in range(len(plan))
        ]
        return pd.concat(blocks, ignore_index=True).iloc[:n_rows]

    declared = [each.relation for each in model.relations.kept if each.is_declared]
    return describe_rejections(declared, model.schema, draw)
