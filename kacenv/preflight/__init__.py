"""Preflight: the real room, minutes before a session, with one answer: go or no-go."""

from kacenv.preflight.said import Question, Said, Step
from kacenv.preflight.verdict import Verdict

__all__ = ["Question", "Said", "Step", "Verdict"]
