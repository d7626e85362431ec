"""One file a family of metrics.

metric                      the contract; `registry` is the list of all
fidelity                    columns and pairs of columns, by `association`
detection                   real rows told from synthetic ones, by `classifiers`
precision_coverage, privacy, copies
                            how near rows are, by `nearest_rows`
alignment, feature_matrix, categories
                            two tables made comparable; `unjudged` names what no figure looks at
"""
