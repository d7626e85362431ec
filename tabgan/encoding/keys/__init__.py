"""Keys and patterned text: what repeats is learned, the rest is made anew for every row.

identifier              keys that are numbers
pattern                 text of a pattern
key_sequence            the key of each row, none of which the table has
template_identifier     text keys of release 0.1
"""
