"""What users write about rows, read once: conditions (`--where`) and declared relations.

tokens          text -> names, numbers, texts, operators, words
parser          tokens -> an expression of the columns of a schema
where           conditions of `--where` and `where=` -> predicates by column
"""
