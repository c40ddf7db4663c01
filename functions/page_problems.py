"""What went wrong, as a page: the same problem that the API answers with (STYLE.md, The house)."""

from urllib.parse import quote

import azure.functions as func

from functions.addresses import path_and_query
from functions.page_rendering import html_answer, language_of_page
from functions.problems import Problem, problem_headers
from functions.same_site import SAFE_METHODS

SIGN_IN = "/.auth/login/aad"
_UNAUTHORIZED = "not-signed-in"
_GONE = "not-found"


def problem_page(request: func.HttpRequest, problem: Problem) -> func.HttpResponse:
    """The problem for a person: what happened, whether anything was lost, where to go on.

    Who is not signed in goes to the sign-in and comes back, unless a form was posted: that one must be told.
    """
    path = local_path(request.url)
    if problem.code == _UNAUTHORIZED and request.method.upper() in SAFE_METHODS:
        return func.HttpResponse(status_code=302, headers={"Location": sign_in_path(path)})
    return _page(request, problem, private=False)


def customer_problem_page(request: func.HttpRequest, problem: Problem) -> func.HttpResponse:
    """The same for a customer, whom no other page is for."""
    return _page(request, problem, private=True)


def _page(request: func.HttpRequest, problem: Problem, *, private: bool) -> func.HttpResponse:
    return html_answer(
        "problem.html",
        language=language_of_page(request),
        status=problem.status,
        private=private,
        headers=problem_headers(problem),
        context={
            "reader": None,
            "problem": problem,
            "sign_in": sign_in_path("/") if problem.code == _UNAUTHORIZED else None,
            "claim_path": None if private or problem.code == _GONE else _claim_path(local_path(request.url)),
        },
    )


def sign_in_path(back_to: str) -> str:
    """Where one signs in, to come back to that path of this site."""
    return f"{SIGN_IN}?post_login_redirect_uri={quote(back_to, safe='/')}"


def local_path(url: str) -> str:
    """The path and query of the URL, or the start page's where a browser could take it for another site's."""
    path, query = path_and_query(url)
    path = path or "/"
    if path.startswith("//") or "\\" in path:
        return "/"
    return f"{path}?{query}" if query else path


def _claim_path(path: str) -> str | None:
    """The page of the claim that the path is about, null where it is that page itself, or about none."""
    steps = path.partition("?")[0].strip("/").split("/")
    if len(steps) > 2 and steps[0] in {"claims", "review"}:  # noqa: PLR2004 - claims/{claimId}/{action}
        return "/" + "/".join(steps[:2])
    return None
