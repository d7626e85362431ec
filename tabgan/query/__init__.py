"""What users write about rows: conditions (`--where`, `where=`) and declared relations.

In reading order; both languages share the first five:

tokens              text -> names, numbers, texts, operators, words
syntax              the nodes of the tree that they become, without types; `relation_syntax`:
                    of relations that are no conditions
token_reader        which token is next, and the error where another one has to be
relation_forms      tokens -> tree, for what only relations have: `city -> country`
case_form           ... and for `case when ... then ... end`
leaf_reader         tokens -> single values
grammar_rules       tokens -> tree, for all from `or` and `and` down to numbers and names
parser              text -> tree, of either language

where               conditions: the rule for texts and mappings; tree -> row filter
mapping             conditions as a mapping of columns to what is asked of them
one_clause          text -> tree, for a condition of one clause, whose value needs no quotes
shares              what part of the rows shall satisfy a condition
row_filter          what rows are asked for, and which rows match

value_check         relations: tree -> values of a table's columns and conditions, types checked
type_check          ... of what is compared
operands            ... and how messages name what is calculated with
numbers             how numbers and durations are written
calendar_parts      parts of datetimes; months and years between two
datetime_calls      functions of datetimes
text_functions      what is done with texts
functions           what is calculated with: operators and functions, and their rounding errors
column_reader       the columns of a table as expressions need them
expressions         values of a row: columns, numbers, texts, arithmetic
three_valued_logic  conditions on them: true, false or unknown
cases               values that conditions decide
counts              how many conditions are true
texts               values that texts are made into
function_names      what is called with brackets
calls               ... and with what: types checked
"""
