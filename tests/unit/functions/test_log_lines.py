"""Log lines that can be read and asked."""

import io
import json
import logging
import uuid
from collections.abc import Iterator

import pytest

from functions.log_lines import APP_LOG, StructuredLines, structure_log
from shared.usecases.correlation import correlated

IDENTITY = "0123456789abcdef" * 2


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A log of its own that is structured, and what is written to it."""
    log, text = logging.getLogger(f"tests.{uuid.uuid4()}"), io.StringIO()
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addFilter(StructuredLines())
    log.addHandler(logging.StreamHandler(text))
    yield log, text
    text.close()


def test_extras_are_written_behind_the_sentence(written: tuple[logging.Logger, io.StringIO]) -> None:
    """One line: the sentence, then one JSON object with everything that was logged beside it."""
    log, text = written
    log.info("%s %d", "submit_claim", 202, extra={"function": "submit_claim", "status": 202})
    sentence, _, extras = text.getvalue().strip().partition(" {")
    assert sentence == "submit_claim 202"
    assert json.loads("{" + extras) == {"function": "submit_claim", "status": 202}


def test_the_correlation_of_the_work_is_added(written: tuple[logging.Logger, io.StringIO]) -> None:
    """A line that names no correlation ID gets the work's; one that names its own keeps it; outside of work is none."""
    log, text = written
    with correlated(IDENTITY):
        log.info("one")
        log.info("two", extra={"correlation": "own"})
    log.info("three 100%")
    lines = text.getvalue().splitlines()
    assert lines[0] == f'one {{"correlation": "{IDENTITY}"}}'
    assert lines[1] == 'two {"correlation": "own"}'
    assert lines[2] == "three 100%"


def test_a_record_is_written_once(written: tuple[logging.Logger, io.StringIO]) -> None:
    """A record that passes two such filters carries its extras once."""
    log, text = written
    log.addFilter(StructuredLines())
    log.info("one", extra={"a": 1})
    assert text.getvalue() == 'one {"a": 1}\n'


def test_the_app_s_log_is_structured_once() -> None:
    """However often the app is registered, its log has one such filter."""
    structure_log()
    structure_log()
    assert sum(isinstance(one, StructuredLines) for one in logging.getLogger(APP_LOG).filters) == 1
