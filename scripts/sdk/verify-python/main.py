import sys

from jwt import PyJWTError
from verify import verify

for line in sys.stdin:
    name, token = line.split()
    try:
        print(name, verify(token)["sub"])
    except PyJWTError:
        print(name, "refused")
