package message

import (
	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/template"
)

// ProofMark is what the subject of a proof begins with.
const ProofMark = "[test] "

// ComposeProof makes the message for row as Compose does, but to another
// mailbox, with the subject marked and an id of its own: what a sender has sent
// to themselves before it goes out.
func (w *Writer) ComposeProof(row *recipient.Row, r *template.Rendered, files []File, to address.Address) (*Message, error) {
	marked := *r
	marked.Subject = ProofMark + r.Subject
	proof := *row
	proof.Address = to
	id := derive("proof", w.composer.campaign, row.Address.Canonical(), to.Canonical())
	return w.write(&proof, &marked, files, id+"@"+w.composer.plan.from.Address.Domain())
}
