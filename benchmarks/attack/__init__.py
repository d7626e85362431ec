"""Attack tabgan with what nobody means to give it, and count what does not end in a sentence.

case            one case: it works, it is refused in a sentence, or a fault is found
pool            cases in worker processes with limits of memory and time
worker          such a process
results         what was found, kept in a file, and the table of it
parts           the kinds of cases
maker           what makes a column, and how it chooses
columns, times, objects
                odd columns
odd_frames      tables of odd columns, with odd names, and columns that follow from others
frames          fit, sample, save, load and judge an odd table
base_tables     tables whose models hold every encoder and relation
bases           models, checkpoints and tables that are mutated
mutations       how plain values and arrays are mutated
junk            what stands in their places
models, checkpoints, schemas, table_files
                load a mutated file, and work with it
commands        those that write files
kills           end them while they write
room            folders of an attack, and its random draws
"""
