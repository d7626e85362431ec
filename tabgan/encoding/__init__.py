"""One file a kind of column; `column` holds the contract, `table` puts columns together."""
