package transport

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
)

// cleared checks a campaign to people with the text body, and gives its
// messages: there is no other way to one that may be sent.
func cleared(t testing.TB, people []string, body string) []guard.Cleared {
	t.Helper()
	dir := t.TempDir()
	list, template := filepath.Join(dir, "people.csv"), filepath.Join(dir, "notice.txt")
	save(t, list, "email\n"+strings.Join(people, "\n")+"\n")
	save(t, template, "---\nfrom: sender@example.com\nsubject: Notice\n---\n"+body)
	c, err := campaign.Load(t.Context(), campaign.Input{
		Template: template, List: list, Date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	verdict, err := c.Check(t.Context(), nil)
	if err != nil || !verdict.Clear() {
		t.Fatalf("%+v, %v", verdict, err)
	}
	var messages []guard.Cleared
	for m, err := range c.Messages(t.Context(), func(campaign.Recipient) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, m)
	}
	return messages
}

func save(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
