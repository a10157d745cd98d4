"""JSON Schema of the clinic's files."""
