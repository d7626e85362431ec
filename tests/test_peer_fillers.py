"""Gaps are filled by another Python as `questions` wants it; a stand-in takes the peer's place."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.cut_table import CutTable
from benchmarks.imputation import SHARES, WAYS, measure_imputation
from benchmarks.peer_fillers import N_DRAWS, fill_by_peer
from benchmarks.peers import FIT_TABULARARGN, run_peer
from benchmarks.questions import main, read_arguments

STAND_IN = """
import pandas as pd
class TabularARGN:
    def __init__(self, **settings):
        pass
    def fit(self, table):
        self.table = table
        assert table["kind"].map(type).eq(str).all() and table["flag"].map(type).eq(str).all()
        return self
    def impute(self, rows, **settings):
        made = self.table.iloc[rows.index % 7].reset_index(drop=True)
        return rows.apply(lambda cells: cells.where(cells.notna(), made[cells.name]))
def split(tgt_data, workspace_dir):
    assert tgt_data["flag"].map(type).eq(str).all()
def analyze(workspace_dir):
    pass
encode = train = analyze
"""
TRAIN = pd.DataFrame(
    {
        "kind": ["a", "a", "b", "b", "b", "b", "b"],
        "flag": [True, True, True, True, False, False, False],
        "n": [0, 1, 2, 3, 4, 5, 60],
        "x": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 60.5],
    }
)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a module that is imported in the peer's place, there but not here."""
    path = tmp_path / "modules" / "mostlyai" / "engine.py"
    path.parent.mkdir(parents=True)
    (path.parent / "__init__.py").write_text("")
    (tmp_path / "modules" / "torch.py").write_text("def set_num_threads(count): pass")  # quick
    path.write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    return path


@pytest.mark.usefixtures("stand_in")
def test_gaps_are_filled_in_kind_and_known_cells_stay() -> None:
    whole = pd.DataFrame(
        {"kind": ["new", "b"], "flag": [False, False], "n": [9, 8], "x": [0.1 + 0.2, 1 / 3]},
        index=[4, 7],
    )
    is_gap = np.array([[False, True, False, False], [True, False, True, True]])
    gaps = whole.mask(pd.DataFrame(is_gap, whole.index, whole.columns))
    kept, filled = fill_by_peer(sys.executable, TRAIN, [whole, gaps])
    for made in (kept.point, kept.draw):
        pd.testing.assert_frame_equal(made, whole, check_dtype=False)
    for made in (filled.point, filled.draw):
        assert made.index.tolist() == [4, 7]
        assert not made.isna().any(axis=None)
        same = made.astype(object).to_numpy() == whole.astype(object).to_numpy()
        assert same[~is_gap].all()
    # the stand-in draws the rows of TRAIN in turn: their median, the commonest, the first of them
    assert filled.point["flag"].tolist() == [True, False]
    names = ["kind", "n", "x"]
    assert filled.point[names].to_numpy()[1].tolist() == ["b", 3.0, 3.5]
    assert (filled.draw[names].to_numpy()[1] == TRAIN[names].to_numpy()[N_DRAWS % 7]).all()
    assert filled.draw["flag"].tolist() == [True, False]
    assert filled.fit_seconds == kept.fit_seconds >= 0.0


def test_a_gap_that_is_left_gets_the_commonest_value(stand_in: Path) -> None:
    stand_in.write_text(STAND_IN.replace("made = self", "return rows.replace('a', 'zz') # "))
    gaps = TRAIN[:2].assign(kind=pd.Series(["a", None]), x=[np.nan, 0.25])
    (filled,) = fill_by_peer(sys.executable, TRAIN, [gaps])
    assert filled.point["kind"].tolist() == filled.draw["kind"].tolist() == ["a", "b"]
    assert filled.draw["x"].tolist() == pytest.approx([TRAIN["x"].mean(), 0.25])


@pytest.mark.usefixtures("stand_in")
def test_a_fit_is_timed_by_the_same_start() -> None:
    (taken,) = run_peer(sys.executable, FIT_TABULARARGN, TRAIN)
    assert taken.threads == 1


def test_rows_that_are_lost_are_no_answer(stand_in: Path) -> None:
    stand_in.write_text(STAND_IN.replace("made[cells.name]))", "made[cells.name]))[:-40]"))
    with pytest.raises(RuntimeError, match="1 rows of 2"):
        fill_by_peer(sys.executable, TRAIN, [TRAIN[:2]])


def test_what_the_peer_fails_of_is_said(stand_in: Path) -> None:
    stand_in.write_text("raise ImportError('no engine here')")
    with pytest.raises(RuntimeError, match="no engine here"):
        fill_by_peer(sys.executable, TRAIN, [TRAIN])


def test_the_peer_fits_once_a_table_and_its_figures_are_kept(
    stand_in: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("benchmarks.imputation.PEERS", {})
    words = [str(tmp_path), "--peer", sys.executable, "--out", str(tmp_path / "results")]
    arguments = read_arguments(words)
    table = CutTable("made", pd.concat([TRAIN] * 3), pd.concat([TRAIN] * 4), "kind")
    measure_imputation(table, arguments)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(WAYS) * len(SHARES)
    assert all(line.startswith("| made | TabularARGN | ") for line in lines)
    kept = (tmp_path / "results" / "imputation.jsonl").read_text().splitlines()
    assert len({json.loads(line)[1]["fit_seconds"] for line in kept}) == 1
    stand_in.unlink()
    measure_imputation(table, arguments)
    assert capsys.readouterr().out.splitlines() == lines


def test_without_a_peer_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path), "--parts", "imputation"])
    assert "--peer names no Python" in capsys.readouterr().out
    main([str(tmp_path), "--parts", "imputation", "--peer", sys.executable])
    main([str(tmp_path), "--parts", "density"])
    assert "--peer" not in capsys.readouterr().out
