"""What `tabgan inspect MODEL` prints: how the fit went, columns, made rows, what is held."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.config import PRESETS, Protection, TrainingConfig
from tabgan.evaluation.metrics.unjudged import UnjudgedColumn, list_unjudged
from tabgan.runtime.terminal_text import escape_controls
from tabgan.schema.holding import Holding
from tabgan_cli.made_rows import add_row, describe_score, format_cell
from tabgan_cli.stage_lines import describe_stages


def facts_table(path: Path, values: dict[str, Any]) -> RenderableType:
    """Return how the fit went, a line a fact."""
    card, record = values["card"], values["record"]
    refiner = values["refiner"]
    unjudged = [UnjudgedColumn(**one) for one in values["not_judged"]]
    score = "none: too few rows"
    if values["score"] is not None:
        rows = record["rows_scored"] or record["rows_held_out"]
        score = describe_score(values["score"], rows, 3)
    if record["noise_floor"] is not None:
        score += f" (real rows: {record['noise_floor']:.3f})"
    facts = {
        "target": values["target"],
        "rows learned from": f"{card['rows']:,}",
        "two-sample score": f"{score} on {record['rows_held_out']:,} held-out rows",
        "not judged by it": values["score"] is not None and list_unjudged(unjudged),
        "refined": refiner
        and f"{refiner['rounds']} rounds, candidates a row: {refiner['candidates']}, effective "
        f"sample size {refiner['effective']:.2f} of the rows, of which {refiner['distinct']:.1%} "
        "are distinct",
        "passes": values["passes"],
        "latent classes": _describe_classes(values["one_pass"]),
        "steps": f"{record['steps_done']:,}, the best after {record['best_step']:,}; "
        f"{record['ended']}",
        "rows that broke": "; ".join(_name_broken(card)) or None,
        "remarks": "; ".join(record["messages"]) or None,
        "to repeat": _options_to_repeat(values),
        "fitted": f"in {card['seconds']:.0f} s on {card['device']}, with tabgan {card['tabgan']} "
        f"and torch {card['torch']}",
        "stages": describe_stages(card["stages"]),
    }
    title = Text(escape_controls(str(path)))
    table = Table(title=title, title_justify="left", show_header=False)
    for name, fact in facts.items():
        if fact:
            add_row(table, name, fact)
    return table


def _describe_classes(one_pass: dict[str, Any] | None) -> str | None:
    """Return in words what rows are drawn by in one pass."""
    if one_pass is None:
        return None
    likelihood, refiner = one_pass["log_likelihood"], one_pass["refiner"]
    n_gaussian = one_pass["gaussian_columns"]
    parts = [
        f"{one_pass['latent_classes']}, for rows in one pass",
        f"{n_gaussian} columns jointly Gaussian in each" if n_gaussian else "",
        "" if likelihood is None else f"mean log-likelihood of held-out rows {likelihood:.2f}",
        f"{refiner['rounds']} rounds, candidates a row: {refiner['candidates']}" if refiner else "",
    ]
    return "; ".join(filter(None, parts))


def _name_broken(card: dict[str, Any]) -> list[str]:
    """Return for each relation how many of the rows drawn at the end of the fit broke it."""
    rows = f"{card['rows_checked']:,}, drawn again"
    return [f"{text}: {count:,} of {rows}" for text, count in card["broken"].items()]


def _options_to_repeat(values: dict[str, Any]) -> str:
    """Return the options that repeat a fit, beside its table, schema, config and relations."""
    card, config = values["card"], TrainingConfig.from_dict(values["config"])
    preset = _name_preset(config, card)
    target = "" if values["target"] is None else shlex.quote(str(values["target"]))
    options = [
        f"--seed {card['seed']}",
        f"--target {target}" if target else "",
        f"--preset {preset}" if preset else "--config with its settings",
        f"--steps {config.steps} --objective {config.objective}",
        "" if config.refine_rounds else "--no-refine",
        f"--protect --protect-below {card['protect_below']}" if card["protect"] else "",
        f"--threads {card['threads']}",
        f"in {card['processes']} processes" if card["processes"] > 1 else "",
    ]
    return " ".join(filter(None, options))


def _name_preset(config: TrainingConfig, card: dict[str, Any]) -> str | None:
    """Return the name of the preset that settings come from; None if they come from no preset.

    Steps, objective and no refinement at all may differ: they are options beside a preset.
    """
    protection = Protection(card["protect"], card["protect_below"])
    for name, preset in PRESETS.items():
        rounds = preset.refine_rounds if config.refine_rounds else 0
        like = replace(preset, steps=config.steps, objective=config.objective)
        if protection.limit(replace(like, refine_rounds=rounds), card["rows"]) == config:
            return name
    return None


def columns_table(values: dict[str, Any]) -> RenderableType:
    """Return a line a column: its kind, what made rows hold, and what of that is made up."""
    columns, examples = values["columns"], values["examples"]
    table = Table()
    table.add_column("column", overflow="fold")
    table.add_column("kind", overflow="fold")
    table.add_column("classes", justify="right")
    for number in range(len(examples)):
        table.add_column(f"made row {number + 1}", overflow="fold")
    table.add_column("made up in them", overflow="fold")
    for column in columns:
        cells = [format_cell(row[column["name"]]) for row in examples]
        kind = f"{column['kind']}, {column['dtype']}"
        classes = column["classes"] or "follows"
        add_row(table, column["name"], kind, classes, *cells, column["note"] or "")
    return table


def holdings_table(values: dict[str, Any]) -> RenderableType:
    """Return what the file holds of the table, a line a column, then a line a relation."""
    card = values["card"]
    title = "what this file holds of the table"
    if card["protect"]:
        title += f": no value that fewer than {card['protect_below']} rows hold"
    table = Table(title=title, title_justify="left")
    table.add_column("column or relation", overflow="fold")
    table.add_column("beside trained weights and frequencies", overflow="fold")
    held = [(column["name"], column["holds"]) for column in values["columns"]]
    for name, entries in [*held, *values["relations_hold"].items()]:
        if entries:
            add_row(table, name, "; ".join(Holding(**entry).text for entry in entries))
    return table
