// Package templates holds what mailshot brings along: the layout that messages
// written in Markdown are put into, the example campaign of `mailshot demo`
// with two ways of getting it wrong, the campaigns to start from, and a workflow
// that sends one.
package templates

import (
	"embed"
	"io/fs"
	"path"
)

// Files holds all files of this folder under their names.
//
//go:embed layout.html demo start ci
var Files embed.FS

//go:embed layout.html
var layout string

// Layout is the HTML around a message that was written in Markdown. It holds
// "<!-- body -->" once, where the message goes, and no template action.
func Layout() string { return layout }

// The files of the example campaign, under Files.
const (
	DemoList         = "demo/people.csv"
	DemoTemplate     = "demo/notice.md"
	DemoLeakTemplate = "demo/leak-pasted.md" // the list's rows pasted into the message
	DemoLeakList     = "demo/leak-cell.csv"  // several addresses in one cell
)

//go:embed ci/mailshot.yml
var workflow string

// Workflow is an example for CI: a workflow of GitHub Actions that checks a
// campaign, waits for somebody's approval, sends, and keeps the report.
func Workflow() string { return workflow }

// The kinds of campaigns to start from, the plainest first.
const (
	Notice     = "notice"
	Newsletter = "newsletter"
	Receipt    = "receipt"
)

// Starters gives the kinds of campaigns to start from.
func Starters() []string { return []string{Notice, Newsletter, Receipt} }

// Starter gives the files of one of Starters, under their names: StarterList, the
// template, which is named for the kind and in which "from" is a line of its own,
// and what belongs to it.
func Starter(kind string) (names []string, files fs.FS, err error) {
	dir := path.Join("start", kind)
	entries, err := fs.ReadDir(Files, dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	files, err = fs.Sub(Files, dir)
	return names, files, err
}

// StarterList is the name of every starter's list.
const StarterList = "people.csv"
