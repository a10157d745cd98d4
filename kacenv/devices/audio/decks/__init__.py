"""Decoders of one audio file each."""
