"""What a worker needs for any task: the model, loaded once, and the releases that made the task."""

import platform
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import torch

from tabgan.errors import ClusterError
from tabgan.model.tabular_model import TabularModel
from tabgan.networks.generation import choose_engine
from tabgan.runtime.leftovers import scratch_folder
from tabgan.runtime.version import __version__


@dataclass(frozen=True)
class Releases:
    """What has to be the same on all machines for the same rows to be drawn.

    Attributes:
        tabgan, torch: Their releases.
        engine: What draws rows on a CPU.
    """

    tabgan: str
    torch: str
    engine: str

    @classmethod
    def installed(cls) -> Self:
        """Return those of this process."""
        engine = choose_engine(torch.device("cpu")).value
        return cls(__version__, str(torch.__version__), engine)

    def check_same(self, other: "Releases", worker: str) -> None:
        """Refuse a worker that has other releases.

        Raises:
            ClusterError: Naming the worker and the releases of both.
        """
        if self != other:
            raise ClusterError(
                f"{worker} has {other}, but rows are asked for by {self}; "
                "let both machines have the same."
            )

    def __str__(self) -> str:
        return f"tabgan {self.tabgan} and torch {self.torch}, and draws rows by {self.engine}"


def serialize(model: TabularModel) -> bytes:
    """Return a model as the bytes of its file."""
    with scratch_folder() as folder:
        path = folder / "model.tabgan"
        model.save(path)
        return path.read_bytes()


def hold_model(content: bytes) -> bytes:
    """Return a serialized model: the task whose result other tasks take, redone if it is lost."""
    return content


def load_model(content: bytes, device: str, releases: Releases) -> TabularModel:
    """Return a model that was serialized, for a task of these releases.

    Raises:
        ClusterError: This worker has another release of tabgan or torch than the task.
    """
    releases.check_same(Releases.installed(), f"a worker on {platform.node()}")
    with _LOADING:
        return _deserialize(content, device)


_LOADING = threading.Lock()  # so that the threads of a worker load the model once


@lru_cache(maxsize=2)
def _deserialize(content: bytes, device: str) -> TabularModel:
    with scratch_folder() as folder:
        path = folder / "model.tabgan"
        path.write_bytes(content)
        return TabularModel.load(path, device)
