"""A small typed client of the API, drawn from its OpenAPI document: for journeys, the demo, and whoever likes it.

with httpx.Client(base_url="https://cpor.example", cookies=…) as http:
    claim = Client(http).read_claim("…").value
    print(claim["number"], claim["statusText"])
"""

from tools.client.client import Client
from tools.client.session import Answer, File, ProblemError

__all__ = ["Answer", "Client", "File", "ProblemError"]
