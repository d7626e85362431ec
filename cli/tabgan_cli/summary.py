"""Lines that tell users how a fit went."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tabgan.model.tabular_model import TabularModel


def summarise(model: "TabularModel") -> list[str]:
    """Return lines for users: remarks, size and duration of a fit, and its score in words."""
    card, record = model.card, model.record
    columns = len(model.schema.columns)
    lines = [*record.messages]
    lines.append(
        f"{card.rows} rows, {columns} columns: {record.steps_done} steps in {card.seconds:.0f} s; "
        f"{record.ended}" + (", the best so far is kept" if record.was_interrupted else "")
    )
    if model.score is None:
        lines.append(f"{record.rows_held_out} rows held out are too few for a two-sample score")
    else:
        lines.append(
            f"two-sample score {model.score:.2f} on {record.rows_held_out} held-out rows "
            f"(real rows: {record.noise_floor or 0:.2f}): {_in_words(model)}"
        )
    return lines


def _in_words(model: "TabularModel") -> str:
    share = (model.score or 0.0) / max(model.record.noise_floor or 1.0, 1e-9)
    if share >= 0.9:
        return "a classifier hardly tells generated rows from real ones"
    if share >= 0.5:
        return "a classifier tells some generated rows from real ones"
    return "a classifier tells most generated rows from real ones"
