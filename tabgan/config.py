"""Every setting of a training, each default once, with its reason."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from tabgan.errors import SettingError

SHARES = ("share_empty", "share_single", "share_target")  # of the conditions; subsets are the rest
ROUNDING = 1e-9  # of their sum
PROTECTED_ROWS = 5  # under protection, what fewer rows hold is forgotten


@dataclass(frozen=True)
class TrainingConfig:
    """What the alternating loop and its networks are set to, each with its reason."""

    objective: str = "relativistic"  # pairing loss with R1 + R2 (Huang et al. 2024)
    steps: int = 4_000  # generator steps at the most; the held-out score ends easy tables sooner
    epochs: int = 100  # times that a training shows the table at the most: small ones need no more
    batch_size: int = 256  # rows in a step; twice as many cost twice the time
    critic_steps: int = 1  # critic steps per generator step; an objective may multiply it
    game_every: int = 4  # steps between rounds of the game; likelihood alone in between
    likelihood: float = 10.0  # weight of the likelihood of hidden cells beside the game
    learning_rate_generator: float = 3e-3  # high, for few steps: it falls along a cosine
    learning_rate_critic: float = 1e-3
    momentum: float = 0.9  # of the generator (Adam's beta1); the critic has none
    penalty: float = 0.02  # weight of R1 + R2; at 1 the critic starves
    gradient_penalty: float = 10.0  # weight of WGAN-GP's penalty (Gulrajani et al. 2017, section 4)
    penalty_every: int = 4  # lazy regularisation (Karras et al. 2020, section 3.1)
    averaging: float = 0.999  # decay of the averaged (EMA) generator weights, which are kept
    temperature: float = 0.5  # of the Gumbel-softmax relaxation
    width: int = 256  # hidden units of both networks
    depth: int = 2  # hidden layers of both networks
    noise: int = 32  # entries of the noise vector
    passes: int = 64  # that generate a row at the most; up to as many columns: one cell in each
    candidates: int = 8  # generated for each row that refinement keeps; twice that if rows are raw
    refine_rows: int = 15_000  # real rows that a round learns from at the most
    refine_rounds: int = 3  # of density-ratio resampling at the most; 0 leaves rows as generated
    share_empty: float = 0.02  # training conditions that give nothing: a row's first cell
    share_single: float = 0.08  # that give one column (training by sampling)
    share_target: float = 0.2  # that give all but the target, drawn last; the rest: subsets
    modes: int = 10  # components of a mixture at the most (Xu et al. 2019, section 4.2)
    held_out: float = 0.1  # share of the rows kept for the two-sample score
    checks: int = 8  # times the score is taken during a training
    check_interval: int = 25  # steps between checks at the least: short trainings take fewer
    patience: int = 4  # checks in which held-out rows are no better learned: a training ends

    def __post_init__(self) -> None:
        for name, low, high in _BOUNDS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingError(f"{name}={value!r} is outside what is allowed: {low} to {high}.")
        shares = {name: getattr(self, name) for name in SHARES}
        if sum(shares.values()) > 1 + ROUNDING:
            told = " + ".join(f"{name}={share!r}" for name, share in shares.items())
            raise SettingError(f"{told} is more than 1, all conditions of a training; lower one.")

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Read settings back, leaving out names that this release does not know."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in settings.items() if name in known})

    def to_dict(self) -> dict[str, Any]:
        """Give all settings as plain values."""
        return asdict(self)


_BOUNDS = (
    ("steps", 1, 10_000_000),
    ("epochs", 1, 1_000_000),
    ("batch_size", 2, 1_000_000),
    ("critic_steps", 1, 100),
    ("learning_rate_generator", 1e-8, 1.0),
    ("learning_rate_critic", 1e-8, 1.0),
    ("penalty", 0.0, 1e6),
    ("gradient_penalty", 0.0, 1e6),
    ("game_every", 1, 1_000_000),
    ("momentum", 0.0, 0.999),
    ("penalty_every", 1, 1_000),
    ("likelihood", 0.0, 1e6),
    ("averaging", 0.0, 0.999999),
    ("temperature", 0.01, 10.0),
    ("width", 8, 8_192),
    ("depth", 1, 32),
    ("noise", 1, 8_192),
    ("passes", 1, 1_000),
    ("candidates", 1, 1_000),
    ("refine_rows", 1_000, 1_000_000),
    ("refine_rounds", 0, 100),
    ("share_empty", 0.0, 1.0),
    ("share_single", 0.0, 1.0),
    ("share_target", 0.0, 1.0),
    ("modes", 1, 100),
    ("held_out", 0.01, 0.5),
    ("checks", 1, 1_000),
    ("check_interval", 1, 1_000_000),
    ("patience", 1, 1_000),
)

PRESETS: Mapping[str, TrainingConfig] = {  # how much time likeness is worth
    "fast": TrainingConfig(steps=400, checks=2, refine_rows=8_000, refine_rounds=1, candidates=4),
    "balanced": TrainingConfig(),
    "best": TrainingConfig(
        steps=12_000, epochs=400, batch_size=512, width=384, candidates=16, refine_rounds=5
    ),
}


def find_preset(name: str) -> TrainingConfig:
    """Give the settings of a preset.

    Raises:
        SettingError: There is none of that name.
    """
    if name not in PRESETS:
        raise SettingError(f"the preset {name!r} is unknown; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def name_preset(config: TrainingConfig) -> str | None:
    """Give the preset that settings come from, or None if they are of their own.

    Steps, objective and no refinement at all are options beside a preset.

    >>> name_preset(TrainingConfig(steps=7))
    'balanced'
    """
    for name, preset in PRESETS.items():
        rounds = preset.refine_rounds if config.refine_rounds else 0
        like = replace(preset, steps=config.steps, objective=config.objective)
        if replace(like, refine_rounds=rounds) == config:
            return name
    return None
