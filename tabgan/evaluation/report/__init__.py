"""What was found, as a table for the terminal, as JSON, and as one self-contained HTML page."""
