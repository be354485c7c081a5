use std::env;
use std::fmt::Debug;
use std::io::stdin;

use futures::TryStreamExt;
use gatehouse::{types, ByteStream, Client, Error};
use reqwest::header::{HeaderMap, AUTHORIZATION};

mod gatehouse {
    progenitor::generate_api!(spec = "openapi-3.0.json", interface = Builder);
}

const PASSWORD: &str = "correct horse battery staple";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let email = env::var("EMAIL").unwrap_or("test@example.com".into());
    let client = connect(None);

    let registration = |email: &str| {
        types::RegistrationRequest::builder().email(email).password(PASSWORD).password_confirm(PASSWORD)
    };
    client.register_user().body(registration(&email)).send().await.unwrap();
    println!("WAITING {email}");
    let mut code = String::new();
    stdin().read_line(&mut code).unwrap();
    client.confirm_activation().body_map(|body| body.code(code.trim())).send().await.unwrap();
    println!("activated");

    let sign_in = |password: &str| client.create_token().body_map(|body| body.email(&*email).password(password));
    let tokens = sign_in(PASSWORD).send().await.unwrap();
    println!("signed in");
    let renewed = client.refresh_token().body_map(|body| body.refresh(tokens.refresh.as_str())).send().await.unwrap();
    assert_ne!(renewed.refresh, tokens.refresh);
    println!("refreshed");

    let mine = connect(Some(&renewed.access));
    let me = mine.get_me().send().await.unwrap();
    println!("me {} {}", *me.email, *me.language);
    let page = mine.list_login_logs().ordering(types::TimestampOrdering::Timestamp).page_size(5).send().await.unwrap();
    println!("logs {}", page.results.iter().filter(|log| log.user == me.id).count());

    report(connect(Some("no.such.token")).get_me().send().await).await;
    report(client.register_user().body(registration("nobody")).send().await).await;
    report(sign_in("a wrong one").send().await).await;
}

fn connect(access: Option<&str>) -> Client {
    let base = env::var("BASE").unwrap_or("http://localhost:8000".into());
    let bearer = access.map(|access| (AUTHORIZATION, format!("Bearer {access}").parse().unwrap()));
    let headers = HeaderMap::from_iter(bearer);
    Client::new_with_client(&base, reqwest::Client::builder().default_headers(headers).build().unwrap())
}

// Reports a problem. The client does not decode the body, because its media type is not application/json.
async fn report<T: Debug>(result: Result<T, Error<ByteStream>>) {
    let Err(Error::ErrorResponse(response)) = result else { panic!("no problem: {result:?}") };
    let body: Vec<_> = response.into_inner().into_inner().try_collect().await.unwrap();
    let problem: types::Problem = serde_json::from_slice(&body.concat()).unwrap();
    let pointers = problem.errors.iter().filter_map(|error| error.pointer.as_deref().cloned());
    let words = [problem.status.to_string(), problem.code.to_string()].into_iter().chain(pointers);
    println!("{}", words.collect::<Vec<_>>().join(" "));
}
