"""Which rows to add to a table, how many, and whether they help a downstream learner."""
