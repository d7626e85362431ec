"""The `tabgan` command: nothing that the library does not do.

app                     the group of commands; errors become a line and an exit code
fit, sample, impute, score, augment, evaluate, inspect
                        the options of a command each; `fit_run`, `sample_run`, `impute_run`,
                        `score_run`, `augment_run`, `evaluate_run`, `inspect_run` do the work,
                        loaded once a display is up
complete_run            what `sample --like` does; `hidden_cells_run`: `evaluate --impute`
fit_settings            options of a fit as the library's request
command                 what every command is: sections of its help, its environment variables
arguments, completion   options that commands share, and how a shell completes them
table_options           options that say how a table is read
checks                  what commands ask before any long work
printer                 all that is printed: nothing in it is obeyed by a terminal
loading                 imports of what a command needs
display, stage_lines    progress at a terminal, and in lines elsewhere
summary                 how a fit went
inspect_table, inspect_model
                        what `inspect` shows of a table, with `column_examples`, and of a model
made_rows               a few rows that a model makes, and what in them is made up
report_files, refits    where a report is written; the study that fits a model in each fold
process_start, standard_streams
                        what a time limit counts from; streams that the caller closed
"""
