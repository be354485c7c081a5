import os

from gatehouse import (
    ActivationRequest,
    ApiClient,
    ApiException,
    AuthApi,
    Configuration,
    Credentials,
    LogsApi,
    Problem,
    RefreshRequest,
    RegistrationRequest,
    TimestampOrdering,
    UsersApi,
)

base = os.environ.get("BASE", "http://localhost:8000")
email = os.environ.get("EMAIL", "test@example.com")
password = "correct horse battery staple"


def connect(access=None):
    return ApiClient(Configuration(host=base, access_token=access))


def report(call, *arguments):
    try:
        call(*arguments)
    except ApiException as error:
        problem = error.data
        assert isinstance(problem, Problem), error
        print(problem.status, problem.code, *[error.pointer for error in problem.errors or []])
    else:
        raise AssertionError("no problem")


users = UsersApi(connect())
auth = AuthApi(connect())

users.register_user(RegistrationRequest(email=email, password=password, password_confirm=password))
print("WAITING", email, flush=True)
users.confirm_activation(ActivationRequest(code=input()))
print("activated")

tokens = auth.create_token(Credentials(email=email, password=password))
print("signed in")
renewed = auth.refresh_token(RefreshRequest(refresh=tokens.refresh))
assert renewed.refresh != tokens.refresh
print("refreshed")

mine = connect(renewed.access)
me = UsersApi(mine).get_me()
print("me", me.email, me.language)
page = LogsApi(mine).list_login_logs(ordering=TimestampOrdering.LATEST_FIRST, page_size=5)
print("logs", sum(log.user == me.id for log in page.results))

report(UsersApi(connect("no.such.token")).get_me)
nobody = RegistrationRequest(email="nobody", password=password, password_confirm=password)
report(users.register_user, nobody)
report(auth.create_token, Credentials(email=email, password="a wrong one"))
