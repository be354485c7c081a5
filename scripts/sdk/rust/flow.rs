use std::env;
use std::fmt::Debug;
use std::io::stdin;

use gatehouse::apis::auth_api::{create_token, refresh_token};
use gatehouse::apis::configuration::Configuration;
use gatehouse::apis::logs_api::list_login_logs;
use gatehouse::apis::users_api::{confirm_activation, get_me, register_user};
use gatehouse::apis::Error;
use gatehouse::models::{
    ActivationRequest, Credentials, Problem, RefreshRequest, RegistrationRequest, TimestampOrdering,
};

const PASSWORD: &str = "correct horse battery staple";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base_path = env::var("BASE").unwrap_or("http://localhost:8000".into());
    let email = env::var("EMAIL").unwrap_or("test@example.com".into());
    let mut client = Configuration { base_path, ..Configuration::default() };

    register_user(&client, registration(&email)).await.unwrap();
    println!("WAITING {email}");
    let mut code = String::new();
    stdin().read_line(&mut code).unwrap();
    confirm_activation(&client, ActivationRequest::new(code.trim().into())).await.unwrap();
    println!("activated");

    let tokens = create_token(&client, Credentials::new(email.clone(), PASSWORD.into())).await.unwrap();
    println!("signed in");
    let renewed = refresh_token(&client, RefreshRequest::new(tokens.refresh.clone())).await.unwrap();
    assert_ne!(renewed.refresh, tokens.refresh);
    println!("refreshed");

    client.bearer_access_token = Some(renewed.access);
    let me = get_me(&client).await.unwrap();
    println!("me {} {}", me.email, me.language);
    let ordering = Some(TimestampOrdering::LATEST_FIRST);
    let page = list_login_logs(&client, None, None, None, None, None, ordering, Some(5), None).await.unwrap();
    println!("logs {}", page.results.iter().filter(|log| log.user == me.id).count());

    client.bearer_access_token = Some("no.such.token".into());
    report(get_me(&client).await);
    report(register_user(&client, registration("nobody")).await);
    report(create_token(&client, Credentials::new(email, "a wrong one".into())).await);
}

fn registration(email: &str) -> RegistrationRequest {
    RegistrationRequest::new(email.into(), PASSWORD.into(), PASSWORD.into())
}

// Reports a result. The problem is read from `content`, because `entity` ignores the status, and decodes a body as
// the first variant that accepts the body.
fn report<T: Debug, E: Debug>(result: Result<T, Error<E>>) {
    let Err(Error::ResponseError(response)) = result else { panic!("no problem: {result:?}") };
    let problem: Problem = serde_json::from_str(&response.content).unwrap();
    let pointers = problem.errors.unwrap_or_default().into_iter().filter_map(|error| error.pointer);
    let words = [problem.status.to_string(), problem.code.to_string()].into_iter().chain(pointers);
    println!("{}", words.collect::<Vec<_>>().join(" "));
}
