package main

import "fmt"

func main() {
	for {
		var name, token string
		if _, err := fmt.Scanln(&name, &token); err != nil {
			return
		}
		if claims, err := verify(token); err == nil {
			fmt.Println(name, claims["sub"])
		} else {
			fmt.Println(name, "refused")
		}
	}
}
