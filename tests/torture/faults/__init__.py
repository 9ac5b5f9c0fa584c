"""All faults, in the order of the table."""

from tests.torture.faults import answers, clocks, disks, killing, points, races, reading, saving, telling, wires

__all__ = ["answers", "clocks", "disks", "killing", "points", "races", "reading", "saving", "telling", "wires"]
