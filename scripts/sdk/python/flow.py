import os

from gatehouse import AuthenticatedClient, Client
from gatehouse.api.auth import create_token, refresh_token
from gatehouse.api.logs import list_login_logs
from gatehouse.api.users import confirm_activation, get_me, register_user
from gatehouse.models import (
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
client = Client(base_url=base)


def report(problem):
    assert isinstance(problem, Problem), problem
    print(problem.status, problem.code, *[error.pointer for error in problem.errors or []])


registration = RegistrationRequest(email=email, password=password, password_confirm=password)
registered = register_user.sync(client=client, body=registration)
assert isinstance(registered, RegistrationAccepted), registered
print("WAITING", email, flush=True)
activated = confirm_activation.sync(client=client, body=ActivationRequest(code=input()))
assert isinstance(activated, ActivationResult), activated
print("activated")

tokens = create_token.sync(client=client, body=Credentials(email=email, password=password))
assert isinstance(tokens, TokenPair), tokens
print("signed in")
renewed = refresh_token.sync(client=client, body=RefreshRequest(refresh=tokens.refresh))
assert isinstance(renewed, TokenPair) and renewed.refresh != tokens.refresh
print("refreshed")

mine = AuthenticatedClient(base_url=base, token=renewed.access)
me = get_me.sync(client=mine)
assert isinstance(me, User), me
print("me", me.email, me.language)
page = list_login_logs.sync(client=mine, ordering=TimestampOrdering.LATEST_FIRST, page_size=5)
assert isinstance(page, LoginLogPage), page
print("logs", sum(log.user == me.id for log in page.results))

report(get_me.sync(client=AuthenticatedClient(base_url=base, token="no.such.token")))
nobody = RegistrationRequest(email="nobody", password=password, password_confirm=password)
report(register_user.sync(client=client, body=nobody))
report(create_token.sync(client=client, body=Credentials(email=email, password="a wrong one")))
