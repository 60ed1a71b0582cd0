// Package identifier knows what identifies a person in a recipient list, and
// finds it again in any text by whole tokens.
//
// A Builder takes every identifying value of every row once; the Index made
// from it answers, for a text, which rows' identifiers stand in it. Values are
// kept as 64-bit hashes of a normal form, never in clear, so that the
// identifiers of a million rows fit in memory and are looked up, not tried one
// by one.
//
// The normal form of a value is its words: maximal runs of letters, digits and
// marks, without regard to case, Unicode form and format characters; in scripts
// that are written without spaces every character is a word. A value stands in
// a text where its words follow each other, whatever is between them; but see
// IsParted for a name in another order than its row has it. A code
// (words of which one has a digit, such as "KX-7730951") and a number of nine
// digits or more also match where they are cut into words in another way, or
// not at all. A phone number also matches by its last nine digits, so that
// "+49 170 …" is found in "0170 …".
package identifier

// Kind is what a value is.
type Kind uint8

const (
	None    Kind = iota
	Address      // an addr-spec in canonical form
	Digest       // hex MD5, SHA-1 or SHA-256 of an address; made by Builder.AddAddress itself
	Token        // an account, order, customer or phone number, a token
	Name         // a full name of two words or more
	Private      // any value of a column that is declared private

	turned // a Name in the order that its row does not have it in; a Hit says Name
)

// String names k as a refusal does: "address", "hash of the address", ...
func (k Kind) String() string {
	switch k {
	case Address:
		return "address"
	case Digest:
		return "hash of the address"
	case Token:
		return "identifier"
	case Name:
		return "name"
	case Private:
		return "private value"
	}
	return "nothing"
}

// MaxRows is how many rows may share a Token or a Name before it identifies
// nobody. An address, its digests and a Private value identify always.
const MaxRows = 20

// A Hit is an identifier that stands in a text.
type Hit struct {
	Kind       Kind
	Start, End int      // byte offsets in the text
	Lines      []uint32 // the rows it belongs to, ascending, at most MaxRows of them; not to be changed
	Key        uint64   // what it was found under; see Index.Keys
	Digits     int      // how many digits it has where it is a bare number, otherwise 0
	Turned     bool     // a Name that no row has in this order
}

// ShortNumber says whether h is a bare number of fewer than nine digits, which
// is to be looked for in text, file names and URLs only.
func (h Hit) ShortNumber() bool { return h.Digits > 0 && h.Digits < joinDigits }
