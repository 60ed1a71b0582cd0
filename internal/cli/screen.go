package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"mailshot/internal/preview"
)

// screen is a terminal that is written to and gives single keys.
type screen struct {
	in, out *os.File
	colours bool
}

// terminal gives the terminal at both ends of the program; nil where one of
// them is something else, or cannot be drawn on.
func (a *app) terminal() *screen {
	in, inOK := a.Stdin.(*os.File)
	out, outOK := a.stdout.w.(*os.File)
	if !inOK || !outOK || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	if name, _ := a.lookupEnv("TERM"); name == "dumb" {
		return nil
	}
	_, calm := a.lookupEnv("NO_COLOR")
	return &screen{in: in, out: out, colours: !calm}
}

// size is how long lines can be, and how many fit.
func (s *screen) size() (width, height int) {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 20 || height < 5 {
		return 80, 24
	}
	return width, height
}

// key waits for a key; "" where ctx is done first or there are no more.
func (s *screen) key(ctx context.Context) string {
	state, err := term.MakeRaw(int(s.in.Fd()))
	if err != nil {
		return ""
	}
	defer term.Restore(int(s.in.Fd()), state)
	pressed := make(chan string, 1)
	go func() {
		var b [8]byte // an arrow key is three bytes
		n, _ := s.in.Read(b[:])
		pressed <- string(b[:n])
	}()
	select {
	case key := <-pressed:
		return key
	case <-ctx.Done():
		return ""
	}
}

// What keys mean.
const (
	keysNext     = "n j \x1b[B \x1b[C \r"
	keysPrevious = "p k \x1b[A \x1b[D"
	keysQuit     = "q \x1b \x03 \x04"
)

func isOne(key, of string) bool {
	return key != "" && strings.Contains(" "+of+" ", " "+key+" ")
}

// page shows one message at a time until q, or the end of the keys.
func (o *previewOptions) page(ctx context.Context, a *app, b *preview.Book, s *screen) error {
	shown, err := b.Shown(o.rows.lines)
	if err != nil {
		return err
	}
	for at := 0; at >= 0 && at < len(shown); {
		var text bytes.Buffer
		if err := b.Print(&text, shown[at], at+1, len(shown), preview.Paper{Colours: s.colours}); err != nil {
			return err
		}
		step, err := s.leaf(ctx, text.String())
		if err != nil {
			return err
		}
		if step == 0 {
			return nil
		}
		at = min(max(at+step, 0), len(shown)-1)
	}
	return nil
}

// leaf shows a text page by page; it gives 1 for the next message, -1 for the
// one before, 0 for the end.
func (s *screen) leaf(ctx context.Context, text string) (step int, err error) {
	width, height := s.size()
	lines := fold(text, width)
	for top := 0; ; {
		end := min(top+height-1, len(lines))
		if _, err := io.WriteString(s.out, "\x1b[H\x1b[2J"+strings.Join(lines[top:end], "\n")+"\n"); err != nil {
			return 0, nil // the result could not be written: the terminal is gone
		}
		more := end < len(lines)
		fmt.Fprint(s.out, prompt(more))
		switch key := s.key(ctx); {
		case key == "" || isOne(key, keysQuit):
			fmt.Fprint(s.out, "\r\x1b[2K")
			return 0, ctx.Err()
		case key == " " && more:
			top = end
		case key == " " || isOne(key, keysNext):
			return 1, nil
		case isOne(key, keysPrevious):
			return -1, nil
		}
	}
}

func prompt(more bool) string {
	if more {
		return "space: more  n: next  p: previous  q: quit "
	}
	return "n: next  p: previous  q: quit "
}

// fold breaks lines that are wider than the terminal.
func fold(s string, width int) []string {
	var all []string
	for line := range strings.Lines(s) {
		all = append(all, strings.Split(text.WrapSoft(strings.TrimSuffix(line, "\n"), width), "\n")...)
	}
	return all
}
