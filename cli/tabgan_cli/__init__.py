"""The `tabgan` command: one file a command, and nothing that the library does not do."""
