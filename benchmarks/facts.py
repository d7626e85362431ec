"""Count in how many generated rows facts of every kind hold, and how many chance makes.

    python -m benchmarks.facts [FOLDER] [--parts made,chance,time] [--only numbers,time]
                               [--chance 300] [--steps 20] [--out benchmark-results]

- made: a table of each member of every kind, the first of a kind also with gaps, with 100 rows,
  with 20,000 rows and with a few rows that break the fact (which is then declared as it was
  offered). A model is fitted in a few steps; what is counted is the share of 1,000 rows that obey,
  by checkers that know nothing of tabgan. `--only` names kinds.
- chance: what is found, kept or offered, in tables of columns that have nothing to do with each
  other or only correlate.
- time: what finding takes on made tables of 1,000,000 x 50 and 10,000 x 200 cells.
- FOLDER holds CSV files: what holds exactly in each, and what was found that nearly does.

Results are kept in a file, by table: another run goes on where one ended.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.fidelity import machine
from benchmarks.made_facts import (
    counts,
    groups,
    moments,
    numbers,
    steps,
    texts,
    thresholds,
)
from benchmarks.made_facts.chance import N_TABLES, make_chance_table
from benchmarks.made_facts.made_fact import MadeFact
from benchmarks.relations import time_discovery
from tabgan import TabGAN
from tabgan.relations import RelationSet
from tabgan.relations.relation import DiscoveredRelation
from tabgan.schema import TableSchema

N_MADE = 1_000
SIZES = ((1_000_000, 50), (10_000, 200))
MAX_SHOWN = 60  # characters of what was found
HEAD = "| kind | member | table | rows | found as | share |"
ROOMS = (numbers, steps, groups, thresholds, moments, texts, counts)
BASES: tuple[MadeFact, ...] = (
    *(fact for room in ROOMS for fact in room.FACTS),
    *steps.DTYPES,
)


def iter_facts(only: str = "") -> Iterator[MadeFact]:
    """Yield all members of the kinds asked for, between commas, and the variants of each first."""
    seen: set[str] = set()
    for fact in BASES:
        if only and fact.kind not in only.split(","):
            continue
        yield fact
        if fact.kind not in seen and fact.sources:
            seen.add(fact.kind)
            yield from fact.iter_variants()


@dataclass(frozen=True)
class Store:
    """Results by what they are of, one a line of a file.

    Attributes:
        path: Of that file.
    """

    path: Path

    def read(self) -> dict[str, Any]:
        """Return all results."""
        if not self.path.exists():
            return {}
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return dict(json.loads(line) for line in lines)

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the result of that name, made and kept if there is none."""
        results = self.read()
        if name not in results:
            results[name] = make()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, results[name]]) + "\n")
        return results[name]


def judge(fact: MadeFact, n_steps: int) -> dict[str, Any]:
    """Return how a fact was found, and the share of generated rows that obey it."""
    frame = fact.make_table()
    offered = _find_offered(fact, frame) if fact.is_dirty else None
    declare = [offered.relation.text] if offered else []
    sampler = TabGAN(fact.target, steps=n_steps, declare=declare, random_state=0, threads=1)
    made = sampler.fit(frame).sample(N_MADE, random_state=1)
    found = [text for text in sampler.model_.relations.texts if fact.dependent in text]
    if offered:
        found = [f"{offered.relation.text} (offered, {offered.n_violations} rows break it)"]
    return {"found": found, "share": float(np.mean(fact.find_obeying(made)))}


def _find_offered(fact: MadeFact, frame: pd.DataFrame) -> DiscoveredRelation | None:
    """Return what a dirty table offers for the dependent."""
    schema = TableSchema.infer(frame, target=fact.target)
    offered = RelationSet.discover(schema.check(frame), schema).offered
    about = [d for d in offered if d.n_violations and fact.dependent in d.relation.dependent_names]
    return about[0] if about else None


def show_fact(fact: MadeFact, result: dict[str, Any]) -> str:
    """Return a line of the table of facts."""
    found = "; ".join(result["found"]) or "-"
    found = found if len(found) <= MAX_SHOWN else found[: MAX_SHOWN - 3] + "..."
    cell = f"`{found}`".replace("|", "\\|")
    return (
        f"| {fact.kind} | {fact.name} | {fact.variant} | {fact.n_rows:,} | {cell} | "
        f"{result['share']:.3f} |"
    )


def find_false_facts(number: int) -> list[str]:
    """Return what is found, kept or offered, in a table of chance."""
    frame = make_chance_table(number)
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(schema.check(frame), schema)
    return [d.relation.text for d in (*relations.kept, *relations.offered)]


def describe_table(path: Path) -> list[str]:
    """Return the relations of a table, those that hold exactly first, one a line of Markdown."""
    frame = pd.read_csv(path, low_memory=False)
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(schema.check(frame), schema)
    lines = ["", f"## {path.stem}, {len(frame):,} x {len(frame.columns)}", ""]
    lines += [f"- `{d.relation.text}`" for d in relations.kept]
    lines += [f"- `{d.relation.text}`, which follows" for d in relations.implied]
    return lines + [
        f"- `{d.relation.text}` offered, {d.n_violations:,} rows break it"
        for d in relations.offered
    ]


def run_made(arguments: argparse.Namespace, store: Store) -> None:
    """Print the table of facts."""
    print(f"{HEAD}\n{'|---' * 6}|", flush=True)
    shares = []
    for fact in iter_facts(arguments.only):
        result = store.get(fact.title, partial(judge, fact, arguments.steps))
        shares.append(result["share"])
        print(show_fact(fact, result), flush=True)
    n_whole = sum(share == 1 for share in shares)
    print(f"\n{n_whole} of {len(shares)} facts in every one of {N_MADE:,} rows")


def run_chance(arguments: argparse.Namespace, store: Store) -> None:
    """Print the false facts of the tables of chance."""
    n_false = 0
    for number in range(arguments.chance):
        false = store.get(f"chance {number}", partial(find_false_facts, number))
        n_false += len(false)
        if false:
            print(f"- table {number}: {'; '.join(false)}", flush=True)
    print(f"\n{n_false} false facts in {arguments.chance} tables of chance", flush=True)


def run_time(arguments: argparse.Namespace, store: Store) -> None:  # noqa: ARG001
    """Print what finding takes."""
    for n_rows, n_columns in SIZES:
        print(f"{n_rows:,} x {n_columns}: {time_discovery(n_rows, n_columns)}", flush=True)


PARTS = {"made": run_made, "chance": run_chance, "time": run_time}


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="of CSV files")
    parser.add_argument("--parts", default="", help="of this benchmark, between commas")
    parser.add_argument("--only", default="", help="kinds of facts, between commas")
    parser.add_argument("--chance", type=int, default=N_TABLES, help="tables of chance")
    parser.add_argument("--steps", type=int, default=20, help="of each fit")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    store, start = Store(arguments.out / "facts.jsonl"), time.perf_counter()
    print(machine(1), flush=True)
    parts = arguments.parts or ("made" if arguments.only else ",".join(PARTS))
    if arguments.folder is not None and not arguments.parts:
        parts = ""
    for part in filter(None, parts.split(",")):
        print(f"\n## {part}\n", flush=True)
        PARTS[part](arguments, store)
    if arguments.folder is not None:
        for path in sorted(arguments.folder.glob("*.csv")):
            print("\n".join(describe_table(path)), flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
