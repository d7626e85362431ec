"""Lines that tell users how a fit went."""

from tabgan.evaluation.metrics.unjudged import list_unjudged
from tabgan.fitting.low_score import LOW_SHARE
from tabgan.model.tabular_model import TabularModel
from tabgan_cli.display import say
from tabgan_cli.fit_run import FinishedFit
from tabgan_cli.made_rows import (
    count_scored,
    describe_passes,
    describe_score,
    examples_table,
    find_unjudged_by_score,
)
from tabgan_cli.printer import print_shown
from tabgan_cli.stage_lines import describe_stages

MAX_SHOWN_COLUMNS = 30
WIDTH = 120  # columns of text where no terminal says how many fit


def print_summary(finished: FinishedFit) -> None:
    """Print on stderr how a fit went, and rows that its model makes."""
    model = finished.model
    if finished.examples is not None:
        table = examples_table(model, finished.examples, MAX_SHOWN_COLUMNS)
        print_shown(table, width=WIDTH, err=True)
    for line in summarise(model):
        say(line, quiet=False)
    say(describe_stages(finished.stages), quiet=False)
    say(f"seed {model.card.seed}; the model is {finished.place}", quiet=False)


def summarise(model: TabularModel) -> list[str]:
    """Return lines for users: remarks, size and duration of a fit, and its score in words."""
    card, record = model.card, model.record
    columns = len(model.schema.columns)
    lines = [*record.messages]
    lines.append(
        f"{card.rows:,} rows, {columns} columns: {record.steps_done:,} steps in "
        f"{card.seconds:.0f} s; {record.ended}"
        + (", the best so far is kept" if record.was_interrupted else "")
    )
    if model.score is None:
        lines.append(f"{record.rows_held_out:,} rows held out are too few for a two-sample score")
    else:
        lines.append(
            f"two-sample score {describe_score(model.score, count_scored(model), 2)} on "
            f"{record.rows_held_out:,} held-out rows (real rows: {record.noise_floor or 0:.2f}): "
            f"{_in_words(model)}"
        )
        unjudged = list_unjudged(find_unjudged_by_score(model))
        lines += [f"not judged by the score: {unjudged}"] if unjudged else []
    passes = describe_passes(model)
    return [*lines, passes] if passes else lines


def _in_words(model: TabularModel) -> str:
    share = (model.score or 0.0) / max(model.record.noise_floor or 1.0, 1e-9)
    if share < LOW_SHARE:
        return "a classifier tells nearly all generated rows from real ones"
    if share >= 0.9:
        return "a classifier hardly tells generated rows from real ones"
    if share >= 0.5:
        return "a classifier tells some generated rows from real ones"
    return "a classifier tells most generated rows from real ones"
