from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.shortcuts import get_object_or_404
from django.utils.crypto import get_random_string
from django_filters import rest_framework as filters
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView

from .models import LoginLog, User


def mail_code(user, path):
    user.code = get_random_string(32)
    user.save()
    link = f"{settings.HOST_FOR_SEND_MAIL}{path}?code={user.code}"
    send_mail("Your account", f"Open {link}", "accounts@example.com", [user.email])


class RegisterSerializer(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True, validators=[validate_password])
    password_confirm = serializers.CharField(write_only=True)

    class Meta:
        model = User
        fields = ["email", "password", "password_confirm"]

    def validate(self, values):
        if values["password"] != values.pop("password_confirm"):
            raise serializers.ValidationError({"password_confirm": "The two passwords differ."})
        return values

    def create(self, values):
        user = User.objects.create_user(**values)
        mail_code(user, "/api/v1/users/activate/")
        return user


class Register(generics.CreateAPIView):
    permission_classes = [AllowAny]
    serializer_class = RegisterSerializer


class Activate(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        user = get_object_or_404(User, code=request.query_params.get("code") or None)
        user.is_active, user.code = True, ""
        user.save()
        return Response({"detail": "The account is active."})


class ForgotPassword(APIView):
    permission_classes = [AllowAny]

    def post(self, request):
        user = User.objects.filter(email=request.data.get("email"), is_active=True).first()
        if user:
            mail_code(user, "/restore/")
        return Response({"detail": "A link was sent."})


class RestoreSerializer(serializers.Serializer):
    code = serializers.CharField()
    password = serializers.CharField(validators=[validate_password])
    password_confirm = serializers.CharField()


class RestorePassword(APIView):
    permission_classes = [AllowAny]

    def post(self, request):
        serializer = RestoreSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = User.objects.filter(code=serializer.validated_data["code"]).first()
        if user is None:
            raise serializers.ValidationError({"code": ["This code is not valid."]})
        user.set_password(serializer.validated_data["password"])
        user.code = ""
        user.save()
        return Response({"detail": "The password was changed."})


class Token(TokenObtainPairView):
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        user = User.objects.get(email=request.data["email"].strip())
        agent = request.headers.get("User-Agent", "")
        LoginLog.objects.create(user=user, ip_address=request.META["REMOTE_ADDR"], user_agent=agent)
        return response


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "email", "first_name", "last_name", "date_joined", "last_login"]
        read_only_fields = ["email", "date_joined", "last_login"]


class Me(generics.RetrieveUpdateAPIView):
    serializer_class = UserSerializer
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        return self.request.user


class LoginLogSerializer(serializers.ModelSerializer):
    class Meta:
        model = LoginLog
        fields = ["id", "user", "ip_address", "user_agent", "timestamp"]


class LoginLogFilter(filters.FilterSet):
    timestamp = filters.IsoDateTimeFromToRangeFilter()
    user_agent = filters.CharFilter(lookup_expr="icontains")
    ordering = filters.OrderingFilter(fields=["timestamp"])

    class Meta:
        model = LoginLog
        fields = ["ip_address"]


class LoginLogs(generics.ListAPIView):
    serializer_class = LoginLogSerializer
    filterset_class = LoginLogFilter

    def get_queryset(self):
        return LoginLog.objects.filter(user=self.request.user)
