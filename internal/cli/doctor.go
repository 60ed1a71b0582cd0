package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/address"
	"mailshot/internal/doctor"
	"mailshot/internal/template"
)

type doctorOptions struct {
	server    serverOptions
	template  string
	from      string
	to        string
	selectors []string
	dns       string
	timeout   time.Duration
	json      bool
}

func newDoctor(a *app) *cobra.Command {
	o := &doctorOptions{}
	cmd := &cobra.Command{
		Use:   "doctor [TEMPLATE] --smtp URL",
		Short: "what is wrong with a server, TLS, credentials, the sender's DNS",
		Long: `Reaches the server as send does, asks whether it would take a message, and looks
at the DNS of the sender's domain. Sends nothing. Each step is one line: ok,
warn (mail can be sent, and may not arrive), fail (mail could not be sent) or
skip (not looked at), with its time.

The sender is --from, or that of TEMPLATE; whom --to names is asked about with
RCPT, and gets nothing. What only the last server on the way knows (the address
mail goes out from, the key it signs with) is not known here, and is said so.`,
		Example: `  mailshot doctor news.md --smtp smtp://user@mail.example.com:587
  mailshot doctor --smtp smtps://mail.example.com --from desk@a.example`,
		Annotations: exits(
			exitCode{done, "done: mail can be sent, though there may be warnings"},
			exitCode{failed, "mail could not be sent; result not written"},
			exitCode{wrongUse, "wrong use: flags, a sender that is no address, a template that cannot be read"},
			exitCode{Interrupted, "interrupted"},
		),
		ValidArgsFunction: completeTemplate,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{"doctor takes one template at most", "such as: mailshot doctor news.md --smtp URL"}
			}
			return nil
		},
	}
	o.bind(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.template = strings.Join(args, "")
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *doctorOptions) bind(cmd *cobra.Command) {
	o.server.bindSMTP(cmd)
	fs := cmd.Flags()
	fs.StringVar(&o.from, "from", "", "the sender's `MAILBOX`, instead of the template's")
	fs.StringVar(&o.to, "to", "", "ask whether the server takes mail for `ADDRESS`, and send none")
	fs.StringArrayVar(&o.selectors, "dkim-selector", nil, "look for the DKIM key under `NAME`; may be given several times")
	fs.StringVar(&o.dns, "dns", "", "ask the DNS server at `IP[:PORT]` about the sender's domain, not this machine's")
	fs.DurationVar(&o.timeout, "timeout", 30*time.Second, "wait for each step for at most `DURATION`")
	fs.BoolVar(&o.json, "json", false, "print the result as one JSON object")
}

func (o *doctorOptions) run(ctx context.Context, a *app) error {
	e, err := o.examination(a)
	if err != nil {
		return err
	}
	answer := doctorJSON{Command: "doctor", Server: e.Server.Name(), Verdict: "clear", Steps: []stepJSON{}}
	err = e.Run(ctx, func(f doctor.Finding) {
		printFinding(a.out, f)
		answer.add(f)
	})
	if err != nil {
		return err
	}
	a.answer = answer
	if answer.Verdict != "clear" {
		fmt.Fprintf(a.out, "mail cannot be sent through %s\n", answer.Server)
		return &ended{code: failed}
	}
	fmt.Fprintf(a.out, "mail can be sent through %s; %s\n", answer.Server, count(answer.warnings, "warning"))
	return nil
}

// examination reads the flags and the template.
func (o *doctorOptions) examination(a *app) (*doctor.Examination, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	e := &doctor.Examination{Selectors: o.selectors, Timeout: o.timeout, Now: a.Now()}
	if err := o.readTemplate(e); err != nil {
		return nil, err
	}
	var err error
	if e.From, err = addressOf("--from", o.from, e.From); err != nil {
		return nil, err
	}
	if e.To, err = addressOf("--to", o.to, e.To); err != nil {
		return nil, err
	}
	if e.DNS, err = resolver(o.dns); err != nil {
		return nil, err
	}
	e.Server, err = o.server.reach(a)
	return e, err
}

