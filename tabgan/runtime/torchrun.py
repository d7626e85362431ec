"""The environment that `torchrun` gives the processes that it starts, read without torch."""

import os

VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
WENT_AWAY = (
    "another process of the training went away; start again, and --resume goes on from the last "
    "checkpoint, if there is one."
)


def is_started_by_torchrun() -> bool:
    """Return whether this is one of several processes."""
    return all(name in os.environ for name in VARIABLES)


def is_first_process() -> bool:
    """Return whether this process prints: of those that `torchrun` started, the first one."""
    return not is_started_by_torchrun() or os.environ["RANK"] == "0"
