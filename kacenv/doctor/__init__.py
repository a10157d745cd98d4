"""Diagnosis of the machine, the devices and the rooms, with remedies."""

from kacenv.doctor.examine import Job, examine
from kacenv.doctor.finding import Finding, Mark, to_json, to_text

__all__ = ["Finding", "Job", "Mark", "examine", "to_json", "to_text"]
