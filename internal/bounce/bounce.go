// Package bounce reads delivery status notifications: what a mail server says
// of a message that it took and could not deliver after all.
//
// A notification is a multipart/report (RFC 3462) with the part
// message/delivery-status (RFC 3464), of which the status codes are those of
// RFC 3463. The message that it is about is known by its Message-ID, which
// stands in the part of it that is returned, else in the notification's own
// In-Reply-To or References.
//
// Anybody can write one: it is evidence, and no proof. Nothing of it is kept
// but codes, the Message-ID and the time; no error holds a piece of it.
package bounce

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// Action is what a server says became of a message (RFC 3464 section 2.3.3).
type Action string

const (
	Failed    Action = "failed"
	Delayed   Action = "delayed"
	Delivered Action = "delivered"
	Relayed   Action = "relayed"
	Expanded  Action = "expanded"
)

// Notice is what one notification says of one message.
type Notice struct {
	ID         [16]byte // the same for one notification, wherever it is read
	MessageIDs []string // without angle brackets; that of the returned part, else those that it answers
	Action     Action
	Code       int       // reply code of the server that refused it; 0 for none
	Enhanced   string    // such as "5.1.1"; "" for none
	At         time.Time // of the notification; zero where it has no date
}

// Hard says whether the address itself is at fault, for good: RFC 3463 class 5,
// subject 1, of which 5.1.7 and 5.1.8 are the sender's address.
func Hard(enhanced string) bool {
	return strings.HasPrefix(enhanced, "5.1.") && enhanced != "5.1.7" && enhanced != "5.1.8"
}

// ErrNoNotice is a message that is no delivery status notification, or one
// that does not say which message it is about.
var ErrNoNotice = errors.New("no delivery status notification")

// The most that is read of a message and of a part of it, in octets, and of
// its parts and of the recipients that it reports on.
const (
	maxMessage = 10 << 20
	maxPart    = 256 << 10
	maxParts   = 20
	maxGroups  = 100
)

// Read reads one message. The error is ErrNoNotice, for anything that cannot be
// read as a notification.
func Read(r io.Reader) (Notice, error) {
	entity, err := message.Read(io.LimitReader(r, maxMessage))
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return Notice{}, ErrNoNotice
	}
	kind, params, err := entity.Header.ContentType()
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") {
		return Notice{}, ErrNoNotice
	}
	n := Notice{At: date(entity.Header.Get("Date"))}
	n.readParts(entity.MultipartReader())
	if len(n.MessageIDs) == 0 {
		n.MessageIDs = ids(entity.Header.Get("In-Reply-To") + " " + entity.Header.Get("References"))
	}
	if n.Action == "" || len(n.MessageIDs) == 0 {
		return Notice{}, ErrNoNotice
	}
	n.ID = n.identity(entity.Header.Get("Message-ID"))
	return n, nil
}

// identity is made of what a mailbox does not change in a message.
func (n Notice) identity(own string) [16]byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %q %d", own, n.MessageIDs, n.Action, n.Code, n.Enhanced, n.At.Unix()))
	return [16]byte(sum[:16])
}

// readParts reads what the parts say; one that cannot be read ends them.
func (n *Notice) readParts(parts message.MultipartReader) {
	if parts == nil {
		return
	}
	for range maxParts {
		part, err := parts.NextPart()
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return
		}
		n.readPart(part)
	}
}

func (n *Notice) readPart(part *message.Entity) {
	kind, _, err := part.Header.ContentType()
	if err != nil {
		return
	}
	in := bufio.NewReader(io.LimitReader(part.Body, maxPart))
	switch kind {
	case "message/delivery-status", "message/global-delivery-status": // RFC 6533
		n.readStatus(in)
	case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
		if len(n.MessageIDs) == 0 {
			n.MessageIDs = returned(in)
		}
	}
}

// returned gives the Message-ID of the message that is returned, of which the
// header may be cut off: it is read as far as it goes.
func returned(in *bufio.Reader) []string {
	header, _ := textproto.ReadHeader(in)
	return ids(header.Get("Message-ID"))
}

var idForm = regexp.MustCompile(`<([^<>\s]{1,900})>`)

// maxIDs is how many messages an answer can be about.
const maxIDs = 20

// ids gives the Message-IDs in a field.
func ids(field string) []string {
	var all []string
	for _, m := range idForm.FindAllStringSubmatch(field, maxIDs) {
		all = append(all, m[1])
	}
	return all
}

// readStatus reads the groups of fields: one for the message, and one for each
// recipient. A message of ours has one recipient, who may stand for several
// where the last server sent it on: that it failed for one of them is what
// counts.
func (n *Notice) readStatus(in *bufio.Reader) {
	for range maxGroups {
		group, err := textproto.ReadHeader(in)
		if group.Len() > 0 {
			n.take(group)
		}
		if err != nil {
			return
		}
		if _, err := in.Peek(1); err != nil {
			return
		}
	}
}

// take takes over what a group says, where it weighs more than what is known.
func (n *Notice) take(group textproto.Header) {
	action := Action(strings.ToLower(strings.TrimSpace(group.Get("Action"))))
	if weight(action) <= weight(n.Action) {
		return
	}
	n.Action = action
	n.Enhanced = enhancedForm.FindString(strings.TrimSpace(group.Get("Status")))
	n.Code = replyCode(group.Get("Diagnostic-Code"))
}

// weight orders actions; that of a word that is none is 0.
func weight(a Action) int {
	switch a {
	case Failed:
		return 3
	case Delayed:
		return 2
	case Delivered, Relayed, Expanded:
		return 1
	}
	return 0
}

// enhancedForm is an enhanced status code, before a comment if there is one.
var enhancedForm = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)

// diagnosticForm is what an SMTP server said (RFC 3464 section 2.3.6).
var diagnosticForm = regexp.MustCompile(`(?i)^\s*smtp\s*;\s*([245][0-9]{2})\b`)

func replyCode(diagnostic string) int {
	m := diagnosticForm.FindStringSubmatch(diagnostic)
	if m == nil {
		return 0
	}
	code, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return code
}

func date(field string) time.Time {
	at, err := mail.ParseDate(field)
	if err != nil {
		return time.Time{}
	}
	return at
}
