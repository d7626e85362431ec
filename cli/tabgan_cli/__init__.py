"""The `tabgan` command: nothing that the library does not do.

app                     the group of commands; errors become a line and an exit code
fit, sample, ...        a command's options; `..._run` is what it does, loaded once a display is up
arguments, checks       options and checks that commands share
display, process_start  progress on the terminal; when the process began
"""
