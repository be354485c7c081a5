// Generated from openapi.yaml by npm run generate. Do not edit.
export interface paths {
    "/api/v1/users/register/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register with an email address and a password
         * @description Mails an activation link to the email address. If the email address is taken, its owner gets a notice instead; the reply is the same. Each registration is stored separately, with its own password. Only the link in the mail that this request causes can activate the registration, within 24 hours. For 7 days, `resendActivation` and `forgotPassword` can still create the account, with a new password.
         */
        post: operations["registerUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/activate/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Activate an account by the mailed link
         * @description The activation mail contains a link to this operation. A GET of an API client activates the account. A browser, whose `Accept` header prefers `text/html`, is redirected with 303 to a page with a button. Therefore a mail scanner that follows links does not consume the code. In production (setting `ACTIVATE_BY_GET`) only a GET whose `Accept` names `application/json` activates the account. HEAD never activates it. If the link is followed again, the reply is "already active", as for `confirmActivation`. If the link has no readable code, a browser is redirected to a page that explains the error.
         */
        get: operations["activateUser"];
        put?: never;
        /**
         * Activate an account with the mailed code
         * @description Activates the account as the mailed link does, whatever `Accept` says. If the code was used before and the account is active, the reply is 200 "already active". If another registration of the email address was activated first, the reply is the same, with `superseded`; the account then has the password of that other registration. Any other wrong, used or expired code, and a code of another user, get the same error.
         */
        post: operations["confirmActivation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/activate/resend/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a link to finish signing up
         * @description Mails a recovery link, valid for at most one hour, if the email address has a pending registration. `restorePassword` with the code in the link creates the account, with the password in the request of `restorePassword`. The password given at registration is not used, because another person may have made that registration. The activation link of each registration stays valid. The owner of an active account gets a notice instead. The reply is always the same and reveals nothing about the email address. Requests from one network are limited, together with those of `forgotPassword`.
         */
        post: operations["resendActivation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/forgot-password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request password recovery
         * @description Mails a link with a recovery code, valid for at most one hour, if the email address belongs to an account. An email address that only has pending registrations gets such a link as well: `restorePassword` with the code creates the account. The reply is always the same and reveals nothing about the email address. Requests from one network are limited, together with those of `resendActivation`.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/restore-password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with the mailed code
         * @description Sets the password, consumes the code, ends every session of the account and mails a notice to its email address. The account's known devices are deleted, except the one that sends this request. The operation does not sign in: call `createToken` with the new password. An invalid code is reported before an invalid password, and an invalid password does not consume the code.
         *
         *     For an email address without an account, the code of `forgotPassword` or `resendActivation` creates the account with this password. Every registration of the email address is then deleted, and its activation code stops working. From the registration, the account gets only the language. If another account has got the email address in the meantime, the reply is `code_invalid`.
         */
        post: operations["restorePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the user's own profile
         * @description Returns the profile of the signed-in user as it is stored now, not as it was when the token was issued.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the user's own profile
         * @description Changes the members that are sent and leaves the others as they are. An empty object changes nothing. Only names and language can be changed: any other member, such as `is_superuser` or `email`, is refused with 400.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/api/v1/users/me/change-password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the user's own password
         * @description Sets a new password after checking the current one. Every session of the account ends except the current one, unused mailed codes stop working, and a notice is mailed to the account's email address. The number of password changes of an account is limited.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/change-email/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request another email address
         * @description Checks the current password and mails a confirmation code to the new email address. Nothing changes until `confirmEmail` gets that code. If another user has the new email address, nothing is mailed; the reply is the same. A newer request or a new password cancels the previous request. The current email address is refused as `unchanged`, with one exception: after a change of the email address and a password recovery by a mail to the new email address, the user can request that same address once more. This confirmation shortens the time in which the change can be undone (see `confirmEmail`). Requests are limited by account and by network.
         */
        post: operations["changeEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/export/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export all data about the user
         * @description Returns one JSON document with profile, email addresses, sessions, sign-ins, security events and mails. The document contains no password hash, no codes and no tokens. The current password is required. The document has no size limit, and the service sends it while it still reads the data. If the connection ends before the document is complete, repeat the request.
         */
        post: operations["exportMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/delete/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete the user's own account
         * @description Checks the current password and erases the account with all personal data: profile, email addresses, sessions, sign-ins and records of mails. Emails that are still queued are not sent. Security events are kept, without IP address and device. Tokens and mailed codes stop working at once, including the link that undoes a change of the email address, and the email address can be registered again. A notice is mailed to the email address, and to each former email address that could still undo a change. The record of this notice is deleted when the notice is sent, and after a day at the latest. The last active superuser cannot be deleted; superusers without a password do not count.
         */
        post: operations["deleteMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/confirm-email/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a new email address with the mailed code
         * @description Completes a change of the email address. From now on the user signs in with the new email address, and mails are sent to it. The old email address gets a notice with a link that undoes the change for 7 days. No other user can use the old email address in that time.
         *
         *     The owner of the new email address can shorten the time for the undo in three steps. The owner recovers the password by a mail to the new email address, requests the same email address with `changeEmail`, and confirms the email address again. The undo period then ends 72 hours after the change, or immediately if that time has already passed. The reply has `undo_until`. The period cannot be shorter, because an attacker who has taken over the account could do the same. An operator can end it immediately with `npx gatehouse users end-undo EMAIL`.
         */
        post: operations["confirmEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/undo-email/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a change of the email address with the mailed code
         * @description For the owner of an account whose email address another person has changed. Restores the old email address, ends every session and removes the password. A recovery link, with which the owner sets a new password, is mailed to the old email address. The limits of mails do not apply to this mail. A notice is mailed to the email address that the account had until now. Later changes of the email address are undone as well, so that other users can use the later email addresses. The account's known devices are deleted, except the one that sends this request.
         */
        post: operations["undoEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search users
         * @description For superusers. The default order is latest first. A user must match all filters.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user
         * @description For superusers. An active user without a password is mailed an invitation. Its link, valid for 7 days, leads to a page where the user sets a password. `email_confirmed` is false until a code that was mailed to the user is used. Pending registrations of the email address are deleted.
         *
         *     A request with an `Idempotency-Key` can safely be repeated, for example after a lost reply. If the same superuser sends the same key with the same body within 24 hours, the reply is the 201 of the first request, and nothing is created. The reply is the same even if the user was changed or deleted in the meantime. A simultaneous repetition waits for the first request. The service records only a 201, so the key can be used again after an error. For the same key with another body, the reply is 409 `idempotency_key_reused`.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a user
         * @description For superusers. Returns the user's profile and state as they are stored now.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description For superusers. Erases the account and all personal data as `deleteMe` does, and mails a notice to its email address. The last active superuser cannot be deleted; superusers without a password do not count.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change, suspend or promote a user
         * @description For superusers. Changes the members that are sent and leaves the others as they are. `is_active: false` suspends the user: every session ends at once, tokens and mailed codes stop working, and the user cannot sign in until `is_active` is true again. The last active superuser can neither be suspended nor demoted; superusers without a password do not count.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/api/v1/users/{user_id}/revoke-sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End every session of a user
         * @description For superusers. Ends every session of the user, including access tokens. The user can sign in again.
         */
        post: operations["revokeUserSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions of a user
         * @description For superusers. Returns the active sessions of the user, the latest sign-in first, as `listSessions` does for the signed-in user.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/sessions/{session_id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session of a user
         * @description For superusers. Ends the session at once, including its access tokens. The reply is 404 if the session has ended, is unknown or belongs to another user.
         */
        delete: operations["revokeUserSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/lockouts/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lockouts of a user
         * @description For superusers. Returns the networks from which sign-ins to the account are refused at the moment, because of too many wrong passwords. At most the 100 networks that were locked last are searched. If there may be others, the reply has `lockouts_capped`.
         */
        get: operations["listLockouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/lockouts/lift/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the lockouts of a user
         * @description For superusers. Sign-ins to the account are possible again at once from every network that `listLockouts` returns. Earlier failed attempts no longer count towards the limits.
         */
        post: operations["liftLockouts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List mails
         * @description For superusers. Returns the queued, sent, failed and dropped emails, latest first, without their text, links and codes. A mail must match all filters. Sent and failed mails are listed for 30 days, and dropped mails for one day.
         */
        get: operations["listMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{mail_id}/retry/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a failed or queued mail now
         * @description For superusers. Queues a failed mail again, or makes the next attempt of a queued mail due now. A mail with a code gets a new code.
         */
        post: operations["retryMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{mail_id}/discard/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard a failed or queued mail
         * @description For superusers. The mail is not sent. Its status is `dropped` from then on.
         */
        post: operations["discardMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/suppressed/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List suppressed email addresses
         * @description For superusers. Returns the email addresses that get no mails, because a mail server reported that they have no mailbox, the latest first. An address is suppressed for 90 days.
         */
        get: operations["listSuppressedAddresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/suppressed/remove/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a suppressed email address get mails again
         * @description For superusers. The next mail to the email address is sent. The reply is the same if the email address was not suppressed.
         */
        post: operations["unsuppressAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lockouts/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the users who are locked out
         * @description For superusers. Returns the users who cannot sign in from some networks at the moment, because of too many wrong passwords, and their lockouts. The user who was locked last comes first. At most the 500 pairs of a user and an IP address that were locked last are searched. If there may be others, the reply has `users_capped`. `liftLockouts` ends the lockouts of a user.
         */
        get: operations["listLockedUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/limits/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the limits in force
         * @description For superusers. Returns the rate limits of requests and mails, and how many of their subjects have used points or have used them up at the moment. The subjects themselves are stored as keyed hashes only, so that the reply cannot name them. `listLockouts` returns the lockouts of one user. At most 100,000 subjects are counted. If there may be others, the reply has `subjects_capped`. With `RATE_LIMITS=off`, the list is empty.
         */
        get: operations["listLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the signing keys
         * @description For superusers. Returns the published keys of access tokens and their states, the newest first, without the private keys. `getJwks` returns the public keys.
         */
        get: operations["listSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in and get a pair of tokens
         * @description Begins a session and records the sign-in in the login log. A wrong password, an unknown email address, a pending registration and a suspended account get the same reply after the same time. Each of these failures is recorded as a security event. A sign-in from a new device or network is also recorded as a security event, and a mail notifies the user of it. Passwords are checked in a bounded queue that is fair between networks. If the queue is full, the reply is 503 with `Retry-After`. A user has at most 100 active sessions (setting `MAX_SESSIONS`). A further sign-in ends the oldest session. With `refresh_cookie: true`, the refresh token is set as a cookie and is not in the body. If the request has the cookie of a former sign-in, this sign-in replaces it and ends its session.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token/refresh/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for a new pair
         * @description Rotates the refresh token (RFC 9700, 4.14.2): keep the new token, because the old token is no longer valid. If the request is repeated within 30 seconds (setting `REFRESH_GRACE`), for example after a lost reply, the reply to the repetition has a valid pair again. The repeated request must come from the network (IPv4 /24, IPv6 /64) and with the User-Agent of the first request. If only one of the two matches, two repeated requests are accepted, and further requests get 401. A repeated request from another network with another User-Agent, or any use of an old token after `REFRESH_GRACE`, ends the session and is recorded as a security event. A refresh from a new network is recorded as a security event as well, at most once an hour. If `refresh` is empty, the token in the cookie is exchanged, and the reply replaces the cookie. If the token in the cookie is refused, the reply deletes the cookie. With the setting `DJANGO_SIGNING_KEY`, a refresh token of the Django project from which users were imported is exchanged once, for a new session.
         */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token/verify/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check whether a token is valid
         * @description Returns 200 for a valid access or refresh token: its signature is valid, it has not expired, and its session has not ended. A refresh token within its grace period is valid. The check neither consumes nor renews a token.
         */
        post: operations["verifyToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token/blacklist/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session of the refresh token, so that its access tokens are no longer valid. Any refresh token of the session is accepted, even an expired or exchanged one. The reply is 200 for any string (RFC 7009, 2.2), so it reveals nothing about the token. If `refresh` is empty, the session of the token in the cookie is ended, and the cookie is deleted, even if it is malformed.
         */
        post: operations["revokeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the user's own sessions
         * @description Returns the active sessions of the signed-in user, the latest sign-in first. Each session has the time, the IP address and the User-Agent of its sign-in and of its last use. A session begins with a sign-in and includes all pairs of tokens that the service issues for it.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/revoke/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End all of the user's own sessions, or all except the current one
         * @description Ends the sessions at once: their refresh tokens and access tokens are no longer accepted.
         */
        post: operations["revokeSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{session_id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of the user's own sessions
         * @description Ends the session at once, even the current one. The reply is 404 if the session has ended, is unknown or belongs to another user.
         */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs/login/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List successful sign-ins
         * @description Returns one record for each successful sign-in. The default order is latest first. Users see their own records. Superusers see the records of all users and can filter them by `user`. A record must match all filters.
         */
        get: operations["listLoginLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs/security/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List security events
         * @description Returns one record for each event that concerns the security of an account, except successful sign-ins: failed sign-ins, ended sessions, changes, and actions of superusers. The default order is latest first. Users see their own events. Superusers see the events of all users and can filter them by `user`. An event must match all filters.
         */
        get: operations["listSecurityEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs/statistics/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count sign-ins over time
         * @description For superusers. Returns the numbers of successful sign-ins, failed sign-ins and lockouts in each interval of a period, the earliest interval first. The last interval is the current one. Intervals without records are included. Records that were deleted after `LOGIN_LOG_RETENTION` are not counted.
         */
        get: operations["getSignInStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the public keys for verifying access tokens
         * @description The JSON Web Key Set (RFC 7517) for verifying access tokens without calling this service. Choose the key by the token's `kid`. A new key is published before the service signs with it. A product that verifies tokens in this way still accepts the access token of an ended session until the token expires.
         */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the metadata for verifying access tokens
         * @description The issuer and the URL of the public keys, in the format of OpenID Connect Discovery 1.0 and RFC 8414. Libraries that verify tokens need only the issuer to find the keys: give them `JWT_ISSUER`, which by default is the base URL of this service. The service issues no ID tokens and has no authorization endpoint.
         */
        get: operations["getDiscovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the process responds
         * @description Returns 200 as long as the process responds, whatever the state of the database. If there is no reply, restart the process.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that requests can be served
         * @description Returns 503 while the database does not respond or migrations are missing, and when the service has begun to stop. Send no traffic until the reply is 200 again.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this contract as YAML
         * @description The OpenAPI 3.1 description of this service as it was written, including comments.
         */
        get: operations["getContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this contract as JSON
         * @description The same OpenAPI 3.1 description as `/openapi.yaml`, as JSON for tools.
         */
        get: operations["getContractJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Format: idn-email
         * @description An email address, which may be internationalised. White space around it is ignored. Email addresses are compared in a normalized form: in lower case, with the domain in its IDNA form.
         * @example test@example.com
         */
        Email: string;
        /**
         * Format: idn-email
         * @description The email address of a new account, or the new email address of an account. White space around it is ignored. The local part must have no invisible characters, and must use one script and the digits of one numbering system. Otherwise the error is `format`. Latin letters may be mixed with Chinese, Japanese and Korean letters, and a tag after `+` may use another script. A local part with non-ASCII characters is refused as `undeliverable` if the mail server of the service does not accept such email addresses (SMTPUTF8, RFC 6531).
         * @example test@example.com
         */
        NewEmail: string;
        /**
         * @description The new password. It must have at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`), otherwise the error is `password_too_short`. The characters are counted as Unicode code points. The password is normalised with NFKC, and never truncated or trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A password is refused as `password_too_personal` if it contains the email address, the name of the service or words of either, and otherwise only digits and symbols. Both checks ignore case.
         * @example correct horse battery staple
         */
        NewPassword: string;
        /**
         * @description A password, compared after NFKC normalization. `password_confirm` repeats the new password.
         * @example correct horse battery staple
         */
        Password: string;
        /**
         * @description The first name, which may be empty.
         * @example Test
         */
        FirstName: string;
        /**
         * @description The last name, which may be empty.
         * @example Tester
         */
        LastName: string;
        /**
         * Format: personal-name
         * @description The first name, which may be empty. Characters that are invisible or change the direction of text are refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are accepted.
         * @example Test
         */
        NewFirstName: string;
        /**
         * Format: personal-name
         * @description The last name, which may be empty. The characters that a first name must not have are refused here, too.
         * @example Tester
         */
        NewLastName: string;
        /**
         * @description The language of mails and pages. New languages may be added.
         * @example en
         */
        Language: "en" | "ru";
        /**
         * @description The language of mails and pages. If the request does not name one, a new user gets `en`.
         * @example en
         * @enum {string}
         */
        NewLanguage: "en" | "ru";
        /**
         * @description A code from a mail. A code works once. White space and punctuation after the code are ignored, because mail programs add them to links.
         * @example 4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        Code: string;
        /**
         * @description One or two sentences for users. The wording may change.
         * @example The account is active.
         */
        Detail: string;
        /**
         * Format: uuid
         * @description An id. It never changes.
         * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
         */
        Id: string;
        /**
         * @description Whether the user may sign in. False for a suspended user.
         * @example true
         */
        IsActive: boolean;
        /**
         * @description Whether the user may administer other users.
         * @example false
         */
        IsSuperuser: boolean;
        /**
         * @description The IPv4 or IPv6 address of the client.
         * @example 203.0.113.7
         */
        ClientAddress: string;
        /**
         * @description The client's User-Agent, shortened to 512 characters and without invisible characters. Empty if the client sent no User-Agent.
         * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
         */
        ClientUserAgent: string;
        /**
         * Format: int32
         * @description The number of matching records on all pages. 10,000 is also returned for any larger number. With a filter, only the latest 100,000 records of a log are counted.
         * @example 37
         */
        Count: number;
        /**
         * @description Present and true if more records match than `count` says, or if further records that were not searched may match.
         * @example true
         */
        CountCapped: boolean;
        /**
         * Format: uri
         * @description The URL of the next page. Null on the last page.
         * @example http://localhost:8000/api/v1/logs/login/?cursor=MDE5OGYzYTItNmMxZQ.b2d9Zk1x
         */
        NextPage: string | null;
        /**
         * Format: uri
         * @description The URL of the previous page. Null on the first page.
         * @example null
         */
        PreviousPage: string | null;
        /**
         * @description The `cursor` of the next page. Send it with the other parameters of this request. Null on the last page.
         * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
         */
        NextCursor: string | null;
        /**
         * @description The `cursor` of the previous page. Send it with the other parameters of this request. Null on the first page.
         * @example null
         */
        PreviousCursor: string | null;
        /** @description The result, as a text for users. */
        Message: {
            detail: components["schemas"]["Detail"];
        };
        /** @description The result, as a text for users. */
        ActivationResult: {
            detail: components["schemas"]["Detail"];
            /**
             * @description True if another registration of the email address has activated the account. The account then has the password of that registration. Otherwise this member is left out.
             * @example true
             */
            superseded?: boolean;
        };
        /** @description The result, as a text for users. */
        EmailConfirmed: {
            detail: components["schemas"]["Detail"];
            /**
             * Format: date-time
             * @description The time until which the change can be undone by the link in the mail to the former email address. This time may be in the past. The member is present only if the current email address was confirmed again.
             * @example 2026-11-27T09:30:00.000000Z
             */
            undo_until?: string;
        };
        /**
         * @description An empty object.
         * @example {}
         */
        Acknowledgement: Record<string, never>;
        /** @description A registration. */
        RegistrationRequest: {
            email: components["schemas"]["NewEmail"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["NewLanguage"];
        };
        /** @description The reply to a registration, the same for a free and for a taken email address. */
        RegistrationAccepted: {
            detail: components["schemas"]["Detail"];
            email: components["schemas"]["Email"];
        };
        /** @description An activation. */
        ActivationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description An email address to which to send a mail. This email address is refused as `undeliverable` under the same conditions as a new email address. */
        AddressRequest: {
            email: components["schemas"]["Email"];
        };
        /** @description A new password, authorized by a mailed code. */
        PasswordRestoreRequest: {
            code: components["schemas"]["Code"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
        };
        /** @description A user, with the members that the user sees. */
        User: {
            /**
             * Format: uuid
             * @description The user's id. It never changes.
             * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
             */
            id: string;
            email: components["schemas"]["Email"];
            first_name: components["schemas"]["FirstName"];
            last_name: components["schemas"]["LastName"];
            language: components["schemas"]["Language"];
            /**
             * @description Whether the user may administer other users.
             * @example false
             */
            is_superuser: boolean;
            /**
             * Format: date-time
             * @description When the account was created.
             * @example 2026-11-24T09:30:00.000000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in. This member is missing until the first sign-in.
             * @example 2026-11-24T10:15:42.318274Z
             */
            last_login?: string;
        };
        /** @description The members of a profile to change. */
        UserUpdate: {
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["NewLanguage"];
        };
        /** @description A new password, authorized by the current one. */
        PasswordChangeRequest: {
            current_password: components["schemas"]["Password"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
        };
        /** @description A new email address, authorized by the current password. */
        EmailChangeRequest: {
            current_password: components["schemas"]["Password"];
            email: components["schemas"]["NewEmail"];
        };
        /** @description The current password, for operations for which an access token is not enough. */
        ReauthenticationRequest: {
            current_password: components["schemas"]["Password"];
        };
        /** @description The confirmation of a new email address. */
        EmailConfirmationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description A request to undo a change of email address. */
        EmailChangeUndoRequest: {
            code: components["schemas"]["Code"];
        };
        /**
         * @description The id that the user had in the system from which the user was imported. This member is missing for other users.
         * @example 4711
         */
        LegacyId: string;
        /** @description A user, with the members that superusers see. */
        AdminUser: {
            id: components["schemas"]["Id"];
            email: components["schemas"]["Email"];
            first_name: components["schemas"]["FirstName"];
            last_name: components["schemas"]["LastName"];
            language: components["schemas"]["Language"];
            is_superuser: components["schemas"]["IsSuperuser"];
            is_active: components["schemas"]["IsActive"];
            /**
             * @description Whether a mailed code has confirmed the email address. False only for users who were created by a superuser and have not set a password with a mailed code yet.
             * @example true
             */
            email_confirmed: boolean;
            /**
             * @description Whether mail to the email address is suppressed, because a mail server reported that the address has no mailbox. The user then gets no mails. The suppression ends after 90 days, or when an operator ends it.
             * @example false
             */
            email_suppressed: boolean;
            /**
             * Format: date-time
             * @description When the account was created.
             * @example 2026-11-24T09:30:00.000000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in. This member is missing until the first sign-in.
             * @example 2026-11-24T10:15:42.318274Z
             */
            last_login?: string;
            legacy_id?: components["schemas"]["LegacyId"];
        };
        /** @description A page of users. */
        UserPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The users of this page. */
            results: components["schemas"]["AdminUser"][];
        };
        /**
         * @description The order of users, by date of joining or by email address. A minus means descending.
         * @default -date_joined
         * @example email
         * @enum {string}
         */
        UserOrdering: "-date_joined" | "date_joined" | "email" | "-email";
        /** @description A user to create. */
        NewUserRequest: {
            email: components["schemas"]["NewEmail"];
            password?: components["schemas"]["NewPassword"];
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["NewLanguage"];
            is_active?: components["schemas"]["IsActive"];
            is_superuser?: components["schemas"]["IsSuperuser"];
        };
        /** @description The members of a user to change. */
        AdminUserUpdate: {
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["NewLanguage"];
            is_active?: components["schemas"]["IsActive"];
            is_superuser?: components["schemas"]["IsSuperuser"];
        };
        /** @description The lockouts of a user. */
        Lockouts: {
            /** @description The lockouts, in no particular order. */
            lockouts: components["schemas"]["Lockout"][];
            /**
             * @description Present and true if there may be lockouts of further networks, which were not searched. `liftLockouts` does not end them.
             * @example true
             */
            lockouts_capped?: boolean;
        };
        /** @description The users who are locked out. */
        LockedUsers: {
            /** @description The users, the one who was locked last first. */
            users: components["schemas"]["LockedUser"][];
            /**
             * @description Present and true if there may be further lockouts, which were not searched.
             * @example true
             */
            users_capped?: boolean;
        };
        /** @description A user who is locked out in some networks. */
        LockedUser: {
            id: components["schemas"]["Id"];
            /**
             * Format: idn-email
             * @description The email address of the user.
             * @example test@example.com
             */
            email: string;
            /** @description The lockouts of the user, in no particular order. */
            lockouts: components["schemas"]["Lockout"][];
        };
        /** @description A period in which sign-ins to an account are refused. */
        Lockout: {
            /**
             * @description The network whose sign-ins are refused: an IPv4 address, or the /64 or /48 network of an IPv6 address. This member is missing if sign-ins are refused from every network from which the user has not signed in before.
             * @example 203.0.113.7
             */
            network?: string;
            /**
             * Format: date-time
             * @description When the lockout ends.
             * @example 2026-11-24T10:29:58.102000Z
             */
            expires_at: string;
        };
        /** @description A mail, without its text. */
        Mail: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["MailKind"];
            /**
             * Format: idn-email
             * @description The email address of the recipient. This member is missing if the mail was dropped and the email address belongs to no user.
             * @example test@example.com
             */
            email?: string;
            status: components["schemas"]["MailStatus"];
            /**
             * Format: int32
             * @description How often the service has tried to send the mail.
             * @example 1
             */
            attempts: number;
            /**
             * @description Why the last attempt failed, or why the mail was dropped, without email addresses and codes. This member is missing if there was no error.
             * @example 550 5.7.1 Message rejected as spam
             */
            last_error?: string;
            /**
             * Format: date-time
             * @description When the mail was requested.
             * @example 2026-11-24T09:28:11.513274Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the mail was sent. This member is missing if the mail was not sent.
             * @example 2026-11-24T09:28:12.040274Z
             */
            sent_at?: string;
        };
        /**
         * @description The kind of mail. New kinds may be added.
         * @example activation
         */
        MailKind: "activation" | "restore" | "invitation" | "confirm_email" | "email_changed" | "email_change_undone" | "password_changed" | "new_device" | "new_devices" | "account_deleted";
        /**
         * @description The state of the delivery. A `queued` mail waits for its first or next attempt, or is being sent. A mail has `failed` if no attempt could deliver it. A mail is `dropped` if the service decided not to send it, for example because the email address has no account. New states may be added.
         * @example failed
         */
        MailStatus: "queued" | "sent" | "failed" | "dropped";
        /**
         * @description The state of the delivery of mails.
         * @example failed
         * @enum {string}
         */
        MailStatusFilter: "queued" | "sent" | "failed" | "dropped";
        /** @description A page of mails. */
        MailPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The mails of this page. */
            results: components["schemas"]["Mail"][];
        };
        /** @description An email address that gets no mails. */
        SuppressedAddress: {
            email: components["schemas"]["Email"];
            source: components["schemas"]["SuppressionSource"];
            /**
             * @description The status code (RFC 3463) or the reply code of the mail server.
             * @example 5.1.1
             */
            reason: string;
            /**
             * @description The text of the reply or notification, without email addresses.
             * @example 550 5.1.1 No such user
             */
            diagnostic: string;
            /**
             * Format: date-time
             * @description When the email address was suppressed.
             * @example 2026-11-24T09:28:12.040274Z
             */
            created_at: string;
        };
        /**
         * @description Who reported that there is no mailbox: the mail server when the mail was sent (`smtp`), or a later delivery status notification (`dsn`). New sources may be added.
         * @example smtp
         */
        SuppressionSource: "smtp" | "dsn";
        /** @description A page of suppressed email addresses. */
        SuppressedAddressPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The suppressed email addresses of this page. */
            results: components["schemas"]["SuppressedAddress"][];
        };
        /** @description An email address that gets mails again. */
        SuppressedEmailRequest: {
            email: components["schemas"]["Email"];
        };
        /** @description The limits in force. */
        Limits: {
            /** @description The limits, in a fixed order. The list is empty if nothing is limited. */
            limits: components["schemas"]["Limit"][];
            /**
             * @description Present and true if there may be further subjects than the 100,000 that were counted.
             * @example true
             */
            subjects_capped?: boolean;
        };
        /** @description A rate limit, and its use at the moment. */
        Limit: {
            /**
             * @description The name of the limit, as in the header `RateLimit-Policy`.
             * @example sign-in
             */
            name: string;
            /**
             * Format: int32
             * @description How many points a subject has in a window.
             * @example 10
             */
            count: number;
            /**
             * Format: int32
             * @description The length of a window in seconds.
             * @example 900
             */
            window: number;
            /** @description The kinds of subjects. Each subject has points of its own. */
            counted_by: components["schemas"]["LimitSubject"][];
            /**
             * Format: int32
             * @description How many subjects have used points of their windows. This member is missing for limits of mails, which are counted in the list of mails.
             * @example 3
             */
            used?: number;
            /**
             * Format: int32
             * @description How many of these subjects have no point left. This member is missing if `used` is missing.
             * @example 1
             */
            used_up?: number;
        };
        /**
         * @description What has the points of a limit. A `network` is an IPv4 address or the /64 network of an IPv6 address, and a `site` is the /48 network of an IPv6 address. An `account_in_network` has points for one account in one network. A `recipient` is the email address of a mail. New subjects may be added.
         * @example account_in_network
         */
        LimitSubject: "account" | "network" | "site" | "account_in_network" | "account_in_site" | "session" | "recipient";
        /** @description The keys of access tokens. */
        SigningKeys: {
            /** @description The published keys, the newest first. */
            keys: components["schemas"]["SigningKey"][];
        };
        /** @description A key of access tokens, without its private key. */
        SigningKey: {
            /**
             * @description The id of the key, as in the header of a token.
             * @example Zb3kq7pVw1xN5tYc8rJf2uLh6mDg0sAe4iBo9vKzQyE
             */
            kid: string;
            state: components["schemas"]["SigningKeyState"];
            /**
             * Format: date-time
             * @description When the key was created.
             * @example 2026-11-24T09:00:00.000000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the key begins to sign.
             * @example 2026-11-24T09:06:00.000000Z
             */
            signs_from: string;
            /**
             * Format: date-time
             * @description The time until which the key is published. This member is missing if no other key replaces the key.
             * @example 2026-12-24T09:10:05.000000Z
             */
            retires_at?: string;
        };
        /**
         * @description Whether the key signs. The `next` key is published, but does not sign yet. The `current` key signs. A `former` key no longer signs, but verifies the tokens that it has signed. New states may be added.
         * @example current
         */
        SigningKeyState: "next" | "current" | "former";
        /** @description All data that is stored about a user, except secrets. Lists are ordered by time, oldest first. */
        Export: {
            /**
             * Format: date-time
             * @description When the export was made.
             * @example 2026-11-24T12:00:00.000000Z
             */
            exported_at: string;
            user: components["schemas"]["AdminUser"];
            /** @description The email addresses that belong to the account. */
            addresses: components["schemas"]["ExportedAddress"][];
            /** @description Requested changes of the email address. */
            email_changes: components["schemas"]["ExportedEmailChange"][];
            /** @description Active sessions, and ended sessions for as long as the service keeps them. */
            sessions: components["schemas"]["ExportedSession"][];
            /** @description Known devices. The service keeps them to recognize sign-ins from new devices. */
            devices: components["schemas"]["ExportedDevice"][];
            /** @description Successful sign-ins. */
            login_logs: components["schemas"]["LoginLog"][];
            /** @description Other events that concern the account. */
            security_events: components["schemas"]["SecurityEvent"][];
            /** @description Records of mails to the user's email addresses, for as long as the service keeps them. The texts of the mails are not stored. */
            mails: components["schemas"]["ExportedMail"][];
        };
        /** @description An email address that belongs to the account. */
        ExportedAddress: {
            email: components["schemas"]["Email"];
            kind: components["schemas"]["AddressKind"];
            /**
             * Format: date-time
             * @description The time until which a former email address is held for the undo of its change.
             * @example 2026-12-01T11:45:00.000000Z
             */
            held_until?: string;
        };
        /**
         * @description Whether this is the current email address of the account or a former email address, which is held for 7 days.
         * @example current
         * @enum {string}
         */
        AddressKind: "current" | "held";
        /** @description A requested change of the email address. */
        ExportedEmailChange: {
            email: components["schemas"]["Email"];
            /**
             * Format: idn-email
             * @description The previous email address, once the change has taken effect.
             * @example test@example.com
             */
            old_email?: string;
            /**
             * Format: date-time
             * @description When the change was requested.
             * @example 2026-11-24T11:30:00.000000Z
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description When the change took effect. This member is missing if the change has not taken effect.
             * @example 2026-11-24T11:45:00.000000Z
             */
            confirmed_at?: string;
            /**
             * Format: date-time
             * @description When the change was undone. This member is missing if the change was not undone.
             * @example 2026-11-24T11:50:00.000000Z
             */
            undone_at?: string;
        };
        /** @description A session. */
        ExportedSession: {
            id: components["schemas"]["Id"];
            created_at: components["schemas"]["SessionCreatedAt"];
            last_used_at: components["schemas"]["SessionLastUsedAt"];
            expires_at: components["schemas"]["SessionExpiresAt"];
            ip_address: components["schemas"]["ClientAddress"];
            user_agent: components["schemas"]["ClientUserAgent"];
            last_ip_address: components["schemas"]["SessionLastIpAddress"];
            last_user_agent: components["schemas"]["SessionLastUserAgent"];
            /**
             * Format: date-time
             * @description When the session was ended. This member is missing if the session was not ended.
             * @example 2026-11-24T11:10:00.000000Z
             */
            ended_at?: string;
            /**
             * @description Why the session was ended. New reasons may be added.
             * @example signed_out
             */
            ended_by?: string;
        };
        /** @description A known device in a network. */
        ExportedDevice: {
            /**
             * @description The network of the client, /24 for IPv4 and /64 for IPv6.
             * @example 203.0.113.0/24
             */
            network: string;
            /**
             * @description The User-Agent without version numbers.
             * @example Mozilla (X Linux x rv) Gecko Firefox
             */
            device: string;
            /**
             * Format: date-time
             * @description When the device first signed in.
             * @example 2026-11-24T10:15:42.318274Z
             */
            first_seen_at: string;
            /**
             * Format: date-time
             * @description When the device last signed in.
             * @example 2026-11-24T10:15:42.318274Z
             */
            last_seen_at: string;
        };
        /** @description A mail to the user. */
        ExportedMail: {
            /**
             * @description The kind of mail. New kinds may be added.
             * @example activation
             */
            kind: string;
            address: components["schemas"]["Email"];
            /**
             * @description The state of the delivery. New states may be added.
             * @example sent
             */
            status: string;
            /**
             * Format: date-time
             * @description When the mail was requested.
             * @example 2026-11-24T09:28:11.513274Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the mail was sent. This member is missing if the mail was not sent.
             * @example 2026-11-24T09:28:12.040274Z
             */
            sent_at?: string;
        };
        /** @description A session. It begins with a sign-in and includes all pairs of tokens that the service issues for it. */
        Session: {
            id: components["schemas"]["Id"];
            created_at: components["schemas"]["SessionCreatedAt"];
            last_used_at: components["schemas"]["SessionLastUsedAt"];
            expires_at: components["schemas"]["SessionExpiresAt"];
            ip_address: components["schemas"]["ClientAddress"];
            user_agent: components["schemas"]["ClientUserAgent"];
            last_ip_address: components["schemas"]["SessionLastIpAddress"];
            last_user_agent: components["schemas"]["SessionLastUserAgent"];
            /**
             * @description Whether this session sent the request.
             * @example true
             */
            is_current: boolean;
        };
        /**
         * Format: date-time
         * @description When the session began with a sign-in.
         * @example 2026-11-24T10:15:42.318274Z
         */
        SessionCreatedAt: string;
        /**
         * Format: date-time
         * @description When the tokens were last refreshed, or the time of the sign-in if the tokens were never refreshed.
         * @example 2026-11-24T11:02:10.007274Z
         */
        SessionLastUsedAt: string;
        /**
         * Format: date-time
         * @description When the session expires, unless its tokens are refreshed before this time.
         * @example 2026-11-25T11:02:10.007274Z
         */
        SessionExpiresAt: string;
        /**
         * @description The IPv4 or IPv6 address of the last refresh, or of the sign-in if there was no refresh.
         * @example 198.51.100.23
         */
        SessionLastIpAddress: string;
        /**
         * @description The User-Agent of the last refresh, or of the sign-in if there was no refresh.
         * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
         */
        SessionLastUserAgent: string;
        /** @description A page of sessions. */
        SessionPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The sessions of this page. */
            results: components["schemas"]["Session"][];
        };
        /** @description Which sessions to end. */
        SessionsRevocationRequest: {
            /**
             * @description Whether to keep the session of the request.
             * @example true
             */
            keep_current: boolean;
        };
        /** @description The number of ended sessions. */
        SessionsRevoked: {
            /**
             * Format: int32
             * @description The number of active sessions that were ended. 10,000 is also returned for any larger number.
             * @example 2
             */
            revoked: number;
        };
        /** @description The credentials of a user. */
        Credentials: {
            email: components["schemas"]["Email"];
            password: components["schemas"]["Password"];
            /**
             * @description Whether the refresh token is set as a cookie that scripts cannot read, instead of being in the body. For clients that run in a browser.
             * @example false
             */
            refresh_cookie?: boolean;
        };
        /** @description The refresh token to exchange, or a refresh token of the session to end. */
        RefreshRequest: {
            refresh: components["schemas"]["PresentedRefreshToken"];
        };
        /** @description A token to check. */
        VerificationRequest: {
            token: components["schemas"]["PresentedToken"];
        };
        /**
         * @description The refresh token as received in `refresh`. Leave it empty to use the token in the cookie. An empty value in a request without the cookie is refused with 400.
         * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
         */
        PresentedRefreshToken: string;
        /**
         * @description A token as received in `access` or `refresh`.
         * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
         */
        PresentedToken: string;
        /** @description The tokens of a session. */
        TokenPair: {
            /**
             * @description The access token, valid for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`): a JWT of the type `at+jwt`, signed by ES256. Its claims are `iss`, `aud`, `sub` and `user_id` (both are the user's id), `sid` (the session's id), `jti`, `iat`, `exp` and `token_type` (`access`). The setting `ACCESS_TOKEN_CLAIMS` adds the user's `email`, `language` and `roles` (a list that contains `superuser` or is empty), with their values at the time when the token is issued. With the setting `USER_ID_CLAIM=legacy`, `user_id` of an imported user is the user's `legacy_id`, as a number if it is an integer.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.cGZ4b0dRN2ZkU3A0
             */
            access: string;
            /**
             * @description The refresh token, valid for one exchange within a day (setting `REFRESH_TOKEN_LIFETIME`), and never longer than 30 days after the sign-in (setting `SESSION_LIFETIME`). Clients must not interpret its content. It is empty if the token is in the cookie.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
             */
            refresh: string;
        };
        /** @description One successful sign-in. */
        LoginLog: {
            /**
             * Format: uuid
             * @description The record's id.
             * @example 0198f3a2-71b8-7e05-b6c4-d08f5a2e9137
             */
            id: string;
            /**
             * Format: uuid
             * @description The id of the user who signed in.
             * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
             */
            user: string;
            /**
             * @description The IPv4 or IPv6 address of the client.
             * @example 203.0.113.7
             */
            ip_address: string;
            /**
             * @description The client's User-Agent, shortened to 512 characters and without invisible characters. Empty if the client sent no User-Agent.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent: string;
            /**
             * Format: date-time
             * @description The time of the sign-in.
             * @example 2026-11-24T10:15:42.318274Z
             */
            timestamp: string;
        };
        /** @description A page of the login log. */
        LoginLogPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The records of this page. */
            results: components["schemas"]["LoginLog"][];
        };
        /** @description An event that concerns the security of an account, other than a successful sign-in. After a user is deleted, the IP address and the User-Agent of the user's events are left out. */
        SecurityEvent: {
            id: components["schemas"]["Id"];
            type: components["schemas"]["SecurityEventType"];
            /**
             * Format: uuid
             * @description The id of the affected user. Left out if the event affects no user, for example after a sign-in with an unknown email address.
             * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
             */
            user?: string;
            /**
             * Format: uuid
             * @description The id of the superuser who caused the event. Left out for actions of the users themselves and of operators.
             * @example 0198f3a2-5f02-7b38-a1c4-7d20e9f6b815
             */
            actor?: string;
            /**
             * @description The IP address of the client. If a superuser caused the event, only superusers see the IP address.
             * @example 203.0.113.7
             */
            ip_address?: string;
            /**
             * @description The User-Agent of the client. If a superuser caused the event, only superusers see the User-Agent.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent?: string;
            /**
             * Format: date-time
             * @description The time of the event.
             * @example 2026-11-24T10:14:58.102274Z
             */
            timestamp: string;
        };
        /**
         * @description What happened. New types may be added.
         * @example sign_in_failed
         */
        SecurityEventType: "sign_in_failed" | "account_locked" | "new_device" | "refresh_reused" | "session_network_changed" | "sessions_revoked" | "password_changed" | "password_restored" | "email_change_requested" | "email_changed" | "email_change_undone" | "email_undo_ended" | "export_made" | "user_created" | "user_updated" | "user_suspended" | "user_activated" | "user_deleted" | "superuser_granted" | "superuser_revoked" | "keys_rotated" | "lockouts_lifted" | "mail_retried" | "mail_discarded" | "email_unsuppressed";
        /**
         * @description A type of security events.
         * @example sign_in_failed
         * @enum {string}
         */
        SecurityEventTypeFilter: "sign_in_failed" | "account_locked" | "new_device" | "refresh_reused" | "session_network_changed" | "sessions_revoked" | "password_changed" | "password_restored" | "email_change_requested" | "email_changed" | "email_change_undone" | "email_undo_ended" | "export_made" | "user_created" | "user_updated" | "user_suspended" | "user_activated" | "user_deleted" | "superuser_granted" | "superuser_revoked" | "keys_rotated" | "lockouts_lifted" | "mail_retried" | "mail_discarded" | "email_unsuppressed";
        /** @description A page of security events. */
        SecurityEventPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            next_cursor: components["schemas"]["NextCursor"];
            previous_cursor: components["schemas"]["PreviousCursor"];
            /** @description The events of this page. */
            results: components["schemas"]["SecurityEvent"][];
        };
        /**
         * @description The order of records, oldest (`timestamp`) or latest (`-timestamp`) first.
         * @default -timestamp
         * @example timestamp
         * @enum {string}
         */
        TimestampOrdering: "-timestamp" | "timestamp";
        /**
         * @description The period of statistics, 24 hours by hour (`day`) or 30 days by day (`month`).
         * @default day
         * @example month
         * @enum {string}
         */
        Period: "day" | "month";
        /** @description The numbers of sign-ins over time. */
        SignInStatistics: {
            /** @description The intervals of the period, the earliest first. */
            intervals: components["schemas"]["SignInInterval"][];
        };
        /** @description The numbers of sign-ins in an interval. 50,000 is also returned for any larger number. */
        SignInInterval: {
            /**
             * Format: date-time
             * @description The start of the interval.
             * @example 2026-11-24T00:00:00.000000Z
             */
            start: string;
            /**
             * Format: int32
             * @description The number of successful sign-ins, as in `listLoginLogs`.
             * @example 204
             */
            sign_ins: number;
            /**
             * Format: int32
             * @description The number of security events of the type `sign_in_failed`.
             * @example 9
             */
            failed_sign_ins: number;
            /**
             * Format: int32
             * @description The number of security events of the type `account_locked`.
             * @example 1
             */
            lockouts: number;
            /**
             * @description Present and true if one of the numbers is larger than 50,000.
             * @example true
             */
            count_capped?: boolean;
        };
        /** @description A JSON Web Key Set (RFC 7517). */
        Jwks: {
            /** @description The key that signs now, the key that will sign next, and keys that signed until recently. */
            keys: components["schemas"]["Jwk"][];
        };
        /** @description The metadata of the issuer (OpenID Connect Discovery 1.0, RFC 8414). */
        Discovery: {
            /**
             * @description The value of the claim `iss` of every token.
             * @example https://accounts.example.com
             */
            issuer: string;
            /**
             * Format: uri
             * @description The URL of getJwks.
             * @example https://accounts.example.com/.well-known/jwks.json
             */
            jwks_uri: string;
            /** @description Always empty, because there is no authorization endpoint. */
            response_types_supported: string[];
            /** @description `public` means that all products see the same `sub` for a user. */
            subject_types_supported: string[];
            /** @description The algorithm of access tokens. */
            id_token_signing_alg_values_supported: components["schemas"]["JwkAlgorithm"][];
        };
        /** @description A public key. It has no private members. */
        Jwk: {
            kty: components["schemas"]["JwkKeyType"];
            use: components["schemas"]["JwkUse"];
            alg: components["schemas"]["JwkAlgorithm"];
            /**
             * @description The id of the key, as in the header of the token.
             * @example UU8rq3B9i-1EuNWfgHcVPnPW7Q_Sx9slseQZvjuR1aI
             */
            kid: string;
            crv: components["schemas"]["JwkCurve"];
            x: components["schemas"]["JwkCoordinate"];
            y: components["schemas"]["JwkCoordinate"];
        };
        /**
         * @description A coordinate of the point, 32 bytes in base64url.
         * @example S6BR8Ni40tAHmsuEbqey-sv8UEGY9QTMUEFVqKMX7q8
         */
        JwkCoordinate: string;
        /**
         * @description The key type. `EC` is an elliptic-curve key.
         * @example EC
         * @enum {string}
         */
        JwkKeyType: "EC";
        /**
         * @description What the key is used for: to verify signatures.
         * @example sig
         * @enum {string}
         */
        JwkUse: "sig";
        /**
         * @description The only algorithm with which the key is used.
         * @example ES256
         * @enum {string}
         */
        JwkAlgorithm: "ES256";
        /**
         * @description The elliptic curve of the key.
         * @example P-256
         * @enum {string}
         */
        JwkCurve: "P-256";
        /** @description The state of the service. */
        Health: {
            status: components["schemas"]["HealthStatus"];
        };
        /**
         * @description The service is healthy.
         * @example ok
         * @enum {string}
         */
        HealthStatus: "ok";
        /**
         * @description An OpenAPI document in YAML.
         * @example openapi: 3.1.1
         *
         *     info:
         *       title: Gatehouse
         */
        ContractText: string;
        /** @description An OpenAPI document. The OpenAPI specification defines its other members. */
        ContractDocument: {
            /**
             * @description The version of the OpenAPI specification.
             * @example 3.1.1
             */
            openapi: string;
            info: components["schemas"]["ContractInfo"];
            paths: components["schemas"]["ContractPaths"];
        } & {
            [key: string]: unknown;
        };
        /** @description The name and version of the described API. */
        ContractInfo: {
            /**
             * @description The name of the service.
             * @example Gatehouse
             */
            title: string;
            /**
             * @description The semantic version of the contract.
             * @example 0.1.0
             */
            version: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The paths with their operations. */
        ContractPaths: {
            [key: string]: unknown;
        };
        /** @description A problem document (RFC 9457). */
        Problem: {
            /**
             * Format: uri-reference
             * @description The kind of problem, as the URL of a page about it. The URL consists of the public URL of the service, `/problems/` and the `code`.
             * @example http://localhost:8000/problems/invalid
             */
            type: string;
            /**
             * @description The kind of problem, for users. Problems with the same `code` have the same title.
             * @example Invalid request
             */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status of the reply.
             * @example 400
             */
            status: number;
            detail: components["schemas"]["Detail"];
            code: components["schemas"]["ProblemCode"];
            /**
             * @description The id of the request, as in `X-Request-Id`.
             * @example 0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60
             */
            request_id: string;
            /** @description The errors of the request. Present only with the code `invalid`. */
            errors?: components["schemas"]["FieldError"][];
        };
        /**
         * @description The kind of problem, for programs. A code never changes its meaning. New codes may be added.
         * @example invalid
         */
        ProblemCode: "invalid" | "code_invalid" | "current_password_incorrect" | "not_authenticated" | "no_active_account" | "token_not_valid" | "user_not_found" | "user_inactive" | "permission_denied" | "origin_not_allowed" | "not_found" | "method_not_allowed" | "email_taken" | "last_superuser" | "idempotency_key_reused" | "mail_not_pending" | "precondition_failed" | "request_timeout" | "content_too_large" | "uri_too_long" | "unsupported_media_type" | "headers_too_large" | "throttled" | "internal" | "unavailable";
        /** @description One error of a request, in the body (`pointer`) or in a parameter (`parameter`). */
        FieldError: {
            /**
             * Format: json-pointer
             * @description The location of the error in the body (RFC 6901). Empty if the error concerns the body as a whole.
             * @example /email
             */
            pointer?: string;
            /**
             * @description The name of the query parameter or header field.
             * @example page_size
             */
            parameter?: string;
            /**
             * @description The kind of error, for programs. New codes may be added.
             * @example format
             */
            code: string;
            detail: components["schemas"]["Detail"];
        };
    };
    responses: {
        /** @description Accepted. If the email address is free, an activation link will be mailed to it. */
        RegistrationAccepted: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Check your mail to activate the account.",
                 *       "email": "test@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["RegistrationAccepted"];
            };
        };
        /** @description The account is active. */
        Activated: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ActivationResult"];
            };
        };
        /** @description For a browser. Nothing is activated yet; the page has a button that activates the account. */
        ActivationPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                Location: components["headers"]["Location"];
                Vary: components["headers"]["Vary"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description If the email address has a pending registration, a link to choose a password will be mailed to it. */
        ActivationResent: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "If this address waits for activation, a new link is on its way."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description If the email address has an account or a pending registration, a recovery link will be mailed to it. */
        RecoveryMailed: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "If this address has an account, a recovery link is on its way."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description The new password is set and every session has ended. */
        PasswordRestored: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "The new password is set. Sign in with it."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description The profile. */
        User: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                ETag: components["headers"]["ETag"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *       "email": "test@example.com",
                 *       "first_name": "Test",
                 *       "last_name": "",
                 *       "language": "en",
                 *       "is_superuser": false,
                 *       "date_joined": "2026-11-24T09:30:00.000000Z",
                 *       "last_login": "2026-11-24T10:15:42.318274Z"
                 *     }
                 */
                "application/json": components["schemas"]["User"];
            };
        };
        /** @description The new password is set. The other sessions have ended. */
        PasswordChanged: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "The password is changed. Your other sessions have ended."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description If no other user has the new email address, a confirmation link will be mailed to it. */
        EmailChangeRequested: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Check the mail of the new address to confirm the change."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description The account has the new email address. */
        EmailChanged: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["EmailConfirmed"];
            };
        };
        /** @description The old email address is restored, and every session has ended. */
        EmailChangeUndone: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "The old address is back. Check its mail to set a new password."
                 *     }
                 */
                "application/json": components["schemas"]["Message"];
            };
        };
        /** @description All data that is stored about the user. */
        Export: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "exported_at": "2026-11-24T12:00:00.000000Z",
                 *       "user": {
                 *         "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *         "email": "test@example.com",
                 *         "first_name": "Test",
                 *         "last_name": "",
                 *         "language": "en",
                 *         "is_superuser": false,
                 *         "is_active": true,
                 *         "email_confirmed": true,
                 *         "email_suppressed": false,
                 *         "date_joined": "2026-11-24T09:30:00.000000Z",
                 *         "last_login": "2026-11-24T10:15:42.318274Z"
                 *       },
                 *       "addresses": [
                 *         {
                 *           "email": "test@example.com",
                 *           "kind": "current"
                 *         }
                 *       ],
                 *       "email_changes": [
                 *         {
                 *           "email": "new@example.com",
                 *           "requested_at": "2026-11-24T11:30:00.000000Z"
                 *         }
                 *       ],
                 *       "sessions": [
                 *         {
                 *           "id": "0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07",
                 *           "created_at": "2026-11-24T10:15:42.318274Z",
                 *           "last_used_at": "2026-11-24T11:02:10.007274Z",
                 *           "expires_at": "2026-11-25T11:02:10.007274Z",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "last_ip_address": "198.51.100.23",
                 *           "last_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
                 *         }
                 *       ],
                 *       "devices": [
                 *         {
                 *           "network": "203.0.113.0/24",
                 *           "device": "Mozilla (X Linux x rv) Gecko Firefox",
                 *           "first_seen_at": "2026-11-24T10:15:42.318274Z",
                 *           "last_seen_at": "2026-11-24T10:15:42.318274Z"
                 *         }
                 *       ],
                 *       "login_logs": [
                 *         {
                 *           "id": "0198f3a2-71b8-7e05-b6c4-d08f5a2e9137",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:15:42.318274Z"
                 *         }
                 *       ],
                 *       "security_events": [
                 *         {
                 *           "id": "0198f3a2-7f31-7d42-95a8-c16b0e3d8f24",
                 *           "type": "export_made",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T12:00:00.000000Z"
                 *         }
                 *       ],
                 *       "mails": [
                 *         {
                 *           "kind": "activation",
                 *           "address": "test@example.com",
                 *           "status": "sent",
                 *           "created_at": "2026-11-24T09:28:11.513274Z",
                 *           "sent_at": "2026-11-24T09:28:12.040274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Export"];
            };
        };
        /** @description The account is deleted. */
        Deleted: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The session has ended. */
        SessionRevoked: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The sessions have ended. */
        SessionsRevoked: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "revoked": 2
                 *     }
                 */
                "application/json": components["schemas"]["SessionsRevoked"];
            };
        };
        /** @description A page of sessions. */
        SessionPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07",
                 *           "created_at": "2026-11-24T10:15:42.318274Z",
                 *           "last_used_at": "2026-11-24T11:02:10.007274Z",
                 *           "expires_at": "2026-11-25T11:02:10.007274Z",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "last_ip_address": "198.51.100.23",
                 *           "last_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "is_current": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SessionPage"];
            };
        };
        /** @description A page of a user’s sessions. */
        UserSessionPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07",
                 *           "created_at": "2026-11-24T10:15:42.318274Z",
                 *           "last_used_at": "2026-11-24T11:02:10.007274Z",
                 *           "expires_at": "2026-11-25T11:02:10.007274Z",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "last_ip_address": "198.51.100.23",
                 *           "last_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "is_current": false
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SessionPage"];
            };
        };
        /** @description A page of security events. */
        SecurityEventPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-7f31-7d42-95a8-c16b0e3d8f24",
                 *           "type": "sign_in_failed",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:14:58.102274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SecurityEventPage"];
            };
        };
        /** @description A page of users. */
        UserPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "email": "test@example.com",
                 *           "first_name": "Test",
                 *           "last_name": "",
                 *           "language": "en",
                 *           "is_superuser": false,
                 *           "is_active": true,
                 *           "email_confirmed": true,
                 *           "email_suppressed": false,
                 *           "date_joined": "2026-11-24T09:30:00.000000Z",
                 *           "last_login": "2026-11-24T10:15:42.318274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["UserPage"];
            };
        };
        /** @description The user, with the members that superusers see. */
        AdminUser: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                ETag: components["headers"]["ETag"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *       "email": "test@example.com",
                 *       "first_name": "Test",
                 *       "last_name": "",
                 *       "language": "en",
                 *       "is_superuser": false,
                 *       "is_active": true,
                 *       "email_confirmed": true,
                 *       "email_suppressed": false,
                 *       "date_joined": "2026-11-24T09:30:00.000000Z",
                 *       "last_login": "2026-11-24T10:15:42.318274Z"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUser"];
            };
        };
        /** @description The user is created. */
        AdminUserCreated: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *       "email": "test@example.com",
                 *       "first_name": "Test",
                 *       "last_name": "",
                 *       "language": "en",
                 *       "is_superuser": false,
                 *       "is_active": true,
                 *       "email_confirmed": true,
                 *       "email_suppressed": false,
                 *       "date_joined": "2026-11-24T09:30:00.000000Z",
                 *       "last_login": "2026-11-24T10:15:42.318274Z"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUser"];
            };
        };
        /** @description The lockouts of the user. */
        Lockouts: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "lockouts": [
                 *         {
                 *           "network": "203.0.113.7",
                 *           "expires_at": "2026-11-24T10:29:58.102000Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Lockouts"];
            };
        };
        /** @description The lockouts have ended. */
        LockoutsLifted: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A page of mails. */
        MailPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-5a17-7e93-8c24-d1b06f3a7e58",
                 *           "kind": "activation",
                 *           "email": "test@example.com",
                 *           "status": "failed",
                 *           "attempts": 1,
                 *           "last_error": "550 5.7.1 Message rejected as spam",
                 *           "created_at": "2026-11-24T09:28:11.513274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MailPage"];
            };
        };
        /** @description The published signing keys. */
        SigningKeys: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "keys": [
                 *         {
                 *           "kid": "Zb3kq7pVw1xN5tYc8rJf2uLh6mDg0sAe4iBo9vKzQyE",
                 *           "state": "current",
                 *           "created_at": "2026-11-24T09:00:00.000000Z",
                 *           "signs_from": "2026-11-24T09:06:00.000000Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SigningKeys"];
            };
        };
        /** @description The users who are locked out. */
        LockedUsers: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "users": [
                 *         {
                 *           "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "email": "test@example.com",
                 *           "lockouts": [
                 *             {
                 *               "network": "203.0.113.7",
                 *               "expires_at": "2026-11-24T10:29:58.102000Z"
                 *             }
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LockedUsers"];
            };
        };
        /** @description The limits in force. */
        Limits: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "limits": [
                 *         {
                 *           "name": "sign-in",
                 *           "count": 10,
                 *           "window": 900,
                 *           "counted_by": [
                 *             "account_in_network"
                 *           ],
                 *           "used": 3,
                 *           "used_up": 1
                 *         },
                 *         {
                 *           "name": "refresh",
                 *           "count": 60,
                 *           "window": 60,
                 *           "counted_by": [
                 *             "session"
                 *           ],
                 *           "used": 214,
                 *           "used_up": 0
                 *         },
                 *         {
                 *           "name": "mails-hour",
                 *           "count": 5,
                 *           "window": 3600,
                 *           "counted_by": [
                 *             "recipient"
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Limits"];
            };
        };
        /** @description A page of suppressed email addresses. */
        SuppressedAddressPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 1,
                 *       "next": null,
                 *       "previous": null,
                 *       "next_cursor": null,
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "email": "test@example.com",
                 *           "source": "smtp",
                 *           "reason": "5.1.1",
                 *           "diagnostic": "550 5.1.1 No such user",
                 *           "created_at": "2026-11-24T09:28:12.040274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SuppressedAddressPage"];
            };
        };
        /** @description The email address is not suppressed. */
        AddressUnsuppressed: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The mail after the change. */
        Mail: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "0198f3a2-5a17-7e93-8c24-d1b06f3a7e58",
                 *       "kind": "activation",
                 *       "email": "test@example.com",
                 *       "status": "queued",
                 *       "attempts": 1,
                 *       "created_at": "2026-11-24T09:28:11.513274Z"
                 *     }
                 */
                "application/json": components["schemas"]["Mail"];
            };
        };
        /** @description A new pair of tokens. */
        TokenPair: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                "Set-Cookie": components["headers"]["RefreshCookie"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TokenPair"];
            };
        };
        /** @description The session has ended. The reply is an empty object. */
        SignedOut: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "Set-Cookie": components["headers"]["RefreshCookie"];
                [name: string]: unknown;
            };
            content: {
                /** @example {} */
                "application/json": components["schemas"]["Acknowledgement"];
            };
        };
        /** @description Success. The reply is an empty object. */
        Acknowledged: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /** @example {} */
                "application/json": components["schemas"]["Acknowledgement"];
            };
        };
        /** @description A page of the login log. */
        LoginLogPage: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "count": 37,
                 *       "next": "http://localhost:8000/api/v1/logs/login/?page_size=1&cursor=MDE5OGYzYTItNmMxZQ.b2d9Zk1x",
                 *       "previous": null,
                 *       "next_cursor": "MDE5OGYzYTItNmMxZQ.b2d9Zk1x",
                 *       "previous_cursor": null,
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-71b8-7e05-b6c4-d08f5a2e9137",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:15:42.318274Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LoginLogPage"];
            };
        };
        /** @description The numbers of sign-ins in each interval. */
        SignInStatistics: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "intervals": [
                 *         {
                 *           "start": "2026-11-23T00:00:00.000000Z",
                 *           "sign_ins": 348,
                 *           "failed_sign_ins": 21,
                 *           "lockouts": 1
                 *         },
                 *         {
                 *           "start": "2026-11-24T00:00:00.000000Z",
                 *           "sign_ins": 204,
                 *           "failed_sign_ins": 9,
                 *           "lockouts": 0
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SignInStatistics"];
            };
        };
        /** @description The public keys. */
        Jwks: {
            headers: {
                "Cache-Control": components["headers"]["CacheControlPublic"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "keys": [
                 *         {
                 *           "kty": "EC",
                 *           "use": "sig",
                 *           "alg": "ES256",
                 *           "kid": "UU8rq3B9i-1EuNWfgHcVPnPW7Q_Sx9slseQZvjuR1aI",
                 *           "crv": "P-256",
                 *           "x": "S6BR8Ni40tAHmsuEbqey-sv8UEGY9QTMUEFVqKMX7q8",
                 *           "y": "nxYLBZV8bGJf5t_qtKqPNJGwY6WQu71foD-x-4p0EZw"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Jwks"];
            };
        };
        /** @description The issuer and the URL of the public keys. */
        Discovery: {
            headers: {
                "Cache-Control": components["headers"]["CacheControlPublic"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "issuer": "https://accounts.example.com",
                 *       "jwks_uri": "https://accounts.example.com/.well-known/jwks.json",
                 *       "response_types_supported": [],
                 *       "subject_types_supported": [
                 *         "public"
                 *       ],
                 *       "id_token_signing_alg_values_supported": [
                 *         "ES256"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Discovery"];
            };
        };
        /** @description The service is healthy. */
        Healthy: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "ok"
                 *     }
                 */
                "application/json": components["schemas"]["Health"];
            };
        };
        /** @description The contract, as YAML. */
        ContractYaml: {
            headers: {
                "Cache-Control": components["headers"]["CacheControlPublic"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example openapi: 3.1.1
                 *
                 *     info:
                 *       title: Gatehouse
                 */
                "text/plain": components["schemas"]["ContractText"];
            };
        };
        /** @description The contract, as JSON. */
        ContractJson: {
            headers: {
                "Cache-Control": components["headers"]["CacheControlPublic"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "openapi": "3.1.1",
                 *       "info": {
                 *         "title": "Gatehouse",
                 *         "version": "0.1.0"
                 *       },
                 *       "paths": {}
                 *     }
                 */
                "application/json": components["schemas"]["ContractDocument"];
            };
        };
        /** @description The body is not JSON or does not match the contract. `errors` has the details. */
        Invalid: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/invalid",
                 *       "title": "Invalid request",
                 *       "status": 400,
                 *       "detail": "The request does not match the contract.",
                 *       "code": "invalid",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60",
                 *       "errors": [
                 *         {
                 *           "pointer": "/email",
                 *           "code": "format",
                 *           "detail": "This is not an email address."
                 *         },
                 *         {
                 *           "pointer": "/surname",
                 *           "code": "unknown_member",
                 *           "detail": "This member is not known here."
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body or the cookie does not match the contract. A malformed cookie is deleted. */
        InvalidRefresh: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "Set-Cookie": components["headers"]["RefreshCookie"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/invalid",
                 *       "title": "Invalid request",
                 *       "status": 400,
                 *       "detail": "The request does not match the contract.",
                 *       "code": "invalid",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60",
                 *       "errors": [
                 *         {
                 *           "pointer": "/refresh",
                 *           "code": "min_length",
                 *           "detail": "At least 1 characters."
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body does not match the contract, or the current password is wrong. */
        WrongPassword: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body does not match the contract, or the code is wrong, used, expired or for another user. */
        InvalidCode: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The code is missing, wrong, used, expired or for another user. */
        InvalidCodeParameter: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A query parameter does not match the contract. `errors` has the details. */
        InvalidParameter: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/invalid",
                 *       "title": "Invalid request",
                 *       "status": 400,
                 *       "detail": "The request does not match the contract.",
                 *       "code": "invalid",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60",
                 *       "errors": [
                 *         {
                 *           "parameter": "page_size",
                 *           "code": "maximum",
                 *           "detail": "At most 100."
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The access token is missing or not valid, or its user is suspended or deleted. */
        Unauthorized: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The password is wrong, the email address is unknown, the account is suspended, or the registration is pending. The reply does not reveal which. */
        NoActiveAccount: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/no_active_account",
                 *       "title": "No active account",
                 *       "status": 401,
                 *       "detail": "No active account found with the given credentials",
                 *       "code": "no_active_account",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token is malformed, expired, of the wrong type or already exchanged, or its session has ended. */
        TokenNotValid: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token is malformed, expired, of the wrong type or already exchanged, or its session has ended. A cookie with such a token is deleted. */
        RefreshTokenNotValid: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                "Set-Cookie": components["headers"]["RefreshCookie"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user is signed in but has no permission for this operation. */
        PermissionDenied: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/permission_denied",
                 *       "title": "Permission denied",
                 *       "status": 403,
                 *       "detail": "You do not have permission to perform this action.",
                 *       "code": "permission_denied",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The refresh cookie is not accepted from pages of this origin, or the request names no origin. */
        OriginNotAllowed: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/origin_not_allowed",
                 *       "title": "Origin not allowed",
                 *       "status": 403,
                 *       "detail": "The refresh cookie is accepted only from pages of this service and of its CORS_ORIGINS.",
                 *       "code": "origin_not_allowed",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such object, or this user may not see it. */
        NotFound: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/not_found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "Not found.",
                 *       "code": "not_found",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Another user has this email address, or the Idempotency-Key was sent with another body before. */
        UserNotCreated: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user is the last active superuser with a password. */
        LastSuperuser: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/last_superuser",
                 *       "title": "Last superuser",
                 *       "status": 409,
                 *       "detail": "The last active superuser cannot be removed. Make another one first.",
                 *       "code": "last_superuser",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The mail was sent or dropped, or is being sent. */
        MailNotPending: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/mail_not_pending",
                 *       "title": "Mail not pending",
                 *       "status": 409,
                 *       "detail": "The mail was sent or dropped, or is being sent.",
                 *       "code": "mail_not_pending",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user has changed since the reply whose ETag was sent as `If-Match`. */
        PreconditionFailed: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/precondition_failed",
                 *       "title": "Precondition failed",
                 *       "status": 412,
                 *       "detail": "The user has changed in the meantime. Get the user again, and repeat the change with the new ETag.",
                 *       "code": "precondition_failed",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than 64 KiB. */
        ContentTooLarge: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/content_too_large",
                 *       "title": "Content too large",
                 *       "status": 413,
                 *       "detail": "The body is larger than 64 KiB.",
                 *       "code": "content_too_large",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not sent as `application/json` in UTF-8, or it is compressed. */
        UnsupportedMediaType: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/unsupported_media_type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "Send the body as application/json in UTF-8, not compressed.",
                 *       "code": "unsupported_media_type",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many attempts for this account, network or session. Try again later. */
        Throttled: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/throttled",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "Request was throttled. Expected available in 42 seconds.",
                 *       "code": "throttled",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An error of the service. The log of the service has the details under the request id. */
        Internal: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/internal",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "Something went wrong here; the log has the details under this request_id.",
                 *       "code": "internal",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot serve the request at the moment: the database does not respond, or too many password checks or list requests are waiting. */
        Unavailable: {
            headers: {
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "http://localhost:8000/problems/unavailable",
                 *       "title": "Service unavailable",
                 *       "status": 503,
                 *       "detail": "The service cannot answer at the moment. Try again shortly.",
                 *       "code": "unavailable",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description The code from the activation mail.
         * @example 4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        ActivationCode: components["schemas"]["Code"];
        /**
         * @description Only records at or after this time. A time without `Z` or an offset is refused.
         * @example 2026-11-01T00:00:00Z
         */
        TimestampAfter: string;
        /**
         * @description Only records at or before this time. A time without `Z` or an offset is refused.
         * @example 2026-11-30T23:59:59Z
         */
        TimestampBefore: string;
        /**
         * @description Only records of exactly this IPv4 or IPv6 address. Every spelling of the address is accepted. If the value is not an IP address, the reply is 400.
         * @example 203.0.113.7
         */
        IpAddress: string;
        /**
         * @description Only records whose User-Agent contains this text, ignoring case.
         * @example firefox
         */
        UserAgent: string;
        /**
         * @description Only records of this user. Superusers may name any user, and other users only themselves.
         * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
         */
        UserFilter: string;
        /**
         * @description The order of the records, oldest or latest first.
         * @example timestamp
         */
        TimestampOrdering: components["schemas"]["TimestampOrdering"];
        /**
         * @description The user's id.
         * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
         */
        UserId: string;
        /**
         * @description Identifies the request when it is repeated. Use a random UUID for each new request. The quotation marks of a structured field (draft-ietf-httpapi-idempotency-key-header) may be left out.
         * @example "0d1f2c5e-6a7b-4c8d-9e0f-1a2b3c4d5e6f"
         */
        IdempotencyKey: string;
        /**
         * @description Makes the change only if the user still has one of these ETags (RFC 9110, 13.1.1). `*` matches every user. A weak ETag (`W/"…"`) never matches.
         * @example "oLzWkDvd0hdKQ1Yh5bC2Xg"
         */
        IfMatch: string;
        /**
         * @description The refresh token of a browser client that signed in with `refresh_cookie: true`. It is used only if `refresh` in the body is empty.
         * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
         */
        RefreshCookie: string;
        /**
         * @description The session's id.
         * @example 0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07
         */
        SessionId: string;
        /**
         * @description The mail's id.
         * @example 0198f3a2-5a17-7e93-8c24-d1b06f3a7e58
         */
        MailId: string;
        /**
         * @description Only the user with this email address, compared in normalized form.
         * @example test@example.com
         */
        EmailFilter: components["schemas"]["Email"];
        /**
         * @description Only the user who had this id in the system from which users were imported.
         * @example 4711
         */
        LegacyIdFilter: string;
        /**
         * @description Only users whose email address or names contain this text, ignoring case.
         * @example tester
         */
        SearchFilter: string;
        /**
         * @description Only active users, or only suspended users.
         * @example true
         */
        ActiveFilter: boolean;
        /**
         * @description Only superusers, or only users who are not superusers.
         * @example false
         */
        SuperuserFilter: boolean;
        /**
         * @description The order of the users, by date of joining or by email address, ascending or descending. The case of email addresses is ignored.
         * @example email
         */
        UserOrdering: components["schemas"]["UserOrdering"];
        /**
         * @description Only events of this type.
         * @example sign_in_failed
         */
        SecurityEventTypeFilter: components["schemas"]["SecurityEventTypeFilter"];
        /**
         * @description Only mails with this status.
         * @example failed
         */
        MailStatusFilter: components["schemas"]["MailStatusFilter"];
        /**
         * @description Only mails to this email address, compared in normalized form.
         * @example test@example.com
         */
        RecipientFilter: components["schemas"]["Email"];
        /**
         * @description The latest 24 hours by hour, or the latest 30 days by day, both in UTC.
         * @example month
         */
        Period: components["schemas"]["Period"];
        /**
         * @description The maximum number of records on a page.
         * @example 50
         */
        PageSize: number;
        /**
         * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
         * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
         */
        Cursor: string;
    };
    requestBodies: {
        /** @description The registration. */
        Registration: {
            content: {
                "application/json": components["schemas"]["RegistrationRequest"];
            };
        };
        /** @description The mailed code. */
        Activation: {
            content: {
                "application/json": components["schemas"]["ActivationRequest"];
            };
        };
        /** @description The email address to which to send the mail. */
        Address: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
            };
        };
        /** @description A suppressed email address. */
        SuppressedEmail: {
            content: {
                "application/json": components["schemas"]["SuppressedEmailRequest"];
            };
        };
        /** @description The mailed code and the new password, twice. */
        PasswordRestore: {
            content: {
                "application/json": components["schemas"]["PasswordRestoreRequest"];
            };
        };
        /** @description What to change. */
        UserUpdate: {
            content: {
                "application/json": components["schemas"]["UserUpdate"];
            };
        };
        /** @description The current password and the new one, twice. */
        PasswordChange: {
            content: {
                "application/json": components["schemas"]["PasswordChangeRequest"];
            };
        };
        /** @description The current password and the new email address. */
        EmailChange: {
            content: {
                "application/json": components["schemas"]["EmailChangeRequest"];
            };
        };
        /** @description The current password. */
        Reauthentication: {
            content: {
                "application/json": components["schemas"]["ReauthenticationRequest"];
            };
        };
        /** @description The mailed code. */
        EmailConfirmation: {
            content: {
                "application/json": components["schemas"]["EmailConfirmationRequest"];
            };
        };
        /** @description The mailed code. */
        EmailChangeUndo: {
            content: {
                "application/json": components["schemas"]["EmailChangeUndoRequest"];
            };
        };
        /** @description The user to create. */
        NewUser: {
            content: {
                "application/json": components["schemas"]["NewUserRequest"];
            };
        };
        /** @description What to change. */
        AdminUserUpdate: {
            content: {
                "application/json": components["schemas"]["AdminUserUpdate"];
            };
        };
        /** @description Whether to keep the current session. */
        SessionsRevocation: {
            content: {
                "application/json": components["schemas"]["SessionsRevocationRequest"];
            };
        };
        /** @description The credentials. */
        SignIn: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        /** @description A refresh token. */
        Refresh: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        /** @description A token of either type. */
        Verification: {
            content: {
                "application/json": components["schemas"]["VerificationRequest"];
            };
        };
    };
    headers: {
        /**
         * @description Always `no-store`.
         * @example no-store
         */
        CacheControl: string;
        /**
         * @description How long any cache may keep the reply.
         * @example public, max-age=300
         */
        CacheControlPublic: string;
        /**
         * @description Identifies the state of the user in this reply, for `If-Match` (a strong validator, RFC 9110, 8.8.3).
         * @example "oLzWkDvd0hdKQ1Yh5bC2Xg"
         */
        ETag: string;
        /**
         * @description The id of this request in the service's log. Include it when you report a problem.
         * @example 0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60
         */
        RequestId: string;
        /**
         * @description How to authenticate (RFC 6750).
         * @example Bearer realm="api"
         */
        WwwAuthenticate: string;
        /**
         * @description The number of seconds after which to try again.
         * @example 5
         */
        RetryAfter: number;
        /** @description The limit, as `"name";q=number;w=seconds`. `q` is the number of requests in a window of `w` seconds. This header field is missing if the operation has no limit. */
        RateLimitPolicy: string;
        /** @description The state of the limit, as `"name";r=number;t=seconds`. `r` is the number of requests that are left, and `t` the number of seconds until the limit is fully restored. */
        RateLimit: string;
        /**
         * @description The refresh token as a cookie, if the client keeps it in the cookie. An empty value deletes the cookie.
         * @example __Secure-gatehouse_refresh=eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ; Path=/api/v1/auth/token/; Max-Age=86400; HttpOnly; Secure; SameSite=Strict
         */
        RefreshCookie: string;
        /**
         * @description The URL of the page with the button that activates the account. The URL contains the code if the link has a readable code.
         * @example http://localhost:8000/account/activate/?code=4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        Location: string;
        /**
         * @description The request headers that the reply depends on.
         * @example Accept
         */
        Vary: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    registerUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Registration"];
        responses: {
            201: components["responses"]["RegistrationAccepted"];
            400: components["responses"]["Invalid"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    activateUser: {
        parameters: {
            query: {
                /**
                 * @description The code from the activation mail.
                 * @example 4Q0rJ8Zb1nXo2yW7sTfVdA
                 */
                code: components["parameters"]["ActivationCode"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Activated"];
            303: components["responses"]["ActivationPage"];
            400: components["responses"]["InvalidCodeParameter"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmActivation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Activation"];
        responses: {
            200: components["responses"]["Activated"];
            400: components["responses"]["InvalidCode"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    resendActivation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Address"];
        responses: {
            200: components["responses"]["ActivationResent"];
            400: components["responses"]["Invalid"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Address"];
        responses: {
            200: components["responses"]["RecoveryMailed"];
            400: components["responses"]["Invalid"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    restorePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["PasswordRestore"];
        responses: {
            200: components["responses"]["PasswordRestored"];
            400: components["responses"]["InvalidCode"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["User"];
            401: components["responses"]["Unauthorized"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the change only if the user still has one of these ETags (RFC 9110, 13.1.1). `*` matches every user. A weak ETag (`W/"…"`) never matches.
                 * @example "oLzWkDvd0hdKQ1Yh5bC2Xg"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["UserUpdate"];
        responses: {
            200: components["responses"]["User"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["PasswordChange"];
        responses: {
            200: components["responses"]["PasswordChanged"];
            400: components["responses"]["WrongPassword"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["EmailChange"];
        responses: {
            200: components["responses"]["EmailChangeRequested"];
            400: components["responses"]["WrongPassword"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Reauthentication"];
        responses: {
            200: components["responses"]["Export"];
            400: components["responses"]["WrongPassword"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Reauthentication"];
        responses: {
            204: components["responses"]["Deleted"];
            400: components["responses"]["WrongPassword"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["LastSuperuser"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["EmailConfirmation"];
        responses: {
            200: components["responses"]["EmailChanged"];
            400: components["responses"]["InvalidCode"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    undoEmailChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["EmailChangeUndo"];
        responses: {
            200: components["responses"]["EmailChangeUndone"];
            400: components["responses"]["InvalidCode"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Only the user with this email address, compared in normalized form.
                 * @example test@example.com
                 */
                email?: components["parameters"]["EmailFilter"];
                /**
                 * @description Only the user who had this id in the system from which users were imported.
                 * @example 4711
                 */
                legacy_id?: components["parameters"]["LegacyIdFilter"];
                /**
                 * @description Only users whose email address or names contain this text, ignoring case.
                 * @example tester
                 */
                search?: components["parameters"]["SearchFilter"];
                /**
                 * @description Only active users, or only suspended users.
                 * @example true
                 */
                is_active?: components["parameters"]["ActiveFilter"];
                /**
                 * @description Only superusers, or only users who are not superusers.
                 * @example false
                 */
                is_superuser?: components["parameters"]["SuperuserFilter"];
                /**
                 * @description The order of the users, by date of joining or by email address, ascending or descending. The case of email addresses is ignored.
                 * @example email
                 */
                ordering?: components["parameters"]["UserOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["UserPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request when it is repeated. Use a random UUID for each new request. The quotation marks of a structured field (draft-ietf-httpapi-idempotency-key-header) may be left out.
                 * @example "0d1f2c5e-6a7b-4c8d-9e0f-1a2b3c4d5e6f"
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["NewUser"];
        responses: {
            201: components["responses"]["AdminUserCreated"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["UserNotCreated"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["AdminUser"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Deleted"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["LastSuperuser"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the change only if the user still has one of these ETags (RFC 9110, 13.1.1). `*` matches every user. A weak ETag (`W/"…"`) never matches.
                 * @example "oLzWkDvd0hdKQ1Yh5bC2Xg"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["AdminUserUpdate"];
        responses: {
            200: components["responses"]["AdminUser"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["LastSuperuser"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SessionsRevoked"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUserSessions: {
        parameters: {
            query?: {
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["UserSessionPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeUserSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
                /**
                 * @description The session's id.
                 * @example 0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07
                 */
                session_id: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["SessionRevoked"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLockouts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Lockouts"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    liftLockouts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user_id: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["LockoutsLifted"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMails: {
        parameters: {
            query?: {
                /**
                 * @description Only mails with this status.
                 * @example failed
                 */
                status?: components["parameters"]["MailStatusFilter"];
                /**
                 * @description Only mails to this email address, compared in normalized form.
                 * @example test@example.com
                 */
                email?: components["parameters"]["RecipientFilter"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["MailPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    retryMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The mail's id.
                 * @example 0198f3a2-5a17-7e93-8c24-d1b06f3a7e58
                 */
                mail_id: components["parameters"]["MailId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Mail"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["MailNotPending"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    discardMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The mail's id.
                 * @example 0198f3a2-5a17-7e93-8c24-d1b06f3a7e58
                 */
                mail_id: components["parameters"]["MailId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Mail"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["MailNotPending"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSuppressedAddresses: {
        parameters: {
            query?: {
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SuppressedAddressPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    unsuppressAddress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SuppressedEmail"];
        responses: {
            204: components["responses"]["AddressUnsuppressed"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLockedUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LockedUsers"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Limits"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SigningKeys"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SignIn"];
        responses: {
            200: components["responses"]["TokenPair"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["NoActiveAccount"];
            403: components["responses"]["OriginNotAllowed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    refreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /**
                 * @description The refresh token of a browser client that signed in with `refresh_cookie: true`. It is used only if `refresh` in the body is empty.
                 * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
                 */
                "__Secure-gatehouse_refresh"?: components["parameters"]["RefreshCookie"];
            };
        };
        requestBody: components["requestBodies"]["Refresh"];
        responses: {
            200: components["responses"]["TokenPair"];
            400: components["responses"]["InvalidRefresh"];
            401: components["responses"]["RefreshTokenNotValid"];
            403: components["responses"]["OriginNotAllowed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Throttled"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    verifyToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Verification"];
        responses: {
            200: components["responses"]["Acknowledged"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["TokenNotValid"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /**
                 * @description The refresh token of a browser client that signed in with `refresh_cookie: true`. It is used only if `refresh` in the body is empty.
                 * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
                 */
                "__Secure-gatehouse_refresh"?: components["parameters"]["RefreshCookie"];
            };
        };
        requestBody: components["requestBodies"]["Refresh"];
        responses: {
            200: components["responses"]["SignedOut"];
            400: components["responses"]["InvalidRefresh"];
            403: components["responses"]["OriginNotAllowed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SessionPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["SessionsRevocation"];
        responses: {
            200: components["responses"]["SessionsRevoked"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id.
                 * @example 0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07
                 */
                session_id: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["SessionRevoked"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLoginLogs: {
        parameters: {
            query?: {
                /**
                 * @description Only records at or after this time. A time without `Z` or an offset is refused.
                 * @example 2026-11-01T00:00:00Z
                 */
                timestamp_after?: components["parameters"]["TimestampAfter"];
                /**
                 * @description Only records at or before this time. A time without `Z` or an offset is refused.
                 * @example 2026-11-30T23:59:59Z
                 */
                timestamp_before?: components["parameters"]["TimestampBefore"];
                /**
                 * @description Only records of exactly this IPv4 or IPv6 address. Every spelling of the address is accepted. If the value is not an IP address, the reply is 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text, ignoring case.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. Superusers may name any user, and other users only themselves.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user?: components["parameters"]["UserFilter"];
                /**
                 * @description The order of the records, oldest or latest first.
                 * @example timestamp
                 */
                ordering?: components["parameters"]["TimestampOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LoginLogPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSecurityEvents: {
        parameters: {
            query?: {
                /**
                 * @description Only records at or after this time. A time without `Z` or an offset is refused.
                 * @example 2026-11-01T00:00:00Z
                 */
                timestamp_after?: components["parameters"]["TimestampAfter"];
                /**
                 * @description Only records at or before this time. A time without `Z` or an offset is refused.
                 * @example 2026-11-30T23:59:59Z
                 */
                timestamp_before?: components["parameters"]["TimestampBefore"];
                /**
                 * @description Only records of exactly this IPv4 or IPv6 address. Every spelling of the address is accepted. If the value is not an IP address, the reply is 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text, ignoring case.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. Superusers may name any user, and other users only themselves.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user?: components["parameters"]["UserFilter"];
                /**
                 * @description Only events of this type.
                 * @example sign_in_failed
                 */
                type?: components["parameters"]["SecurityEventTypeFilter"];
                /**
                 * @description The order of the records, oldest or latest first.
                 * @example timestamp
                 */
                ordering?: components["parameters"]["TimestampOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next_cursor` or `previous_cursor` of a page. A cursor is encrypted and authenticated. An altered cursor is refused with 400.
                 * @example MDE5OGYzYTItNmMxZQ.b2d9Zk1x
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SecurityEventPage"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSignInStatistics: {
        parameters: {
            query?: {
                /**
                 * @description The latest 24 hours by hour, or the latest 30 days by day, both in UTC.
                 * @example month
                 */
                period?: components["parameters"]["Period"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["SignInStatistics"];
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getJwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Jwks"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDiscovery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Discovery"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
            503: components["responses"]["Unavailable"];
        };
    };
    getContract: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ContractYaml"];
        };
    };
    getContractJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ContractJson"];
        };
    };
}
