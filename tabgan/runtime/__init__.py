"""Where work runs: devices and threads, memory, several processes, progress, whole files."""
