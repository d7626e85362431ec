"""The commands that write files, each with a folder of its own to write in.

>>> sorted(COMMANDS)[:2]
['augment', 'evaluate, JSON']
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabgan import TabularModel
from tabgan.io import read_table

TABLE, MODEL = "table.csv", "model.tabgan"  # that a command reads
N_MADE = 3_000
OLD_ROWS = "city,price\nUlm,1.5\n" * 2


def read_rows(path: Path) -> Any:
    """Return what is in a file of made rows."""
    return len(read_table(path))


def read_model(path: Path) -> Any:
    """Return something of a model that is whole."""
    return TabularModel.load(path, "cpu").card.rows


def read_json(path: Path) -> Any:
    """Return what is in a file of figures."""
    return sorted(json.loads(path.read_text(encoding="utf-8")))


def read_page(path: Path) -> Any:
    """Return whether a page is whole."""
    return path.read_text(encoding="utf-8").rstrip().endswith("</html>")


@dataclass(frozen=True)
class WritingCommand:
    """A command that writes a file.

    Attributes:
        output: Name of the file.
        arguments: Of the command.
        read: Returns something of a file that is whole.
    """

    output: str
    arguments: tuple[str, ...]
    read: Callable[[Path], Any] = read_rows

    def start(
        self, folder: Path, *, how: Callable[[], None] | None = None, output: str | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start it in a folder.

        Args:
            folder: That holds the table and the model.
            how: Called in the new process, before the command begins.
            output: Another file to write than its own.
        """
        arguments = [output or one if one == self.output else one for one in self.arguments]
        return subprocess.Popen(
            [sys.executable, "-m", "tabgan_cli", *arguments],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=how,  # noqa: PLW1509 - there are no threads
        )


def _sample(output: str) -> WritingCommand:
    options = ("-m", MODEL, "-o", output, "--seed", "1", "--threads", "1", "--quiet")
    return WritingCommand(output, ("sample", "-n", str(N_MADE), *options))


FIT = ("fit", TABLE, "--steps", "60", "--seed", "1", "--threads", "1", "--no-refine", "--quiet")
JUDGE = ("evaluate", TABLE, "--synthetic", "made.csv", "--test", TABLE, "--target", "left")
FAST = ("--learners", "linear", "--repeats", "2", "--quiet")
COMMANDS: Mapping[str, WritingCommand] = {
    "fit": WritingCommand("new.tabgan", (*FIT, "-m", "new.tabgan"), read_model),
    "fit, checkpoints": WritingCommand(
        "new.tabgan",
        (*FIT, "-m", "new.tabgan", "--checkpoint-every", "0.05", "--resume"),
        read_model,
    ),
    **{
        f"sample, {name.partition('.')[2]}": _sample(name)
        for name in ("new.csv", "new.jsonl", "new.csv.gz", "new.parquet", "new.feather", "new.xlsx")
    },
    "augment": WritingCommand(
        "new.csv",
        (
            "augment",
            TABLE,
            "-m",
            MODEL,
            "-o",
            "new.csv",
            "--target",
            "left",
            "--ratio",
            "2",
            "--quiet",
        ),
    ),
    "evaluate, JSON": WritingCommand("new.json", (*JUDGE, "--json", "new.json", *FAST), read_json),
    "evaluate, page": WritingCommand("new.html", (*JUDGE, "-o", "new.html", *FAST), read_page),
}
