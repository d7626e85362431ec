"""What was found: kept in a file of JSON lines, so that an attack goes on where it stopped."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.attack.case import Outcome, Result

HEAD = (
    *("part", "cases", "worked", "refused with a sentence", "tracebacks", "deaths", "hangs"),
    "most memory a case took",
)
MAX_NAMED = 3  # cases of a fault


def read_outcomes(path: Path | None, seed: int) -> list[Outcome]:
    """Return what is known of an attack of this seed; a line that was cut short is none."""
    if path is None or not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            values = json.loads(line)
        except json.JSONDecodeError:
            continue
        if values.pop("seed") == seed:
            found.append(Outcome.from_dict(values))
    return found


def keep_outcomes(path: Path | None, seed: int, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes, and append each to a file."""
    if path is None:
        yield from outcomes
        return
    with path.open("a", encoding="utf-8") as file:
        for outcome in outcomes:
            file.write(json.dumps({"seed": seed, **outcome.to_dict()}) + "\n")
            file.flush()
            yield outcome


def to_markdown(outcomes: Sequence[Outcome]) -> str:
    """Return a table with a line a part."""
    by_part: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_part[outcome.part].append(outcome)
    lines = ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
    for part, ours in by_part.items():
        counts = Counter(outcome.result for outcome in ours)
        cells = [part, f"{len(ours):,}", *(f"{counts[result]:,}" for result in Result)]
        lines.append(f"| {' | '.join(cells)} | {max(o.megabytes for o in ours):,} MB |")
    return "\n".join(lines)


def list_faults(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line a kind of fault, the commonest first, with some of its cases."""
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.result.is_fault:
            groups[outcome.part, outcome.error, outcome.place].append(outcome)
    lines = []
    for (part, error, place), ours in sorted(groups.items(), key=lambda item: -len(item[1])):
        cases = " ".join(f"{part}:{outcome.number}" for outcome in ours[:MAX_NAMED])
        message = " ".join(ours[0].message.split())[:160]
        lines.append(f"- {len(ours)} x {error} at {place or '?'} ({cases}): {message}")
    return lines
