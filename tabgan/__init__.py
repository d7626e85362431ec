"""tabgan: learn a table with a conditional GAN, draw new rows, measure whether they help."""

__version__ = "0.1.0"
