"""A process that runs cases, one after the other, until its standard input ends.

    python -m benchmarks.attack.worker --seed 0 --room FOLDER --memory 2048 PART ...

Each line of the input is "PART NUMBER"; each line of the output an outcome as JSON.
"""

import argparse
import faulthandler
import json
import os
import resource
import sys
from pathlib import Path

from benchmarks.attack.parts import PARTS
from benchmarks.attack.room import Room


def limit_memory(megabytes: int) -> None:
    """Let this process take as much memory as that, besides what it has mapped by now."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        mapped = int(statm.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
        limit = mapped + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main() -> None:
    """Get ready, say so, and run cases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--room", type=Path, required=True)
    parser.add_argument("--memory", type=int, required=True)
    arguments = parser.parse_args()
    faulthandler.enable()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever is printed is no answer
    room = Room(arguments.room, arguments.seed)
    for name in arguments.parts:
        PARTS[name].prepare(room)
    limit_memory(arguments.memory)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        name, number = line.split()
        outcome = PARTS[name].run(room, int(number))
        print(json.dumps(outcome.to_dict()), file=answers, flush=True)


if __name__ == "__main__":
    main()
