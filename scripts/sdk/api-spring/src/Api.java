package com.example.api;

import java.security.Principal;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@SpringBootApplication
public class Api {
  @GetMapping("/me")
  Map<String, String> me(Principal user) {
    return Map.of("user", user.getName());
  }

  public static void main(String[] args) {
    SpringApplication.run(Api.class, "--server.address=127.0.0.1", "--server.port=" + System.getenv("PORT"));
  }
}
