package campaign

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"mailshot/internal/ledger"
)

// option is a flag that makes other messages of the same template.
type option struct{ name, value string }

// parts are what the messages are made of, each with a digest of its own, to
// say later which has changed. What a recipient alone has is none of them: its
// name may be made of their data.
func (c *Campaign) parts() []ledger.Part {
	parts := []ledger.Part{
		{Kind: ledger.Template, Digest: c.written},
		{Kind: ledger.List, Digest: c.list.Fingerprint()},
	}
	for _, o := range c.options {
		parts = append(parts, ledger.Part{Kind: ledger.Option, Name: o.name, Digest: sha256.Sum256([]byte(o.value))})
	}
	seen := map[string]int{}
	for _, f := range slices.Concat(c.attach, c.inline) {
		name := f.Name
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		parts = append(parts, ledger.Part{Kind: ledger.Attachment, Name: name, Digest: sha256.Sum256(f.Content)})
	}
	return parts
}

// HasOwnFiles says, after a Check, whether recipients have attachments of their
// own, which are in the digest and are no parts.
func (c *Campaign) HasOwnFiles() bool { return len(c.folders) > 0 }
