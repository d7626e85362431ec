"""What was found, as a table for the terminal, as JSON, and as one self-contained HTML page.

verdicts        three plain answers, each with what to do
results         all that was found, as plain values; `plot_data` for pictures
report          them in a terminal (`terminal`), a notebook and a page (`html`)
"""
