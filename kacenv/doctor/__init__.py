"""The doctor: looks at the machine, the devices and the rooms, and says what to do."""

from kacenv.doctor.examine import Job, examine
from kacenv.doctor.finding import Finding, Mark, to_json, to_text

__all__ = ["Finding", "Job", "Mark", "examine", "to_json", "to_text"]
