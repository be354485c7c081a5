package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"example.com/flow/gatehouse"
)

const password = "correct horse battery staple"

func main() {
	base, email := env("BASE", "http://localhost:8000"), env("EMAIL", "test@example.com")
	configuration := gatehouse.NewConfiguration()
	configuration.Servers = gatehouse.ServerConfigurations{{URL: base}}
	client := gatehouse.NewAPIClient(configuration)
	users, auth, ctx := client.UsersAPI, client.AuthAPI, context.Background()

	registration := gatehouse.NewRegistrationRequest(email, password, password)
	_, _, err := users.RegisterUser(ctx).RegistrationRequest(*registration).Execute()
	check(err)
	fmt.Println("WAITING", email)
	var code string
	_, err = fmt.Scanln(&code)
	check(err)
	_, _, err = users.ConfirmActivation(ctx).ActivationRequest(*gatehouse.NewActivationRequest(code)).Execute()
	check(err)
	fmt.Println("activated")

	tokens, _, err := auth.CreateToken(ctx).Credentials(*gatehouse.NewCredentials(email, password)).Execute()
	check(err)
	fmt.Println("signed in")
	renewed, _, err := auth.RefreshToken(ctx).RefreshRequest(*gatehouse.NewRefreshRequest(tokens.Refresh)).Execute()
	check(err)
	if renewed.Refresh == tokens.Refresh {
		log.Fatal("the same refresh token")
	}
	fmt.Println("refreshed")

	me, _, err := users.GetMe(bearer(renewed.Access)).Execute()
	check(err)
	fmt.Println("me", me.Email, me.Language)
	listing := client.LogsAPI.ListLoginLogs(bearer(renewed.Access))
	logs, _, err := listing.Ordering(gatehouse.LATEST_FIRST).PageSize(5).Execute()
	check(err)
	if logs.Results[0].User != me.Id {
		log.Fatal("the login log of another user")
	}
	fmt.Println("logs", len(logs.Results))

	_, _, err = users.GetMe(bearer("no.such.token")).Execute()
	report(err)
	nobody := gatehouse.NewRegistrationRequest("nobody", password, password)
	_, _, err = users.RegisterUser(ctx).RegistrationRequest(*nobody).Execute()
	report(err)
	_, _, err = auth.CreateToken(ctx).Credentials(*gatehouse.NewCredentials(email, "a wrong one")).Execute()
	report(err)
}

func bearer(access string) context.Context {
	return context.WithValue(context.Background(), gatehouse.ContextAccessToken, access)
}

func report(err error) {
	var failure *gatehouse.GenericOpenAPIError
	if !errors.As(err, &failure) {
		log.Fatal("no problem document: ", err)
	}
	problem := failure.Model().(gatehouse.Problem)
	fmt.Print(problem.Status, " ", problem.Code)
	for _, fault := range problem.Errors {
		fmt.Print(" ", fault.GetPointer())
	}
	fmt.Println()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
