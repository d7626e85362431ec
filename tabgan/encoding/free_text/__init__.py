"""Names, comments, titles: made up of words that several texts share, never a text of the table.

free_text               the encoder
word_splitting          a text as words
word_counts             which words, pairs and lengths are shared
word_walk               a text as a walk over shared words
text_filter             keeps the table's own texts out
"""
