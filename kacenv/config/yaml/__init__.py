"""YAML files as trees with positions, and errors in plain words."""
