"""The simulated peak: it drains, within the limits, and nothing gets lost."""

from tools.scale import rates
from tools.scale.peak import MAILS_EACH, Limits, drained


def test_a_peak_drains_and_never_quicker_than_its_narrowest_limit() -> None:
    """No minute decides more than the least of the limits, and in the end no deadline and no mail is left."""
    limits = Limits(handed_out=100, mails_per_hour=600)
    run = list(drained(1000, limits))
    assert [one.due for one in run][:10] == [1000 - 100 * minute for minute in range(1, 11)]
    assert (run[-1].due, run[-1].mails) == (0, 0)


def test_mails_wait_for_the_provider_not_for_the_deadlines() -> None:
    """What was decided and what is not mailed yet waits as mails; the provider's hour decides how long."""
    limits = Limits(handed_out=1000, mails_per_hour=100)
    run = list(drained(1000, limits))
    assert run[0].due == 0
    assert run[0].mails >= 1000 * MAILS_EACH - 2
    assert run[-1].minute >= 1000 * MAILS_EACH / 100 * 60


def test_more_instances_than_needed_change_nothing() -> None:
    """The tick's thousand rows hold a peak back, not the instances: the page says so."""
    allowed = Limits(instances=rates.INSTANCES).decided_per_minute
    assert min(allowed, key=allowed.__getitem__) == "rows handed out by one tick"
