"""Print the lower bound of every runtime dependency but torch, as constraints for pip.

python .ci/lower_bounds.py > lower_bounds.txt
"""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
EXTRAS = ("dask", "duckdb", "excel", "faker", "imbalance", "remote")


def lower_bounds() -> dict[str, str]:
    """Return the lowest version allowed of each package, by its name without extras."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    required = project["dependencies"] + [line for name in EXTRAS for line in extras[name]]
    found = (re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", line) for line in required)
    return {match[1]: match[2] for match in found if match and match[1] != "torch"}


if __name__ == "__main__":
    for name, version in lower_bounds().items():
        print(f"{name}=={version}")
