"""One file a family of metrics: fidelity, detection, precision and coverage, privacy.

`metric` holds the contract, `feature_matrix` and `alignment` make two tables comparable.
"""
