"""One file a family of metrics.

metric                      the contract; `registry` is the list of all
fidelity                    columns and pairs of columns, by `association`, `contingency`
detection                   real rows told from synthetic ones, by `classifiers`
precision_coverage, privacy, copies
                            how near rows are, by `nearest_rows`
membership_inference, attribute_inference, singling_out
                            what attackers learn of training rows, beyond what they do of others
alignment, feature_matrix, categories
                            two tables made comparable; `unjudged` names what no figure looks at
"""
