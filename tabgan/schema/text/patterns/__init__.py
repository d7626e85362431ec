"""Patterned text, such as mail addresses and keys: what it is made of, taken apart and written.

pattern                 of one or several forms
form, parts             a form is a row of parts: literal text, choices, numbers, characters
grammar                 a pattern as text, which the schema shows and users edit
inference               which pattern a column has; its texts come in `groups`, of `runs`
check_digits            what card numbers and account numbers end on
room                    patterns with room for new keys, or without traces of single rows
"""
