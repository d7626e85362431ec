"""Does a synthetic table help, is it like the real one, and does it give rows away?

Any two tables can be compared; nothing here knows the GAN or imports torch.
"""

from tabgan.evaluation.evaluate import METRICS, evaluate
from tabgan.evaluation.learners import LEARNERS
from tabgan.evaluation.metrics.detection import two_sample_score
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import Comparison, Metric, Reading
from tabgan.evaluation.report.report import Report
from tabgan.evaluation.study.study import augmentation_study

__all__ = [
    "LEARNERS",
    "METRICS",
    "Comparison",
    "Features",
    "Metric",
    "Reading",
    "Report",
    "augmentation_study",
    "evaluate",
    "two_sample_score",
]
