package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

// loginOptions say who logs in to the server, and where the password or the
// token comes from.
type loginOptions struct {
	user         string
	passwordFile string
	tokenFile    string
	tokenCommand string
}

func (o *loginOptions) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&o.user, "smtp-user", "", "the `NAME` to log in with, where it is not in the URL")
	fs.StringVar(&o.passwordFile, "smtp-password-file", "", "read the password from `FILE`, where "+envPassword+" is not set")
	fs.StringVar(&o.tokenFile, "smtp-token-file", "", "read an OAuth token from `FILE`, where "+envToken+" is not set")
	fs.StringVar(&o.tokenCommand, "smtp-token-command", "", "have `COMMAND` print an OAuth token, and again when that has expired")
	must(cmd.MarkFlagFilename("smtp-password-file"))
	must(cmd.MarkFlagFilename("smtp-token-file"))
}

func (o *loginOptions) validate() error {
	if o.tokenFile != "" && o.tokenCommand != "" {
		return &usageError{"--smtp-token-file and --smtp-token-command", "give one of them"}
	}
	return nil
}

// credentials gives those for u; no command is run yet.
func (o *loginOptions) credentials(a *app, u *transport.URL) (c transport.Credentials, err error) {
	if c.User = o.user; c.User == "" {
		c.User = u.User
	}
	if c.Password, err = o.password(a); err != nil {
		return c, err
	}
	c.Token, err = o.tokens(a)
	return c, err
}

// password is that of the environment, else the first line of the file.
func (o *loginOptions) password(a *app) (string, error) {
	if v, ok := a.lookupEnv(envPassword); ok || o.passwordFile == "" {
		return v, nil
	}
	return firstLine(o.passwordFile, "password", envPassword)
}

// tokens gives where tokens come from: the environment, else the file, else the
// command; nil where there is none.
func (o *loginOptions) tokens(a *app) (func(context.Context, string) (string, error), error) {
	if v, ok := a.lookupEnv(envToken); ok {
		return func(context.Context, string) (string, error) { return v, nil }, nil
	}
	switch {
	case o.tokenFile != "":
		_, err := o.readToken()
		return func(context.Context, string) (string, error) { return o.readToken() }, err
	case o.tokenCommand != "":
		return (&tokenCommand{line: o.tokenCommand, env: a.Env}).token, nil
	}
	return nil, nil
}

// readToken reads the file again each time: something may keep the token in it
// fresh.
func (o *loginOptions) readToken() (string, error) { return firstLine(o.tokenFile, "token", envToken) }

// firstLine gives the secret, a password or a token, on the first line of a
// file; variable is where it could stand as well.
func firstLine(file, secret, variable string) (string, error) {
	data, err := readSmall(file)
	if err != nil {
		return "", &rule.Fault{File: file, What: "the " + secret + " cannot be used: " + reason(err),
			Hint: "name a file with the " + secret + " on its first line, or set " + variable}
	}
	line, _, _ := strings.Cut(string(data), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", &rule.Fault{File: file, Line: 1, What: "no " + secret + " on it", Hint: "write it on the first line, or set " + variable}
	}
	return line, nil
}
