package transport

import (
	"context"
	"errors"
	"strings"
)

// Credentials are a user's name and what shows that it is theirs: a password,
// or an OAuth 2.0 bearer token (RFC 6750).
type Credentials struct {
	User     string
	Password string
	// Token is where tokens come from; nil where there is a password. It gives
	// any token but the one that a server has refused as expired; where it has
	// no other, that one again. refused is "" at first. It is called before
	// connections are opened, by several goroutines. Its error is shown to
	// people, and holds no token; a *rule.Fault brings its hint along.
	Token func(ctx context.Context, refused string) (string, error)
}

// none says that there is no logging in.
func (c *Credentials) none() bool { return c.User == "" && c.Password == "" && c.Token == nil }

// complete says what is wrong with credentials for u. The error is a *rule.Fault.
func (c *Credentials) complete(u *URL) error {
	secret := c.Password != "" || c.Token != nil
	switch {
	case u.Security == Plain && !c.none():
		return urlFault("a user, a password or a token with tls=none",
			"leave tls=none out, or unset user, password and token: they are never sent in plain text")
	case c.User != "" && !secret:
		return urlFault("a user without a password", "set MAILSHOT_SMTP_PASSWORD or give --smtp-password-file; or give a token, see `mailshot help smtp`")
	case c.User == "" && secret:
		return urlFault("a password or a token without a user", "put the user into the URL, smtp://USER@HOST, or give --smtp-user")
	case c.Password != "" && c.Token != nil:
		return urlFault("a password and a token", "give one of them: unset MAILSHOT_SMTP_PASSWORD, or the token")
	}
	return nil
}

// maxToken is the most octets of a token: in base64, and with the user, they are
// fewer than the 12288 that RFC 4954 section 4.3 wants servers to take.
const maxToken = 8 << 10

// fetch asks for a token. Errors are an *Error, but for what ctx says.
func (c *Credentials) fetch(ctx context.Context, refused string) (string, error) {
	token, err := c.Token(ctx, refused)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", &Error{Step: "AUTH", Permanent: true, Err: err, Hint: tokenHint}
	case !isToken(token):
		return "", &Error{Step: "AUTH", Permanent: true, Err: errors.New("the token is none"), Hint: tokenHint}
	}
	return token, nil
}

const tokenHint = "check the user and the token (MAILSHOT_SMTP_TOKEN, --smtp-token-file or --smtp-token-command)"

// isToken says that a token holds nothing that could end the field or the line
// that it is in.
func isToken(token string) bool {
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	return token != "" && len(token) <= maxToken && strings.IndexFunc(token, func(r rune) bool { return !visible(r) }) < 0
}
