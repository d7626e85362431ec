"""Whether this process was forked from one that had loaded tabgan.

OpenMP's threads, which torch, LightGBM and scikit-learn compute with, do not live on in a forked
process, and whoever asks for them there waits for ever. So a forked process computes in one thread
(`tabgan.runtime.devices.use_threads`), to the same rows; processes that are spawned, those of a
fork server and those of joblib's default backend have threads of their own. Threads of the process
that forks, and what other code does in the forked one, stay as they are.
"""

import os

_LOADED_IN = os.getpid()


def is_forked() -> bool:
    """Return whether tabgan was loaded before this process was forked."""
    return os.getpid() != _LOADED_IN
