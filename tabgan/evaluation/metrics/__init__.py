"""One file a family of metrics: fidelity, detection, precision and coverage, privacy.

`metric` holds the contract and `registry` the list of all; `feature_matrix` and `alignment` make
two tables comparable.
"""
