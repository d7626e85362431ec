"""The report of how well gaps are filled, in a terminal, in a notebook and as a page."""

from dataclasses import dataclass
from html import escape

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tabgan.evaluation.report.imputation_results import ImputationResults, percent_of


@dataclass(frozen=True)
class ImputationReport(ImputationResults):
    """Results that show themselves; what they are is said in `ImputationResults`."""

    def to_html(self) -> str:
        """Return one page that needs nothing else; the same report gives the same text."""
        from tabgan.evaluation.report.html import (  # noqa: PLC0415 - brings matplotlib
            render_imputation,
        )

        return render_imputation(self)

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, as that of a report is."""
        return (
            f'<iframe title="Report of an imputation" srcdoc="{escape(self.to_html())}" '
            'style="width: 100%; height: 85vh; border: 0"></iframe>'
        )

    def __rich__(self) -> RenderableType:
        """Return it for a terminal."""
        heads = ["column", "hidden", "error", "plain", *(["in draws"] if self.n_draws else [])]
        table = Table(*heads, "error of", box=None, pad_edge=False)
        for each in self.columns:
            within = "" if each.coverage is None else percent_of(each.coverage)
            cells = [f"{each.hidden:,}", f"{each.error:.3f}", f"{each.plain_error:.3f}"]
            cells += [within] if self.n_draws else []
            table.add_row(Text(each.name), *cells, each.measure)
        return Group(Text(self.verdict), Text(""), table)
