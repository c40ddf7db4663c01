"""The app: Azure Functions (Python, programming model v2) finds every function from here."""

import azure.functions as func

from functions.registration import register_functions

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
register_functions(app)
