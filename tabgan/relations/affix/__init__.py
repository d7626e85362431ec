"""A text of which a part follows from other columns: `code = country || '-' || rest`.

affix  the relation
rest   what is left, and how it is learned
"""
