"""A function app whose functions show what reached them, and fail in every way, with its host.json."""

import json

APP = """
import asyncio
import json
import threading

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def seen(req, name):
    return func.HttpResponse(json.dumps({
        "function": name, "method": req.method, "url": req.url, "headers": dict(req.headers),
        "query": dict(req.params), "route": dict(req.route_params), "body": req.get_body().decode(),
    }), mimetype="application/json")


@app.route(route="echo/{one}/{two?}")
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req, "echo")


@app.route(route="numbers/{number:int}", methods=["GET"])
async def numbers(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req, "numbers")


@app.route(route="pets/{name}", methods=["GET"])
async def b_any_pet(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req, "b_any_pet")


@app.route(route="pets/rex", methods=["GET"])
async def a_rex(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req, "a_rex")


@app.route(route="pets/{name}", methods=["POST"])
async def new_pet(req: func.HttpRequest) -> func.HttpResponse:
    return seen(req, "new_pet")


@app.route(route="{ignored:maxlength(0)?}", methods=["GET", "HEAD"])
async def root(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("the root")


@app.route()
async def no_route(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("by its name")


@app.route(route="keyed", auth_level=func.AuthLevel.FUNCTION)
async def keyed(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")


@app.route(route="master", auth_level=func.AuthLevel.ADMIN)
async def master(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")


@app.route(route="raise/{what}")
async def raising(req: func.HttpRequest) -> func.HttpResponse:
    match req.route_params["what"]:
        case "value":
            raise ValueError("wrong value")
        case "exit":
            raise SystemExit(3)
        case "cancelled":
            raise asyncio.CancelledError
        case "none":
            return None
        case "dict":
            return {"not": "a response"}
        case "status":
            return func.HttpResponse(status_code=9000)
        case "text":
            return "a text is a response"


@app.route(route="raise-in-thread")
def raising_in_thread(req: func.HttpRequest) -> func.HttpResponse:
    raise SystemExit(3)


@app.route(route="thread")
def thread(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(threading.current_thread() is threading.main_thread()))


@app.route(route="headers")
async def headers(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse(status_code=201, headers={"X-Own": "mine", "X-Both": "the function's"})
    answer.headers.add("Set-Cookie", "a=1/2; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60")
    answer.headers.add("Set-Cookie", "b=2")
    return answer


@app.route(route="no-content")
async def no_content(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204)
"""
HOST_JSON = json.dumps(
    {
        "version": "2.0",
        "logging": {"logLevel": {"default": "Information"}},
        "extensions": {"http": {"routePrefix": "", "customHeaders": {"X-Custom": "host", "X-Both": "the host's"}}},
    }
)
