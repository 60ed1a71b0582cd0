package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAgree(t *testing.T) {
	for _, test := range []struct {
		typed string
		agree bool
	}{
		{"12\n", true},
		{" 12 \r\n", true},
		{"12", true},
		{"13\n", false},
		{"012\n", false},
		{"yes\n", false},
		{"\n12\n", false},
		{"", false},
	} {
		var shown bytes.Buffer
		err := agree(context.Background(), strings.NewReader(test.typed), &shown, proposal{
			campaign: "news", digest: "sha256:00", recipients: 14, left: 12,
			server: "mail.example.com:587", from: "Desk <desk@sender.example>", subject: "For {{ .first_name }}",
		})
		if (err == nil) != test.agree || err != nil && !errors.Is(err, errInterrupted) && !errors.Is(err, errDeclined) {
			t.Errorf("%q: %v", test.typed, err)
		}
		for _, want := range []string{"news", "sha256:00", "14, 12 left", "mail.example.com:587", "desk@sender.example", "{{ .first_name }}"} {
			if !strings.Contains(shown.String(), want) {
				t.Errorf("the prompt lacks %s:\n%s", want, shown.String())
			}
		}
	}
}

// TestAgreeInterrupted does not wait for somebody who has pressed Ctrl-C.
func TestAgreeInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	nobody, typing := io.Pipe()
	defer typing.Close()
	if err := agree(ctx, nobody, io.Discard, proposal{left: 1}); !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
}
