package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// proposal is what somebody is asked to agree to.
type proposal struct {
	campaign   string
	digest     string
	recipients int
	left       int // messages that this run would send
	server     string
	from       string
	subject    string // the template, never a rendered one
}

// agree shows p and wants the number of messages typed. The error is
// errInterrupted where nothing is typed, and errDeclined for anything else.
func agree(ctx context.Context, in io.Reader, w io.Writer, p proposal) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "campaign\t%s\n", p.campaign)
	fmt.Fprintf(t, "digest\t%s\n", p.digest)
	fmt.Fprintf(t, "recipients\t%d, %d left to send to now\n", p.recipients, p.left)
	fmt.Fprintf(t, "server\t%s\n", p.server)
	fmt.Fprintf(t, "from\t%s\n", p.from)
	fmt.Fprintf(t, "subject\t%s\n", p.subject)
	t.Flush()
	fmt.Fprintf(w, "Type the number of messages, %d, to send them: ", p.left)
	switch answer(ctx, in) {
	case strconv.Itoa(p.left):
		return nil
	case "":
		fmt.Fprintln(w)
		return errInterrupted
	}
	return errDeclined
}

// answer gives the next line of in; "" where ctx is done first.
func answer(ctx context.Context, in io.Reader) string {
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(in).ReadString('\n')
		line <- strings.TrimSpace(s)
	}()
	select {
	case s := <-line:
		return s
	case <-ctx.Done():
		return ""
	}
}
