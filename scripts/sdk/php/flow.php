<?php

declare(strict_types=1);

require __DIR__ . '/autoload.php';

use Gatehouse\Api\AuthApi;
use Gatehouse\Api\LogsApi;
use Gatehouse\Api\UsersApi;
use Gatehouse\ApiException;
use Gatehouse\Configuration;
use Gatehouse\Model\ActivationRequest;
use Gatehouse\Model\Credentials;
use Gatehouse\Model\Problem;
use Gatehouse\Model\RefreshRequest;
use Gatehouse\Model\RegistrationRequest;
use Gatehouse\Model\TimestampOrdering;

const PASSWORD = 'correct horse battery staple';

$email = getenv('EMAIL') ?: 'test@example.com';
$users = new UsersApi(config: client());
$auth = new AuthApi(config: client());

$users->registerUser(registration($email));
say('WAITING', $email);
$users->confirmActivation(new ActivationRequest(['code' => trim(fgets(STDIN))]));
say('activated');

$tokens = $auth->createToken(new Credentials(['email' => $email, 'password' => PASSWORD]));
say('signed in');
$renewed = $auth->refreshToken(new RefreshRequest(['refresh' => $tokens->getRefresh()]));
expect($renewed->getRefresh() !== $tokens->getRefresh(), 'the same refresh token');
say('refreshed');

$mine = client($renewed->getAccess());
$me = (new UsersApi(config: $mine))->getMe();
say('me', $me->getEmail(), $me->getLanguage());
$page = (new LogsApi(config: $mine))->listLoginLogs(ordering: TimestampOrdering::LATEST_FIRST, page_size: 5);
say('logs', count(array_filter($page->getResults(), fn ($log) => $log->getUser() === $me->getId())));

report(fn () => (new UsersApi(config: client('no.such.token')))->getMe());
report(fn () => $users->registerUser(registration('nobody')));
report(fn () => $auth->createToken(new Credentials(['email' => $email, 'password' => 'a wrong one'])));

function client(string $access = ''): Configuration
{
    return (new Configuration())->setHost(getenv('BASE') ?: 'http://localhost:8000')->setAccessToken($access);
}

function registration(string $email): RegistrationRequest
{
    return new RegistrationRequest(['email' => $email, 'password' => PASSWORD, 'password_confirm' => PASSWORD]);
}

function report(callable $call): void
{
    $problem = null;
    try {
        $call();
    } catch (ApiException $failure) {
        $problem = $failure->getResponseObject();
    }
    expect($problem instanceof Problem, 'no problem');
    $pointers = array_map(fn ($error) => $error->getPointer(), $problem->getErrors() ?? []);
    say($problem->getStatus(), $problem->getCode(), ...$pointers);
}

function expect(bool $fulfilled, string $instead): void
{
    if (!$fulfilled) {
        throw new Exception($instead);
    }
}

function say(string|int ...$words): void
{
    echo implode(' ', $words), "\n";
}
