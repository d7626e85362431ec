"""Does a synthetic table help, is it like the real one, and does it give rows away?

Any two tables can be compared; nothing here knows the GAN or imports torch. Each room imports only
from those before it:

1. `metrics/`: what is measured of two tables; `number_format` writes figures.
2. `utility/`: what a downstream learner gains.
3. `report/`: both, as JSON, in a terminal and as a page.
4. `evaluate` of two tables, and `study/` of augmenters by cross-validation: each ends in a report.
5. `imputation`: how well known cells of one table are filled where they are hidden.
"""

from tabgan.evaluation.evaluate import evaluate
from tabgan.evaluation.imputation import evaluate_imputation
from tabgan.evaluation.metrics.detection import two_sample_score
from tabgan.evaluation.metrics.feature_matrix import Features
from tabgan.evaluation.metrics.metric import Comparison, Metric, MetricResult
from tabgan.evaluation.metrics.registry import METRICS
from tabgan.evaluation.report.imputation_report import ImputationReport
from tabgan.evaluation.report.report import Report
from tabgan.evaluation.study.study import augmentation_study
from tabgan.evaluation.utility.learners import LEARNERS

__all__ = [
    "LEARNERS",
    "METRICS",
    "Comparison",
    "Features",
    "ImputationReport",
    "Metric",
    "MetricResult",
    "Report",
    "augmentation_study",
    "evaluate",
    "evaluate_imputation",
    "two_sample_score",
]
