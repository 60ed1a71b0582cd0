package guard

import (
	"crypto/sha256"

	gomessage "github.com/emersion/go-message"

	"mailshot/internal/guard/reader"
	"mailshot/internal/message"
	"mailshot/internal/rule"
)

// maxAttachment bounds what reading one attachment may cost, in bytes.
const maxAttachment = 64 << 20

const hintUnreadable = "attach a kind of file that can be read, or look through it yourself and name its SHA-256 under allow-files"

// withoutType gives a part's heading as that of a file of bytes, for undoing its
// transfer encoding alone.
func withoutType(h *heading) *heading {
	bare := *h
	bare.mediaType, bare.header = "application/octet-stream", gomessage.Header{Header: h.header.Header.Copy()}
	bare.header.Set("Content-Type", bare.mediaType)
	return &bare
}

// judgeFile reads a recipient's own attachment: no other row has the same, and
// it holds nobody else.
func (r *Reader) judgeFile(h *heading, content []byte, where string) {
	sum := sha256.Sum256(content)
	if used, _ := r.g.files.LoadOrStore(sum, r.row.Line); used != r.row.Line {
		line := used.(int)
		r.refuseFor(rule.AttachmentPairing, line, where, "the attachment is that of the row at line "+itoa(line)+" as well",
			"give each row a file of its own; what all rows share is named without a field of the row")
	}
	views, err := reader.Text(h.file, h.header.Get("Content-Type"), content, reader.Limits{Bytes: maxAttachment})
	if err != nil && !r.g.policy.AllowFiles[sum] {
		r.refuse(rule.UnreadableAttachment, where, "the attachment "+err.Error(), hintUnreadable)
	}
	for _, v := range views {
		r.read(place{name: where, line: 1, markup: v.Markup, pairing: true}, v.Text)
	}
}

// file reads a shared attachment.
func (c *constants) file(i int, f message.File) {
	c.at = Constant{File: f.Path, Line: 1}
	where, sum := "attachment "+itoa(i+1), sha256.Sum256(f.Content)
	if sum == c.g.policy.Fingerprint {
		c.list(where)
		return
	}
	views, err := reader.Text(f.Name, "", f.Content, reader.Limits{Bytes: maxAttachment})
	if err != nil && !c.g.policy.AllowFiles[sum] {
		c.say(rule.Refusal{
			Rule: rule.UnreadableAttachment, File: f.Path, Where: where,
			What: "the attachment " + err.Error(), Hint: hintUnreadable,
		})
	}
	c.read(place{name: where + ", file name"}, []byte(f.Name))
	for _, v := range views {
		c.read(place{name: where, line: 1, markup: v.Markup}, v.Text)
	}
}
