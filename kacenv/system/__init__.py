"""The operating system: clocks, paths, locks, certificates."""
