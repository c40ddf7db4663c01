"""What operators ask and start."""

from shared.forms.action_forms import ErasePersonForm
from shared.forms.operation_forms import DeadLettersForm, FinalizationForm
from tools.openapi.answers.operations import (
    DeadLetter,
    DeadLetterPage,
    Erasure,
    FinalizationResult,
    HistoryVerdict,
    ProgrammeFigures,
)
from tools.openapi.operation import Answer, JsonBody, Operation, Operations

OPERATIONS: Operations = {
    "read_metrics": Operation(
        summary="Read the programme's figures",
        answers=(Answer(words="The figures as they were taken last.", model=ProgrammeFigures),),
    ),
    "list_dead_letters": Operation(
        summary="List what failed for good",
        query=DeadLettersForm,
        answers=(Answer(words="One page.", model=DeadLetterPage),),
        languages=True,
    ),
    "replay_dead_letter": Operation(
        summary="Put what failed back on its queue",
        answers=(Answer(words="The dead letter, put back.", model=DeadLetter),),
        problems=("already-replayed", "cannot-be-read"),
        languages=True,
    ),
    "finalize": Operation(
        summary="Start what is due, or foresee it",
        query=FinalizationForm,
        answers=(
            Answer(words="What would happen (`dryRun=true`).", model=FinalizationResult),
            Answer(status=202, words="What is due was handed out.", model=FinalizationResult),
        ),
        languages=True,
    ),
    "erase_person": Operation(
        summary="Blank a person on a claim that is over",
        bodies=(JsonBody(form=ErasePersonForm, example={"email": "ida@alpine.example"}),),
        answers=(Answer(words="What was blanked; nothing where nobody has that address.", model=Erasure),),
        problems=("still-needed",),
        languages=True,
    ),
    "verify_history": Operation(
        summary="Recompute the history's hash chain",
        answers=(Answer(words="The verdict.", model=HistoryVerdict),),
    ),
}
