"""Where work runs, and within which limits; nothing here knows tables.

devices, memory             torch's device and threads; bytes that a fit may take
compilation                 functions that Numba compiles; what the processor multiplies fast
forks                       one thread in forked processes
process_group, torchrun     one training in several processes
limits                      seeds and time limits that are refused
progress                    reports of a fit that runs, and the record of its training
stage_clock                 how long each stage of a fit takes
atomic_write                files that are written whole or not at all
leftovers                   scratch folders; what killed processes left is removed
terminal_text               text from anywhere, which no terminal obeys
version                     the release
"""
