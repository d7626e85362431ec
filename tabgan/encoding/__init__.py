"""A table <-> codes and scalars: one file a kind of column.

column_encoder                  the contract
composite                       columns that are learned as several parts
categorical                     categories; those that are rare share classes (`rare_categories`);
                                conditions on them are `allowed_categories`
numerical, datetime             numbers, by `mode_specific_normalization`; conditions on them are
                                `numerical_ranges`
identifier                      keys, which are not learned
registry                        ENCODERS, a line a kind
table_encoder                   one encoder a column
encoded_column                  a part as codes and scalars, and what a condition leaves of it
layout, encoded_table           where each part's classes stand; rows as codes and scalars
row_store                       the encoded rows that a training draws from
"""
