"""From a table to a model: in memory (`fit`), or in passes over files (`out_of_core`)."""
