"""Every setting of a training, each default once, with its reason and its bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, Self, TypeVar

from tabgan.errors import SettingError
from tabgan.state_reader import StateReader, show_value

OBJECTIVES = ("relativistic", "wasserstein", "minimax")  # `training.objectives` has their losses
NO_HINT = "`tabgan.TrainingConfig` lists them"
SHARES = ("p_unconditional", "p_one_column", "p_all_but_target")  # subsets are the rest
MAX_ROUNDING = 1e-9  # of their sum, above 1
ROWS_PER_UNIT, MIN_HIDDEN_DIM = 8, 16  # under protection: wider networks remember members

RENAMED = {  # settings of release 0.1, which files may still hold
    "game_every": "adversarial_interval",
    "likelihood": "nll_weight",
    "learning_rate_generator": "generator_lr",
    "learning_rate_critic": "critic_lr",
    "momentum": "beta1",
    "penalty": "r1_r2_weight",
    "gradient_penalty": "gp_weight",
    "penalty_every": "penalty_interval",
    "averaging": "ema_decay",
    "temperature": "gumbel_tau",
    "width": "hidden_dim",
    "depth": "n_layers",
    "noise": "latent_dim",
    "passes": "decoding_steps",
    "share_empty": "p_unconditional",
    "share_single": "p_one_column",
    "share_target": "p_all_but_target",
    "modes": "max_modes",
    "held_out": "validation_fraction",
    "checks": "n_validations",
    "check_interval": "min_steps_between_validations",
}

Number = TypeVar("Number", int, float)


def _within(low: Number, high: Number, default: Number) -> Number:
    """Return the dataclass field of a setting, with its bounds, both included, and its default."""
    setting: Number = field(default=default, metadata={"bounds": (low, high)})
    return setting


@dataclass(frozen=True)
class TrainingConfig:
    """What the adversarial loop and its networks are set to, each with its reason.

    Raises:
        SettingError: A setting is unknown, of another type, or outside its bounds.
    """

    objective: str = "relativistic"  # pairing loss with R1 + R2 (Huang et al. 2024)
    steps: int = _within(1, 10_000_000, 4_000)  # of the generator; validation ends it sooner
    epochs: int = _within(1, 1_000_000, 100)  # at the most: small tables need no more steps
    batch_size: int = _within(2, 1_000_000, 256)  # rows in a step; twice as many: twice the time
    critic_steps: int = _within(1, 100, 1)  # per adversarial step; an objective may multiply it
    adversarial_interval: int = _within(1, 1_000_000, 4)  # steps; likelihood alone in between
    nll_weight: float = _within(0.0, 1e6, 10.0)  # of hidden cells, beside the adversarial loss
    generator_lr: float = _within(1e-8, 1.0, 3e-3)  # high, for few steps: it falls along a cosine
    critic_lr: float = _within(1e-8, 1.0, 1e-3)
    beta1: float = _within(0.0, 0.999, 0.9)  # Adam's, of the generator; the critic has none
    r1_r2_weight: float = _within(0.0, 1e6, 0.02)  # of the zero-centred penalty; 1 starves critics
    gp_weight: float = _within(0.0, 1e6, 10.0)  # of WGAN-GP's penalty (Gulrajani et al. 2017, 4)
    penalty_interval: int = _within(1, 1_000, 4)  # lazy regularisation (Karras et al. 2020, 3.1)
    ema_decay: float = _within(0.0, 0.999999, 0.999)  # of averaged generator weights, those kept
    gumbel_tau: float = _within(0.01, 10.0, 0.5)  # temperature of the Gumbel-softmax relaxation
    hidden_dim: int = _within(8, 8_192, 256)  # units in each hidden layer of both networks
    n_layers: int = _within(1, 32, 2)  # hidden layers of both networks
    latent_dim: int = _within(1, 8_192, 32)  # entries of the latent vector
    decoding_steps: int = _within(1, 1_000, 64)  # for a row at the most; enough: a cell in each
    candidates: int = _within(1, 1_000, 8)  # for each refined row; raw rows take twice as many
    refine_rows: int = _within(1_000, 1_000_000, 15_000)  # real rows that a round learns from
    refine_rounds: int = _within(0, 100, 3)  # of density-ratio resampling; 0: rows as generated
    refine_leaf_weight: float = _within(1e-3, 1e12, 1e-3)  # of a leaf: the sum of its Hessians
    p_unconditional: float = _within(0.0, 1.0, 0.02)  # of training conditions: a row's first cell
    p_one_column: float = _within(0.0, 1.0, 0.08)  # training by sampling (Xu et al. 2019, 4.3)
    p_all_but_target: float = _within(0.0, 1.0, 0.2)  # drawn last; the rest: random subsets
    max_modes: int = _within(1, 100, 10)  # of a column's mixture (Xu et al. 2019, section 4.2)
    validation_fraction: float = _within(0.01, 0.5, 0.1)  # of the rows, held out for validation
    n_validations: int = _within(1, 1_000, 8)  # of a training at the most
    min_steps_between_validations: int = _within(1, 1_000_000, 25)  # short trainings have fewer
    patience: int = _within(1, 1_000, 4)  # validations without a better one: a training ends

    def __new__(cls, *_: Any, **settings: Any) -> Self:
        """Refuse unknown names of settings; for those of release 0.1 the error says the new one."""
        check_names(settings)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            allowed = ", ".join(OBJECTIVES)
            shown = show_value(self.objective)
            raise SettingError(f"objective={shown} is unknown; choose one of {allowed}.")
        for setting in fields(self)[1:]:
            _check_number(setting.name, getattr(self, setting.name), *setting.metadata["bounds"])
        shares = {name: getattr(self, name) for name in SHARES}
        if sum(shares.values()) > 1 + MAX_ROUNDING:
            terms = " + ".join(f"{name}={share!r}" for name, share in shares.items())
            raise SettingError(f"{terms} is more than 1, all conditions of a training; lower one.")

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Return the settings of a file of this release or of 0.1, unknown names left out.

        Raises:
            ModelFileError: They cannot be.
        """
        state = StateReader(settings, "config")
        known = {setting.name for setting in fields(cls)}
        named = {RENAMED.get(name, name): value for name, value in state.values.items()}
        return state.build(lambda: cls(**{n: value for n, value in named.items() if n in known}))

    def to_dict(self) -> dict[str, Any]:
        """Return all settings as plain values."""
        return asdict(self)


