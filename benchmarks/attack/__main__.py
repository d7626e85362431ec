"""Attack tabgan, and print what came of it.

    python -m benchmarks.attack [--parts PART ...] [--share 0.01] [--results FILE] [--room FOLDER]
                                [--workers 2] [--seed 0] [--case PART:NUMBER]

Each case stands for itself: its part, the seed and its number repeat it, alone and with its
traceback, by --case. Cases that --results holds are not run again. Exit code 1: a fault was found.
"""

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from contextlib import nullcontext
from pathlib import Path

from benchmarks.attack.case import Outcome, is_sentence, no_other_warnings
from benchmarks.attack.parts import PARTS
from benchmarks.attack.pool import Case, Limits, run_cases
from benchmarks.attack.results import keep_outcomes, list_faults, read_outcomes, to_markdown
from benchmarks.attack.room import Room
from tabgan import TabganError


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases of each part")
    parser.add_argument("--results", type=Path, help="file of JSON lines that is added to")
    parser.add_argument("--room", type=Path, help="folder of what is mutated, to be used again")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", metavar="PART:NUMBER", help="run it alone, in this process")
    arguments = parser.parse_args()
    with nullcontext(arguments.room) if arguments.room else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        if arguments.case:
            code = run_alone(arguments.case, Room(Path(folder), arguments.seed))
        else:
            limits = Limits(arguments.workers, arguments.seed, Path(folder))
            code = run_all(arguments.parts, arguments.share, arguments.results, limits)
        for scratch in Path(folder).glob("scratch-*"):
            shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(code)


def run_alone(case: str, room: Room) -> int:
    """Run a case in this process; print its traceback if it fails."""
    name, _, number = case.partition(":")
    PARTS[name].prepare(room)
    try:
        with no_other_warnings():
            PARTS[name].attack(room, int(number))
    except TabganError as error:
        print(f"refused: {error}")
        return 0 if is_sentence(str(error)) else 1
    except Exception:  # noqa: BLE001 - that is what is looked for
        traceback.print_exc()
        return 1
    print("worked")
    return 0


def run_all(parts: list[str], share: float, path: Path | None, limits: Limits) -> int:
    """Run cases, and print what is known of them, also when Ctrl-C ends them."""
    known = [outcome for outcome in read_outcomes(path, limits.seed) if outcome.part in parts]
    done = {(outcome.part, outcome.number) for outcome in known}
    cases: list[Case] = [
        (name, number)
        for name in parts
        for number in range(round(PARTS[name].count * share))
        if (name, number) not in done
    ]
    for name in dict.fromkeys(part for part, _ in cases):
        PARTS[name].prepare(Room(limits.room, limits.seed))  # before several workers do so at once
    start, found = time.monotonic(), list[Outcome]()
    try:
        for outcome in keep_outcomes(path, limits.seed, run_cases(cases, limits)):
            found.append(outcome)
    except KeyboardInterrupt:
        print(f"stopped after {len(found):,} of {len(cases):,} cases", file=sys.stderr)
    seconds = time.monotonic() - start
    print(to_markdown([*known, *found]))
    print(
        f"\n{len(found):,} cases in {seconds:.0f} s, {len(found) / max(seconds, 1e-9):.1f} a second"
    )
    faults = list_faults([*known, *found])
    print("\n".join(["", *faults] if faults else ["", "no faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    main()
