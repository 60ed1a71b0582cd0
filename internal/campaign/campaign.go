// Package campaign is the whole run as a value: a list, a template, the
// messages that were cleared, and the digest that stands for all of it.
//
// Load reads, Check judges every message, and only then can Messages make them
// again for sending, each compared with the one that was cleared.
package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mailshot/internal/address"
	"mailshot/internal/guard"
	"mailshot/internal/guard/reader"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// Input is what the user gave.
type Input struct {
	Template      string    // path
	List          string    // path, or "-" for Stdin
	Stdin         io.Reader // read only for "-"
	From          string    // overrides the front matter; "" for none
	ID            string    // overrides the front matter; "" for none
	AddressColumn string    // "" to find it
	Attach        []string  // paths of further shared attachments
	SkipBadRows   bool
	Date          time.Time         // of every message
	PDF           *reader.PDFReader // nil: PDF is unreadable
}

// Campaign is a campaign that has been read. It is used by one goroutine, but for
// Messages.
type Campaign struct {
	list     *recipient.List
	listPath string // as the user named it; "-" for standard input
	template *template.Template
	inputs   []input        // every file that was read whole, for Fresh
	attach   []message.File // shared attachments
	inline   []message.File
	date     time.Time
	pdf      *reader.PDFReader
	written  [32]byte // digest of the template as it is written
	options  []option // that make other messages of it

	folders  []ownFolder       // of the recipients' own attachments; set by Check
	composer *message.Composer // set by Check
	seal     *guard.Seal       // set by a Check that was clear
}

// Load reads the template, opens the list and compiles the one against the
// other. Errors are *rule.Fault or rule.Refused.
func Load(ctx context.Context, in Input) (*Campaign, error) {
	source, err := template.Read(in.Template)
	if err != nil {
		return nil, err
	}
	c := &Campaign{listPath: in.List, date: in.Date, pdf: in.PDF, written: source.Digest()}
	if err := override(&source.Front, in); err != nil {
		return nil, err
	}
	c.options = []option{{"from", in.From}, {"address-column", in.AddressColumn}, {"skip-bad-rows", strconv.FormatBool(in.SkipBadRows)}}
	if err := c.readFiles(source, in.Attach); err != nil {
		return nil, err
	}
	c.list, err = recipient.Open(ctx, in.List, in.Stdin, recipient.Options{
		AddressColumn: in.AddressColumn,
		SkipBadRows:   in.SkipBadRows,
	})
	if err != nil {
		return nil, err
	}
	if c.template, err = source.Compile(c.list.Columns()); err != nil {
		c.list.Close()
		return nil, err
	}
	return c, nil
}

// maxID is how many bytes a campaign's id may have, which stands in the ledger,
// on the screen and in reports.
const maxID = 200

// override puts the flags over the front matter, and demands a sender and an id
// that can be shown.
func override(front *template.Front, in Input) error {
	idFrom := in.Template
	if in.ID != "" {
		front.Campaign, idFrom = in.ID, "--campaign"
	}
	if what := badID(front.Campaign); what != "" {
		return &rule.Fault{File: idFrom, What: "the campaign's id " + what, Hint: "give a short one, such as --campaign spring-2026"}
	}
	if in.From != "" {
		from, err := address.ParseMailbox(in.From)
		if err != nil {
			return &rule.Fault{File: "--from", What: err.Error(), Hint: `write --from "Name <name@domain>"`}
		}
		front.From = from
	}
	if front.From.Address.IsZero() {
		return &rule.Fault{File: in.Template, What: "no sender", Hint: "add a line `from: Name <name@domain>` to its front matter, or give --from"}
	}
	return nil
}

// badID says what is wrong with a campaign's id; "" where nothing is.
func badID(id string) string {
	switch {
	case strings.TrimSpace(id) == "":
		return "is blank"
	case len(id) > maxID:
		return fmt.Sprintf("is longer than %d bytes", maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		return "holds a control character"
	case !utf8.ValidString(id):
		return "is not UTF-8"
	}
	return ""
}

// Close gives back what Load has opened.
func (c *Campaign) Close() error { return c.list.Close() }

// ID is the campaign's id in the ledger.
func (c *Campaign) ID() string { return c.template.Front().Campaign }

// From is the sender, as every message names it.
func (c *Campaign) From() address.Mailbox { return c.template.Front().From }

// Subject is the subject's template, never a rendered one.
func (c *Campaign) Subject() string { return c.template.Front().Subject }

// SharedMailboxes is the column that tells rows of one mailbox apart; "" for none.
func (c *Campaign) SharedMailboxes() string { return c.template.Front().SharedMailboxes }

// Rows yields the rows that are mailed, after a Check; for whoever audits what
// arrived. Errors are as those of recipient.List.Rows.
func (c *Campaign) Rows(ctx context.Context) iter.Seq2[*recipient.Row, error] {
	return c.list.Rows(ctx)
}

// Common gives the sender's own addresses and the values that the template
// allows: what may stand in any message.
func (c *Campaign) Common() []string {
	front, common := c.template.Front(), c.use().Allow
	for _, own := range append([]address.Address{front.From.Address, front.ReplyTo.Address}, front.Identities...) {
		common = append(common, own.String())
	}
	return common
}

// TemplateDigest stands for all that makes the messages but the list: template,
// shared attachments, sender.
func (c *Campaign) TemplateDigest() [32]byte {
	h := sha256.New()
	source := c.template.Source().Digest()
	h.Write(source[:])
	for _, files := range [][]message.File{c.attach, c.inline} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(files))))
		for _, f := range files {
			writeFramed(h, []byte(f.Name))
			writeFramed(h, f.Content)
		}
	}
	return [32]byte(h.Sum(nil))
}

// writeFramed writes b after its length, so that no two sequences of values
// hash alike.
func writeFramed(h hash.Hash, b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	h.Write(n[:])
	h.Write(b)
}
