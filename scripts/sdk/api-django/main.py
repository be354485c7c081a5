import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="signs nothing here",
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["verify.AccessTokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "UNAUTHENTICATED_USER": None,
    },
)

from rest_framework.decorators import api_view  # noqa: E402  (reads the settings)
from rest_framework.response import Response  # noqa: E402


@api_view()
def me(request):
    return Response({"user": request.user.pk})


urlpatterns = [path("me", me)]
execute_from_command_line(sys.argv)
