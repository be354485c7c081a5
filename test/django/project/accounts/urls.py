from django.urls import path
from rest_framework_simplejwt.views import TokenBlacklistView, TokenRefreshView, TokenVerifyView

from . import api

urlpatterns = [
    path("api/v1/users/register/", api.Register.as_view()),
    path("api/v1/users/activate/", api.Activate.as_view()),
    path("api/v1/users/forgot-password/", api.ForgotPassword.as_view()),
    path("api/v1/users/restore-password/", api.RestorePassword.as_view()),
    path("api/v1/users/me/", api.Me.as_view()),
    path("api/v1/auth/token/", api.Token.as_view()),
    path("api/v1/auth/token/refresh/", TokenRefreshView.as_view()),
    path("api/v1/auth/token/verify/", TokenVerifyView.as_view()),
    path("api/v1/auth/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/v1/logs/login/", api.LoginLogs.as_view()),
]
