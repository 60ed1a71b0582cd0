package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jordan-wright/email"
	"github.com/wneessen/go-mail"
	"golang.org/x/sync/errgroup"

	"mailshot/internal/campaign"
	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// job is so many messages, to be sent over so many connections.
type job struct {
	crowd       *crowd
	server      string // host:port
	connections int
	ledger      string // that several may share; "" for a new one on the disk
}

// client is one of those that are compared. What prepare gives is timed.
type client struct {
	name    string
	prepare func(testing.TB, job) func() error
}

const goMail, source = "go-mail", "smtp-source"

func clients() []client {
	return []client{
		{"mailshot", mailshot},
		{"net/smtp", shared(netSMTP)},
		{goMail, shared(goMailClient)},
		{"Pool", poolClient},
		{source, smtpSource},
	}
}

// mailshot is the delivery pass of a run: everything behind the check, with the
// ledger.
func mailshot(tb testing.TB, j job) func() error {
	book, err := ledger.Open(tb.Context(), cmp.Or(j.ledger, filepath.Join(tb.TempDir(), "ledger.db")))
	must(tb, err)
	tb.Cleanup(func() { book.Close() })
	run, err := book.Start(tb.Context(), ledger.Campaign{
		ID: j.crowd.ID(), Digest: j.crowd.verdict.Digest, Template: j.crowd.TemplateDigest(), Recipients: j.crowd.verdict.Recipients,
	}, false)
	must(tb, err)
	tb.Cleanup(func() { run.Close() })
	u, err := transport.ParseURL("smtp://" + j.server + "?tls=none")
	must(tb, err)
	server, err := transport.NewSMTP(u, transport.Credentials{})
	must(tb, err)
	server.Courteous = true // as the program is; all other clients are from then on
	r := &delivery.Run{
		Source: j.crowd, Recipients: j.crowd.verdict.Recipients, Ledger: run, Server: server, Connections: j.connections,
		Key:         func(r campaign.Recipient) ledger.Key { return book.Key(r.Address, r.Apart) },
		MaxRejected: 0.05, Drain: time.Second,
	}
	return func() error {
		s, err := r.Do(tb.Context())
		if err == nil && s.Accepted+s.Already != r.Recipients {
			err = fmt.Errorf("%d of %d accepted: %v", s.Accepted+s.Already, r.Recipients, s.Trouble)
		}
		return err
	}
}

// shared gives each of the connections its share of the letters.
func shared(send func(server string, letters []letter) error) func(testing.TB, job) func() error {
	return func(tb testing.TB, j job) func() error {
		letters := j.crowd.letters(tb)
		return func() error {
			var all errgroup.Group
			n := len(letters)
			for i := range j.connections {
				all.Go(func() error { return send(j.server, letters[n*i/j.connections:n*(i+1)/j.connections]) })
			}
			return all.Wait()
		}
	}
}

// netSMTP is the standard library, step by step over one connection.
func netSMTP(server string, letters []letter) error {
	c, err := smtp.Dial(server)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, l := range letters {
		if err := c.Mail(l.from); err != nil {
			return err
		}
		if err := c.Rcpt(l.to); err != nil {
			return err
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(l.content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return c.Quit()
}

// goMailClient is wneessen/go-mail at its fastest: all messages at once, over one
// connection, without a NOOP before each.
func goMailClient(server string, letters []letter) error {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	c, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS), mail.WithHELO("bench.example"), mail.WithoutNoop())
	if err != nil {
		return err
	}
	if err := c.DialWithContext(context.Background()); err != nil {
		return err
	}
	all := make([]*mail.Msg, len(letters))
	for i, l := range letters {
		all[i] = mail.NewMsg()
		if err := errors.Join(all[i].From(l.from), all[i].To(l.to)); err != nil {
			return err
		}
		all[i].Subject(subject)
		all[i].SetBodyString(mail.TypeTextHTML, string(l.body()), mail.WithPartEncoding(mail.NoEncoding))
	}
	return errors.Join(c.Send(all...), c.Close())
}

// poolClient is the Pool of jordan-wright/email.
func poolClient(tb testing.TB, j job) func() error {
	return func() error {
		p, err := email.NewPool(j.server, j.connections, nil)
		if err != nil {
			return err
		}
		defer p.Close()
		return shared(func(_ string, letters []letter) error {
			for _, l := range letters {
				e := &email.Email{From: l.from, To: []string{l.to}, Subject: subject, Text: l.body(), Headers: textproto.MIMEHeader{}}
				if err := p.Send(e, time.Minute); err != nil {
					return err
				}
			}
			return nil
		})(tb, j)()
	}
}

// smtpSource is Postfix's own, of which nothing is asked but to be fast; nil
// where it is not installed.
func smtpSource(tb testing.TB, j job) func() error {
	program, err := exec.LookPath(source)
	if err != nil {
		return nil
	}
	letters := j.crowd.letters(tb)
	cmd := exec.Command(program, "-d", "-s", strconv.Itoa(j.connections), "-m", strconv.Itoa(len(letters)),
		"-l", strconv.Itoa(j.crowd.size(tb)), "-f", letters[0].from, "-t", letters[0].to, "inet:"+j.server)
	return func() error {
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", source, err, out)
		}
		return nil
	}
}
