package pdftext

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is the child as well, where it is told to be.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		if run, ok := children()[os.Args[1]]; ok {
			if run() != nil {
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	goleak.VerifyTestMain(m)
}

// children are the good child and bad ones.
func children() map[string]func() error {
	serve := func() error { return Serve(os.Stdin, os.Stdout) }
	return map[string]func() error{
		"serve": serve,
		"hang":  func() error { select {} },
		"spin": func() error {
			for n := 0; ; n++ {
				fmt.Fprint(io.Discard, n)
			}
		},
		"die": func() error { return errors.New("no") },
		"eat": func() error {
			if err := confine(); err != nil {
				return err
			}
			var all [][]byte
			for {
				all = append(all, make([]byte, 64<<20))
				fmt.Fprint(io.Discard, len(all))
			}
		},
		"flood": func() error {
			for {
				if err := writeAnswer(os.Stdout, []Piece{{Kind: Text, Data: make([]byte, 1<<20)}}, ""); err != nil {
					return err
				}
			}
		},
		"lie":    func() error { _, err := os.Stdout.WriteString("t\xFF\xFF\xFF\xFF"); return err },
		"secret": func() error { return writeAnswer(os.Stdout, nil, Reason(os.Getenv("SECRET")+"none")) },
	}
}

// family starts children and knows them all.
type family struct {
	mu   sync.Mutex
	cmds []*exec.Cmd
}

func (f *family) start(kind string) func() *exec.Cmd {
	return func() *exec.Cmd {
		f.mu.Lock()
		defer f.mu.Unlock()
		cmd := exec.Command(os.Args[0], kind)
		f.cmds = append(f.cmds, cmd)
		return cmd
	}
}

// gone fails where a child is left.
func (f *family) gone(t *testing.T) {
	t.Helper()
	for _, c := range f.cmds {
		if c.ProcessState == nil {
			t.Errorf("process %d is left", c.Process.Pid)
		}
	}
}

func TestPool(t *testing.T) {
	var f family
	p := Pool{Start: f.start("serve")}
	for i := range 20 {
		address := fmt.Sprintf("p%d@b.example", i)
		pieces, err := p.Read(newPDF("BT /F1 12 Tf ("+address+") Tj ET").bytes(), most)
		if err != nil || !holds(pieces, address) || holds(pieces, "p0@b.example") != (i == 0) {
			t.Fatalf("%v\n%s", err, shown(pieces))
		}
		if _, err := p.Read([]byte("%PDF-1.4"), most); err != damaged {
			t.Fatal(err)
		}
	}
	if len(f.cmds) != 1 {
		t.Errorf("%d children read one file after another", len(f.cmds))
	}
	p.Close()
	f.gone(t)
}

func TestPoolShared(t *testing.T) {
	var f family
	p := Pool{Start: f.start("serve")}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 10 {
				address := fmt.Sprintf("p%d.%d@b.example", i, j)
				pieces, err := p.Read(newPDF("BT /F1 12 Tf ("+address+") Tj ET").bytes(), most)
				if err != nil || !holds(pieces, address) {
					t.Errorf("%v\n%s", err, shown(pieces))
				}
			}
		})
	}
	all.Wait()
	p.Close()
	f.gone(t)
	if len(f.cmds) > 8 {
		t.Errorf("%d children for 8 at a time", len(f.cmds))
	}
}

func TestBadChildren(t *testing.T) {
	tests := []struct {
		kind     string
		patience time.Duration
	}{
		{"hang", 100 * time.Millisecond}, {"spin", 100 * time.Millisecond}, {"die", 0}, {"eat", 0}, {"flood", 0}, {"lie", 0},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			var f family
			p := Pool{Start: f.start(test.kind), Patience: test.patience}
			for range 2 {
				if pieces, err := p.Read(newPDF(hello).bytes(), 1000); err != tooLong || pieces != nil {
					t.Errorf("%v %s", err, shown(pieces))
				}
			}
			f.gone(t)
			if len(f.cmds) != 2 {
				t.Errorf("%d children for two files", len(f.cmds))
			}
			p.Close()
		})
	}
}

// After a child was killed, the next one reads on.
func TestAfterABadChild(t *testing.T) {
	var f family
	p := Pool{Start: f.start("die")}
	if _, err := p.Read(newPDF(hello).bytes(), most); err != tooLong {
		t.Error(err)
	}
	p.Start = f.start("serve")
	if _, err := p.Read(newPDF(hello).bytes(), most); err != nil {
		t.Error(err)
	}
	p.Close()
	f.gone(t)
}

func TestNoChild(t *testing.T) {
	p := Pool{Start: func() *exec.Cmd { return exec.Command("/nowhere/" + bob) }}
	var reason Reason
	if _, err := p.Read(newPDF(hello).bytes(), most); !errors.As(err, &reason) || strings.Contains(err.Error(), bob) {
		t.Error(err)
	}
	p.Close()
}

// The child does not get the environment, which may hold a password.
func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET", "secret")
	p := Pool{Start: new(family).start("secret")}
	if _, err := p.Read(newPDF(hello).bytes(), most); err != Reason("none") {
		t.Error(err)
	}
	p.Close()
}

func TestPoolMutations(t *testing.T) {
	var f family
	p := Pool{Start: f.start("serve")}
	r := rand.New(rand.NewPCG(5, 6))
	file := newPDF(hello).with(8, objectStream(map[int]string{20: "<</Nothing(x)>>"})).bytes()
	for range 1000 {
		var reason Reason
		if _, err := p.Read(mutated(r, file), most); err != nil && !errors.As(err, &reason) {
			t.Fatal(err)
		}
	}
	p.Close()
	f.gone(t)
}

func BenchmarkPool(b *testing.B) {
	p := Pool{Start: new(family).start("serve")}
	file := newPDF("BT /F1 12 Tf 14 TL " + strings.Repeat("(a line of text as it stands in a letter to somebody) Tj T* ", 60) + " ET").bytes()
	for b.Loop() {
		if _, err := p.Read(file, most); err != nil {
			b.Fatal(err)
		}
	}
	p.Close()
}

func BenchmarkChildEach(b *testing.B) {
	file := newPDF(hello).bytes()
	for b.Loop() {
		p := Pool{Start: new(family).start("serve")}
		if _, err := p.Read(file, most); err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}
