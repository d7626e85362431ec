"""Names that only the builders of release 0.1 could read: none of them is an identifier any more.

What they are called now is guessed by whoever has read CTGAN and scikit-learn. Files of release 0.1
still hold some of them, as keys, which are no identifiers.
"""

import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GONE = {
    "schema": "Levels LevelCounts levels moment moments Family family_of name_level read_numbers",
    "relations": """
        Dependency Gauge gauge climb Span Evidence evidence Lead Finding impose translate leave
        MissingTogether Joint Opposite Gap Sort judge trouble RelationSetting Relations
        relation_setting find_trouble""",
    "query": "satisfy find_bounds places",
    "encoding": "EncoderSetting ContinuousEncoder dequantise",
    "networks": """
        Hand Tower tower _bend RowFeatures PIECES CORNERS LogisticMixture Draft draft Cells settle
        _think afford _straighten draw_places find_place know""",
    "training": """
        Game game game_every player players averaged_player momentum averaging _deal _answer _play
        surprise measure_surprise HeldOut Check check_interval Recovery heed _heed is_vain Timetable
        timetable _may_go_on _is_good_enough is_sure share_empty share_single share_target
        learning_rate_generator""",
    "refinement": """
        lessons _Lessons Forest traits find_traits _fight FIGHTS find_inclusion count_effective
        VAIN_TURNS MOST_TURNS""",
    "model": "RowView place_rows Blocks RowRequest refuse_others",
    "fitting": "Beginning beginning Prepared Team team ALONE Survey survey _Witnesses _Look",
    "evaluation": """
        Answers guesses Guesses Truths Doubt doubt Reading Look look_at conclude rivals
        compare_rivals deal_folds chance_of likeness Judged promise _deed""",
    "augmentation": "Aim Budget Recipe Candidates",
}
BEGINNINGS = ("MOST_", "FEWEST_", "LEAST_", "LARGEST_", "SMALLEST_", "refuse_", "_refuse")
SOURCES = [path for folder in ("tabgan", "cli") for path in sorted((ROOT / folder).rglob("*.py"))]


def identifiers(path: Path) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_homely_names_are_gone(path: Path) -> None:
    found = identifiers(path)
    assert found & set(" ".join(GONE.values()).split()) == set()
    assert [name for name in found if name.startswith(BEGINNINGS)] == []
