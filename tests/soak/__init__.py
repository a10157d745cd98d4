"""Long runs in which everything goes wrong; `make soak` runs all of it."""
