"""Every metric of a report, in its order; a new one is one line here."""

from tabgan.evaluation.metrics.attribute_inference import AttributeInference
from tabgan.evaluation.metrics.copies import Copies, NearCopies
from tabgan.evaluation.metrics.detection import BoostedDetection, LinearDetection
from tabgan.evaluation.metrics.fidelity import ColumnShapes, PairTrends
from tabgan.evaluation.metrics.membership_inference import LikelihoodRatio, MembershipInference
from tabgan.evaluation.metrics.metric import Comparison, Metric, MetricResult
from tabgan.evaluation.metrics.precision_coverage import Coverage, Precision
from tabgan.evaluation.metrics.privacy import Nearness, NeighbourRatio
from tabgan.evaluation.metrics.singling_out import SinglingOut
from tabgan.runtime.progress import OnProgress, Progress

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        ColumnShapes(),
        PairTrends(),
        BoostedDetection(),
        LinearDetection(),
        Precision(),
        Coverage(),
        Copies(),
        NearCopies(),
        Nearness(),
        NeighbourRatio(),
        MembershipInference(),
        LikelihoodRatio(),
        AttributeInference(),
        SinglingOut(),
    )
}


def compute_metrics(comparison: Comparison, on_progress: OnProgress) -> tuple[MetricResult, ...]:
    """Return the result of every metric; each is a stage of its own, for it may take long."""
    results = []
    for done, metric in enumerate(METRICS.values()):
        stage = f"measuring: {metric.title}"
        on_progress(Progress(stage, done, len(METRICS)))
        results.append(metric.evaluate(comparison))
        on_progress(Progress(stage, done + 1, len(METRICS)))
    return tuple(results)
