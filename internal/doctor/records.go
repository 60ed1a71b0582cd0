package doctor

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strings"
	"time"
)

// Resolver asks the DNS server at IP:port; "" is for those of this machine. A
// lookup ends with its context.
func Resolver(server string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, usual string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, cmp.Or(server, usual))
		if err == nil {
			// QUIRK: net looks at the deadline of ctx while it waits for an answer,
			// and not at ctx.
			context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
		}
		return conn, err
	}}
}

// records asks for DNS records, with a time for each question. A question that
// was answered is not asked again. Names are taken as whole ones, so that no
// search list of this machine is gone through.
type records struct {
	from    *net.Resolver
	timeout time.Duration
	known   map[string]any
}

func newRecords(from *net.Resolver, timeout time.Duration) *records {
	return &records{from, timeout, map[string]any{}}
}

// answer is what came of one question.
type answer[T any] struct {
	got T
	err error
}

// ask asks one question; kind and name are its key.
func ask[T any](ctx context.Context, r *records, kind, name string, look func(context.Context, string) (T, error)) (T, error) {
	key := kind + " " + strings.ToLower(name)
	if a, ok := r.known[key].(answer[T]); ok {
		return a.got, a.err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	got, err := look(ctx, name)
	r.known[key] = answer[T]{got, err}
	return got, err
}

func whole(name string) string { return strings.TrimSuffix(name, ".") + "." }

// LookupTXT and the three below are what package spf asks for.
func (r *records) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return ask(ctx, r, "TXT", whole(name), r.from.LookupTXT)
}

func (r *records) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return ask(ctx, r, "MX", whole(name), r.from.LookupMX)
}

func (r *records) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	return ask(ctx, r, "A", whole(host), r.from.LookupIPAddr)
}

func (r *records) LookupAddr(ctx context.Context, address string) ([]string, error) {
	return ask(ctx, r, "PTR", address, r.from.LookupAddr)
}

// absent says that there is no such record, or no such name.
func absent(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// silence is the finding for a question that nobody has answered.
func silence(step string) Finding {
	return Finding{Step: step, Mark: Warn, Text: "the DNS server gives no answer",
		Hint: "try again, or ask another DNS server with --dns"}
}
