"""When things are due: cron lines on wall time, slots, and the alarm that wakes us. The only home of APScheduler."""

from publisher.timetable.alarm import Alarm
from publisher.timetable.cron import check_schedule, check_zone
from publisher.timetable.slots import due_slots, find_period, iter_slots

__all__ = ["Alarm", "check_schedule", "check_zone", "due_slots", "find_period", "iter_slots"]
