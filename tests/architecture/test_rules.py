"""The source keeps the rules of the house, and each rule finds a planted breach."""

import pytest

from tests.architecture.rules import (
    EVERYWHERE_RULES,
    PRODUCT_RULES,
    TEST_RULES,
    Rule,
    annotations_can_be_read,
    domain_is_pure,
    every_test_says_what_it_proves,
    filters_are_built,
    functions_know_no_adapter,
    heavy_libraries_load_late,
    modules_stay_small,
    names_say_something,
    one_clock,
    one_reader_of_the_environment,
    only_owners_import_services,
    sentences_can_be_translated,
)
from tests.architecture.source import PRODUCT, Module, modules

HARMLESS = (
    '"""A module."""\n\nfrom datetime import datetime\n\n\ndef later(now: datetime) -> datetime:\n    return now\n'
)

PLANTED: list[tuple[Rule, str, str]] = [
    (only_owners_import_services, "shared/usecases/submit.py", "from azure.data.tables import TableClient"),
    (only_owners_import_services, "functions/claims.py", "import azure.storage.blob.aio as blobs"),
    (only_owners_import_services, "shared/storage/mails.py", "from azure.communication.email import EmailClient"),
    (only_owners_import_services, "shared/storage/tables.py", "import azure.functions as func"),
    (only_owners_import_services, "functions/claims.py", "def f():\n    from azure.data import tables"),
    (heavy_libraries_load_late, "shared/documents/reading.py", "import pypdf"),
    (heavy_libraries_load_late, "shared/domain/deadlines.py", "if True:\n    from holidays import country_holidays"),
    (
        heavy_libraries_load_late,
        "shared/notifications/sender.py",
        "from azure.communication.email.aio import EmailClient",
    ),
    (functions_know_no_adapter, "functions/claims.py", "from shared.storage.claims import ClaimStore"),
    (functions_know_no_adapter, "function_app.py", "from shared import storage"),
    (domain_is_pure, "shared/domain/claim.py", "import logging"),
    (domain_is_pure, "shared/domain/claim.py", "from uuid import uuid4"),
    (domain_is_pure, "shared/domain/claim.py", "import uuid\nname = uuid.uuid4()"),
    (domain_is_pure, "shared/domain/checks/proofs.py", "from azure.core import exceptions"),
    (one_clock, "shared/usecases/submit.py", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
    (one_clock, "functions/claims.py", "import datetime as dt\nnow = dt.datetime.utcnow()"),
    (one_clock, "shared/domain/deadlines.py", "from datetime import date\ntoday = date.today()"),
    (one_clock, "shared/storage/leases.py", "import time\nnow = time.time()"),
    (one_reader_of_the_environment, "shared/wiring/__init__.py", "import os\nurl = os.environ['DataStorage']"),
    (one_reader_of_the_environment, "functions/claims.py", "from os import getenv\nurl = getenv('PUBLIC_URL')"),
    (filters_are_built, "shared/storage/claims.py", "text = f\"PartitionKey eq '{tenant}'\""),
    (filters_are_built, "shared/storage/claims.py", "text = f\"PartitionKey eq '{a}' and RowKey lt {b}\""),
    (filters_are_built, "shared/storage/claims.py", "text = \"PartitionKey eq '%s'\" % tenant"),
    (filters_are_built, "shared/storage/claims.py", 'text = "Status eq " + status'),
    (filters_are_built, "shared/storage/claims.py", "text = \"Status eq '{}'\".format(status)"),
    (filters_are_built, "shared/storage/claims.py", "rows = table.query_entities(query_filter=f'{anything}')"),
    (names_say_something, "shared/utils.py", ""),
    (names_say_something, "shared/storage/table_helpers.py", ""),
    (names_say_something, "functions/common/errors.py", ""),
    (modules_stay_small, "shared/usecases/submit.py", "pass\n" * 301),
    (sentences_can_be_translated, "shared/usecases/submit.py", 'raise NotFoundError("There is none.")'),
    (sentences_can_be_translated, "shared/domain/door.py", "Fault(pointer='', code='x', message=f'No {name}.')"),
    (sentences_can_be_translated, "shared/domain/checks.py", "yield flag(code, f'No {name}.', items=())"),
    (sentences_can_be_translated, "shared/domain/door.py", "message = 'There is none.'"),
    (
        annotations_can_be_read,
        "functions/claims.py",
        "from __future__ import annotations\nimport azure.functions as func",
    ),
    (annotations_can_be_read, "shared/forms.py", "from __future__ import annotations\nfrom pydantic import BaseModel"),
    (every_test_says_what_it_proves, "tests/unit/test_claim.py", "def test_claim():\n    assert True"),
    (every_test_says_what_it_proves, "tests/unit/test_claim.py", 'async def test_claim():\n    """It works."""'),
]
ALLOWED: list[tuple[Rule, str, str]] = [
    (only_owners_import_services, "shared/storage/claims.py", "from azure.data.tables.aio import TableClient"),
    (only_owners_import_services, "functions/claims.py", "import azure.functions as func"),
    (heavy_libraries_load_late, "shared/documents/reading.py", "def read():\n    import pypdf"),
    (functions_know_no_adapter, "functions/claims.py", "from shared.wiring import services"),
    (domain_is_pure, "shared/domain/claim.py", "import uuid\nname = uuid.UUID(text)"),
    (one_clock, "shared/clock.py", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
    (one_clock, "functions/claims.py", "from shared.clock import CLOCK\nnow = CLOCK.now()"),
    (one_reader_of_the_environment, "shared/settings.py", "import os\nurl = os.environ"),
    (filters_are_built, "shared/storage/claims.py", "text = f'claim {a} is equal, le plus petit {b}'"),
    (sentences_can_be_translated, "shared/usecases/submit.py", 'raise NotFoundError(say("There is none."))'),
    (sentences_can_be_translated, "shared/settings.py", 'raise SettingsError("PUBLIC_URL is missing")'),
    (annotations_can_be_read, "shared/forms.py", "from pydantic import BaseModel"),
]


@pytest.mark.parametrize("rule", PRODUCT_RULES, ids=lambda rule: rule.__name__)
def test_product_keeps_rule(rule: Rule) -> None:
    """Every module that is deployed keeps the rule."""
    found = [breach for module in modules(*PRODUCT) for breach in rule(module)]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize("rule", EVERYWHERE_RULES, ids=lambda rule: rule.__name__)
def test_tools_keep_rule(rule: Rule) -> None:
    """Every development tool keeps the rule."""
    found = [breach for module in modules("tools") for breach in rule(module)]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize("rule", TEST_RULES, ids=lambda rule: rule.__name__)
def test_tests_keep_rule(rule: Rule) -> None:
    """Every test module keeps the rule."""
    found = [breach for module in modules("tests") for breach in rule(module)]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_planted_breach_is_found(rule: Rule, path: str, text: str) -> None:
    """A breach planted in a module is found by its rule, so the rule is able to fail."""
    assert list(rule(Module(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_allowed_is_not_a_breach(rule: Rule, path: str, text: str) -> None:
    """What the rule allows is not reported, so the rule forbids no more than it says."""
    assert not list(rule(Module(path, text)))


@pytest.mark.parametrize(
    "rule", list(dict.fromkeys([*PRODUCT_RULES, *EVERYWHERE_RULES, *TEST_RULES])), ids=lambda rule: rule.__name__
)
def test_every_rule_has_a_planted_breach(rule: Rule) -> None:
    """No rule goes without a planted breach, and a harmless module breaks none."""
    assert rule in [planted for planted, _, _ in PLANTED]
    assert not list(rule(Module("shared/domain/later.py", HARMLESS)))


def test_there_is_something_to_read() -> None:
    """The rules look at real modules: an empty product would keep every one of them."""
    paths = [module.path for module in modules(*PRODUCT, "tools", "tests")]
    assert {"shared/clock.py", "functions/__init__.py", "tools/bootstrap.py", "tests/conftest.py"} <= set(paths)
