//go:build services

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/madeup"
	"mailshot/internal/postfixtest"
)

const crowd = 10_000

// drive runs the program to its end, wants its exit status to be 0, and gives
// what it printed.
func drive(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("mailshot %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// TestPostfix sends a crowd into a real Postfix: check, send, send again.
func TestPostfix(t *testing.T) {
	program, server := build(t), postfixtest.Start(t)
	template, list := madeup.Campaign(t, crowd)
	drive(t, program, "check", template, "-r", list)
	send := []string{"send", template, "-r", list, "--smtp", "smtp://" + server.Addr + "?tls=none",
		"--ledger", filepath.Join(t.TempDir(), "ledger.db"), "--yes"}
	out := drive(t, program, send...) + drive(t, program, send...)
	audit(t, server.Delivered(t, crowd))
	silent(t, out)
}

// TestSink sends a crowd into the program's own capture server.
func TestSink(t *testing.T) {
	program, dir := build(t), filepath.Join(t.TempDir(), "got")
	template, list := madeup.Campaign(t, crowd)
	url := startSink(t, program, dir)
	out := drive(t, program, "send", template, "-r", list, "--smtp", url,
		"--ledger", filepath.Join(t.TempDir(), "ledger.db"), "--yes")
	names, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	messages := make([][]byte, 0, len(names))
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, content)
	}
	audit(t, messages)
	silent(t, out)
}

// startSink runs `mailshot sink` until the test ends, and gives its URL.
func startSink(t *testing.T, program, dir string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "sink", "--listen", "127.0.0.1:0", "--out", dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	said := bufio.NewScanner(out)
	for said.Scan() {
		if url := sinkURL.FindString(said.Text()); url != "" {
			go io.Copy(io.Discard, out)
			return url
		}
	}
	t.Fatal("the sink does not say how to send to it")
	return ""
}

var sinkURL = regexp.MustCompile(`smtp://127\.0\.0\.1:\d+\?tls=none`)

var (
	account = regexp.MustCompile(`KX-\d{7}`)
	atSign  = regexp.MustCompile(`[^\s<>"':;,/]+@[^\s<>"':;,/?&]+`)
)

// audit reads what a server took with Go's own parsers: everybody in the crowd
// has one message, with their own address in To, and of all accounts and
// addresses nothing but theirs and the sender's stands in it.
func audit(t *testing.T, messages [][]byte) {
	t.Helper()
	if len(messages) != crowd {
		t.Errorf("%d messages arrived, want %d", len(messages), crowd)
	}
	rows := map[string][]string{}
	for n := range crowd {
		row := madeup.Row(n)
		to, err := address.Parse(row[0])
		if err != nil {
			t.Fatal(err)
		}
		rows[to.String()] = row
	}
	for i, raw := range messages {
		to, text := read(t, raw)
		row, ok := rows[to]
		if !ok {
			t.Fatalf("message %d is for nobody, or came twice", i)
		}
		delete(rows, to)
		if !strings.Contains(text, row[3]) {
			t.Errorf("message %d lacks its own account", i)
		}
		for _, found := range account.FindAllString(text, -1) {
			if found != row[3] {
				t.Errorf("message %d holds another account", i)
			}
		}
		for _, found := range atSign.FindAllString(text, -1) {
			if found != to && !strings.HasSuffix(found, "exchange.example") {
				t.Errorf("message %d holds another address", i)
			}
		}
	}
	if len(rows) > 0 {
		t.Errorf("%d have no message", len(rows))
	}
}

// read gives the one mailbox in To, and all header fields and bodies decoded.
func read(t *testing.T, raw []byte) (to, text string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := m.Header.AddressList("To")
	if err != nil || len(boxes) != 1 || len(m.Header["To"]) != 1 {
		t.Fatalf("To: %d mailboxes in %d fields, %v", len(boxes), len(m.Header["To"]), err)
	}
	if envelope := m.Header.Get("X-Original-To"); envelope != "" && envelope != boxes[0].Address {
		t.Errorf("envelope and To differ")
	}
	var all strings.Builder
	for _, name := range []string{"From", "Reply-To", "To", "Subject", "List-Unsubscribe"} {
		value, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(value + "\n")
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return boxes[0].Address, all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(body)
	}
}

// silent looks for every cell of four letters or more in what was printed.
func silent(t *testing.T, out string) {
	t.Helper()
	for n := range crowd {
		for i, cell := range madeup.Row(n) {
			if i != 4 && len(cell) >= 8 && strings.Contains(out, cell) {
				t.Fatalf("the output holds a cell of row %d", n)
			}
		}
	}
}
