"""The adversarial training, from the outside in: `trainer` -> `gan_step` -> `objectives`."""
