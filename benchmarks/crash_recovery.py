"""Kill a fit at random moments, go on, and see whether anything was lost.

    python -m benchmarks.crash_recovery [--table FILE] [--kills 20] [--steps 400] [--every 0.2s]
                                       [--seed 0] [--no-refine]

A fit that nobody ends comes first. Then, as often as asked: a fit over an old model is ended by
kill -9 at a random moment, what is there is looked at, and `tabgan fit --resume` goes on. Lost is a
model that is neither the old one nor whole, or that is another in the end than that of the first
fit: encoders, weights, refiner and history, bit for bit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tabgan.io.model_file import read_header, read_model, write_model
from tabgan.runtime.progress import CHECKPOINT_SUFFIX

OLD = {"kind": "an old model"}  # all that is in it


@dataclass(frozen=True)
class Kill:
    """What one kill left, and how the resumed fit ended.

    Attributes:
        moment: Seconds after the start of the process, or after its first checkpoint.
        ended: Whether the fit was over by then.
        model: What was in the model's place then: "old", "new" or "lost".
        message: First line that the resumed fit printed.
        is_same: Whether its model is the first fit's.
        left: Files that are neither table nor model.
    """

    moment: float
    ended: bool
    model: str
    message: str
    is_same: bool
    left: tuple[str, ...]

    @property
    def is_harmless(self) -> bool:
        """Whether nothing was lost."""
        return self.model != "lost" and self.is_same and not self.left


@dataclass(frozen=True)
class Trial:
    """A table in a folder of its own, and how it is fitted."""

    table: Path
    steps: int
    every: str
    options: tuple[str, ...] = ()

    @property
    def model(self) -> Path:
        """Where models are written."""
        return self.table.parent / "killed.tabgan"

    def start(self, model: Path, *options: str) -> "subprocess.Popen[str]":
        """Start a fit."""
        command = [sys.executable, "-m", "tabgan_cli.app", "fit", str(self.table), "-m", str(model)]
        settings = ["--steps", str(self.steps), "--seed", "1", "--threads", "1", "--device", "cpu"]
        return subprocess.Popen(
            [*command, *settings, "--checkpoint-every", self.every, *self.options, *options],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def fit(self, model: Path, *options: str) -> str:
        """Fit to the end; return what was printed on stderr.

        Raises:
            RuntimeError: The fit failed.
        """
        process = self.start(model, *options)
        _, printed = process.communicate()
        if process.returncode:
            raise RuntimeError(printed)
        return printed

    def kill(self, moment: float, whole: Path, *, from_checkpoint: bool = False) -> Kill:
        """End a fit at a moment, go on, and compare with a fit that was not ended."""
        checkpoint = self.model.with_name(self.model.name + CHECKPOINT_SUFFIX)
        write_model(self.model, OLD)
        process = self.start(self.model)
        while from_checkpoint and process.poll() is None and not checkpoint.exists():
            time.sleep(0.002)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=moment)
        ended = process.poll() is not None
        process.kill()
        process.communicate()
        model = identify(self.model, whole)
        message = self.fit(self.model, "--resume").splitlines()[0]
        left = {path.name for path in self.table.parent.iterdir()}
        left -= {path.name for path in (self.table, self.model, whole)}
        is_same = identify(self.model, whole) == "new"
        return Kill(moment, ended, model, message, is_same, tuple(sorted(left)))


def identify(model: Path, whole: Path) -> str:
    """Return which model a file is: "old", "new", or "lost" if neither."""
    if read_header(model).get("kind") == OLD["kind"]:
        return "old"
    read_model(model)  # its numbers are those written
    names = ("checksum", "record", "schema", "config")
    ours, theirs = read_header(model), read_header(whole)
    return "new" if all(ours[name] == theirs[name] for name in names) else "lost"


def make_table() -> pd.DataFrame:
    """Return a small table of the usual kinds."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, 400),
            "income": rng.lognormal(10, 1, 400).round(2),
            "town": rng.choice(["Ulm", "Rome", "Oslo"], 400, p=[0.6, 0.3, 0.1]),
            "member": rng.random(400) < 0.4,
        }
    )


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=Path, help="a CSV file; a small one is made if left out")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--every", default="0.2s", help="between checkpoints")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--no-refine", action="store_true", help="learn no refiner: quicker")
    arguments = parser.parse_args()
    frame = pd.read_csv(arguments.table) if arguments.table else make_table()
    with tempfile.TemporaryDirectory() as folder:
        table, whole = Path(folder, "table.csv"), Path(folder, "whole.tabgan")
        frame.to_csv(table, index=False)
        options = ("--no-refine",) if arguments.no_refine else ()
        trial = Trial(table, arguments.steps, arguments.every, options)
        start = time.monotonic()
        trial.fit(whole)
        seconds = time.monotonic() - start
        print(f"a fit that nobody ends takes {seconds:.1f} s\n")
        print("| killed after | model then | going on | same model | files left |", flush=True)
        print("|---|---|---|---|---|")
        kills = []
        moments = np.random.default_rng(arguments.seed).uniform(0, seconds, arguments.kills)
        for moment in np.sort(moments).tolist():
            kills.append(trial.kill(moment, whole))
            print(to_row(kills[-1]), flush=True)
    harmless = sum(kill.is_harmless for kill in kills)
    print(f"\n{harmless} of {len(kills)} kills lost nothing")


def to_row(kill: Kill) -> str:
    """Write a kill as a row of a Markdown table."""
    after = f"{kill.moment:.2f} s" + (" (had ended)" if kill.ended else "")
    is_known = kill.message.startswith(("going", "there"))
    message = kill.message.partition(" '")[0] if is_known else "-"
    left = ", ".join(kill.left) or "none"
    return f"| {after} | {kill.model} | {message} | {'yes' if kill.is_same else 'NO'} | {left} |"


if __name__ == "__main__":
    main()
