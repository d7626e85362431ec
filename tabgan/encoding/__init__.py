"""A table <-> codes and scalars: one file a kind of column.

column_encoder                  the contract
composite                       columns that are learned as several parts
categorical                     categories; those that are rare share classes (`rare_categories`);
                                conditions on them are `allowed_categories`
numerical                       numbers, by `mode_specific_normalization`; conditions on them are
                                `numerical_ranges`, how they are rounded `decimal_steps`, and how
                                 those of all magnitudes are spread `axis`, and what files hold of
                                 them `numerical_state`
generalization                  numbers without what fewer than k rows hold, under protection
whole_numbers                   integers and decimals beyond float64; conditions: `whole_ranges`
amount                          numbers whose unit varies: a number and its unit
marked                          values and several marks of a gap
datetime, calendar_parts        datetimes as the parts of a calendar, each a number
keys                            keys and patterned text
made_anew                       what is made anew for every row, of which only gaps are learned
free_text                       names and comments
faker_text                      what the extra [faker] fills: names, addresses, ...
made_up                         in words, what of a column is not learned
registry                        ENCODERS, a line a kind
table_encoder                   one encoder a column
encoded_column                  a part as codes and scalars, and what a condition leaves of it
trial_cells                     what a saved encoder makes, made once before it is believed
layout, encoded_table           where each part's classes stand; rows as codes and scalars
row_store                       the encoded rows that a training draws from
"""
