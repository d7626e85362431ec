"""Texts that are put together of other columns, and numbers that texts hold.

text_search   texts that are put together of others: `email = lower(first) || '@firm.com'`
text_matching which columns stand next in a text
text_views    what is often made of one column: parts, initials, other cases
text_numbers  numbers that texts hold: `size = number(right(code, 2))`
"""
