package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"example.com/flow/gatehouse"
)

const password = "correct horse battery staple"

// The access token of a user, which the client sends to the operations that need one.
type bearer string

func (access bearer) Bearer(context.Context, gatehouse.OperationName) (gatehouse.Bearer, error) {
	return gatehouse.Bearer{Token: string(access)}, nil
}

func main() {
	base, email := env("BASE", "http://localhost:8000"), env("EMAIL", "test@example.com")
	ctx := context.Background()
	client := connect(base, "")

	registration := gatehouse.RegistrationRequest{
		Email: gatehouse.NewEmail(email), Password: password, PasswordConfirm: password,
	}
	expect[*gatehouse.RegistrationAcceptedHeaders](client.RegisterUser(ctx, &registration))
	fmt.Println("WAITING", email)
	var code string
	if _, err := fmt.Scanln(&code); err != nil {
		log.Fatal(err)
	}
	activation := gatehouse.ActivationRequest{Code: gatehouse.Code(code)}
	expect[*gatehouse.ActivatedHeaders](client.ConfirmActivation(ctx, &activation))
	fmt.Println("activated")

	credentials := gatehouse.Credentials{Email: gatehouse.Email(email), Password: password}
	tokens := expect[*gatehouse.TokenPairHeaders](client.CreateToken(ctx, &credentials)).Response
	fmt.Println("signed in")
	refresh := gatehouse.RefreshRequest{Refresh: gatehouse.PresentedRefreshToken(tokens.Refresh)}
	renewed := expect[*gatehouse.TokenPairHeaders](client.RefreshToken(ctx, &refresh)).Response
	if renewed.Refresh == tokens.Refresh {
		log.Fatal("the same refresh token")
	}
	fmt.Println("refreshed")

	mine := connect(base, bearer(renewed.Access))
	me := expect[*gatehouse.UserHeaders](mine.GetMe(ctx)).Response
	fmt.Println("me", me.Email, me.Language)
	latest := gatehouse.NewOptTimestampOrdering(gatehouse.TimestampOrderingMinusTimestamp)
	params := gatehouse.ListLoginLogsParams{Ordering: latest, PageSize: gatehouse.NewOptInt32(5)}
	logs := expect[*gatehouse.LoginLogPageHeaders](mine.ListLoginLogs(ctx, params)).Response
	if logs.Results[0].User != me.ID {
		log.Fatal("the login log of another user")
	}
	fmt.Println("logs", len(logs.Results))

	report(expect[*gatehouse.UnauthorizedHeaders](connect(base, "no.such.token").GetMe(ctx)))
	registration.Email = "nobody"
	report(expect[*gatehouse.InvalidHeaders](client.RegisterUser(ctx, &registration)))
	credentials.Password = "a wrong one"
	report(expect[*gatehouse.NoActiveAccountHeaders](client.CreateToken(ctx, &credentials)))
}

func connect(base string, access bearer) *gatehouse.Client {
	client, err := gatehouse.NewClient(base, access)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// expect returns the reply if it has the expected type. Each status of an operation has a type of its own.
func expect[Expected any](reply any, err error) Expected {
	expected, fulfilled := reply.(Expected)
	if !fulfilled {
		log.Fatalf("%T, %v", reply, err)
	}
	return expected
}

func report(reply interface{ GetResponse() gatehouse.Problem }) {
	problem := reply.GetResponse()
	fmt.Print(problem.Status, " ", problem.Code)
	for _, fault := range problem.Errors {
		fmt.Print(" ", fault.Pointer.Value)
	}
	fmt.Println()
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
