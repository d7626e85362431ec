"""Mixtures of logistics: densities that integrate to one, and draws that follow them."""

import pytest
import torch

from tabgan.networks.logistic_mixture import (
    MAX_QUANTILE_LOGIT,
    N_COMPONENTS,
    N_PARAMETERS,
    TruncatedLogisticMixture,
    class_at,
    classes_at,
)


def mixture(n_rows: int, low: float, high: float) -> TruncatedLogisticMixture:
    raw = torch.randn(N_PARAMETERS, generator=torch.Generator().manual_seed(3)) * 1.5
    ends = torch.full((n_rows,), low), torch.full((n_rows,), high)
    return TruncatedLogisticMixture.from_parameters(raw.expand(n_rows, -1), *ends)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1.0, 2.0), (-MAX_QUANTILE_LOGIT, MAX_QUANTILE_LOGIT), (3.0, 3.2), (-9.0, -6.0)],
)
def test_draws_follow_a_density_that_integrates_to_one(low: float, high: float) -> None:
    values = torch.linspace(low, high, 20_001)
    density = mixture(20_001, low, high).log_density(values).exp()
    below = torch.cumulative_trapezoid(density, values)
    assert below[-1] == pytest.approx(1, abs=2e-3)
    drawn = mixture(100_000, low, high).draw(torch.Generator().manual_seed(0))
    assert drawn.min() >= low
    assert drawn.max() <= high
    for share in (0.01, 0.1, 0.5, 0.9, 0.99):
        quantile = values[1:][below >= share][0]
        assert (drawn <= quantile).float().mean() == pytest.approx(share, abs=0.006)


def test_a_component_far_from_the_interval_is_no_nan() -> None:
    raw = torch.zeros(N_PARAMETERS)
    raw[N_COMPONENTS : 2 * N_COMPONENTS] = 300.0  # centres
    raw[2 * N_COMPONENTS :] = -50.0  # log-scales, far below the smallest
    raw.requires_grad_()
    mix = TruncatedLogisticMixture.from_parameters(raw, torch.tensor(-1.0), torch.tensor(-0.9))
    density, drawn = mix.log_density(torch.tensor(-0.95)), mix.draw(torch.Generator())
    (density + drawn).backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(density)
    assert -1 <= drawn <= -0.9
    assert torch.isfinite(raw.grad).all()  # type: ignore[arg-type]


def test_a_draw_moves_with_the_centre_of_its_component() -> None:
    raw = torch.zeros(N_PARAMETERS, requires_grad=True)
    mix = TruncatedLogisticMixture.from_parameters(raw, torch.tensor(-8.0), torch.tensor(8.0))
    (gradient,) = torch.autograd.grad(mix.draw(torch.Generator().manual_seed(1)), raw)
    centres = gradient[N_COMPONENTS : 2 * N_COMPONENTS]
    assert centres.sum() == 1
    assert (centres == 0).sum() == N_COMPONENTS - 1


@pytest.mark.parametrize("far", [0.0, -5_000.0, 5_000.0])
def test_classes_are_drawn_in_proportion(far: float) -> None:
    shares = torch.tensor([0.5, 0.0, 0.2, 0.3])
    logits = (shares.log() + far).expand(2, 50_000, -1)
    drawn = class_at(logits, torch.rand(2, 50_000, generator=torch.Generator().manual_seed(0)))
    assert drawn.shape == (2, 50_000)
    counts = torch.bincount(drawn.flatten(), minlength=4) / drawn.numel()
    torch.testing.assert_close(counts, shares, atol=0.005, rtol=0)


def test_classes_follow_each_cells_own_shares() -> None:
    shares = [torch.tensor([0.0, 0.25, 0.75]), torch.tensor([1.0]), torch.tensor([0.5, 0.5, 0.0])]
    repeats = 40_000
    counts = torch.tensor([len(each) for each in shares]).repeat(repeats)
    share = torch.rand(len(counts), generator=torch.Generator().manual_seed(0))
    drawn = classes_at(torch.cat(shares).repeat(repeats), counts, share)
    for cell, share in enumerate(shares):
        drawn_shares = torch.bincount(drawn[cell :: len(shares)], minlength=len(share)) / repeats
        torch.testing.assert_close(drawn_shares, share, atol=0.01, rtol=0)
        assert not drawn_shares[share == 0].any()


def test_no_cells_have_no_classes() -> None:
    none = torch.zeros(0, dtype=torch.long)
    assert len(classes_at(torch.zeros(0), none, torch.zeros(0))) == 0
