"""What every command is: options in sections, an example, environment variables, one voice."""

import shlex
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from tabgan_cli.arguments import COMMAND_LINE
from tabgan_cli.printer import print_line, print_lines

SECTIONS: dict[str, tuple[str, ...]] = {  # title: names of parameters, in the order of the help
    "Files": (
        "model",
        "output",
        "output_format",
        "safe_csv",
        "json_path",
        "synthetic",
        "test",
        "schema",
        "config",
        "overwrite",
    ),
    "How a table is read": (
        "delimiter",
        "decimal",
        "encoding",
        "skip_rows",
        "format",
        "query",
    ),
    "What to learn": (
        "target",
        "declare",
        "forget",
        "relations",
        "protect",
        "protect_below",
        "objective",
    ),
    "Which rows": (
        "rows",
        "conditions",
        "shares",
        "like",
        "redraw",
        "keep_gaps",
        "columns",
        "auto",
        "balance",
        "ratio",
        "draws",
        "weight",
        "soft_labels",
        "inpaint",
        "synthetic_only",
        "mark",
        "no_mark",
        "cells",
    ),
    "How it is judged": ("imputes", "learners", "baselines", "folds", "repeats"),
    "How long it may take": (
        "preset",
        "steps",
        "time_limit",
        "refine",
        "candidates",
        "fast",
        "checkpoint_every",
        "resume",
    ),
    "Where it runs": ("device", "threads", "memory_limit", "scheduler"),
    "Always": ("seed", "as_json", "quiet", "help"),
}

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}


class Command(click.Command):
    """A command whose help has sections and an example.

    Each option is also read from the environment: `--preset` of `fit` from TABGAN_FIT_PRESET.

    Args:
        example: A line that a user may type.
    """

    def __init__(self, name: str | None, *, example: str = "", **settings: Any) -> None:
        settings.setdefault("context_settings", HELP_OPTIONS)
        super().__init__(name, **settings)
        self.example = example
        for option in self.params:
            if isinstance(option, click.Option) and option.envvar is None:
                option.envvar = _envvar(name or "", option)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put what was read from the environment before what was typed, for whoever repeats it."""
        rest = super().parse_args(ctx, args)
        options = [option for option in self.params if isinstance(option, click.Option)]
        outside = [
            f"{option.envvar}={shlex.quote(option.resolve_envvar_value(ctx) or '')}"
            for option in options
            if _is_set_outside(ctx, option)
        ]
        ctx.meta[COMMAND_LINE] = " ".join([*outside, ctx.meta.get(COMMAND_LINE, "")]).strip()
        return rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section, and the example."""
        records = {
            "help" if "--help" in option.opts else str(option.name): record
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            and (record := option.get_help_record(ctx)) is not None
        }
        for title, names in SECTIONS.items():
            rows = [records.pop(name) for name in names if name in records]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        if records:
            with formatter.section("Others"):
                formatter.write_dl(list(records.values()))
        with formatter.section("Example"):
            formatter.write_text(self.example)


def _envvar(command: str, option: click.Option) -> str:
    """Return the environment variable of an option, by its longest name."""
    name = max(option.opts, key=len).lstrip("-").replace("-", "_")
    return f"TABGAN_{command}_{name}".upper()


def _is_set_outside(ctx: click.Context, option: click.Option) -> bool:
    """Return whether an option's value is that of its environment variable."""
    source = None if option.name is None else ctx.get_parameter_source(option.name)
    return source is ParameterSource.ENVIRONMENT


def _name_source(error: click.UsageError) -> str:
    """Return where a wrong value came from, if that was an environment variable."""
    option = error.param if isinstance(error, click.BadParameter) else None
    if not isinstance(option, click.Option) or error.ctx is None:
        return ""
    is_set_outside = _is_set_outside(error.ctx, option)
    return f" It was read from {option.envvar}." if is_set_outside else ""


def raise_in_one_voice(error: click.UsageError) -> NoReturn:
    """Print wrong usage as other errors are: one sentence; then how the command is used.

    Raises:
        Exit: With the code 2.
    """
    message = " ".join(error.format_message().split())
    print_line(f"tabgan: {message[:1].lower()}{message[1:]}{_name_source(error)}")
    if error.ctx is not None:
        print_lines(f"{error.ctx.get_usage()}; -h tells more.")
    raise click.exceptions.Exit(2) from error
