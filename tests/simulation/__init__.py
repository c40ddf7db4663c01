"""The product on the fakes, driven through seeded schedules of faults, races, skewed clocks and repeated messages."""
