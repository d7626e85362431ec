"""What was found, as a table for the terminal, as JSON, and as one self-contained HTML page.

verdicts        three plain answers, each with what to do; in a few words: `headlines`
similarity      how like real rows the synthetic ones are, by the worst of the figures
results         all that was found, as plain values; `plot_data` for pictures
utility_tables  what learners gain, a line for each arm
uncomputed      what could not be found, and why
provenance      files, command, settings, release and date
imputation_results  how well gaps are filled; `imputation_report` shows it in the same three ways
report          them in a terminal (`terminal`), a notebook and a page (`html`)
"""
