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
         * @description Mails an activation link to the address. The answer is the same whether or not the address is taken: its owner gets a notice instead. Each registration waits apart from the others with its own password. Only the mail that this request causes can activate it, within 24 hours. After that, and for 7 days, `resendActivation` and `forgotPassword` lead to an account with another password.
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
         * @description The link in the activation mail. An API client's GET activates the account; a browser, whose `Accept` header prefers `text/html`, is sent on with 303 to a page that asks for a click, so that a mail scanner that follows links uses nothing up. In production (setting `ACTIVATE_BY_GET`) only a GET whose `Accept` names `application/json` activates. HEAD never does. Following the link again answers "already active", as `confirmActivation` does. A browser whose link has lost its code is sent to the page, too, which says so.
         */
        get: operations["activateUser"];
        put?: never;
        /**
         * Activate an account with the mailed code
         * @description Does what the mailed link does, whatever the client accepts. A used code of an account that is active answers 200 "already active". So does the code of a registration that another registration of the same address preceded: the answer has `superseded` then, and the password is that of the registration that was activated first. Every other code that is wrong, used, expired or of another user gets one and the same error.
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
         * @description Mails a recovery link, good for an hour at most, if a registration of the address waits: `restorePassword` with its code creates the account with the password given there. The link never activates the password of a registration, because that registration may be a stranger's. The activation link of each registration stays good. The owner of an active account gets a notice instead. The answer is always the same and reveals nothing about the address. Requests from one network are limited, together with those of `forgotPassword`.
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
         * Ask for password recovery
         * @description Mails a link with a recovery code, good for an hour at most, if the address belongs to an account. An address that only has registrations which wait for activation gets such a link, too: `restorePassword` with its code creates the account. The answer is always the same and reveals nothing about the address. Requests from one network are limited, together with those of `resendActivation`.
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
         * @description Sets the password, uses the code up and ends every session of the account; a notice is mailed to its address. The devices that the account was signed in from are forgotten, apart from the one that sends this request. It does not sign in: call `createToken` with the new password. A code that does not work is reported before what is wrong with the password, which uses no code up.
         *
         *     For an address without an account the code of `forgotPassword` or `resendActivation` creates the account with this password. Every registration of the address is void then: of a registration nothing is kept but the language, and its activation code stops working. If the address was taken in the meantime, the answer is `code_invalid`.
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
         * Read one's own profile
         * @description Answers with the signed-in user's profile as it is stored now, not as it was when the token was issued.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change one's own profile
         * @description Changes the members that are sent and leaves the others as they are; an empty object changes nothing. Names and language only: any other member, `is_superuser` or `email` for example, is refused with 400.
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
         * Change one's own password
         * @description Sets a new password after the current one was checked. Every other session of the account ends, mailed codes that were not used yet stop working, and a notice is mailed to the account's address. The session that asks goes on. Changes of one account are limited.
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
         * Ask for another email address
         * @description Mails a confirmation code to the new address after the current password was checked; until `confirmEmail` gets that code nothing changes. The answer is the same whether or not somebody else has the new address: then nothing is mailed. A newer request ends the one before, and so does a new password. The present address is refused as `unchanged`, with one exception: after a password recovery at an address that came by a change, that address can be requested once more. Confirming it ends the undo of the change (see `confirmEmail`). Requests are limited by account and by network.
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
         * Export everything that is stored about oneself
         * @description Answers with one JSON document: profile, addresses, sessions, sign-ins, security events and mails. Secrets are not in it: neither the hash of the password nor codes or tokens. The current password is asked for once more. The document has no limit of size and is sent while it is read: if the connection ends before the answer does, ask again.
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
         * Delete one's own account
         * @description Erases the account and all personal data after the current password was checked: profile, addresses, sessions, sign-ins, and what is known of mails; those that wait are not sent. Security events stay, without address and device. Tokens and mailed codes stop working at once, the link that undoes a change of address among them, and the address can register again. A notice is mailed to the address, and to a former one that could still undo a change; the record of that mail is deleted when it is sent, after a day at the latest. The last active superuser cannot be deleted; superusers without a password do not count.
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
         * @description Makes the new address the one to sign in with and to mail to. The old address gets a notice with a link that undoes the change for 7 days; nobody else can take the old address in that time.
         *
         *     The owner of the new address can shorten that time: recover the password at the new address, request the same address by `changeEmail` and confirm it again. The undo then ends 72 hours after the change, or at once if they have passed, and the answer has `undo_until`. It never ends earlier, because a person who has taken over the account can do the same. An operator ends it at once by `npm run users -- end-undo EMAIL`.
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
         * @description For the owner of an account whose address somebody else has changed: brings the old address back, ends every session and takes the password away. A recovery link goes to the old address, for a new password; limits on mail do not hold it back. A notice goes to the address that the account had until now. Changes that came after it are undone with it, and the addresses they brought are free again. The devices that the account was signed in from are forgotten, apart from the one that sends this request.
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
         * @description For superusers. The latest first unless ordered otherwise. Filters combine: a user has to match them all.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user
         * @description For superusers. Without a password an active user is mailed an invitation: its link leads to the page where the user sets one, for 7 days. `email_confirmed` is false until a mailed code of the user was used. Registrations of the address that wait for their activation are void.
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
         * Read a user
         * @description For superusers. Answers with the user's profile and state as they are stored now.
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
         * @description For superusers. Changes the members that are sent and leaves the others as they are. `is_active: false` suspends: every session of the user ends at once, tokens and mailed codes stop working, and nobody can sign in until it is true again. The last active superuser can neither be suspended nor demoted; superusers without a password do not count.
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
         * @description For superusers. Ends every session of the user, access tokens included; the user can sign in again.
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
         * @description Begins a session and records the sign-in in the login log. A wrong password, an unknown address and an inactive account get the same answer after the same time; each is a security event. A sign-in from a device or network that the account was not signed in from before is one too, and is told to its owner by mail. Passwords are checked in a bounded queue that is fair between networks: when it is full, the answer is 503 with `Retry-After`. A user has at most 100 live sessions (setting `MAX_SESSIONS`): a sign-in beyond that ends the oldest.
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
         * @description Rotates the refresh token (RFC 9700, 4.14.2): keep the new one, the old one has expired. Repeating the request within 30 seconds (setting `REFRESH_GRACE`), after a lost answer for example, gets a working pair again. The repetition has to come from the network (a /24 of IPv4, a /64 of IPv6) and the User-Agent of the first request; if only one of them is the same, it is answered twice, then 401. A repetition from another network with another User-Agent, and an older token presented later, end the session and are a security event. So is a refresh from another network than before, at most once an hour.
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
         * Check whether a token is live
         * @description Answers 200 for a live token, access or refresh: well signed, not expired, its session not ended. A refresh token within its grace is live. Checking uses nothing up and renews nothing.
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
         * @description Ends the session of the refresh token, its access tokens included. Any refresh token of the session will do, expired and exchanged ones too. The answer is 200 whatever the string (RFC 7009, 2.2): it tells nothing about the token.
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
         * List one's own sessions
         * @description The live sessions of the signed-in user, the latest sign-in first: where each began, when it was last used and from where. A session is one sign-in and every pair of tokens that was renewed from it.
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
         * End all of one's own sessions, or all but this one
         * @description Ends the sessions at once: neither their refresh tokens nor their access tokens are answered any more.
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
         * End one of one's own sessions
         * @description Ends the session at once, the one that asks included. A session that is over, unknown or somebody else's is a 404.
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
         * @description One record for each successful sign-in and for nothing else, the latest first unless ordered otherwise. Users see their own records; superusers see everybody's and can narrow them down by `user`. Filters combine: a record has to match them all.
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
         * @description What happened to accounts, beside successful sign-ins: failed ones, ended sessions, changes and acts of administrators. The latest first unless ordered otherwise. Users see their own; superusers see everybody's and can narrow them down by `user`. Filters combine: an event has to match them all.
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
         * @description The JSON Web Key Set (RFC 7517) to verify access tokens with, without asking this service. Choose the key by the token's `kid`; a new key is published before it signs. Whoever verifies this way sees that a session has ended only when its access token expires.
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
         * Tell whether the process answers
         * @description Answers 200 as long as the process does, whatever the state of the database. Restart the process when it does not.
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
         * Tell whether requests can be served
         * @description Answers 503 while the database does not answer or migrations are missing. Send no traffic until it is 200 again.
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
         * @description The OpenAPI 3.1 description that the service is serving, as it was written, comments included.
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
         * @description An email address, internationalised ones included. It is stored and compared in one normal form, in which case makes no difference and the domain is written as IDNA says.
         * @example test@example.com
         */
        Email: string;
        /**
         * Format: idn-email
         * @description The email address of a new account, or a new one for an account. Its local part has no invisible characters and uses one script and one set of digits, otherwise the fault is `format`; Latin letters may stand beside Chinese, Japanese and Korean ones, and a tag after `+` may use another script. One with a local part beyond ASCII is refused as `undeliverable` if the mail server of the service takes no such addresses (SMTPUTF8, RFC 6531).
         * @example test@example.com
         */
        NewEmail: string;
        /**
         * Format: password
         * @description The new password: at least 8 characters (setting `PASSWORD_MIN_LENGTH`; an emoji counts as one), of whatever kind, or the fault is `password_too_short`. Normalised with NFKC, never truncated or trimmed. With a block list (setting `PASSWORD_BLOCK_LIST`, on in production) a common password is refused as `password_too_common`, and one that is made of nothing but the email address, the name of the service or words of them, digits and signs as `password_too_personal`, in whatever case.
         * @example correct horse battery staple
         */
        NewPassword: string;
        /**
         * Format: password
         * @description A password, compared after NFKC; as `password_confirm`, the new one once more.
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
         * @description The first name; may be empty. Characters that do not show or that change the direction of text are refused, such as U+0085, U+200B and U+202E; the joiners U+200C and U+200D of Persian and of emoji are not.
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
         * @description A code from a mail. It works once. White space and punctuation after it, which mail programs add to links, are ignored.
         * @example 4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        Code: string;
        /**
         * @description A sentence or two for people. May be reworded.
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
         * @description Whether the user may sign in; false for a suspended one.
         * @example true
         */
        IsActive: boolean;
        /**
         * @description Whether the user administers the others.
         * @example false
         */
        IsSuperuser: boolean;
        /**
         * @description The IPv4 or IPv6 address of the client.
         * @example 203.0.113.7
         */
        ClientAddress: string;
        /**
         * @description The client's User-Agent, shortened to 512 characters, without control, direction and other invisible characters; empty if it sent none.
         * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
         */
        ClientUserAgent: string;
        /**
         * Format: int32
         * @description How many records match, on all pages together; 10,000 stands for that many or more. With a filter it counts among the latest 100,000 records of a log.
         * @example 37
         */
        Count: number;
        /**
         * @description Present, and true, when more records match than `count` says, or may match beyond those searched.
         * @example true
         */
        CountCapped: boolean;
        /**
         * Format: uri
         * @description The URL of the next page; null on the last one.
         * @example http://localhost:8000/api/v1/logs/login/?cursor=MDE5OGYzYTItNmMxZQ.b2d9Zk1x
         */
        NextPage: string | null;
        /**
         * Format: uri
         * @description The URL of the previous page; null on the first one.
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
             * @description True when the account was activated by another registration of the address, whose password it has; left out otherwise.
             * @example true
             */
            superseded?: boolean;
        };
        /** @description What happened, for people. */
        EmailConfirmed: {
            detail: components["schemas"]["Detail"];
            /**
             * Format: date-time
             * @description Only when the present address was confirmed again: until when a former address can undo its change. It may have passed.
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
        /** @description The answer to a registration, the same for a free and for a taken address. */
        RegistrationAccepted: {
            detail: components["schemas"]["Detail"];
            email: components["schemas"]["Email"];
        };
        /** @description An activation. */
        ActivationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description An address that a mail is wanted for. It is refused as `undeliverable` where a new address would be. */
        AddressRequest: {
            email: components["schemas"]["Email"];
        };
        /** @description A new password, allowed by a mailed code. */
        PasswordRestoreRequest: {
            code: components["schemas"]["Code"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
        };
        /** @description A user, as the user sees it. */
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
             * @description Whether the user administers the others.
             * @example false
             */
            is_superuser: boolean;
            /**
             * Format: date-time
             * @description When the account was made.
             * @example 2026-11-24T09:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in; left out until the first time.
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
        /** @description A new password, allowed by the current one. */
        PasswordChangeRequest: {
            current_password: components["schemas"]["Password"];
            password: components["schemas"]["NewPassword"];
            password_confirm: components["schemas"]["Password"];
        };
        /** @description A new address, allowed by the current password. */
        EmailChangeRequest: {
            current_password: components["schemas"]["Password"];
            email: components["schemas"]["NewEmail"];
        };
        /** @description The current password, for what a signed-in device alone must not do. */
        ReauthenticationRequest: {
            current_password: components["schemas"]["Password"];
        };
        /** @description The confirmation of a new address. */
        EmailConfirmationRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description The undoing of a change of address. */
        EmailChangeUndoRequest: {
            code: components["schemas"]["Code"];
        };
        /** @description A user, as superusers see them. */
        AdminUser: {
            id: components["schemas"]["Id"];
            email: components["schemas"]["Email"];
            first_name: components["schemas"]["FirstName"];
            last_name: components["schemas"]["LastName"];
            language: components["schemas"]["Language"];
            is_superuser: components["schemas"]["IsSuperuser"];
            is_active: components["schemas"]["IsActive"];
            /**
             * @description Whether a mail to the address was followed; false only for users whom a superuser created and who have not set a password by mail yet.
             * @example true
             */
            email_confirmed: boolean;
            /**
             * Format: date-time
             * @description When the account was made.
             * @example 2026-11-24T09:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @description When the user last signed in; left out until the first time.
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
         * @description The order of users, by when they joined or by address; a minus means descending.
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
        /** @description Everything that is stored about a user, secrets aside. Lists are ordered by time, oldest first. */
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
            /** @description Changes of the address that were asked for. */
            email_changes: components["schemas"]["ExportedEmailChange"][];
            /** @description Sessions, those that are over included as long as they are kept. */
            sessions: components["schemas"]["ExportedSession"][];
            /** @description From where the account was signed in to, as kept to notice new devices. */
            devices: components["schemas"]["ExportedDevice"][];
            /** @description Successful sign-ins. */
            login_logs: components["schemas"]["LoginLog"][];
            /** @description What else happened to the account. */
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
             * @description Until when a former address is held for the undoing of its change.
             * @example 2026-12-01T11:45:00.000Z
             */
            held_until?: string;
        };
        /**
         * @description Whether it is the address of the account, or a former one that is held for 7 days.
         * @example current
         * @enum {string}
         */
        AddressKind: "current" | "held";
        /** @description A change of address that was asked for. */
        ExportedEmailChange: {
            email: components["schemas"]["Email"];
            /**
             * Format: idn-email
             * @description The address before, once the change took effect.
             * @example test@example.com
             */
            old_email?: string;
            /**
             * Format: date-time
             * @description When it was asked for.
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
             * @description When it was ended, if it did not just expire.
             * @example 2026-11-24T11:10:00.000Z
             */
            ended_at?: string;
            /**
             * @description Why it was ended. The list is open, new reasons may come.
             * @example signed_out
             */
            ended_by?: string;
        };
        /** @description A kind of device in a network. */
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
             * @description When it first signed in.
             * @example 2026-11-24T10:15:42.318Z
             */
            first_seen_at: string;
            /**
             * Format: date-time
             * @description When it last signed in.
             * @example 2026-11-24T10:15:42.318Z
             */
            last_seen_at: string;
        };
        /** @description A mail to the user. */
        ExportedMail: {
            /**
             * @description What it was about. The list is open, new kinds may come.
             * @example activation
             */
            kind: string;
            address: components["schemas"]["Email"];
            /**
             * @description What became of it. The list is open.
             * @example sent
             */
            status: string;
            /**
             * Format: date-time
             * @description When it was asked for.
             * @example 2026-11-24T09:28:11.513Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was sent, if it was.
             * @example 2026-11-24T09:28:12.040Z
             */
            sent_at?: string;
        };
        /** @description A session, one sign-in and every pair of tokens that was renewed from it. */
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
             * @description Whether it is the session that asks.
             * @example true
             */
            is_current: boolean;
        };
        /**
         * Format: date-time
         * @description When it began, by a sign-in.
         * @example 2026-11-24T10:15:42.318Z
         */
        SessionCreatedAt: string;
        /**
         * Format: date-time
         * @description When its tokens were last renewed, or the sign-in.
         * @example 2026-11-24T11:02:10.007Z
         */
        SessionLastUsedAt: string;
        /**
         * Format: date-time
         * @description When it is over unless its tokens are renewed before.
         * @example 2026-11-25T11:02:10.007Z
         */
        SessionExpiresAt: string;
        /**
         * @description The IPv4 or IPv6 address from which its tokens were last renewed, or that of the sign-in.
         * @example 198.51.100.23
         */
        SessionLastIpAddress: string;
        /**
         * @description The User-Agent with which its tokens were last renewed, or that of the sign-in.
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
             * @description Whether the session that asks goes on.
             * @example true
             */
            keep_current: boolean;
        };
        /** @description How many sessions were ended. */
        SessionsRevoked: {
            /**
             * Format: int32
             * @description The number of live sessions that were ended; 10,000 stands for that many or more.
             * @example 2
             */
            revoked: number;
        };
        /** @description What a user signs in with. */
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
         * @description A token as it was received, in `access` or `refresh`.
         * @example eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.Wm9wS0xxN1hDdWJyM2RwRQ
         */
        PresentedToken: string;
        /** @description The tokens of a session. */
        TokenPair: {
            /**
             * @description The access token, good for 5 minutes (setting `ACCESS_TOKEN_LIFETIME`).
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.cGZ4b0dRN2ZkU3A0
             */
            access: string;
            /**
             * @description The refresh token, good for a day (setting `REFRESH_TOKEN_LIFETIME`), for one exchange, and never beyond 30 days after the sign-in (setting `SESSION_LIFETIME`). Opaque to clients.
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
             * @description The client's User-Agent, shortened to 512 characters, without control, direction and other invisible characters; empty if it sent none.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent: string;
            /**
             * Format: date-time
             * @description When it was.
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
        /** @description Something that happened to an account, beside successful sign-ins. Once a user is deleted, address and device are left out. */
        SecurityEvent: {
            id: components["schemas"]["Id"];
            type: components["schemas"]["SecurityEventType"];
            /**
             * Format: uuid
             * @description Whom it happened to; left out when there is no such user, as for a sign-in to an unknown address.
             * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
             */
            user?: string;
            /**
             * Format: uuid
             * @description The administrator who did it; left out for what users do themselves.
             * @example 0198f3a2-5f02-7b38-a1c4-7d20e9f6b815
             */
            actor?: string;
            /**
             * @description From which address; an administrator's is for superusers only.
             * @example 203.0.113.7
             */
            ip_address?: string;
            /**
             * @description With which User-Agent; an administrator's is for superusers only.
             * @example Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
             */
            user_agent?: string;
            /**
             * Format: date-time
             * @description When it was.
             * @example 2026-11-24T10:14:58.102Z
             */
            timestamp: string;
        };
        /**
         * @description What happened. New types may come.
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
            /** @description The keys in use, those about to be and those that just were. */
            keys: components["schemas"]["Jwk"][];
        };
        /** @description A public key. It has no private members. */
        Jwk: {
            kty: components["schemas"]["JwkKeyType"];
            use: components["schemas"]["JwkUse"];
            alg: components["schemas"]["JwkAlgorithm"];
            /**
             * @description The id of the key, as in the header of a token.
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
         * @description All is well.
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
        /** @description An OpenAPI document. The specification says what else is in it. */
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
        /** @description What the document describes. */
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
             * @description The kind of problem, for people; the same for each `code`.
             * @example Invalid request
             */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status, once more.
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
            /** @description What is wrong where. Only with the code `invalid`. */
            errors?: components["schemas"]["FieldError"][];
        };
        /**
         * @description The kind of problem, for programs. Stable.
         * @example invalid
         * @enum {string}
         */
        ProblemCode: "invalid" | "code_invalid" | "current_password_incorrect" | "not_authenticated" | "no_active_account" | "token_not_valid" | "user_not_found" | "user_inactive" | "permission_denied" | "not_found" | "method_not_allowed" | "email_taken" | "last_superuser" | "request_timeout" | "content_too_large" | "uri_too_long" | "unsupported_media_type" | "headers_too_large" | "throttled" | "internal" | "unavailable";
        /** @description One fault of a request, in the body (`pointer`) or in a parameter (`parameter`). */
        FieldError: {
            /**
             * Format: json-pointer
             * @description Where in the body (RFC 6901); empty for the body as a whole.
             * @example /email
             */
            pointer?: string;
            /**
             * @description The name of the query parameter.
             * @example page_size
             */
            parameter?: string;
            /**
             * @description What is wrong, for programs. The list is open, new codes may come.
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
        /** @description If a registration of the address waits, a link to choose a password is on its way. */
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
        /** @description The new password is set; the other sessions have ended. */
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
        /** @description If nobody else has the new address, a confirmation is on its way there. */
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
        /** @description The address is the one of the account now. */
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
        /** @description The old address is back, and every session has ended. */
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
        /** @description Everything that is stored about the user. */
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
        /** @description The account is gone. */
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
        /** @description The session is over. */
        SessionRevoked: {
            headers: {
                "Access-Control-Allow-Origin": components["headers"]["AllowOrigin"];
                "Cache-Control": components["headers"]["CacheControl"];
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The sessions are over. */
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
        /** @description The user, as superusers see them. */
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
        /** @description Yes, or done: there is nothing more to say. */
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
        /** @description All is well. */
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
        /** @description The body is not JSON or does not match the contract. `errors` says where and why. */
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
        /** @description The body does not match the contract, or the code is wrong, used, expired or somebody else's. */
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
        /** @description The code is missing, or it is wrong, used, expired or somebody else's. */
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
        /** @description A query parameter does not match the contract. `errors` says which and why. */
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
        /** @description No access token, one that is not valid, or one whose user may not use it any more. */
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
        /** @description A wrong password, an unknown address or an inactive account; the answer does not tell which. */
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
        /** @description The user is signed in and may not do this. */
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
        /** @description There is nothing of this id here, or nothing that this user may know of. */
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
        /** @description Too many attempts, of this account, network or session. Try again later. */
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
        /** @description A fault of the service. Its log has the details under the request id. */
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
        /** @description The service cannot answer at the moment, because the database does not, or because too many passwords wait to be checked, or too many list requests of the user wait. */
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
         * @description Only records of this moment or later. A moment without `Z` or an offset is refused.
         * @example 2026-11-01T00:00:00Z
         */
        TimestampAfter: string;
        /**
         * @description Only records of this moment or earlier. A moment without `Z` or an offset is refused.
         * @example 2026-11-30T23:59:59Z
         */
        TimestampBefore: string;
        /**
         * @description Only records of exactly this IPv4 or IPv6 address, in whichever way it is written. Anything else is refused with 400.
         * @example 203.0.113.7
         */
        IpAddress: string;
        /**
         * @description Only records whose User-Agent contains this text; case makes no difference.
         * @example firefox
         */
        UserAgent: string;
        /**
         * @description Only records of this user. For superusers; other users may name themselves only.
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
         * @description Only the user with this address, compared in its normal form.
         * @example test@example.com
         */
        EmailFilter: components["schemas"]["Email"];
        /**
         * @description Only users whose address or names contain this text; case makes no difference.
         * @example tester
         */
        SearchFilter: string;
        /**
         * @description Only users who are active, or only those who are suspended.
         * @example true
         */
        ActiveFilter: boolean;
        /**
         * @description Only superusers, or only the others.
         * @example false
         */
        SuperuserFilter: boolean;
        /**
         * @description By when they joined or by address, ascending or descending; case makes no difference.
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
         * @description How many records a page holds.
         * @example 50
         */
        PageSize: number;
        /**
         * @description A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that was altered is refused with 400.
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
        /** @description Whether this session goes on. */
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
         * @description The origin of the page that asks, if the service lets it in (`CORS_ORIGINS`); otherwise there is no such header. Where any origin is let in, every answer has `Vary: Origin`.
         * @example https://app.example.com
         */
        AllowOrigin: string;
        /**
         * @description Always `no-store` here.
         * @example no-store
         */
        CacheControl: string;
        /**
         * @description How long the answer may be kept, by anybody.
         * @example public, max-age=300
         */
        CacheControlPublic: string;
        /**
         * @description The id of this request in the service's log. Name it when you report a problem.
         * @example 0198f3a2-6c1e-7b4d-9a5f-2e8c1d7b3f60
         */
        RequestId: string;
        /**
         * @description How to authenticate (RFC 6750).
         * @example Bearer realm="api"
         */
        WwwAuthenticate: string;
        /**
         * @description In how many seconds to try again.
         * @example 5
         */
        RetryAfter: number;
        /** @description What is allowed, as `"name";q=number;w=seconds`; left out where no limit is set. */
        RateLimitPolicy: string;
        /** @description What is left of it, as `"name";r=number;t=seconds until it is whole again`. */
        RateLimit: string;
        /**
         * @description The page that asks for the click, with the code, or without it where the link has no readable one.
         * @example http://localhost:8000/account/activate/?code=4Q0rJ8Zb1nXo2yW7sTfVdA
         */
        Location: string;
        /**
         * @description The request headers that the answer depends on.
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
                 * @description Only the user with this address, compared in its normal form.
                 * @example test@example.com
                 */
                email?: components["parameters"]["EmailFilter"];
                /**
                 * @description Only users whose address or names contain this text; case makes no difference.
                 * @example tester
                 */
                search?: components["parameters"]["SearchFilter"];
                /**
                 * @description Only users who are active, or only those who are suspended.
                 * @example true
                 */
                is_active?: components["parameters"]["ActiveFilter"];
                /**
                 * @description Only superusers, or only the others.
                 * @example false
                 */
                is_superuser?: components["parameters"]["SuperuserFilter"];
                /**
                 * @description By when they joined or by address, ascending or descending; case makes no difference.
                 * @example email
                 */
                ordering?: components["parameters"]["UserOrdering"];
                /**
                 * @description How many records a page holds.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that was altered is refused with 400.
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
                 * @description How many records a page holds.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that was altered is refused with 400.
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
                 * @description Only records of this moment or later. A moment without `Z` or an offset is refused.
                 * @example 2026-11-01T00:00:00Z
                 */
                timestamp_after?: components["parameters"]["TimestampAfter"];
                /**
                 * @description Only records of this moment or earlier. A moment without `Z` or an offset is refused.
                 * @example 2026-11-30T23:59:59Z
                 */
                timestamp_before?: components["parameters"]["TimestampBefore"];
                /**
                 * @description Only records of exactly this IPv4 or IPv6 address, in whichever way it is written. Anything else is refused with 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text; case makes no difference.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. For superusers; other users may name themselves only.
                 * @example 0198f3a2-5d40-7c11-8e2a-94b7c3d5f601
                 */
                user?: components["parameters"]["UserFilter"];
                /**
                 * @description Oldest or latest first.
                 * @example timestamp
                 */
                ordering?: components["parameters"]["LoginLogOrdering"];
                /**
                 * @description How many records a page holds.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that was altered is refused with 400.
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
                 * @description Only records of this moment or later. A moment without `Z` or an offset is refused.
                 * @example 2026-11-01T00:00:00Z
                 */
                timestamp_after?: components["parameters"]["TimestampAfter"];
                /**
                 * @description Only records of this moment or earlier. A moment without `Z` or an offset is refused.
                 * @example 2026-11-30T23:59:59Z
                 */
                timestamp_before?: components["parameters"]["TimestampBefore"];
                /**
                 * @description Only records of exactly this IPv4 or IPv6 address, in whichever way it is written. Anything else is refused with 400.
                 * @example 203.0.113.7
                 */
                ip_address?: components["parameters"]["IpAddress"];
                /**
                 * @description Only records whose User-Agent contains this text; case makes no difference.
                 * @example firefox
                 */
                user_agent?: components["parameters"]["UserAgent"];
                /**
                 * @description Only records of this user. For superusers; other users may name themselves only.
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
                 * @description How many records a page holds.
                 * @example 50
                 */
                page_size?: components["parameters"]["PageSize"];
                /**
                 * @description A place in the list, as `next` and `previous` contain it. Opaque: encrypted and authenticated; one that was altered is refused with 400.
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
