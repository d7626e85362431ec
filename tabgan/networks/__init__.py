"""The two networks, and how rows come out of the generator.

condition           what a row is generated for: a masked row
row_embedding       rows -> features, the input of both networks
residual_mlp        the body of both networks
generator, critic   the networks; `logistic_mixture` is the density of a number
generation          a condition -> rows, a few cells a step, by one of two engines:
iterative_decoding  ... on any device
fused_decoding      ... on a CPU, with all that surrounds matrix products compiled
cell_kernels, layer_kernels, elementary_kernels  what is compiled
latent_class_generator  whole rows in one pass, from latent classes; `discretization` is their bins
latent_bins         ... within which columns are independent,
latent_gaussians    ... or numbers jointly Gaussian, as `normal_scores`
scored_rows         ... and rows that are given completed, under a `restriction`; `row_products`
likelihood          how likely given cells are under a trained generator
noise               where random numbers come from
calibration         a trained generator's marginals are moved onto the table's
"""