def check_names(settings: Iterable[str]) -> None:
    """Refuse names that are no settings of a training.

    Raises:
        SettingError: With the new name of one of release 0.1, or the closest names.
    """
    known = TrainingConfig.__dataclass_fields__
    for name in settings:
        if name in RENAMED:
            raise SettingError(f"the setting {name!r} is called {RENAMED[name]!r} now; rename it.")
        if name not in known:
            similar = " or ".join(map(repr, get_close_matches(str(name)[:100], known, n=3)))
            hint = f"perhaps {similar} is meant" if similar else NO_HINT
            raise SettingError(f"there is no setting {show_value(name)}; {hint}.")


def _check_number(name: str, value: object, low: float, high: float) -> None:
    """Refuse a value of another type than a setting's bounds, or outside them.

    Raises:
        SettingError: Naming the setting, the value and what is allowed.
    """
    kind, expected = (Integral, "a whole number") if isinstance(low, int) else (Real, "a number")
    if isinstance(value, bool) or not isinstance(value, kind):
        shown = show_value(value)
        raise SettingError(f"{name}={shown} is not {expected}; give one from {low} to {high}.")
    if not low <= value <= high:  # type: ignore[operator]
        shown = show_value(value)
        raise SettingError(f"{name}={shown} is outside what is allowed: {low} to {high}.")


@dataclass(frozen=True)
class Protection:
    """What is kept of a table: no value, end or shape that too few of its rows hold.

    Categories, words and shapes of text of too few rows are dropped, rare numbers and dates become
    the nearest that is kept, or are averaged over so many rows. A value between those that are kept
    may come by chance. Networks of few rows are narrow, and leaves of trees heavy: members are told
    from other rows less well. Counts and gaps are as they are: this is no differential privacy.

    Attributes:
        is_on: Whether anything is protected.
        min_rows: That hold what is kept, at the least.

    Raises:
        SettingError: `min_rows` protects nothing.
    """

    is_on: bool = False
    min_rows: int = 5

    def __post_init__(self) -> None:
        if self.min_rows < 2:
            raise SettingError(
                f"protect_below={self.min_rows!r} protects nothing; give 2 or more rows."
            )

    @property
    def k(self) -> int:
        """Rows that hold what is kept, at the least: 1 where nothing is protected."""
        return self.min_rows if self.is_on else 1

    def limit(self, config: TrainingConfig, n_rows: int) -> TrainingConfig:
        """Return settings of a training on so many rows, by which single rows count for less.

        A tree's leaf is a sum of terms within +-1 over its weight: a row moves it by less than one
        over that.
        """
        if not self.is_on:
            return config
        return replace(
            config,
            hidden_dim=min(config.hidden_dim, max(MIN_HIDDEN_DIM, n_rows // ROWS_PER_UNIT)),
            refine_leaf_weight=max(config.refine_leaf_weight, float(4 * self.min_rows)),
        )


NO_PROTECTION = Protection()

PRESETS: Mapping[str, TrainingConfig] = {  # how much time it is worth that rows look real
    "fast": TrainingConfig(
        steps=400, n_validations=2, refine_rows=8_000, refine_rounds=1, candidates=4
    ),
    "balanced": TrainingConfig(),
    "best": TrainingConfig(
        steps=12_000, epochs=400, batch_size=512, hidden_dim=384, candidates=16, refine_rounds=5
    ),
}


def find_preset(name: str) -> TrainingConfig:
    """Return the settings of a preset.

    Raises:
        SettingError: There is none of that name.
    """
    if name not in PRESETS:
        raise SettingError(f"the preset {name!r} is unknown; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def combine(
    preset: str, config: TrainingConfig | Mapping[str, Any] | None = None, **options: Any
) -> TrainingConfig:
    """Return the settings of a training: options go before config, config before preset.

    Args:
        preset: A key of `PRESETS`.
        config: All settings, or some of them by name; None for none.
        options: Settings one by one; those that are None are not used.

    Raises:
        SettingError: A name is unknown, or a value is outside what is allowed.

    >>> combine("fast", {"batch_size": 128, "steps": 50}, steps=None, objective="minimax").steps
    50
    """
    if not isinstance(config, TrainingConfig):
        config = replace_settings(find_preset(preset), config or {})
    return replace_settings(config, {n: value for n, value in options.items() if value is not None})


def replace_settings(config: TrainingConfig, settings: Mapping[str, Any]) -> TrainingConfig:
    """Return a config with some settings changed.

    Raises:
        SettingError: A name is unknown, or a value is outside what is allowed.
    """
    if not isinstance(settings, Mapping):
        raise SettingError(
            f"config={settings!r} is none; give a TrainingConfig, or settings by name such as "
            "{'batch_size': 128}."
        )
    check_names(settings)
    return replace(config, **settings)
