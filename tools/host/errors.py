"""What keeps the host from starting."""


class StartError(Exception):
    """The app or its settings cannot be run here; ``problems`` says why, one sentence each, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
