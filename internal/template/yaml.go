package template

import (
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"mailshot/internal/nearest"
	"mailshot/internal/rule"
)

// matter is the front matter as YAML has it; the tags are the keys.
type matter struct {
	Campaign        value        `yaml:"campaign"`
	From            value        `yaml:"from"`
	ReplyTo         value        `yaml:"reply-to"`
	Sender          value        `yaml:"sender"`
	ToName          value        `yaml:"to-name"`
	Subject         value        `yaml:"subject"`
	Preheader       value        `yaml:"preheader"`
	HTML            value        `yaml:"html"`
	Text            value        `yaml:"text"`
	Attachments     []attachment `yaml:"attachments"`
	Inline          []value      `yaml:"inline"`
	Headers         pairs        `yaml:"headers"`
	ListUnsubscribe value        `yaml:"list-unsubscribe"`
	Identities      []value      `yaml:"identities"`
	Columns         pairs        `yaml:"columns"`
	SharedMailboxes value        `yaml:"shared-mailboxes"`
	Relational      []value      `yaml:"relational"`
	Allow           []allowance  `yaml:"allow"`
	AllowFiles      []allowance  `yaml:"allow-files"`
}

// A value is one scalar and where it stands.
type value struct {
	text         string
	line, column int
}

type attachment struct {
	File        value `yaml:"file"`
	MustContain value `yaml:"must-contain"`
}

type allowance struct {
	Value  value `yaml:"value"`
	SHA256 value `yaml:"sha256"`
	Reason value `yaml:"reason"`
}

// pairs is a mapping in the order of the file.
type pairs []pair

type pair struct{ key, value value }

// A misplaced is what is wrong at a place of the YAML text.
type misplaced struct {
	what, hint   string
	line, column int
}

func (m *misplaced) Error() string { return m.what }

func misplacedAt(t *token.Token, what, hint string) *misplaced {
	m := &misplaced{what: what, hint: hint}
	if t != nil && t.Position != nil {
		m.line, m.column = t.Position.Line, t.Position.Column
	}
	return m
}

func (v *value) UnmarshalYAML(n ast.Node) error {
	t := n.GetToken()
	v.line, v.column = t.Position.Line, t.Position.Column
	switch n := n.(type) {
	case *ast.StringNode:
		v.text = n.Value
		if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
			v.column++
		}
	case *ast.LiteralNode:
		v.text = strings.TrimRight(n.Value.Value, "\n")
		v.line, v.column = v.line+1, 1
	case *ast.NullNode:
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		v.text = strings.TrimSpace(t.Value)
	default:
		return misplacedAt(t, "one value is wanted here, not a list or a mapping", bracesHint)
	}
	return nil
}

// bracesHint is for the commonest mistake: {{ at the beginning of an unquoted
// value opens a YAML mapping.
const bracesHint = "a value that begins with {{ or holds a colon and a space must stand in quotes"

func (a *attachment) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(ast.MapNode); !ok {
		return a.File.UnmarshalYAML(n)
	}
	type plain attachment
	return yaml.NodeToValue(n, (*plain)(a), yaml.Strict())
}

func (p *pairs) UnmarshalYAML(n ast.Node) error {
	mapping, ok := n.(ast.MapNode)
	if !ok {
		return misplacedAt(n.GetToken(), "a mapping is wanted here: name: value", "")
	}
	for entries := mapping.MapRange(); entries.Next(); {
		var one pair
		if err := one.key.UnmarshalYAML(entries.Key()); err != nil {
			return err
		}
		if err := one.value.UnmarshalYAML(entries.Value()); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}

// parseMatter reads the front matter's YAML. text begins with as many empty
// lines as stand before it in the file, so that lines are the file's.
func parseMatter(file, text string) (*matter, error) {
	var m matter
	tokens := lexer.Tokenize(text)
	if t := nestedTooDeeply(tokens); t != nil {
		return nil, yamlFault(file, misplacedAt(t, "front matter: brackets or braces are nested too deeply", bracesHint))
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, yamlFault(file, err)
	}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil {
		return &m, nil
	}
	body := parsed.Docs[0].Body
	if err := plainYAML(body); err != nil {
		return nil, yamlFault(file, err)
	}
	if err := yaml.NodeToValue(body, &m, yaml.Strict()); err != nil {
		return nil, yamlFault(file, err)
	}
	return &m, nil
}

// maxOpen is how many brackets and braces may be open at once: front matter
// needs two, and the parser takes time by the square of them.
const maxOpen = 32

// nestedTooDeeply gives the bracket or brace that is one too many; nil for none.
func nestedTooDeeply(tokens token.Tokens) *token.Token {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > maxOpen {
				return t
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
	}
	return nil
}

// plainYAML refuses what front matter has no use for and what can make a small
// file large.
func plainYAML(body ast.Node) error {
	var finder indirection
	ast.Walk(&finder, body)
	if finder.at == nil {
		return nil
	}
	return misplacedAt(finder.at.GetToken(), "anchors, aliases and tags have no place in front matter", "")
}

type indirection struct{ at ast.Node }

func (i *indirection) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		if i.at == nil {
			i.at = n
		}
		return nil
	}
	return i
}

// yamlFault puts an error of the YAML library into our words.
func yamlFault(file string, err error) *rule.Fault {
	at := readYAMLError(err)
	return &rule.Fault{File: file, Line: at.line, Column: at.column, What: at.what, Hint: at.hint}
}

func readYAMLError(err error) *misplaced {
	var own *misplaced
	if errors.As(err, &own) {
		return own
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		return unknownKey(unknown.Token)
	}
	var shape *yaml.TypeError
	if errors.As(err, &shape) {
		return misplacedAt(shape.Token, "this key wants another kind of value", "see mailshot help template")
	}
	var unexpected *yaml.UnexpectedNodeTypeError
	if errors.As(err, &unexpected) {
		return misplacedAt(unexpected.Token, "this key wants another kind of value", "see mailshot help template")
	}
	var other yaml.Error
	if errors.As(err, &other) {
		return misplacedAt(other.GetToken(), "front matter: "+firstWords(other.GetMessage()), bracesHint)
	}
	return &misplaced{what: "front matter is not YAML", line: 1}
}

// firstWords keeps a library's message to one short line.
func firstWords(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}

func unknownKey(t *token.Token) *misplaced {
	name := t.Value
	if utf8.RuneCountInString(name) > 60 {
		name = ""
	}
	keys := append(keysOf(matter{}), append(keysOf(attachment{}), keysOf(allowance{})...)...)
	return misplacedAt(t, "unknown key "+name, didYouMean(nearest.To(name, keys), "see mailshot help template"))
}

func keysOf(v any) []string {
	t := reflect.TypeOf(v)
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

// didYouMean gives a hint that names what was probably meant, or the fallback
// where nothing is near.
func didYouMean(near, fallback string) string {
	if near == "" {
		return fallback
	}
	return "did you mean " + near + "?"
}
