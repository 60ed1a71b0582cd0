package guard

import (
	"crypto/sha256"
	"unicode"

	"mailshot/internal/guard/reader"
	"mailshot/internal/message"
	"mailshot/internal/rule"
)

// maxUnpacked bounds what is unpacked from one attachment, and its views, in
// bytes.
const maxUnpacked = 256 << 20

const hintUnreadable = "attach a kind of file that can be read, or look through it yourself and name its SHA-256 under allow-files"

// withoutType gives a part's heading as that of a file of bytes, for undoing its
// transfer encoding alone.
func withoutType(h *heading) *heading {
	bare := contentFields{kind: "application/octet-stream", encoding: h.header.Get("Content-Transfer-Encoding")}
	return &heading{content: bare.read()}
}

// judgeFile reads a recipient's own attachment: no other row has the same, it
// holds what it must, and nobody else.
func (r *Reader) judgeFile(h *heading, content []byte, where string, p PlannedPart) {
	sum := sha256.Sum256(content)
	r.judgePair(sum, p, where)
	views, err := reader.Text(h.file, h.header.Get("Content-Type"), content, reader.Limits{Bytes: maxUnpacked, PDF: r.g.policy.PDF})
	switch {
	case err == nil:
		r.judgeContent(views, p, where)
	case !r.g.policy.AllowFiles[sum]: // otherwise a person has looked
		r.refuse(rule.UnreadableAttachment, where, "the attachment "+err.Error(), hintUnreadable)
	}
	for _, v := range views {
		r.read(place{name: where, line: 1, markup: v.Markup, lossy: v.Joined, file: true, pairing: true}, v.Text)
	}
}

// apart gives the name of a file with a space before each capital that begins a
// word behind another: people call files "AnnLee.pdf".
func apart(name string) string {
	var words []rune
	before := ' '
	for _, c := range name {
		if unicode.IsUpper(c) && unicode.IsLower(before) {
			words = append(words, ' ')
		}
		words, before = append(words, c), c
	}
	return string(words)
}

// file reads a shared attachment.
func (c *constants) file(i int, f message.File) {
	c.at = Constant{File: f.Path, Line: 1}
	where, sum := "attachment "+itoa(i+1), sha256.Sum256(f.Content)
	if sum == c.g.policy.Fingerprint {
		c.list(where)
		return
	}
	views, err := reader.Text(f.Name, "", f.Content, reader.Limits{Bytes: maxUnpacked, PDF: c.g.policy.PDF})
	if err != nil && !c.g.policy.AllowFiles[sum] {
		c.say(rule.Refusal{
			Rule: rule.UnreadableAttachment, File: f.Path, Where: where,
			What: "the attachment " + err.Error(), Hint: hintUnreadable,
		})
	}
	for _, name := range []string{f.Name, apart(f.Name)} {
		c.read(place{name: where + ", file name"}, []byte(name))
	}
	for _, v := range views {
		c.read(place{name: where, line: 1, markup: v.Markup, lossy: v.Joined}, v.Text)
	}
}
