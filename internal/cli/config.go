package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/pflag"

	"mailshot/internal/nearest"
	"mailshot/internal/rule"
)

// defaultConfig is read where it exists and no other is named.
const defaultConfig = "mailshot.yaml"

// maxConfig is the most octets of a settings file.
const maxConfig = 1 << 20

// config is a settings file: flags by their names.
type config struct {
	path   string
	values map[string]*ast.MappingValueNode
}

// readConfig reads the settings file at path, "" for the default one. Its keys
// are among known. Errors are *rule.Fault.
func readConfig(path string, known []string) (*config, error) {
	named := path != ""
	if !named {
		path = defaultConfig
	}
	data, err := readSmall(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return &config{}, nil
	}
	if err != nil {
		return nil, &rule.Fault{File: path, What: "the settings cannot be used: " + reason(err),
			Hint: "they are a file of lines `flag: value`; name another with --config"}
	}
	c := &config{path: path, values: map[string]*ast.MappingValueNode{}}
	return c, c.parse(data, known)
}

var (
	errFolder     = errors.New("it is a folder")
	errDevice     = errors.New("it is a device")
	errNotRegular = errors.New("it is no regular file")
	errTooLarge   = errors.New("it is too large")
)

// readSmall reads a regular file of at most maxConfig octets.
func readSmall(path string) ([]byte, error) { return readRegular(path, maxConfig) }

// readRegular reads a regular file of at most so many octets. It does not open
// what would make it wait, such as a pipe.
func readRegular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errFolder
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if int64(len(data)) > most {
		return nil, errTooLarge
	}
	return data, err
}

// parse takes the keys of the mapping that data is.
func (c *config) parse(data []byte, known []string) error {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return c.syntax(err)
	}
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode:
		case *ast.MappingNode:
			for _, v := range body.Values {
				if err := c.take(v, known); err != nil {
					return err
				}
			}
		default:
			return c.fault(body, "settings are lines of `flag: value`", "")
		}
	}
	return nil
}

// take takes one key, which has to be the name of a flag.
func (c *config) take(v *ast.MappingValueNode, known []string) error {
	key := v.Key.GetToken().Value
	if key != configFlag && slices.Contains(known, key) {
		c.values[key] = v
		return nil
	}
	hint := "the keys are the names of the flags; see `mailshot send --help`"
	if near := nearest.To(key, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return c.fault(v.Key, "no such setting", hint)
}

// set sets f, if the file has it.
func (c *config) set(f *pflag.Flag) error {
	v, ok := c.values[f.Name]
	if !ok {
		return nil
	}
	values := scalars(v.Value)
	if len(values) == 0 || len(values) > 1 && !isList(f) {
		return c.fault(v.Key, f.Name+" is one value", "see the flag --"+f.Name+" in the command's help")
	}
	for _, s := range values {
		if err := f.Value.Set(s); err != nil {
			return c.fault(v.Value, f.Name+" is not "+takes(f), "see the flag --"+f.Name+" in the command's help")
		}
	}
	return nil
}

// isList says whether a flag can be given several times.
func isList(f *pflag.Flag) bool {
	return slices.Contains([]string{"stringArray", "domain-rate", "line"}, f.Value.Type())
}

// scalars gives the values of a node: one, those of a sequence, or none.
func scalars(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.StringNode:
		return []string{n.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return []string{n.GetToken().Value}
	case *ast.SequenceNode:
		var all []string
		for _, v := range n.Values {
			all = append(all, scalars(v)...)
		}
		return all
	}
	return nil
}

func (c *config) fault(n ast.Node, what, hint string) error {
	at := n.GetToken().Position
	return &rule.Fault{File: c.path, Line: at.Line, Column: at.Column, What: what, Hint: hint}
}

// syntax tells where the file is no YAML; the parser's own text quotes it.
func (c *config) syntax(err error) error {
	f := &rule.Fault{File: c.path, What: "not valid YAML", Hint: "settings are lines of `flag: value`"}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		f.Line, f.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
	}
	return f
}
