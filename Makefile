# Every target sets up what is missing first: python3 (3.9 or newer) and make are all that has to be there.
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
WITH := python3 tools/bootstrap.py
PORT ?= 7071
LOCAL_DATA ?= .local
ARGS ?=
export PORT LOCAL_DATA

.DEFAULT_GOAL := help
.PHONY: infra-scan package promises mutants help bench setup run demo faults fuzz simulate races test test-fast coverage coverage-domain check lint format types layers lock requirements requirements-check diagrams openapi openapi-check texts texts-check infra workflows core-tools settings reasons clean

help: ## Show what each target does
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=7071 and LOCAL_DATA=.local (or memory) tell 'make run' where; ARGS='…' goes to demo and test."

setup: ## Set up Python, the libraries, Node and the storage emulator (others do it by themselves)
	@$(WITH)

run: ## Start the whole product on this machine, with a sample registry; Ctrl-C ends it
	@exec $(WITH) -m tools.run --end-with-parent

demo: ## Tell the whole story of four claims in the terminal, against a running product or one of its own
	@exec $(WITH) -m tools.demo $(ARGS)

test: ## Run every test, in parallel (ARGS='-k word' narrows)
	@$(WITH) -m pytest -n auto --dist loadfile $(ARGS)

test-fast: ## Run the tests that need no storage and no host
	@$(WITH) -m pytest -n auto tests/unit tests/architecture $(ARGS)

faults: ## Put every fault under every storage request of every flow, and count the points (takes an hour or two)
	@FAULTS=full $(WITH) -m pytest -q -n auto --dist load tests/faults $(ARGS)

simulate: ## Simulate every promise on the fakes: pairs of faults, seeded schedules, a rule-based machine (half an hour)
	@SIMULATE=full $(WITH) -m pytest -s tests/simulation $(ARGS)

promises: ## Run the suites of faults, simulation, races and security in full, and print their counts (three hours)
	@$(MAKE) faults
	@$(MAKE) simulate
	@$(MAKE) races
	@$(MAKE) fuzz
	@$(WITH) -m pytest -q tests/security

fuzz: ## Ask each operation 1,000 things, feed each parser 10,000 damaged inputs, and print the counts (half an hour)
	@FUZZ=full $(WITH) -m pytest -q -s tests/security/test_operations.py tests/security/test_parsers.py $(ARGS)

mutants: ## Change the domain and the write order in small ways; each must make a test fail (ARGS='FILE' or '--sample 200')
	@$(WITH) -m tools.mutants $(ARGS)

bench: ## Measure speed and storage requests against bare references (FIGURE=name one; ARGS=--write draws the docs)
	@$(WITH) -m tools.bench $(FIGURE) $(ARGS)

races: ## Race for slots, keys and deadlines, and kill hosts under load (RACES=10: a tenth of it; all takes half an hour)
	@RACES=$${RACES:-full} $(WITH) -m pytest -s tests/races $(ARGS)

coverage: ## Run every test and report the branches not covered
	@$(WITH) -m coverage erase
	@$(WITH) -m coverage run --parallel-mode -m pytest $(ARGS)
	@$(WITH) -m coverage combine --quiet
	@$(WITH) -m coverage report

coverage-domain: ## Check that the tests of the domain take every branch of it
	@$(WITH) -m coverage erase --data-file=.coverage.domain
	@$(WITH) -m coverage run --data-file=.coverage.domain --source=shared/domain -m pytest -q tests/unit/domain $(ARGS)
	@$(WITH) -m coverage report --data-file=.coverage.domain --fail-under=100

check: lint types layers requirements-check infra workflows coverage-domain test ## Run exactly what the continuous integration runs

lint: ## Check style and formatting
	@$(WITH) -m ruff check .
	@$(WITH) -m ruff format --check .

format: ## Put the code into shape
	@$(WITH) -m ruff check --fix .
	@$(WITH) -m ruff format .

types: ## Check the types
	@$(WITH) -m mypy

layers: ## Check that imports point one way only
	@$(WITH) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

lock: ## Resolve the libraries anew within pyproject.toml and write uv.lock and requirements.txt
	@$(WITH) -m tools.requirements lock

requirements: ## Write requirements.txt from uv.lock
	@$(WITH) -m tools.requirements write

requirements-check: ## Check that uv.lock fits pyproject.toml and requirements.txt fits uv.lock
	@$(WITH) -m tools.requirements check

diagrams: ## Draw the state diagram from the transition table
	@$(WITH) -m tools.state_diagram

infra: ## Check the infrastructure: Bicep, Azure's property names, and that it fits the code
	@$(WITH) -m tools.bicep

infra-scan: ## Have checkov look at the infrastructure as well (installs it; half a minute)
	@$(WITH) -m tools.bicep.scan

package: ## Make .tools/app.zip, a finished package with all libraries, compiled
	@$(WITH) -m tools.deployment_package

reasons: ## Draw docs/reasons.md from the code
	@$(WITH) -m tools.reasons_reference

settings: ## Draw docs/settings.md and the example of local settings from the code
	@$(WITH) -m tools.settings_reference

openapi: ## Write the OpenAPI document, docs/api.http and the client from the code
	@$(WITH) -m tools.openapi

openapi-check: ## Check that they are in step
	@$(WITH) -m tools.openapi --check

texts: ## Collect what people read into the message catalogues, and compile them
	@$(WITH) -m tools.texts extract
	@$(WITH) -m tools.texts compile

texts-check: ## Check that every sentence is translated and the compiled catalogues are in step
	@$(WITH) -m tools.texts check

core-tools: ## Run the journeys that need no moved timers with the app under `func start`, which must be installed
	@FUNCTIONS_HOST=core-tools $(WITH) -m pytest $(addprefix tests/journeys/test_,filing.py checks.py access.py customer_answer.py partner_work.py pre_check.py proof_template.py registries.py review.py) $(ARGS)

workflows: ## Check the GitHub workflows
	@$(WITH) -m tools.workflows

clean: ## Remove what set-up and runs made, the local data too
	rm -rf .venv .tools .local tools/azurite/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
