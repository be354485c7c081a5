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
         * Register with an address and a password
         * @description Mails an activation link to the address. If the address is taken, its owner gets a notice instead; the reply is the same. Each registration is kept separately, with its own password. Only the mail that this request causes can activate it, within 24 hours. For 7 days, `resendActivation` and `forgotPassword` can still create the account, with a new password.
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
         * @description The link in the activation mail. A GET of an API client activates the account. A browser, whose `Accept` header prefers `text/html`, is redirected with 303 to a page that asks for a click, so that a mail scanner that follows links does not consume the code. In production (setting `ACTIVATE_BY_GET`) only a GET whose `Accept` names `application/json` activates. HEAD never activates. If the link is followed again, the reply is "already active", as for `confirmActivation`. A browser whose link has lost its code is redirected to the page as well, which explains this.
         */
        get: operations["activateUser"];
        put?: never;
        /**
         * Activate an account with the mailed code
         * @description Does what the mailed link does, whatever the client accepts. A used code of an active account gets 200 "already active". The code of a registration gets the same reply, with `superseded`, if another registration of the address was activated first; the account has the password of that one. Every other code that is wrong, used, expired or of another user gets the same error.
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
         * @description Mails a recovery link, valid for at most one hour, if the address has a registration that waits for activation. `restorePassword` with its code creates the account with the password given there. The link never activates the password of a registration, because another person may have made that registration. The activation link of each registration stays valid. The owner of an active account gets a notice instead. The reply is always the same and reveals nothing about the address. Requests from one network are limited, together with those of `forgotPassword`.
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
         * @description Mails a link with a recovery code, valid for at most one hour, if the address belongs to an account. An address that only has registrations that wait for activation gets such a link as well: `restorePassword` with its code creates the account. The reply is always the same and reveals nothing about the address. Requests from one network are limited, together with those of `resendActivation`.
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
         * @description Sets the password, consumes the code and ends every session of the account. A notice is mailed to its address. The account's known devices are deleted, except the one that sends this request. The operation does not sign in: call `createToken` with the new password. An invalid code is reported before an invalid password, and an invalid password does not consume the code.
         *
         *     For an address without an account, the code of `forgotPassword` or `resendActivation` creates the account with this password. Every registration of the address is then void: only the language of a registration is kept, and its activation code stops working. If the address was taken in the meantime, the reply is `code_invalid`.
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
         * @description Sets a new password after checking the current one. Every session of the account ends except the current one, mailed codes that were not used yet stop working, and a notice is mailed to the account's address. Changes of one account are limited.
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
         * @description Checks the current password and mails a confirmation code to the new address. Nothing changes until `confirmEmail` gets that code. If another user has the new address, nothing is mailed; the reply is the same. A newer request ends the previous one, and so does a new password. The present address is refused as `unchanged`, with one exception: after a password recovery at an address that was set by a change, that address can be requested again. Confirming it ends the undo of the change (see `confirmEmail`). Requests are limited by account and by network.
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
         * @description Returns one JSON document: profile, addresses, sessions, sign-ins, security events and mails. It contains no secrets: no password hash, no codes and no tokens. The current password is required. The document has no size limit and is sent while it is read. If the connection ends before the document does, repeat the request.
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
         * @description Checks the current password and erases the account with all personal data: profile, addresses, sessions, sign-ins and records of mails. Waiting mails are not sent. Security events stay, without address and device. Tokens and mailed codes stop working at once, including the link that undoes a change of address, and the address can be registered again. A notice is mailed to the address, and to a former one that could still undo a change. The record of that mail is deleted when it is sent, after a day at the latest. The last active superuser cannot be deleted; superusers without a password do not count.
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
         * @description Makes the new address the one that the user signs in with and gets mail at. The old address gets a notice with a link that undoes the change for 7 days. No other user can take the old address in that time.
         *
         *     The owner of the new address can shorten that time: recover the password at the new address, request the same address with `changeEmail` and confirm it again. The undo then ends 72 hours after the change, or at once if they have passed, and the reply has `undo_until`. It never ends earlier, because an attacker who has taken over the account could do the same. An operator ends it at once with `npx gatehouse users end-undo EMAIL`.
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
         * @description For the owner of an account whose address another person has changed. Restores the old address, ends every session and removes the password. A recovery link goes to the old address, for a new password; mail limits do not apply to it. A notice goes to the address that the account had until now. Later changes are undone as well, and their addresses are free again. The account's known devices are deleted, except the one that sends this request.
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
         * @description For superusers. An active user without a password is mailed an invitation. Its link, valid for 7 days, leads to a page where the user sets a password. `email_confirmed` is false until a mailed code of the user is used. Registrations of the address that wait for activation become void.
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
         * @description For superusers. Erases the account and all personal data as `deleteMe` does, and notifies its address. The last active superuser cannot be deleted; superusers without a password do not count.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change, suspend or promote a user
         * @description For superusers. Changes the members that are sent and leaves the others as they are. `is_active: false` suspends the user: every session ends at once, tokens and mailed codes stop working, and the user cannot sign in until it is true again. The last active superuser can neither be suspended nor demoted; superusers without a password do not count.
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
         * @description Begins a session and records the sign-in in the login log. A wrong password, an unknown address and an inactive account get the same reply after the same time; each is a security event. A sign-in from a new device or network is a security event as well, and its owner is notified by mail. Passwords are checked in a bounded queue that is fair between networks. If the queue is full, the reply is 503 with `Retry-After`. A user has at most 100 live sessions (setting `MAX_SESSIONS`). A sign-in beyond that ends the oldest one.
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
         * @description Rotates the refresh token (RFC 9700, 4.14.2): keep the new one, the old one is no longer valid. If the request is repeated within 30 seconds (setting `REFRESH_GRACE`), for example after a lost reply, it gets a valid pair again. The repeated request must come from the network (IPv4 /24, IPv6 /64) and with the User-Agent of the first request. If only one of the two matches, two repeated requests are accepted, and further ones get 401. A repeated request from another network with another User-Agent, or an older token after that time, ends the session and is a security event. A refresh from a new network is a security event as well, at most once an hour.
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
         * @description Ends the session of the refresh token, including its access tokens. Any refresh token of the session is accepted, even an expired or exchanged one. The reply is 200 for any string (RFC 7009, 2.2), so it reveals nothing about the token.
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
         * @description The live sessions of the signed-in user, the latest sign-in first: where each began, and when and from where it was last used. A session is one sign-in with all pairs of tokens that were refreshed from it.
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
         * End all of the user's own sessions, or all except this one
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
         * @description Ends the session at once, even the current one. A session that has ended, is unknown or belongs to another user is a 404.
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
         * @description One record for each successful sign-in. The default order is latest first. Users see their own records. Superusers see the records of all users and can filter them by `user`. A record must match all filters.
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
         * @description What happened to accounts, except successful sign-ins: failed sign-ins, ended sessions, changes, and actions of administrators. The default order is latest first. Users see their own events. Superusers see the events of all users and can filter them by `user`. An event must match all filters.
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
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the public keys of access tokens
         * @description The JSON Web Key Set (RFC 7517) for verifying access tokens without calling this service. Choose the key by the token's `kid`. A new key is published before it signs. A product that verifies tokens this way sees the end of a session only when the access token expires.
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
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the process responds
         * @description Returns 200 as long as the process responds, whatever the state of the database. Restart the process when it does not.
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
         * @description Returns 503 while the database does not respond or migrations are missing. Send no traffic until it is 200 again.
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
         * @description An email address, which may be internationalised. It is compared in a normalized form: in lower case, with the domain in its IDNA form.
         * @example test@example.com
         */
        Email: string;
        /**
         * Format: idn-email
         * @description The email address of a new account, or the new address of an account. Its local part must have no invisible characters and must use one script and one set of digits, otherwise the error is `format`. Latin letters may be mixed with Chinese, Japanese and Korean ones, and a tag after `+` may use another script. A local part beyond ASCII is refused as `undeliverable` if the mail server of the service does not accept such addresses (SMTPUTF8, RFC 6531).
         * @example test@example.com
         */
        NewEmail: string;
        /**
         * Format: password
         * @description The new password: at least 8 characters of any kind (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), otherwise the error is `password_too_short`. It is normalised with NFKC and never truncated or trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`. A password that consists only of the email address, the name of the service, words of these, digits and symbols is refused as `password_too_personal`. Both ignore case.
         * @example correct horse battery staple
         */
        NewPassword: string;
        /**
         * Format: password
         * @description A password, compared after NFKC. As `password_confirm`, the new password again.
         * @example correct horse battery staple
         */
        Password: string;
        /**
         * @description The first name; may be empty.
         * @example Test
         */
        FirstName: string;
        /**
         * @description The last name; may be empty.
         * @example Tester
         */
        LastName: string;
        /**
         * Format: personal-name
         * @description The first name; may be empty. Characters that are invisible or change the direction of text are refused, such as U+0085, U+200B and U+202E. The joiners U+200C and U+200D, which Persian and emoji need, are accepted.
         * @example Test
         */
        NewFirstName: string;
        /**
         * Format: personal-name
         * @description The last name; may be empty. The same characters are refused as in the first name.
         * @example Tester
         */
        NewLastName: string;
        /**
         * @description The language of mails and pages. A registration without it gets `en`.
         * @example en
         * @enum {string}
         */
        Language: "en" | "ru";
        /**
         * @description A code from a mail. It works once. White space and punctuation after it are ignored, because mail programs add them to links.
         * @example 4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        Code: string;
        /**
         * @description One or two sentences for people. May be reworded.
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
         * @description The client's User-Agent, shortened to 512 characters, without control, direction and other invisible characters. Empty if the client sent none.
         * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
         */
        ClientUserAgent: string;
        /**
         * Format: int32
         * @description The number of matching records on all pages; 10,000 means that many or more. With a filter, only the latest 100,000 records of a log are counted.
         * @example 37
         */
        Count: number;
        /**
         * @description Present and true if more records match than `count` says, or may match beyond the searched ones.
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
        /** @description What happened, for people. */
        Message: {
            detail: components["schemas"]["Detail"];
        };
        /** @description What happened, for people. */
        ActivationResult: {
            detail: components["schemas"]["Detail"];
            /**
             * @description True if another registration of the address activated the account, which has that registration's password. Left out otherwise.
             * @example true
             */
            superseded?: boolean;
        };
        /** @description What happened, for people. */
        EmailConfirmed: {
            detail: components["schemas"]["Detail"];
            /**
             * Format: date-time
             * @description Only if the present address was confirmed again: the time until which a former address can undo the change. It may have passed.
             * @example 2026-11-27T09:30:00.000Z
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
            language?: components["schemas"]["Language"];
        };
        /** @description The reply to a registration, the same for a free and for a taken address. */
        RegistrationAccepted: {
            detail: components["schemas"]["Detail"];
            email: components["schemas"]["Email"];
        };
        /** @description An activation. */
        ActivationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description An address to send a mail to. It is refused as `undeliverable` under the same conditions as a new address. */
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
             * @example 2026-11-24T09:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in. Left out until the first sign-in.
             * @example 2026-11-24T10:15:42.318Z
             */
            last_login?: string;
        };
        /** @description The members of a profile to change. */
        UserUpdate: {
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["Language"];
        };
        /** @description A new password, authorized by the current one. */
        PasswordChangeRequest: {
            current_password: components["schemas"]["Password"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
        };
        /** @description A new address, authorized by the current password. */
        EmailChangeRequest: {
            current_password: components["schemas"]["Password"];
            email: components["schemas"]["NewEmail"];
        };
        /** @description The current password, for operations that a signed-in session alone must not perform. */
        ReauthenticationRequest: {
            current_password: components["schemas"]["Password"];
        };
        /** @description The confirmation of a new address. */
        EmailConfirmationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description The undo of a change of address. */
        EmailChangeUndoRequest: {
            code: components["schemas"]["Code"];
        };
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
             * @description Whether a mailed code has confirmed the address. False only for users who were created by a superuser and have not set a password with a mailed code yet.
             * @example true
             */
            email_confirmed: boolean;
            /**
             * Format: date-time
             * @description When the account was created.
             * @example 2026-11-24T09:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in. Left out until the first sign-in.
             * @example 2026-11-24T10:15:42.318Z
             */
            last_login?: string;
        };
        /** @description A page of users. */
        UserPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            /** @description The users of this page. */
            results: components["schemas"]["AdminUser"][];
        };
        /**
         * @description The order of users, by date of joining or by address. A minus means descending.
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
            language?: components["schemas"]["Language"];
            is_active?: components["schemas"]["IsActive"];
            is_superuser?: components["schemas"]["IsSuperuser"];
        };
        /** @description The members of a user to change. */
        AdminUserUpdate: {
            first_name?: components["schemas"]["NewFirstName"];
            last_name?: components["schemas"]["NewLastName"];
            language?: components["schemas"]["Language"];
            is_active?: components["schemas"]["IsActive"];
            is_superuser?: components["schemas"]["IsSuperuser"];
        };
        /** @description All data that is stored about a user, except secrets. Lists are ordered by time, oldest first. */
        Export: {
            /**
             * Format: date-time
             * @description When the export was made.
             * @example 2026-11-24T12:00:00.000Z
             */
            exported_at: string;
            user: components["schemas"]["AdminUser"];
            /** @description The addresses that belong to the account. */
            addresses: components["schemas"]["ExportedAddress"][];
            /** @description Requested changes of the address. */
            email_changes: components["schemas"]["ExportedEmailChange"][];
            /** @description Sessions, including ended ones as long as they are kept. */
            sessions: components["schemas"]["ExportedSession"][];
            /** @description Known devices, which are kept to notice new ones. */
            devices: components["schemas"]["ExportedDevice"][];
            /** @description Successful sign-ins. */
            login_logs: components["schemas"]["LoginLog"][];
            /** @description Other events that concern the account. */
            security_events: components["schemas"]["SecurityEvent"][];
            /** @description Mails to the user's addresses, as long as they are kept. Their text is not stored. */
            mails: components["schemas"]["ExportedMail"][];
        };
        /** @description An address that belongs to the account. */
        ExportedAddress: {
            email: components["schemas"]["Email"];
            kind: components["schemas"]["AddressKind"];
            /**
             * Format: date-time
             * @description The time until which a former address is held for the undo of its change.
             * @example 2026-12-01T11:45:00.000Z
             */
            held_until?: string;
        };
        /**
         * @description Whether it is the address of the account or a former address, which is held for 7 days.
         * @example current
         * @enum {string}
         */
        AddressKind: "current" | "held";
        /** @description A requested change of address. */
        ExportedEmailChange: {
            email: components["schemas"]["Email"];
            /**
             * Format: idn-email
             * @description The previous address, once the change has taken effect.
             * @example test@example.com
             */
            old_email?: string;
            /**
             * Format: date-time
             * @description When it was requested.
             * @example 2026-11-24T11:30:00.000Z
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description When it took effect, if it did.
             * @example 2026-11-24T11:45:00.000Z
             */
            confirmed_at?: string;
            /**
             * Format: date-time
             * @description When it was undone, if it was.
             * @example 2026-11-24T11:50:00.000Z
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
             * @description When the session was ended, unless it expired.
             * @example 2026-11-24T11:10:00.000Z
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
             * @description The User-Agent without its numbers.
             * @example Mozilla (X Linux x rv) Gecko Firefox
             */
            device: string;
            /**
             * Format: date-time
             * @description When the device first signed in.
             * @example 2026-11-24T10:15:42.318Z
             */
            first_seen_at: string;
            /**
             * Format: date-time
             * @description When the device last signed in.
             * @example 2026-11-24T10:15:42.318Z
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
             * @description When it was requested.
             * @example 2026-11-24T09:28:11.513Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the mail was sent, if it was.
             * @example 2026-11-24T09:28:12.040Z
             */
            sent_at?: string;
        };
        /** @description A session, which is one sign-in with all pairs of tokens that were refreshed from it. */
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
             * @description Whether this is the session of the request.
             * @example true
             */
            is_current: boolean;
        };
        /**
         * Format: date-time
         * @description When the session began with a sign-in.
         * @example 2026-11-24T10:15:42.318Z
         */
        SessionCreatedAt: string;
        /**
         * Format: date-time
         * @description When the tokens were last refreshed, or the time of the sign-in.
         * @example 2026-11-24T11:02:10.007Z
         */
        SessionLastUsedAt: string;
        /**
         * Format: date-time
         * @description When the session expires unless its tokens are refreshed before.
         * @example 2026-11-25T11:02:10.007Z
         */
        SessionExpiresAt: string;
        /**
         * @description The IPv4 or IPv6 address of the last refresh, or of the sign-in.
         * @example 198.51.100.23
         */
        SessionLastIpAddress: string;
        /**
         * @description The User-Agent of the last refresh, or of the sign-in.
         * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
         */
        SessionLastUserAgent: string;
        /** @description A page of sessions. */
        SessionPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
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
             * @description The number of live sessions that were ended; 10,000 means that many or more.
             * @example 2
             */
            revoked: number;
        };
        /** @description The credentials of a user. */
        Credentials: {
            email: components["schemas"]["Email"];
            password: components["schemas"]["Password"];
        };
        /** @description A refresh token to exchange or to end. */
        RefreshRequest: {
            refresh: components["schemas"]["PresentedToken"];
        };
        /** @description A token to check. */
        VerificationRequest: {
            token: components["schemas"]["PresentedToken"];
        };
        /**
         * @description A token as received in `access` or `refresh`.
         * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
         */
        PresentedToken: string;
        /** @description The tokens of a session. */
        TokenPair: {
            /**
             * @description The access token, valid for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`).
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.cGZ4b0dRN2ZkU3A0
             */
            access: string;
            /**
             * @description The refresh token, valid for one exchange within a day (setting `REFRESH_TOKEN_LIFETIME`), and never longer than 30 days after the sign-in (setting `SESSION_LIFETIME`). It is opaque to clients.
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
             * @description The client's User-Agent, shortened to 512 characters, without control, direction and other invisible characters. Empty if the client sent none.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent: string;
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-24T10:15:42.318Z
             */
            timestamp: string;
        };
        /** @description A page of the login log. */
        LoginLogPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            /** @description The records of this page. */
            results: components["schemas"]["LoginLog"][];
        };
        /** @description Something that happened to an account, other than a successful sign-in. After a user is deleted, address and device are left out. */
        SecurityEvent: {
            id: components["schemas"]["Id"];
            type: components["schemas"]["SecurityEventType"];
            /**
             * Format: uuid
             * @description The id of the affected user. Left out if there is no such user, as for an unknown address at sign-in.
             * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
             */
            user?: string;
            /**
             * Format: uuid
             * @description The id of the administrator who caused it. Left out for actions of the users themselves.
             * @example 0198f3a2-5f02-7b38-a1c4-7d20e9f6b815
             */
            actor?: string;
            /**
             * @description The IP address of the client. Only superusers see that of an administrator.
             * @example 203.0.113.7
             */
            ip_address?: string;
            /**
             * @description The User-Agent of the client. Only superusers see that of an administrator.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent?: string;
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-24T10:14:58.102Z
             */
            timestamp: string;
        };
        /**
         * @description What happened. New types may be added.
         * @example sign_in_failed
         * @enum {string}
         */
        SecurityEventType: "sign_in_failed" | "account_locked" | "new_device" | "refresh_reused" | "session_network_changed" | "sessions_revoked" | "password_changed" | "password_restored" | "email_change_requested" | "email_changed" | "email_change_undone" | "email_undo_ended" | "export_made" | "user_created" | "user_updated" | "user_suspended" | "user_activated" | "user_deleted" | "superuser_granted" | "superuser_revoked" | "keys_rotated";
        /** @description A page of security events. */
        SecurityEventPage: {
            count: components["schemas"]["Count"];
            count_capped?: components["schemas"]["CountCapped"];
            next: components["schemas"]["NextPage"];
            previous: components["schemas"]["PreviousPage"];
            /** @description The events of this page. */
            results: components["schemas"]["SecurityEvent"][];
        };
        /**
         * @description The order of security events, oldest (`timestamp`) or latest (`-timestamp`) first.
         * @default -timestamp
         * @example timestamp
         * @enum {string}
         */
        SecurityEventOrdering: "-timestamp" | "timestamp";
        /**
         * @description The order of the login log, oldest (`timestamp`) or latest (`-timestamp`) first.
         * @default -timestamp
         * @example timestamp
         * @enum {string}
         */
        LoginLogOrdering: "-timestamp" | "timestamp";
        /** @description A JSON Web Key Set (RFC 7517). */
        Jwks: {
            /** @description The keys that sign now, that will sign next, and that signed until recently. */
            keys: components["schemas"]["Jwk"][];
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
         * @description The family of the key, an elliptic curve.
         * @example EC
         * @enum {string}
         */
        JwkKeyType: "EC";
        /**
         * @description What the key is for, signatures.
         * @example sig
         * @enum {string}
         */
        JwkUse: "sig";
        /**
         * @description The only algorithm it is used with.
         * @example ES256
         * @enum {string}
         */
        JwkAlgorithm: "ES256";
        /**
         * @description The curve.
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
             * @description The version of the contract, a semantic one.
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
             * @description The kind of problem as a URI, one for each `code`.
             * @example urn:problem:gatehouse:invalid
             */
            type: string;
            /**
             * @description The kind of problem, for people. The same for each `code`.
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
            /** @description The errors of the request. Only with the code `invalid`. */
            errors?: components["schemas"]["FieldError"][];
        };
        /**
         * @description The kind of problem, for programs. Stable.
         * @example invalid
         * @enum {string}
         */
        ProblemCode: "invalid" | "code_invalid" | "current_password_incorrect" | "not_authenticated" | "no_active_account" | "token_not_valid" | "user_not_found" | "user_inactive" | "permission_denied" | "not_found" | "method_not_allowed" | "email_taken" | "last_superuser" | "request_timeout" | "content_too_large" | "uri_too_long" | "unsupported_media_type" | "headers_too_large" | "throttled" | "internal" | "unavailable";
        /** @description One error of a request, in the body (`pointer`) or in a parameter (`parameter`). */
        FieldError: {
            /**
             * Format: json-pointer
             * @description The location in the body (RFC 6901). Empty for the body as a whole.
             * @example /email
             */
            pointer?: string;
            /**
             * @description The name of the query parameter.
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
        /** @description Accepted. If the address is free, an activation link is on its way. */
        RegistrationAccepted: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ActivationResult"];
            };
        };
        /** @description For a browser. Nothing has been activated yet; the page asks for a click. */
        ActivationPage: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                Location: components["headers"]["Location"];
                Vary: components["headers"]["Vary"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description If the address has a registration that waits, a link to choose a password is on its way. */
        ActivationResent: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
        /** @description If the address has an account or a registration that waits, a recovery link is on its way. */
        RecoveryMailed: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "date_joined": "2026-11-24T09:30:00.000Z",
                 *       "last_login": "2026-11-24T10:15:42.318Z"
                 *     }
                 */
                "application/json": components["schemas"]["User"];
            };
        };
        /** @description The new password is set. The other sessions have ended. */
        PasswordChanged: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
        /** @description If no other user has the new address, a confirmation mail is on its way there. */
        EmailChangeRequested: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
        /** @description The account has the new address. */
        EmailChanged: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["EmailConfirmed"];
            };
        };
        /** @description The old address is restored, and every session has ended. */
        EmailChangeUndone: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "exported_at": "2026-11-24T12:00:00.000Z",
                 *       "user": {
                 *         "id": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *         "email": "test@example.com",
                 *         "first_name": "Test",
                 *         "last_name": "",
                 *         "language": "en",
                 *         "is_superuser": false,
                 *         "is_active": true,
                 *         "email_confirmed": true,
                 *         "date_joined": "2026-11-24T09:30:00.000Z",
                 *         "last_login": "2026-11-24T10:15:42.318Z"
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
                 *           "requested_at": "2026-11-24T11:30:00.000Z"
                 *         }
                 *       ],
                 *       "sessions": [
                 *         {
                 *           "id": "0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07",
                 *           "created_at": "2026-11-24T10:15:42.318Z",
                 *           "last_used_at": "2026-11-24T11:02:10.007Z",
                 *           "expires_at": "2026-11-25T11:02:10.007Z",
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
                 *           "first_seen_at": "2026-11-24T10:15:42.318Z",
                 *           "last_seen_at": "2026-11-24T10:15:42.318Z"
                 *         }
                 *       ],
                 *       "login_logs": [
                 *         {
                 *           "id": "0198f3a2-71b8-7e05-b6c4-d08f5a2e9137",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:15:42.318Z"
                 *         }
                 *       ],
                 *       "security_events": [
                 *         {
                 *           "id": "0198f3a2-7f31-7d42-95a8-c16b0e3d8f24",
                 *           "type": "export_made",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T12:00:00.000Z"
                 *         }
                 *       ],
                 *       "mails": [
                 *         {
                 *           "kind": "activation",
                 *           "address": "test@example.com",
                 *           "status": "sent",
                 *           "created_at": "2026-11-24T09:28:11.513Z",
                 *           "sent_at": "2026-11-24T09:28:12.040Z"
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The sessions have ended. */
        SessionsRevoked: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07",
                 *           "created_at": "2026-11-24T10:15:42.318Z",
                 *           "last_used_at": "2026-11-24T11:02:10.007Z",
                 *           "expires_at": "2026-11-25T11:02:10.007Z",
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
        /** @description A page of security events. */
        SecurityEventPage: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-7f31-7d42-95a8-c16b0e3d8f24",
                 *           "type": "sign_in_failed",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:14:58.102Z"
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *           "date_joined": "2026-11-24T09:30:00.000Z",
                 *           "last_login": "2026-11-24T10:15:42.318Z"
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "date_joined": "2026-11-24T09:30:00.000Z",
                 *       "last_login": "2026-11-24T10:15:42.318Z"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUser"];
            };
        };
        /** @description The user is created. */
        AdminUserCreated: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "date_joined": "2026-11-24T09:30:00.000Z",
                 *       "last_login": "2026-11-24T10:15:42.318Z"
                 *     }
                 */
                "application/json": components["schemas"]["AdminUser"];
            };
        };
        /** @description A new pair of tokens. */
        TokenPair: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "access": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.cGZ4b0dRN2ZkU3A0",
                 *       "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ"
                 *     }
                 */
                "application/json": components["schemas"]["TokenPair"];
            };
        };
        /** @description Success. The reply has no content beyond that. */
        Acknowledged: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "results": [
                 *         {
                 *           "id": "0198f3a2-71b8-7e05-b6c4-d08f5a2e9137",
                 *           "user": "0198f3a2-5d40-7c11-8e2a-94b7c3d5f601",
                 *           "ip_address": "203.0.113.7",
                 *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                 *           "timestamp": "2026-11-24T10:15:42.318Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LoginLogPage"];
            };
        };
        /** @description The public keys. */
        Jwks: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
        /** @description The service is healthy. */
        Healthy: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "application/yaml": components["schemas"]["ContractText"];
            };
        };
        /** @description The contract, as JSON. */
        ContractJson: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:invalid",
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
        /** @description The body does not match the contract, or the current password is wrong. */
        WrongPassword: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
        /** @description The body does not match the contract, or the code is wrong, used, expired or of another user. */
        InvalidCode: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The code is missing, wrong, used, expired or of another user. */
        InvalidCodeParameter: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:invalid",
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A wrong password, an unknown address or an inactive account. The reply does not reveal which. */
        NoActiveAccount: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "type": "urn:problem:gatehouse:no_active_account",
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user is signed in but may not do this. */
        PermissionDenied: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:permission_denied",
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
        /** @description There is no such object, or this user may not know of it. */
        NotFound: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:not_found",
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
        /** @description Another user has this address. */
        EmailTaken: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:email_taken",
                 *       "title": "Email taken",
                 *       "status": 409,
                 *       "detail": "Another user has this address.",
                 *       "code": "email_taken",
                 *       "request_id": "0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description This is the last active superuser. */
        LastSuperuser: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:last_superuser",
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
        /** @description The body is larger than 64 KiB. */
        ContentTooLarge: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:content_too_large",
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:unsupported_media_type",
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
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
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
                 *       "type": "urn:problem:gatehouse:throttled",
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
        /** @description An error of the service. Its log has the details under the request id. */
        Internal: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:internal",
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
        /** @description The service cannot serve the request at the moment: the database does not respond, or too many passwords or list requests wait. */
        Unavailable: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:problem:gatehouse:unavailable",
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
         * @description Only records of exactly this IPv4 or IPv6 address, in any of its spellings. Any other text is refused with 400.
         * @example 203.0.113.7
         */
        IpAddress: string;
        /**
         * @description Only records whose User-Agent contains this text, ignoring case.
         * @example firefox
         */
        UserAgent: string;
        /**
         * @description Only records of this user. For superusers; other users may only name themselves.
         * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
         */
        UserFilter: string;
        /**
         * @description Oldest or latest first.
         * @example timestamp
         */
        LoginLogOrdering: components["schemas"]["LoginLogOrdering"];
        /**
         * @description The user's id.
         * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
         */
        UserId: string;
        /**
         * @description The session's id.
         * @example 0198f3a2-6b7c-7a90-b3d1-5e8f2c4a6d07
         */
        SessionId: string;
        /**
         * @description Only the user with this address, compared in normalized form.
         * @example test@example.com
         */
        EmailFilter: components["schemas"]["Email"];
        /**
         * @description Only users whose address or names contain this text, ignoring case.
         * @example tester
         */
        SearchFilter: string;
        /**
         * @description Only active users, or only suspended users.
         * @example true
         */
        ActiveFilter: boolean;
        /**
         * @description Only superusers, or only other users.
         * @example false
         */
        SuperuserFilter: boolean;
        /**
         * @description By date of joining or by address, ascending or descending, ignoring case.
         * @example email
         */
        UserOrdering: components["schemas"]["UserOrdering"];
        /**
         * @description Only events of this type.
         * @example sign_in_failed
         */
        SecurityEventTypeFilter: components["schemas"]["SecurityEventType"];
        /**
         * @description Oldest or latest first.
         * @example timestamp
         */
        SecurityEventOrdering: components["schemas"]["SecurityEventOrdering"];
        /**
         * @description The maximum number of records on a page.
         * @example 50
         */
        PageSize: number;
        /**
         * @description A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An altered cursor is refused with 400.
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
        /** @description The address to mail to. */
        Address: {
            content: {
                "application/json": components["schemas"]["AddressRequest"];
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
        /** @description The current password and the new address. */
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
         * @description The origin of the calling page, if the service allows it (`CORS_ORIGINS`); otherwise the header is absent. If any origin is allowed, every reply has `Vary: Origin`.
         * @example https://app.example.com
         */
        AllowOrigin: string;
        /**
         * @description Always `no-store` here.
         * @example no-store
         */
        CacheControl: string;
        /**
         * @description How long any cache may keep the reply.
         * @example public, max-age=300
         */
        CacheControlPublic: string;
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
        /** @description The limit, as `"name";q=number;w=seconds`; left out where there is none. */
        RateLimitPolicy: string;
        /** @description What is left of the limit, as `"name";r=number;t=seconds until it is fully restored`. */
        RateLimit: string;
        /**
         * @description The page that asks for the click, with the code, or without it if the link has no readable code.
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
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["UserUpdate"];
        responses: {
            200: components["responses"]["User"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
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
                 * @description Only the user with this address, compared in normalized form.
                 * @example test@example.com
                 */
                email?: components["parameters"]["EmailFilter"];
                /**
                 * @description Only users whose address or names contain this text, ignoring case.
                 * @example tester
                 */
                search?: components["parameters"]["SearchFilter"];
                /**
                 * @description Only active users, or only suspended users.
                 * @example true
                 */
                is_active?: components["parameters"]["ActiveFilter"];
                /**
                 * @description Only superusers, or only other users.
                 * @example false
                 */
                is_superuser?: components["parameters"]["SuperuserFilter"];
                /**
                 * @description By date of joining or by address, ascending or descending, ignoring case.
                 * @example email
                 */
                ordering?: components["parameters"]["UserOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An altered cursor is refused with 400.
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
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["NewUser"];
        responses: {
            201: components["responses"]["AdminUserCreated"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            409: components["responses"]["EmailTaken"];
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
        requestBody: components["requestBodies"]["AdminUserUpdate"];
        responses: {
            200: components["responses"]["AdminUser"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["LastSuperuser"];
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
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Refresh"];
        responses: {
            200: components["responses"]["TokenPair"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["TokenNotValid"];
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
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Refresh"];
        responses: {
            200: components["responses"]["Acknowledged"];
            400: components["responses"]["Invalid"];
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
                 * @description A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An altered cursor is refused with 400.
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
                 * @description Only records of exactly this IPv4 or IPv6 address, in any of its spellings. Any other text is refused with 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text, ignoring case.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. For superusers; other users may only name themselves.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user?: components["parameters"]["UserFilter"];
                /**
                 * @description Oldest or latest first.
                 * @example timestamp
                 */
                ordering?: components["parameters"]["LoginLogOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An altered cursor is refused with 400.
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
                 * @description Only records of exactly this IPv4 or IPv6 address, in any of its spellings. Any other text is refused with 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text, ignoring case.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. For superusers; other users may only name themselves.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user?: components["parameters"]["UserFilter"];
                /**
                 * @description Only events of this type.
                 * @example sign_in_failed
                 */
                type?: components["parameters"]["SecurityEventTypeFilter"];
                /**
                 * @description Oldest or latest first.
                 * @example timestamp
                 */
                ordering?: components["parameters"]["SecurityEventOrdering"];
                /**
                 * @description The maximum number of records on a page.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A position in the list, taken from `next` or `previous`. It is opaque, encrypted and authenticated. An altered cursor is refused with 400.
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
