import os

import httpx

from gatehouse import (
    ActivationRequest,
    ActivationResult,
    Credentials,
    LoginLogPage,
    Problem,
    RefreshRequest,
    RegistrationAccepted,
    RegistrationRequest,
    TimestampOrdering,
    TokenPair,
    User,
)

base = os.environ.get("BASE", "http://localhost:8000")
email = os.environ.get("EMAIL", "test@example.com")
password = "correct horse battery staple"
client = httpx.Client(base_url=base + "/api/v1", headers={"Content-Type": "application/json"})


def bearer(access):
    return {"Authorization": "Bearer " + access}


def post(path, body):
    return client.post(path, content=body.model_dump_json(exclude_unset=True)).content


def report(reply):
    problem = Problem.model_validate_json(reply)
    print(problem.status, problem.code, *[error.pointer for error in problem.errors or []])


registration = RegistrationRequest(email=email, password=password, password_confirm=password)
RegistrationAccepted.model_validate_json(post("/users/register/", registration))
print("WAITING", email, flush=True)
ActivationResult.model_validate_json(post("/users/activate/", ActivationRequest(code=input())))
print("activated")

tokens = TokenPair.model_validate_json(post("/auth/token/", Credentials(email=email, password=password)))
print("signed in")
renewed = TokenPair.model_validate_json(post("/auth/token/refresh/", RefreshRequest(refresh=tokens.refresh)))
assert renewed.refresh != tokens.refresh
print("refreshed")

headers = bearer(renewed.access)
me = User.model_validate_json(client.get("/users/me/", headers=headers).content)
print("me", me.email, me.language)
query = {"ordering": TimestampOrdering.LATEST_FIRST.value, "page_size": 5}
page = LoginLogPage.model_validate_json(client.get("/logs/login/", params=query, headers=headers).content)
print("logs", sum(log.user == me.id for log in page.results))

report(client.get("/users/me/", headers=bearer("no.such.token")).content)
# model_construct skips the validation of the generated model, which would refuse this address.
nobody = RegistrationRequest.model_construct(email="nobody", password=password, password_confirm=password)
report(post("/users/register/", nobody))
report(post("/auth/token/", Credentials(email=email, password="a wrong one")))
