import com.example.gatehouse.apis.AuthApi
import com.example.gatehouse.apis.LogsApi
import com.example.gatehouse.apis.UsersApi
import com.example.gatehouse.infrastructure.ApiClient
import com.example.gatehouse.infrastructure.ClientError
import com.example.gatehouse.infrastructure.ClientException
import com.example.gatehouse.infrastructure.Serializer
import com.example.gatehouse.models.ActivationRequest
import com.example.gatehouse.models.Credentials
import com.example.gatehouse.models.Problem
import com.example.gatehouse.models.RefreshRequest
import com.example.gatehouse.models.RegistrationRequest
import com.example.gatehouse.models.TimestampOrdering

val base: String = System.getenv("BASE") ?: "http://localhost:8000"
val email: String = System.getenv("EMAIL") ?: "test@example.com"
const val password = "correct horse battery staple"

fun main() {
    val users = UsersApi(base)
    val auth = AuthApi(base)

    users.registerUser(registration(email))
    println("WAITING $email")
    users.confirmActivation(ActivationRequest(code = readln()))
    println("activated")

    val tokens = auth.createToken(Credentials(email, password))
    println("signed in")
    val renewed = auth.refreshToken(RefreshRequest(tokens.refresh))
    check(renewed.refresh != tokens.refresh)
    println("refreshed")

    ApiClient.accessToken = renewed.access
    val me = users.getMe()
    println("me ${me.email} ${me.language}")
    val page = LogsApi(base).listLoginLogs(ordering = TimestampOrdering.LATEST_FIRST, pageSize = 5)
    println("logs ${page.results.count { it.user == me.id }}")

    ApiClient.accessToken = "no.such.token"
    report { users.getMe() }
    report { users.registerUser(registration("nobody")) }
    report { auth.createToken(Credentials(email, "a wrong one")) }
}

fun registration(address: String) = RegistrationRequest(email = address, password = password, passwordConfirm = password)

fun report(call: () -> Unit) {
    val failure = runCatching(call).exceptionOrNull() as ClientException
    val body = (failure.response as ClientError<*>).body as String
    val problem = Serializer.jacksonObjectMapper.readValue(body, Problem::class.java)
    println((listOf(problem.status, problem.code) + problem.errors.orEmpty().map { it.pointer }).joinToString(" "))
}
