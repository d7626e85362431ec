"""tabgan: learn a table with a conditional GAN, draw new rows, measure whether they help."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tabgan.runtime.version import __version__

if TYPE_CHECKING:
    from tabgan.augmentation.augment import augment
    from tabgan.config import TrainingConfig
    from tabgan.errors import TabganError
    from tabgan.estimators.detector import TabGANDetector
    from tabgan.estimators.ensemble import TabGANEnsemble
    from tabgan.estimators.imputer import TabGANImputer
    from tabgan.estimators.sampler import TabGANSampler
    from tabgan.estimators.tabgan import TabGAN
    from tabgan.evaluation import augmentation_study, evaluate
    from tabgan.model.tabular_model import TabularModel
    from tabgan.schema import TableSchema
    from tabgan.schema.unknown import UNKNOWN

__all__ = [
    "UNKNOWN",
    "TabGAN",
    "TabGANDetector",
    "TabGANEnsemble",
    "TabGANImputer",
    "TabGANSampler",
    "TabganError",
    "TableSchema",
    "TabularModel",
    "TrainingConfig",
    "__version__",
    "augment",
    "augmentation_study",
    "evaluate",
]

_ROOMS = {  # imported when first asked for: `tabgan.TableSchema` needs no torch
    "UNKNOWN": "schema.unknown",
    "TabGAN": "estimators.tabgan",
    "TabGANDetector": "estimators.detector",
    "TabGANEnsemble": "estimators.ensemble",
    "TabGANImputer": "estimators.imputer",
    "TabGANSampler": "estimators.sampler",
    "TableSchema": "schema",
    "TabganError": "errors",
    "TabularModel": "model",
    "TrainingConfig": "config",
    "augment": "augmentation.augment",
    "augmentation_study": "evaluation",
    "evaluate": "evaluation",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
