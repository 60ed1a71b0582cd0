// Package identifier knows what identifies a person in a recipient list, and
// finds it again in any text by whole tokens.
//
// A Builder takes every identifying value of every row once; the Index made
// from it answers, for a text, which rows' identifiers stand in it. Values are
// kept as 64-bit hashes of a normal form, never in clear, so that the
// identifiers of a million rows fit in memory and are looked up, not tried one
// by one.
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
)

// String names k as a refusal does: "address", "hash of the address", ...
func (k Kind) String() string { panic("unwritten") }

// MaxRows is how many rows may share a Token or a Name before it identifies
// nobody. An address, its digests and a Private value identify always.
const MaxRows = 20

// Identifies says whether a value of kind k can identify a person by itself:
// blanks, single words (for a Name), dates, amounts, words of fewer than four
// letters and numbers of fewer than five digits do not, unless k is Private.
func Identifies(k Kind, value string) bool { panic("unwritten") }

// A Builder collects identifiers. It is used by one goroutine.
type Builder struct{}

// NewBuilder gives an empty Builder; rows is a guess at how many will come.
func NewBuilder(rows int) *Builder { panic("unwritten") }

// AddAddress adds the address of the row at line (in canonical form) and its
// MD5, SHA-1 and SHA-256.
func (b *Builder) AddAddress(line int, canonical string) { panic("unwritten") }

// Add adds value as the kind k of the row at line; values that identify
// nobody are dropped.
func (b *Builder) Add(line int, k Kind, value string) { panic("unwritten") }

// Build gives the index and leaves the Builder empty.
func (b *Builder) Build() *Index { panic("unwritten") }

// Index finds identifiers in text. It is immutable and safe for concurrent use.
type Index struct{}

// A Hit is an identifier that stands in a text.
type Hit struct {
	Kind       Kind
	Start, End int      // byte offsets in the text
	Lines      []uint32 // the rows it belongs to, ascending, at most MaxRows of them; not to be kept
}

// Scan calls yield for every identifier that stands in text as a whole token,
// and stops when yield gives false. Letter case and Unicode form are folded;
// the caller has undone encodings and dropped format characters.
func (x *Index) Scan(text []byte, yield func(Hit) bool) { panic("unwritten") }

// Len is the number of different identifiers.
func (x *Index) Len() int { panic("unwritten") }
