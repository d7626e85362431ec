"""A table <-> codes and scalars: one file a kind of column.

column_encoder                  the contract
categorical                     categories; those that are rare share classes (`rare_categories`);
                                conditions on them are `allowed_categories`
numerical, datetime             numbers, by `mode_specific_normalization`; conditions on them are
                                `numerical_ranges`, how they are rounded `decimal_steps`, and how
                                those of all magnitudes are spread `axis`
whole_numbers                   integers and decimals beyond float64; conditions: `whole_ranges`
identifier                      keys, which are not learned
registry                        ENCODERS, a line a kind
table_encoder                   one encoder a column
layout, encoded_table           where each column's classes stand; rows as codes and scalars
row_store                       the encoded rows that a training draws from
"""
