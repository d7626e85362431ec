"""What is asked of results, asked of the columns that they follow from.

push_down     clauses on a computed column -> clauses on its sources
regions       where one column lies when what it decides is as asked for
branches      what is left of the columns that conditions of a result are on
contraction   what bounds of a result leave of the columns
interval      the arithmetic of that; `datetime_intervals`: of what is counted between datetimes
"""
