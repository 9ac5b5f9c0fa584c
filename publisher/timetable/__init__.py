"""When things are due: cron lines on wall time, slots, and the alarm that wakes us. The only home of APScheduler.

`timetable.alarm` is not loaded from here: APScheduler takes a tenth of a start, and most commands wake nobody.
"""

from publisher.timetable.cron import check_schedule, check_zone
from publisher.timetable.slots import due_slots, find_period, iter_slots

__all__ = ["check_schedule", "check_zone", "due_slots", "find_period", "iter_slots"]
