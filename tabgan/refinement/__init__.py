"""Density-ratio resampling: candidates are generated, and those kept that real rows resemble.

fit_refiner     learns boosted trees that tell real rows from generated ones
refiner         weighs candidates by their log-odds, and draws (`resampling`)
"""
