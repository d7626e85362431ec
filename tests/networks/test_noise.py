"""Random numbers of rows that are completed."""

import numpy as np

from tabgan.networks.noise import RowNoise


def draw(seeds: list[int], n_candidates: int) -> RowNoise:
    return RowNoise.draw([np.random.default_rng(seed) for seed in seeds], n_candidates, 4, 3)


def test_spread_draws_have_one_of_each_part_in_an_order_of_each_cell() -> None:
    noise = draw([0, 1], 8)
    uniforms = noise.spread(8).uniforms.reshape(2, 8, 3, 3)
    middles = (np.arange(8) + 0.5) / 8
    for own in uniforms.permute(0, 2, 3, 1).reshape(-1, 8).numpy():
        np.testing.assert_allclose(np.sort(own), middles)
    orders = {tuple(own) for own in uniforms.permute(0, 2, 3, 1).reshape(-1, 8).tolist()}
    assert len(orders) > 10
    assert noise.spread(8).latents is noise.latents


def test_what_is_spread_for_a_row_depends_on_its_stream_alone() -> None:
    both, alone = draw([0, 1], 4).spread(4), draw([1], 4).spread(4)
    np.testing.assert_array_equal(both.uniforms[4:], alone.uniforms)
