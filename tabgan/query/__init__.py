"""What users write about rows: conditions (`--where`, `where=`) and declared relations.

tokens          text -> names, numbers, texts, operators, words
parser          tokens -> a tree of `syntax`, with `token_reader` and `relation_forms`
one_clause      a condition whose value needs no quotes -> the same tree
where           trees and mappings -> `row_filter`: what a model is asked for
type_check      tree -> `boolean` and `expressions`: what a relation checks in rows
"""
