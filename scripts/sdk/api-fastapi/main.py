from fastapi import FastAPI
from verify import UserId

app = FastAPI()


@app.get("/me")
def me(user_id: UserId):
    return {"user": user_id}
