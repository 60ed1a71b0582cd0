package bench

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/campaign"
	"mailshot/internal/madeup"
)

// crowd is a campaign that has passed its check.
type crowd struct {
	*campaign.Campaign
	verdict *campaign.Verdict
	made    []letter // by letters
}

// letter is one message as other clients take it.
type letter struct {
	from, to string
	content  []byte
}

// subject is that of the messages that other clients compose.
const subject = "the weights of our index change on Monday"

// body gives what they are to say, as long as what we say.
func (l letter) body() []byte {
	_, body, _ := bytes.Cut(l.content, []byte("\r\n\r\n"))
	return body
}

// newCrowd makes a campaign for so many made-up people whom every server can
// write to: smtp-sink has no SMTPUTF8.
func newCrowd(tb testing.TB, people int) *crowd {
	tb.Helper()
	dir := tb.TempDir()
	template, list := filepath.Join(dir, "notice.html"), filepath.Join(dir, "people.csv")
	must(tb, os.WriteFile(template, []byte(madeup.Notice), 0o600))
	must(tb, os.WriteFile(list, listOf(tb, people), 0o600))
	c, err := campaign.Load(tb.Context(), campaign.Input{Template: template, List: list, Date: time.Now()})
	must(tb, err)
	tb.Cleanup(func() { c.Close() })
	v, err := c.Check(tb.Context(), nil)
	must(tb, err)
	return &crowd{Campaign: c, verdict: v}
}

// letters gives the messages, made once.
func (c *crowd) letters(tb testing.TB) []letter {
	if c.made != nil {
		return c.made
	}
	for cleared, err := range c.Messages(tb.Context(), func(campaign.Recipient) bool { return true }) {
		must(tb, err)
		var content bytes.Buffer
		_, err := cleared.WriteTo(&content)
		must(tb, err)
		envelope := cleared.Envelope()
		c.made = append(c.made, letter{envelope.From.String(), envelope.To.String(), content.Bytes()})
	}
	return c.made
}

func listOf(tb testing.TB, people int) []byte {
	var list bytes.Buffer
	out := csv.NewWriter(&list)
	must(tb, out.Write(madeup.Headings))
	for n, written := 0, 0; written < people; n++ {
		row := madeup.Row(n)
		to, err := address.Parse(row[0])
		must(tb, err)
		if to.NeedsUTF8() {
			continue
		}
		must(tb, out.Write(row))
		written++
	}
	out.Flush()
	must(tb, out.Error())
	return list.Bytes()
}

// size is the mean length of a message.
func (c *crowd) size(tb testing.TB) int {
	sum := 0
	for _, l := range c.letters(tb) {
		sum += len(l.content)
	}
	return sum / len(c.made)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
