"""Preflight: test of the real room before a session, with one result: go or no-go."""

from kacenv.preflight.said import Question, Said, Step
from kacenv.preflight.verdict import Verdict

__all__ = ["Question", "Said", "Step", "Verdict"]
