"""Reference model of a session: what docs/plan.md promises, simulated slowly and plainly.

It knows the models that clinics write and nothing of the engine. Times are whole milliseconds.
"""
