"""How fast and how heavy kacenv is; `make bench` runs all of it."""
