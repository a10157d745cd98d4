"""Decoder processes: one for each piece, and the server that forks them."""
