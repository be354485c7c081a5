package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/flow/gatehouse"
)

const password = "correct horse battery staple"

func main() {
	base, email := env("BASE", "http://localhost:8000"), env("EMAIL", "test@example.com")
	ctx := context.Background()
	client, err := gatehouse.NewClientWithResponses(base)
	check(err)

	registered, err := client.RegisterUserWithResponse(ctx, gatehouse.RegistrationRequest{
		Email: email, Password: password, PasswordConfirm: password,
	})
	check(err)
	expect(registered.JSON201 != nil, registered.Status())
	fmt.Println("WAITING", email)
	var code string
	_, err = fmt.Scanln(&code)
	check(err)
	activated, err := client.ConfirmActivationWithResponse(ctx, gatehouse.ActivationRequest{Code: code})
	check(err)
	expect(activated.JSON200 != nil, activated.Status())
	fmt.Println("activated")

	signedIn, err := client.CreateTokenWithResponse(ctx, gatehouse.Credentials{Email: email, Password: password})
	check(err)
	expect(signedIn.JSON200 != nil, signedIn.Status())
	fmt.Println("signed in")
	renewed, err := client.RefreshTokenWithResponse(ctx, nil, gatehouse.RefreshRequest{Refresh: signedIn.JSON200.Refresh})
	check(err)
	expect(renewed.JSON200 != nil && renewed.JSON200.Refresh != signedIn.JSON200.Refresh, renewed.Status())
	fmt.Println("refreshed")

	me, err := client.GetMeWithResponse(ctx, bearer(renewed.JSON200.Access))
	check(err)
	expect(me.JSON200 != nil, me.Status())
	fmt.Println("me", me.JSON200.Email, me.JSON200.Language)
	ordering, size := gatehouse.TimestampOrderingLATESTFIRST, gatehouse.PageSize(5)
	params := gatehouse.ListLoginLogsParams{Ordering: &ordering, PageSize: &size}
	logs, err := client.ListLoginLogsWithResponse(ctx, &params, bearer(renewed.JSON200.Access))
	check(err)
	expect(logs.JSON200 != nil && logs.JSON200.Results[0].User == me.JSON200.ID, logs.Status())
	fmt.Println("logs", len(logs.JSON200.Results))

	refused, err := client.GetMeWithResponse(ctx, bearer("no.such.token"))
	check(err)
	report(refused.ApplicationProblemJSON401)
	invalid, err := client.RegisterUserWithResponse(ctx, gatehouse.RegistrationRequest{
		Email: "nobody", Password: password, PasswordConfirm: password,
	})
	check(err)
	report(invalid.ApplicationProblemJSON400)
	wrong, err := client.CreateTokenWithResponse(ctx, gatehouse.Credentials{Email: email, Password: "a wrong one"})
	check(err)
	report(wrong.ApplicationProblemJSON401)
}

func bearer(access string) gatehouse.RequestEditorFn {
	return func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+access)
		return nil
	}
}

func report(problem *gatehouse.Problem) {
	expect(problem != nil, "no problem document")
	fmt.Print(problem.Status, " ", problem.Code)
	if problem.Errors != nil {
		for _, fault := range *problem.Errors {
			fmt.Print(" ", *fault.Pointer)
		}
	}
	fmt.Println()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(fulfilled bool, instead string) {
	if !fulfilled {
		log.Fatal(instead)
	}
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
