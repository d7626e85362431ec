"""tabgan: learn a table with a conditional GAN, draw new rows, measure whether they help."""

from tabgan.config import TrainingConfig
from tabgan.errors import TabganError
from tabgan.estimator import TabGAN
from tabgan.evaluation import evaluate
from tabgan.model import TabularModel
from tabgan.schema import TableSchema
from tabgan.version import __version__

__all__ = [
    "TabGAN",
    "TabganError",
    "TableSchema",
    "TabularModel",
    "TrainingConfig",
    "__version__",
    "evaluate",
]
