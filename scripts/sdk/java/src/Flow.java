import com.example.gatehouse.ApiClient;
import com.example.gatehouse.ApiException;
import com.example.gatehouse.api.AuthApi;
import com.example.gatehouse.api.LogsApi;
import com.example.gatehouse.api.UsersApi;
import com.example.gatehouse.model.*;
import java.util.Scanner;

class Flow {
    static final String BASE = System.getenv().getOrDefault("BASE", "http://localhost:8000");
    static final String EMAIL = System.getenv().getOrDefault("EMAIL", "test@example.com");
    static final String PASSWORD = "correct horse battery staple";

    interface Call {
        void run() throws ApiException;
    }

    public static void main(String[] arguments) throws Exception {
        var users = new UsersApi(client(null));
        var auth = new AuthApi(client(null));

        users.registerUser(registration(EMAIL));
        System.out.println("WAITING " + EMAIL);
        var code = new Scanner(System.in).nextLine();
        users.confirmActivation(new ActivationRequest().code(code));
        System.out.println("activated");

        var tokens = auth.createToken(new Credentials().email(EMAIL).password(PASSWORD));
        System.out.println("signed in");
        var renewed = auth.refreshToken(new RefreshRequest().refresh(tokens.getRefresh()));
        if (renewed.getRefresh().equals(tokens.getRefresh())) throw new AssertionError("the same refresh token");
        System.out.println("refreshed");

        var mine = client(renewed.getAccess());
        var me = new UsersApi(mine).getMe();
        System.out.println("me " + me.getEmail() + " " + me.getLanguage());
        var query = LogsApi.APIListLoginLogsRequest.newBuilder().ordering(TimestampOrdering.LATEST_FIRST).pageSize(5);
        var page = new LogsApi(mine).listLoginLogs(query.build());
        System.out.println("logs " + page.getResults().stream().filter(log -> log.getUser().equals(me.getId())).count());

        report(() -> new UsersApi(client("no.such.token")).getMe());
        report(() -> users.registerUser(registration("nobody")));
        report(() -> auth.createToken(new Credentials().email(EMAIL).password("a wrong one")));
    }

    static ApiClient client(String access) {
        var client = new ApiClient();
        client.updateBaseUri(BASE);
        if (access != null) client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + access));
        return client;
    }

    static RegistrationRequest registration(String email) {
        return new RegistrationRequest().email(email).password(PASSWORD).passwordConfirm(PASSWORD);
    }

    static void report(Call call) throws Exception {
        try {
            call.run();
            throw new AssertionError("no problem");
        } catch (ApiException failure) {
            var problem = new ApiClient().getObjectMapper().readValue(failure.getResponseBody(), Problem.class);
            var line = new StringBuilder(problem.getStatus() + " " + problem.getCode());
            if (problem.getErrors() != null) problem.getErrors().forEach(error -> line.append(" ").append(error.getPointer()));
            System.out.println(line);
        }
    }
}