// selectorForm is that of RFC 6376 section 3.1.
var selectorForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*$`)

func (o *doctorOptions) validate() error {
	switch {
	case o.server.smtp == "":
		return &usageError{"no server", "name one, such as --smtp smtp://user@mail.example.com:587"}
	case o.timeout <= 0:
		return &usageError{"--timeout is no time to wait for", "leave it out for 30s"}
	}
	for _, s := range o.selectors {
		if len(s) > 63 || !selectorForm.MatchString(s) {
			return &usageError{"--dkim-selector is no selector", "it is the s= of the DKIM-Signature in a message, such as s1"}
		}
	}
	return cmp.Or(o.server.login.validate(), judgeWindow(o.server.window))
}

// readTemplate takes from the template what there is to know before a list is.
func (o *doctorOptions) readTemplate(e *doctor.Examination) error {
	if o.template == "" {
		return nil
	}
	s, err := template.Read(o.template)
	if err != nil {
		return err
	}
	e.From, e.Unsubscribe = s.Front.From.Address, unsubscribing(s.Front.ListUnsubscribe)
	return nil
}

// unsubscribing says what a list-unsubscribe will come to. One that begins with
// a field may come to anything.
func unsubscribing(link string) doctor.Unsubscribe {
	field := strings.Contains(link, "{{")
	switch {
	case link == "":
		return doctor.UnsubscribeNone
	case strings.HasPrefix(link, "{{"):
		return doctor.UnsubscribeUnknown
	case field && strings.HasPrefix(link, "https://"):
		return doctor.UnsubscribeOneClick
	}
	return doctor.UnsubscribeLink
}

// addressOf reads what a flag names; otherwise where it names nobody.
func addressOf(flag, text string, otherwise address.Address) (address.Address, error) {
	if text == "" {
		return otherwise, nil
	}
	m, err := address.ParseMailbox(text)
	if err != nil {
		return m.Address, &usageError{flag + ": " + err.Error(), "such as " + flag + " desk@sender.example"}
	}
	return m.Address, nil
}

// resolver asks the DNS server at IP[:53]; "" for those of this machine.
func resolver(server string) (*net.Resolver, error) {
	if server == "" {
		return doctor.Resolver(""), nil
	}
	at, err := netip.ParseAddrPort(server)
	if err != nil {
		var ip netip.Addr
		ip, err = netip.ParseAddr(server)
		at = netip.AddrPortFrom(ip, 53)
	}
	if err != nil {
		return nil, &usageError{"--dns is no IP address", "such as --dns 192.0.2.53 or --dns '[2001:db8::53]:5353'"}
	}
	return doctor.Resolver(at.String()), nil
}

// printFinding writes a step on a line, and what to do on another.
func printFinding(w io.Writer, f doctor.Finding) {
	took := ""
	if f.Took > 0 {
		took = fmt.Sprintf("%.1f ms", milliseconds(f.Took))
	}
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-4s  %-11s  %9s  %s", f.Mark, f.Step, took, f.Text), " "))
	if f.Hint != "" {
		fmt.Fprintf(w, "      hint: %s\n", f.Hint)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// doctorJSON is what `--json` prints.
type doctorJSON struct {
	Command string     `json:"command"`
	Server  string     `json:"server"`
	Verdict string     `json:"verdict"` // "clear" or "failed"
	Steps   []stepJSON `json:"steps"`

	warnings int
}

type stepJSON struct {
	Step         string      `json:"step"`
	Mark         doctor.Mark `json:"mark"`
	Milliseconds float64     `json:"milliseconds"`
	Text         string      `json:"text"`
	Hint         string      `json:"hint,omitempty"`
}

func (j *doctorJSON) add(f doctor.Finding) {
	j.Steps = append(j.Steps, stepJSON{f.Step, f.Mark, milliseconds(f.Took), f.Text, f.Hint})
	switch f.Mark {
	case doctor.Fail:
		j.Verdict = "failed"
	case doctor.Warn:
		j.warnings++
	}
}
