"""The group of all commands, and the one place where errors become a line and an exit code.

Commands are loaded when they are called, so that `tabgan --help` answers at once.
"""

import errno
import importlib
import os
import shlex
import signal
import sys
import time
import warnings
from difflib import get_close_matches
from importlib import metadata
from typing import Any, NoReturn

import click

from tabgan_cli.arguments import COMMAND_LINE
from tabgan_cli.command import HELP_OPTIONS, raise_in_one_voice
from tabgan_cli.printer import print_line, print_lines
from tabgan_cli.process_start import process_start
from tabgan_cli.standard_streams import close_standard_output, open_standard_streams

COMMANDS = {  # name: what it does; `tabgan_cli.NAME` defines the function NAME
    "fit": "Learn a table and write a model.",
    "sample": "Draw rows from a model, or complete given ones.",
    "impute": "Fill the gaps of a table with values drawn given the rest of their rows.",
    "score": "Tell how likely each row of a table is: the lower its score, the odder the row.",
    "evaluate": "Train learners with and without synthetic rows, and compare the two tables.",
    "augment": "Add rows to a table where they help a learner, or balance its classes.",
    "inspect": "Show the schema of a table, or what is in a model.",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called for, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tabgan_cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line; a mistyped one is answered with a close one."""
        close = get_close_matches(args[0], COMMANDS, 1)
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            meant = f"perhaps {close[0]!r} is meant" if close else "-h lists them"
            ctx.fail(f"there is no command {args[0]!r}; {meant}.")
        return super().resolve_command(ctx, args)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the options of the group; wrong usage is one sentence."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise_in_one_voice(error)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed, which a report names at its foot."""
        ctx.meta[COMMAND_LINE] = shlex.join(["tabgan", *args])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it raises on purpose becomes one line and exit code 1."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _print_warning
                return super().invoke(ctx)
        except click.UsageError as error:
            raise_in_one_voice(error)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt as stop:
            line = str(stop) or "stopped; nothing was written."
        except Exception as error:  # noqa: BLE001 - bugs are raised again
            line = _in_one_line(error)
        print_line(f"tabgan: {line}")
        raise click.exceptions.Exit(1)


def _print_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,  # noqa: ARG001
    line: str | None = None,
) -> None:
    """Print a warning of the library's own as one line; others with the place they come from."""
    context = click.get_current_context(silent=True)
    if context is not None and context.params.get("quiet"):
        return
    if category.__module__ == "tabgan.errors":
        print_line(f"tabgan: {' '.join(str(message).split())}")
    else:
        print_lines(warnings.formatwarning(message, category, filename, lineno, line))


def _in_one_line(error: Exception) -> str:
    """Return an error's sentence; raise it again if it is a bug, or a reader that went away."""
    from tabgan.errors import TabganError  # noqa: PLC0415 - slow, and loaded by now

    if isinstance(error, TabganError):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.errno not in {None, errno.EPIPE}:
        place = error.filename or "standard output cannot be written"
        return f"{place}: {error.strerror}."
    raise error


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001
    if not value:
        return
    try:
        version = metadata.version("tabgan")
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        version = importlib.import_module("tabgan").__version__
    print_line(f"tabgan {version}", err=False)
    ctx.exit()


@click.group(cls=LazyGroup, context_settings=HELP_OPTIONS)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def tabgan(ctx: click.Context) -> None:
    """Learn a table with a conditional GAN, draw new rows, measure whether they help.

    Exit code: 0 done, 1 an error in one line, 2 wrong usage.

    Options are read from the environment, too: --preset of fit from
    TABGAN_FIT_PRESET, a flag from a variable that is 1.

    \b
    Completion of commands, options, files and columns:
      bash: eval "$(_TABGAN_COMPLETE=bash_source tabgan)"    in ~/.bashrc
      zsh:  eval "$(_TABGAN_COMPLETE=zsh_source tabgan)"     in ~/.zshrc
      fish: _TABGAN_COMPLETE=fish_source tabgan | source     in config.fish
    """  # noqa: D301 - the backspace keeps click from filling the lines
    if ctx.obj is None:  # the start of the process, where `main` did not run
        ctx.obj = time.monotonic()


def _stop(number: int, frame: object) -> None:  # noqa: ARG001
    from tabgan.runtime.torchrun import WENT_AWAY, is_started_by_torchrun  # noqa: PLC0415 - as the rest

    if is_started_by_torchrun():  # it stops all where one dies
        sys.exit(f"tabgan: stopped from outside, or {WENT_AWAY}")
    sys.exit("tabgan: stopped from outside; nothing half written is left.")


def _end_unwritable(error: OSError) -> NoReturn:
    """End the process whose standard output cannot be written; a reader may have gone away."""
    if error.errno != errno.EPIPE:
        print_line(f"tabgan: {_in_one_line(error)}")
    sys.exit(1)


def main() -> None:
    """Run the command line; what a time limit counts is the time since the process began."""
    open_standard_streams()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads stall a busy machine
    for name in ("SIGTERM", "SIGHUP"):  # so that what is half written is cleaned up
        number = getattr(signal, name, None)  # there is no hanging up on Windows
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # by nohup
            signal.signal(number, _stop)
    try:
        tabgan(obj=process_start(), prog_name="tabgan")
    except KeyboardInterrupt:  # before a command had begun
        sys.exit("tabgan: stopped; nothing was written.")
    except OSError as error:  # of the help, which is printed before there is a command
        _end_unwritable(error)
    finally:
        if not close_standard_output():
            sys.exit(1)


if __name__ == "__main__":
    main()
